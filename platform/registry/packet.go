package registry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// State tells how far a packet is.
type State string

// States of a packet.
const (
	Arriving   State = "arriving"   // some bytes are held
	Registered State = "registered" // its manifest is held and in order
	Accepted   State = "accepted"   // all is held, the event stands in its case
	Refused    State = "refused"    // refused with a reason
)

// Final tells whether nothing more can happen to the packet.
func (s State) Final() bool { return s == Accepted || s == Refused }

// Packet is what the platform knows of one packet.
type Packet struct {
	ID         string
	Digest     string
	Number     string // terminal that sends it
	Generation string
	Length     int64
	State      State
	Begun      time.Time
	Mismatches int

	// Known from the manifest on.
	Case        string
	EventDigest string
	Writer      string // terminal and generation that wrote the event
	Sequence    int
	Kind        string

	Code      string // of a refusal
	Decided   time.Time
	Answer    []byte // newest signed answer, exact bytes; nil before the registration
	Signature string
}

const packetColumns = `id, digest, number, generation, length, state, begun, mismatches,
	coalesce(case_number, ''), coalesce(event_digest, ''), coalesce(writer, ''), coalesce(sequence, 0), coalesce(kind, ''), coalesce(code, ''), coalesce(decided, 0),
	answer, coalesce(signature, '')`

func scanPacket(row interface{ Scan(...any) error }) (Packet, error) {
	var (
		p              Packet
		begun, decided int64
	)
	err := row.Scan(&p.ID, &p.Digest, &p.Number, &p.Generation, &p.Length, &p.State, &begun, &p.Mismatches,
		&p.Case, &p.EventDigest, &p.Writer, &p.Sequence, &p.Kind, &p.Code, &decided, &p.Answer, &p.Signature)
	if err != nil {
		return Packet{}, err
	}
	p.Begun = fromMillis(begun)
	if decided > 0 {
		p.Decided = fromMillis(decided)
	}
	return p, nil
}

// ErrNoPacket says that nothing is known of a packet.
var ErrNoPacket = errors.New("no such packet")

// Packet finds a packet by its id; ErrNoPacket when it is not known.
func (r *Registry) Packet(ctx context.Context, id string) (Packet, error) {
	return findPacket(ctx, r.db, id)
}

