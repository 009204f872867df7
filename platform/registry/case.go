package registry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"bianmin/sync/wire"
)

// Case is a case the platform accepted.
type Case struct {
	Number   string // exactly as on the receipt
	Writer   string // terminal and generation that opened it
	Official string
	Item     string
	State    string
	Opened   time.Time
}

// ErrWaiting says that an earlier event of the case has not arrived yet.
var ErrWaiting = errors.New("an earlier event of the case is missing")

// Signer makes the signed form of an answer.
type Signer func(wire.Answer) (Answered, error)

// refusal is a decision against an event, taken inside the transaction.
type refusal struct{ code, reason string }

// Decide puts a wholly held packet's event into its case, or refuses it, in one
// transaction, and keeps the signed answer. A packet that was decided before
// gives the kept answer. ErrWaiting leaves everything as it was.
func (r *Registry) Decide(ctx context.Context, id string, f Facts, sign Signer) (Answered, error) {
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
		no, err := r.order(ctx, tx, f)
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
		out, err = r.acceptInTx(ctx, tx, p, f, sign)
		return err
	})
	if err != nil {
		return Answered{}, fmt.Errorf("decide a packet: %w", err)
	}
	return out, nil
}

// order checks that the event can follow what is known of its case.
func (r *Registry) order(ctx context.Context, tx *sql.Tx, f Facts) (*refusal, error) {
	var exists, taken, before, refusedBefore int
	err := tx.QueryRowContext(ctx, `SELECT
		(SELECT count(*) FROM cases WHERE number = ?1),
		(SELECT count(*) FROM events WHERE case_number = ?1 AND writer = ?2 AND sequence = ?3),
		(SELECT count(*) FROM events WHERE case_number = ?1 AND writer = ?2 AND sequence = ?3 - 1),
		(SELECT count(*) FROM packets WHERE case_number = ?1 AND writer = ?2 AND sequence = ?3 - 1 AND state = 'refused')`,
		f.Case, f.Writer, f.Sequence).Scan(&exists, &taken, &before, &refusedBefore)
	if err != nil {
		return nil, err
	}
	switch {
	case taken > 0:
		return &refusal{wire.RefusedSequence, "该办件的这一序号已有其他内容"}, nil
	case f.Sequence > 1 && before == 0 && refusedBefore > 0:
		return &refusal{wire.RefusedTransition, "该办件的前一项内容未被受理"}, nil
	case f.Sequence > 1 && before == 0:
		return nil, ErrWaiting
	case f.Opens && exists > 0:
		return &refusal{wire.RefusedTransition, "该办件已经受理，不能再次提交"}, nil
	case !f.Opens && exists == 0:
		return &refusal{wire.RefusedTransition, "没有找到该办件的申请"}, nil
	}
	return nil, nil
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
	return answer, refuse(ctx, tx, millis(now), p.ID, no.code, f, answer)
}

func (r *Registry) acceptInTx(ctx context.Context, tx *sql.Tx, p Packet, f Facts, sign Signer) (Answered, error) {
	now := r.now()
	official, err := r.officialNumber(ctx, tx, f, now)
	if err != nil {
		return Answered{}, err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO events (case_number, writer, sequence, packet, kind, at) VALUES (?,?,?,?,?,?)`,
		f.Case, f.Writer, f.Sequence, p.ID, f.Kind, millis(now)); err != nil {
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

// beijing is the zone of official dates.
var beijing = time.FixedZone("CST", 8*3600)

// officialNumber gives the case's number at the platform, opening the case when the event does.
func (r *Registry) officialNumber(ctx context.Context, tx *sql.Tx, f Facts, now time.Time) (string, error) {
	var official string
	if !f.Opens {
		err := tx.QueryRowContext(ctx, `SELECT official FROM cases WHERE number = ?`, f.Case).Scan(&official)
		return official, err
	}
	day := now.In(beijing).Format("20060102")
	var n int
	if err := tx.QueryRowContext(ctx, `INSERT INTO counters (name, value) VALUES (?, 1)
		ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value`, "official "+day).Scan(&n); err != nil {
		return "", err
	}
	official = fmt.Sprintf("S%s%07d", day, n)
	_, err := tx.ExecContext(ctx, `INSERT INTO cases (number, writer, official, item, state, opened) VALUES (?,?,?,?,?,?)`,
		f.Case, f.Writer, official, f.Item, "accepted", millis(now))
	return official, err
}

// Cases lists the accepted cases by number.
func (r *Registry) Cases(ctx context.Context) ([]Case, error) {
	rows, err := r.db.QueryContext(ctx, `SELECT number, writer, official, item, state, opened FROM cases ORDER BY number`)
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
		if err := rows.Scan(&c.Number, &c.Writer, &c.Official, &c.Item, &c.State, &opened); err != nil {
			return nil, fmt.Errorf("list cases: %w", err)
		}
		c.Opened = fromMillis(opened)
		all = append(all, c)
	}
	return all, rows.Err()
}
