package registry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"bianmin/core/casefile"
	"bianmin/sync/wire"
)

// Case is a case, or another record, that the platform accepted.
type Case struct {
	Number   string // exactly as on the receipt
	Writer   string // terminal and generation that opened it
	Official string
	Kind     string // of the event that opened it
	Item     string
	State    string
	Opened   time.Time
}

// ErrWaiting says that an earlier event of the case has not arrived yet.
var ErrWaiting = errors.New("an earlier event of the case is missing")

// Signer makes the signed form of an answer.
type Signer func(wire.Answer) (Answered, error)

// Sealer seals an update to the platform's own key.
type Sealer func(casefile.Update) ([]byte, error)

// refusal is a decision against an event, taken inside the transaction.
type refusal struct{ code, reason string }

// Opening is the accepted packet that began a case; known is false while there is none.
func (r *Registry) Opening(ctx context.Context, number string) (p Packet, known bool, err error) {
	p, err = scanPacket(r.db.QueryRowContext(ctx, `SELECT `+packetColumns+` FROM packets WHERE case_number = ?1 AND state = 'accepted'
		AND writer = (SELECT writer FROM cases WHERE number = ?1) AND sequence = 1`, number))
	if errors.Is(err, sql.ErrNoRows) {
		return Packet{}, false, nil
	}
	if err != nil {
		return Packet{}, false, fmt.Errorf("find the packet that began a case: %w", err)
	}
	return p, true, nil
}

// Decide puts a wholly held packet's event into its case, or refuses it, in one
// transaction, and keeps the signed answer. A packet that was decided before
// gives the kept answer. ErrWaiting leaves everything as it was.
func (r *Registry) Decide(ctx context.Context, id string, f Facts, sign Signer, sealing Sealer) (Answered, error) {
	var out Answered
	err := r.inTx(ctx, func(tx *sql.Tx) error {
		p, err := findPacket(ctx, tx, id)
		if err != nil {
			return err
		}
		if p.State.Final() {
			out = Answered{State: p.State, Body: p.Answer, Signature: p.Signature}
			return nil
		}
		next, no, err := r.order(ctx, tx, f)
		if err == nil && no == nil && f.Unjudged {
			return ErrWaiting
		}
		if err == nil && no == nil {
			no, err = spare(ctx, tx, f)
			f.Served = no != nil
		}
		if err == nil && no == nil {
			no, err = claim(ctx, tx, f)
		}
		if err != nil {
			return err
		}
		if no != nil {
			out, err = r.refuseInTx(ctx, tx, p, f, *no, sign)
			return err
		}
		out, err = r.acceptInTx(ctx, tx, p, f, next, sign, sealing)
		return err
	})
	if err != nil {
		return Answered{}, fmt.Errorf("decide a packet: %w", err)
	}
	return out, nil
}

// claim takes what rules allow once; the refusal names the rule that says no.
func claim(ctx context.Context, tx *sql.Tx, f Facts) (*refusal, error) {
	for _, c := range f.Claims {
		result, err := tx.ExecContext(ctx, `INSERT INTO claims (rule, key, case_number) VALUES (?,?,?) ON CONFLICT DO NOTHING`, c.Rule, c.Key, f.Case)
		if err != nil {
			return nil, err
		}
		n, err := result.RowsAffected()
		if err != nil {
			return nil, err
		}
		if n == 0 {
			return &refusal{wire.RefusedRule, c.Reason}, nil
		}
	}
	return nil, nil
}

func (r *Registry) refuseInTx(ctx context.Context, tx *sql.Tx, p Packet, f Facts, no refusal, sign Signer) (Answered, error) {
	// What was claimed before the rule that said no is free again.
	if _, err := tx.ExecContext(ctx, `DELETE FROM claims WHERE case_number = ? AND NOT EXISTS (SELECT 1 FROM cases WHERE number = ?)`, f.Case, f.Case); err != nil {
		return Answered{}, err
	}
	now := r.now()
	answer, err := sign(wire.Answer{
		Kind: wire.Refusal, Packet: p.ID, Digest: p.Digest, Case: f.Case, Time: now, Code: no.code, Reason: no.reason,
	})
	if err != nil {
		return Answered{}, err
	}
	answer.State = Refused
	return answer, refuse(ctx, tx, millis(now), p.ID, no.code, no.reason, f, answer)
}

