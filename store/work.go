package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"bianmin/core/casefile"
)

// Work is one durable transaction of the desk: any number of events of any
// number of cases, with the rows beside them. It counts only inside the
// function that Store.Work hands it to.
type Work struct {
	Clock Clock

	store      *Store
	tx         *sql.Tx
	q          statements
	terminal   string
	generation string
	events     int64
}

// Work runs do in one durable transaction. When it returns nil everything do
// put is safe; when it returns an error nothing happened. It is refused with
// casefile.ClockDoubt while the clock is in doubt.
func (s *Store) Work(ctx context.Context, terminal, generation string, do func(*Work) error) error {
	var commits int64
	err := s.transact(ctx, true, func(tx *sql.Tx, q statements) error {
		mark, count, clock, err := s.admit(tx, q, generation)
		if err != nil {
			return err
		}
		if clock.Judgement.Doubt {
			return &casefile.Error{Code: casefile.ClockDoubt, Err: errors.New(clock.Judgement.Why)}
		}
		w := &Work{Clock: clock, store: s, tx: tx, q: q, terminal: terminal, generation: generation}
		if err := do(w); err != nil {
			return err
		}
		commits = count + w.events
		if err := writeMark(tx, q, clock.begun, mark.Noted(clock.Reading, clock.Judgement), commits); err != nil {
			return err
		}
		s.point(PointDeskBefore)
		return nil
	})
	if err != nil {
		return wrap(err, "commit at the desk")
	}
	s.point(PointDeskAfter)
	s.raise(generation, commits)
	return nil
}

// Date is the business date of this transaction, YYYY-MM-DD.
func (w *Work) Date() string { return w.Clock.Judgement.BusinessDate() }

// Begin gives the slot of the first event of a case or record with a new number.
func (w *Work) Begin() (Slot, error) {
	number, err := nextNumber(w.tx, w.q, w.Clock, w.terminal, w.generation)
	return Slot{Number: number, Sequence: 1, Clock: w.Clock}, err
}

// Standing is how a case stands inside a transaction.
type Standing struct {
	casefile.Status
	Slot   Slot   // of its next event from here
	Public []byte // the case's key
	Desk   Desk   // zero when it is no case of the desk
}

// Desk is the desk's part of a case.
type Desk struct {
	Record  string // "case", "day", "sheet" or "visit"
	Account string
	ByAgent []byte // the case's private half, to the account's public key
	Line    []byte // sealed row of the list
	Handed  bool   // Line is sealed to the account's public key and not by its book key
}

// Case gives how a case stands, or ErrNoCase.
func (w *Work) Case(number casefile.Number) (Standing, error) {
	row, err := readCase(w.tx, w.q, number)
	if err != nil {
		return Standing{}, err
	}
	standing := Standing{Status: row.Status, Public: row.public}
	standing.Slot = Slot{Number: number, Sequence: 1, Clock: w.Clock, LastPlatformEvent: row.last}
	if row.generation == w.generation {
		standing.Slot.Sequence = row.sequence + 1
	}
	d := &standing.Desk
	err = w.tx.QueryRow("SELECT record, account, by_agent, line, handed FROM desk_cases WHERE number = ?", string(number)).
		Scan(&d.Record, &d.Account, &d.ByAgent, &d.Line, &d.Handed)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return Standing{}, fmt.Errorf("read a case of the desk: %w", err)
	}
	return standing, nil
}

// Log gives a case's events in order, sealed.
func (w *Work) Log(number casefile.Number) ([]Event, error) {
	rows, err := w.tx.Query(sqlLog, string(number))
	if err != nil {
		return nil, fmt.Errorf("read a case's log: %w", err)
	}
	return scanEvents(rows)
}

// Open puts a new case or record with its first event; status is what it comes to.
func (w *Work) Open(record Record, status casefile.Status, desk Desk) error {
	if err := insertCase(w.tx, w.q, record, w.Clock.Judgement.Now); err != nil {
		return err
	}
	if err := writeCase(w.tx, w.q, record.Event.Case, status, ""); err != nil {
		return err
	}
	_, err := w.tx.Exec("INSERT INTO desk_cases (number, record, account, by_agent, line) VALUES (?, ?, ?, ?, ?)",
		string(record.Event.Case), desk.Record, desk.Account, desk.ByAgent, desk.Line)
	if err != nil {
		return fmt.Errorf("insert a case of the desk: %w", err)
	}
	w.events++
	return w.store.insertRecord(w.tx, w.q, w.Clock, record)
}

// Add puts one more event of a case; status is what the case comes to by it.
func (w *Work) Add(record Record, standing Standing, status casefile.Status) error {
	e := record.Event
	if _, err := w.tx.Exec("UPDATE cases SET generation = ?, sequence = ? WHERE number = ?", w.generation, e.Sequence, string(e.Case)); err != nil {
		return fmt.Errorf("update case: %w", err)
	}
	if err := writeCase(w.tx, w.q, e.Case, status, standing.Slot.LastPlatformEvent); err != nil {
		return err
	}
	w.events++
	return w.store.insertRecord(w.tx, w.q, w.Clock, record)
}

// Audit puts an entry of the audit trail that belongs to no event.
func (w *Work) Audit(entry Entry) error { return w.store.audit(w.tx, w.q, w.Clock, entry) }

// DropDraft removes a draft; its pages stay when an event names them.
func (w *Work) DropDraft(account, id string) error { return dropDraft(w.tx, account, id) }

// Rated notes that a service was rated or not, never how: what is "given", "declined" or "not-offered".
func (w *Work) Rated(packet, account, what string) error {
	_, err := w.tx.Exec("INSERT INTO ratings (packet, account, date, what) VALUES (?, ?, ?, ?)", packet, account, w.Date(), what)
	if err != nil {
		return fmt.Errorf("note a rating: %w", err)
	}
	return nil
}