type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func findPacket(ctx context.Context, q querier, id string) (Packet, error) {
	p, err := scanPacket(q.QueryRowContext(ctx, `SELECT `+packetColumns+` FROM packets WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return Packet{}, ErrNoPacket
	}
	if err != nil {
		return Packet{}, fmt.Errorf("find a packet: %w", err)
	}
	return p, nil
}

// BeginPacket records the first request of a packet: id, digest, length and who sends it.
func (r *Registry) BeginPacket(ctx context.Context, p Packet) error {
	_, err := r.db.ExecContext(ctx,
		`INSERT INTO packets (id, digest, number, generation, length, state, begun) VALUES (?,?,?,?,?,?,?)`,
		p.ID, p.Digest, p.Number, p.Generation, p.Length, Arriving, millis(r.now()))
	if err != nil {
		return fmt.Errorf("begin a packet: %w", err)
	}
	return nil
}

// Mismatch counts that a packet's bytes were not what they should be, and gives the count.
func (r *Registry) Mismatch(ctx context.Context, id string) (int, error) {
	var n int
	err := r.db.QueryRowContext(ctx, `UPDATE packets SET mismatches = mismatches + 1 WHERE id = ? RETURNING mismatches`, id).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count a mismatch: %w", err)
	}
	return n, nil
}

// Facts are what a manifest says of its event, as far as order and rules need it.
type Facts struct {
	Case        string
	Writer      string // terminal and generation that wrote the event, e.g. QH0301A
	EventDigest string
	Sequence    int
	Kind        string
	Opens       bool   // the event begins its record
	Opener      string // terminal and generation that the record's number names
	Item        string // of an event that opens a case
	Times       int    // evaluated: which evaluation of the case
	Level       int    // evaluated
	Notice      string // corrected: the notice it answers
	Unjudged    bool   // what it is judged by has not arrived yet: it is not accepted now
	Claims      []Claim
	// Of an application:
	Who      string // digest of the applicant
	Previous string // the refused case that it mends and stands for
	Served   bool   // another case of the applicant stands in its place already
}

// Claim is something a rule allows once.
type Claim struct {
	Rule   string
	Key    string // a digest
	Reason string // for people, when it is taken
}

// Answered is a signed answer, ready to send.
type Answered struct {
	State     State
	Body      []byte
	Signature string
}

// Register keeps the manifest's facts and the signed registration.
func (r *Registry) Register(ctx context.Context, id string, f Facts, a Answered) error {
	_, err := r.db.ExecContext(ctx, `UPDATE packets SET state = ?, case_number = ?, event_digest = ?, writer = ?, sequence = ?, kind = ?, answer = ?, signature = ?
		WHERE id = ? AND state = 'arriving'`,
		Registered, f.Case, f.EventDigest, f.Writer, f.Sequence, f.Kind, a.Body, a.Signature, id)
	if err != nil {
		return fmt.Errorf("register a packet: %w", err)
	}
	return nil
}

// Refuse keeps a signed refusal; facts may be empty when the manifest did not open.
func (r *Registry) Refuse(ctx context.Context, id, code, reason string, f Facts, a Answered) error {
	return r.inTx(ctx, func(tx *sql.Tx) error { return refuse(ctx, tx, millis(r.now()), id, code, reason, f, a) })
}

type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

func refuse(ctx context.Context, e execer, now int64, id, code, reason string, f Facts, a Answered) error {
	_, err := e.ExecContext(ctx, `UPDATE packets SET state = ?, code = ?, decided = ?, answer = ?, signature = ?,
		case_number = nullif(?, ''), event_digest = nullif(?, ''), writer = nullif(?, ''), sequence = nullif(?, 0), kind = nullif(?, '')
		WHERE id = ? AND state IN ('arriving', 'registered')`,
		Refused, code, now, a.Body, a.Signature, f.Case, f.EventDigest, f.Writer, f.Sequence, f.Kind, id)
	if err != nil {
		return fmt.Errorf("refuse a packet: %w", err)
	}
	if err := keepRefusal(ctx, e, now, id, code, reason, f); err != nil {
		return fmt.Errorf("refuse a packet: %w", err)
	}
	return nil
}

// Packets lists all packets whose manifest opened, in the order of cases and events.
func (r *Registry) Packets(ctx context.Context) ([]Packet, error) {
	rows, err := r.db.QueryContext(ctx, `SELECT `+packetColumns+` FROM packets WHERE case_number IS NOT NULL
		ORDER BY case_number, writer, sequence, begun, id`)
	if err != nil {
		return nil, fmt.Errorf("list packets: %w", err)
	}
	defer rows.Close()
	var all []Packet
	for rows.Next() {
		p, err := scanPacket(rows)
		if err != nil {
			return nil, fmt.Errorf("list packets: %w", err)
		}
		all = append(all, p)
	}
	return all, rows.Err()
}

// Counts gives how many packets stand in each state.
func (r *Registry) Counts(ctx context.Context) (map[State]int, error) {
	rows, err := r.db.QueryContext(ctx, `SELECT state, count(*) FROM packets GROUP BY state`)
	if err != nil {
		return nil, fmt.Errorf("count packets: %w", err)
	}
	defer rows.Close()
	counts := map[State]int{}
	for rows.Next() {
		var (
			state State
			n     int
		)
		if err := rows.Scan(&state, &n); err != nil {
			return nil, fmt.Errorf("count packets: %w", err)
		}
		counts[state] = n
	}
	return counts, rows.Err()
}
