package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"bianmin/core/casefile"
)

// Words for the state of a packet that is not delivered.
const (
	QueueWaiting = casefile.LineWaiting
	QueueRefused = casefile.LineRefused
	QueueHeld    = casefile.LineHeld // put aside by a person, or behind a refused first event
)

// ErrNothing says that a case has nothing in the queue that an order could be about.
var ErrNothing = errors.New("nothing of the case stands in the queue like that")

// Undecided is one packet that is not delivered, as anybody who looks after the machine may see it.
type Undecided struct {
	Item
	State string
	Code  string // of the item, from the print ledger; "" where nothing was printed
}

const sqlUndecided = `SELECT o.packet, o.case_number, o.generation, o.sequence, o.kind, p.digest, o.registered, o.attempts, o.next_ms, o.why,
		o.head_length, o.total, o.committed_ms
	FROM outbox o JOIN packets p ON p.id = o.packet WHERE `

// undecided are the states of what is not delivered, the most urgent first. They stand in the text, or no index would serve.
var undecided = []struct{ word, where string }{
	{QueueRefused, "o.state = 2"}, {QueueHeld, "o.state = 4"}, {QueueWaiting, "o.state = 0"},
}

// Undecided lists what is not delivered of a case, "" for all: first what was refused, then what is held, then what waits,
// each in the order it was committed.
func (s *Store) Undecided(ctx context.Context, number casefile.Number, limit int) ([]Undecided, error) {
	if number == "" {
		return s.listUndecided(ctx, "", nil, limit)
	}
	return s.listUndecided(ctx, " AND o.case_number = ?", []any{string(number)}, limit)
}

// UndecidedOf does so for the cases and records of a desk's account.
func (s *Store) UndecidedOf(ctx context.Context, account string, limit int) ([]Undecided, error) {
	return s.listUndecided(ctx, " AND EXISTS (SELECT 1 FROM desk_cases d WHERE d.number = o.case_number AND d.account = ?)", []any{account}, limit)
}

func (s *Store) listUndecided(ctx context.Context, narrower string, args []any, limit int) ([]Undecided, error) {
	var all []Undecided
	for _, of := range undecided {
		query := sqlUndecided + of.where + narrower + " ORDER BY o.committed_ms, o.id LIMIT ?"
		rows, err := s.reader.QueryContext(ctx, query, append(slices.Clone(args), limit-len(all))...)
		if err != nil {
			return nil, classify(fmt.Errorf("list what is not delivered: %w", err))
		}
		items, err := scanItems(rows, "list what is not delivered")
		if err != nil {
			return nil, err
		}
		for _, item := range items {
			all = append(all, Undecided{Item: item, State: of.word})
		}
	}
	return all, s.nameItems(ctx, all)
}

// nameItems notes what each case is about, as far as its receipt says so in clear.
func (s *Store) nameItems(ctx context.Context, all []Undecided) error {
	numbers := make([]string, 0, len(all))
	for _, one := range all {
		numbers = append(numbers, string(one.Case))
	}
	asked, err := json.Marshal(numbers)
	if err != nil {
		return fmt.Errorf("name items: %w", err)
	}
	rows, err := s.reader.QueryContext(ctx, `SELECT case_number, max(item) FROM prints
		WHERE item <> '' AND case_number IN (SELECT value FROM json_each(?)) GROUP BY case_number`, string(asked))
	if err != nil {
		return classify(fmt.Errorf("name items: %w", err))
	}
	defer func() { _ = rows.Close() }()
	codes := map[casefile.Number]string{}
	for rows.Next() {
		var number, code string
		if err := rows.Scan(&number, &code); err != nil {
			return classify(fmt.Errorf("name items: %w", err))
		}
		codes[casefile.Number(number)] = code
	}
	for i := range all {
		all[i].Code = codes[all[i].Case]
	}
	return classify(rows.Err())
}

// HoldCase puts all aside that waits of a case: by says who, reason why, for the audit trail. What the sender has under way
// may still be answered; the answer counts then.
func (s *Store) HoldCase(ctx context.Context, number casefile.Number, by, reason string) error {
	return wrap(s.turn(ctx, Entry{Actor: by, Action: "held", Subject: string(number), Detail: reason},
		"UPDATE outbox SET state = ?, why = ?, next_ms = 0 WHERE case_number = ? AND state = ?", held, whyHeld, string(number), queued), "put a case aside")
}

// ReleaseCase lets all go again that a person put aside of a case.
func (s *Store) ReleaseCase(ctx context.Context, number casefile.Number, by, reason string) error {
	return wrap(s.turn(ctx, Entry{Actor: by, Action: "released", Subject: string(number), Detail: reason},
		"UPDATE outbox SET state = ?, why = '', next_ms = 0 WHERE case_number = ? AND state = ? AND why = ?", queued, string(number), held, whyHeld), "let a case go")
}

// RetryCase lets what waits of a case be tried at once.
func (s *Store) RetryCase(ctx context.Context, number casefile.Number, by string) error {
	return wrap(s.turn(ctx, Entry{Actor: by, Action: "queue-retry", Subject: string(number)},
		"UPDATE outbox SET next_ms = 0 WHERE case_number = ? AND state = ?", string(number), queued), "retry a case")
}

// turn carries out an order about a case's packets, tells the sender, and notes who gave it.
func (s *Store) turn(ctx context.Context, entry Entry, statement string, args ...any) error {
	return s.transact(ctx, true, func(tx *sql.Tx, q statements) error {
		clock, err := s.clockIn(tx, q)
		if err != nil {
			return err
		}
		result, err := tx.Exec(statement, args...)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return errors.Join(ErrNothing, err)
		}
		if err := wish(tx); err != nil {
			return err
		}
		return s.audit(tx, q, clock, entry)
	})
}

// wish counts that somebody wants what waits to be tried now: the sender, another process, sees the count move.
func wish(tx *sql.Tx) error {
	_, err := tx.Exec(`INSERT INTO meta (key, value) VALUES ('wishes', '1') ON CONFLICT (key) DO UPDATE SET value = CAST(value AS INTEGER) + 1`)
	return err
}

// Wishes is how often somebody wanted what waits to be tried at once.
func (s *Store) Wishes(ctx context.Context) (int64, error) {
	var text string
	err := s.reader.QueryRowContext(ctx, "SELECT value FROM meta WHERE key = 'wishes'").Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, classify(fmt.Errorf("read the wishes: %w", err))
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("read the wishes: %w", err)
	}
	return n, nil
}

// Remark is what somebody wrote when he gave an order about a case.
type Remark struct {
	By     string
	At     time.Time
	Reason string
}

// HeldBecause is who put a case aside last, and why; zero where nobody did.
func (s *Store) HeldBecause(ctx context.Context, number casefile.Number) (Remark, error) {
	var r Remark
	var at int64
	err := s.reader.QueryRowContext(ctx, "SELECT actor, at_ms, detail FROM audit WHERE action = 'held' AND subject = ? ORDER BY id DESC LIMIT 1", string(number)).
		Scan(&r.By, &at, &r.Reason)
	if errors.Is(err, sql.ErrNoRows) {
		return Remark{}, nil
	}
	if err != nil {
		return Remark{}, classify(fmt.Errorf("read the audit trail: %w", err))
	}
	r.At = fromMilliseconds(at)
	return r, nil
}