func (r *Registry) acceptInTx(ctx context.Context, tx *sql.Tx, p Packet, f Facts, next *casefile.Status, sign Signer, sealing Sealer) (Answered, error) {
	now := r.now()
	official, err := r.officialNumber(ctx, tx, p.ID, f, now)
	if err != nil {
		return Answered{}, err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO events (case_number, writer, sequence, packet, kind, at) VALUES (?,?,?,?,?,?)`,
		f.Case, f.Writer, f.Sequence, p.ID, f.Kind, millis(now)); err != nil {
		return Answered{}, err
	}
	if err := follow(ctx, tx, p.ID, f, next, now); err != nil {
		return Answered{}, err
	}
	if err := stands(ctx, tx, f, millis(now)); err != nil {
		return Answered{}, err
	}
	if err := tellOn(ctx, tx, p.ID, f, now, sealing); err != nil {
		return Answered{}, err
	}
	answer, err := sign(wire.Answer{
		Kind: wire.Acknowledgement, Packet: p.ID, Digest: p.Digest, Case: f.Case, Official: official, Time: now,
	})
	if err != nil {
		return Answered{}, err
	}
	answer.State = Accepted
	_, err = tx.ExecContext(ctx, `UPDATE packets SET state = ?, decided = ?, answer = ?, signature = ? WHERE id = ?`,
		Accepted, millis(now), answer.Body, answer.Signature, p.ID)
	return answer, err
}

// follow writes what an accepted event means for its record: the log, the state,
// the levels of evaluations, and what its terminal is told from now on.
func follow(ctx context.Context, tx *sql.Tx, packet string, f Facts, next *casefile.Status, now time.Time) error {
	kind := casefile.EventKind(f.Kind)
	if err := logged(ctx, tx, f.Case, packet, casefile.Entry{Kind: kind, At: now, Times: f.Times}); err != nil {
		return err
	}
	switch {
	case kind == casefile.Submitted: // the state stands already
		if err := logged(ctx, tx, f.Case, packet, casefile.Entry{Kind: casefile.PlatformAccepted, At: now}); err != nil {
			return err
		}
	case next != nil:
		if _, err := tx.ExecContext(ctx, `UPDATE cases SET state = ? WHERE number = ?`, next.State, f.Case); err != nil {
			return err
		}
	}
	if kind == casefile.Evaluated {
		if _, err := tx.ExecContext(ctx, `INSERT INTO evaluations (terminal, level) VALUES (?, ?)`, number(f.Opener), f.Level); err != nil {
			return err
		}
	}
	return catchUp(ctx, tx, f.Case, number(f.Writer))
}

// beijing is the zone of official dates.
var beijing = time.FixedZone("CST", 8*3600)

// series is the first letter of official numbers: S for cases, R for records that are none.
func series(kind string) string {
	if kind == string(casefile.Submitted) {
		return "S"
	}
	return "R"
}

// officialNumber gives the record's number at the platform, opening the record when the event does.
func (r *Registry) officialNumber(ctx context.Context, tx *sql.Tx, packet string, f Facts, now time.Time) (string, error) {
	if !f.Opens {
		var official string
		err := tx.QueryRowContext(ctx, `SELECT official FROM cases WHERE number = ?`, f.Case).Scan(&official)
		return official, err
	}
	official, err := promised(ctx, tx, packet)
	if err != nil {
		return "", err
	}
	if official == "" {
		if official, err = nextOfficial(ctx, tx, series(f.Kind), now); err != nil {
			return "", err
		}
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO cases (number, writer, official, item, state, opened, kind) VALUES (?,?,?,?,?,?,?)`,
		f.Case, f.Writer, official, f.Item, casefile.StateAccepted, millis(now), f.Kind)
	return official, err
}

// counterOf names the counter of a series' official numbers on a day.
func counterOf(series string, now time.Time) string {
	day := now.In(beijing).Format("20060102")
	if series == "S" {
		return "official " + day
	}
	return "official " + series + " " + day
}

func nextOfficial(ctx context.Context, tx *sql.Tx, series string, now time.Time) (string, error) {
	var n int
	err := tx.QueryRowContext(ctx, `INSERT INTO counters (name, value) VALUES (?, 1)
		ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value`, counterOf(series, now)).Scan(&n)
	return fmt.Sprintf("%s%s%07d", series, now.In(beijing).Format("20060102"), n), err
}

// Cases lists the accepted cases by number.
func (r *Registry) Cases(ctx context.Context) ([]Case, error) {
	rows, err := r.db.QueryContext(ctx, `SELECT number, writer, official, kind, item, state, opened FROM cases ORDER BY number`)
	if err != nil {
		return nil, fmt.Errorf("list cases: %w", err)
	}
	defer rows.Close()
	var all []Case
	for rows.Next() {
		var (
			c      Case
			opened int64
		)
		if err := rows.Scan(&c.Number, &c.Writer, &c.Official, &c.Kind, &c.Item, &c.State, &opened); err != nil {
			return nil, fmt.Errorf("list cases: %w", err)
		}
		c.Opened = fromMillis(opened)
		all = append(all, c)
	}
	return all, rows.Err()
}
