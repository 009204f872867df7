package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"bianmin/core/casefile"
)

// Rows of the desk as they lie in the store: sealed but for numbers, states and dates.
type (
	// Line is one case in an account's list.
	Line struct {
		Number         casefile.Number
		Record         string
		Line           []byte
		Handed         bool
		State          string
		Official       string
		Filed          time.Time
		Accepted       time.Time
		Days           int
		Points         int
		Done, Branches int
		Waiting        bool // an event of it waits to be sent
		Refused        bool // the platform refused an event of it
	}
	// LedgerRow is one entry of the fee ledger.
	LedgerRow struct {
		Terminal   string
		Generation string
		Serial     int64 // of the receipt
		Date       string
		At         time.Time
		Case       casefile.Number
		Sealed     []byte
	}
	// DayRow is one business date with entries.
	DayRow struct {
		Date    string
		Entries int
		Closing []byte // sealed, nil while the day is open
	}
	// PaperRow is one original in custody.
	PaperRow struct {
		Paper  string
		Case   casefile.Number
		Step   casefile.PaperStep
		Since  time.Time
		Sealed []byte
		Handed bool
	}
	// VisitRow is one appointment.
	VisitRow struct {
		ID      string
		Case    casefile.Number
		Date    string
		State   string
		Outcome string
		Sealed  []byte
	}
)

// Revision tells whether anything a list shows was changed: last moves with
// every change, removed when rows went away or to another account.
func (s *Store) Revision(ctx context.Context) (last, removed int64, err error) {
	err = s.reader.QueryRowContext(ctx, "SELECT last, removed FROM revision WHERE id = 1").Scan(&last, &removed)
	if err != nil {
		return 0, 0, classify(fmt.Errorf("read the revision: %w", err))
	}
	return last, removed, nil
}

const sqlLines = `SELECT d.number, d.record, d.line, d.handed, c.state, c.official, c.filed_ms, c.accepted_ms, c.days, c.points,
		(SELECT count(*) FROM branches b WHERE b.case_number = d.number AND b.state IN ('done', 'rejected')),
		(SELECT count(*) FROM branches b WHERE b.case_number = d.number),
		EXISTS (SELECT 1 FROM outbox o WHERE o.case_number = d.number AND o.state = 0),
		EXISTS (SELECT 1 FROM outbox o WHERE o.case_number = d.number AND o.state = 2)
	FROM desk_cases d JOIN cases c ON c.number = d.number WHERE d.revision > ? AND d.account = ? AND d.record = 'case'`

// sqlChanged is sqlLines where little changed: the plus keeps the planner from going through all the account has.
var sqlChanged = strings.Replace(sqlLines, "d.account = ?", "+d.account = ?", 1)

// Lines gives each of an account's cases that changed after a revision to visit, in no order.
func (s *Store) Lines(ctx context.Context, account string, after int64, visit func(Line) error) error {
	query := sqlChanged
	if after == 0 {
		query = sqlLines
	}
	rows, err := s.reader.QueryContext(ctx, query, after, account)
	if err != nil {
		return classify(fmt.Errorf("list cases: %w", err))
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var l Line
		var number string
		var filed, acceptedAt int64
		err := rows.Scan(&number, &l.Record, &l.Line, &l.Handed, &l.State, &l.Official, &filed, &acceptedAt, &l.Days, &l.Points,
			&l.Done, &l.Branches, &l.Waiting, &l.Refused)
		if err != nil {
			return classify(fmt.Errorf("list cases: %w", err))
		}
		l.Number, l.Filed, l.Accepted = casefile.Number(number), fromMilliseconds(filed), fromMilliseconds(acceptedAt)
		if err := visit(l); err != nil {
			return err
		}
	}
	return classify(rows.Err())
}

// DeskCase gives a case of the desk with its log, or ErrNoCase.
func (s *Store) DeskCase(ctx context.Context, number casefile.Number) (Case, Desk, error) {
	var d Desk
	err := s.reader.QueryRowContext(ctx, "SELECT record, account, by_agent, line, handed FROM desk_cases WHERE number = ?", string(number)).
		Scan(&d.Record, &d.Account, &d.ByAgent, &d.Line, &d.Handed)
	if err := noCase(err, "read a case of the desk"); err != nil {
		return Case{}, Desk{}, err
	}
	found, err := s.CaseByNumber(ctx, number)
	return found, d, err
}

func noCase(err error, doing string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNoCase
	}
	if err != nil {
		return classify(fmt.Errorf("%s: %w", doing, err))
	}
	return nil
}

// Handed gives the numbers of the cases that were handed to an account after a
// revision and not taken in yet.
func (s *Store) Handed(ctx context.Context, account string, after int64) ([]casefile.Number, error) {
	query := "SELECT number FROM desk_cases WHERE revision > ? AND +account = ? AND record = 'case' AND handed = 1"
	if after == 0 {
		query = strings.Replace(query, "+", "", 1)
	}
	rows, err := s.reader.QueryContext(ctx, query, after, account)
	if err != nil {
		return nil, classify(fmt.Errorf("list handed cases: %w", err))
	}
	defer func() { _ = rows.Close() }()
	var numbers []casefile.Number
	for rows.Next() {
		var number string
		if err := rows.Scan(&number); err != nil {
			return nil, classify(fmt.Errorf("list handed cases: %w", err))
		}
		numbers = append(numbers, casefile.Number(number))
	}
	return numbers, classify(rows.Err())
}

// TakeIn makes a handed case the account's own: its row and tag by the
// account's keys, and its originals (by paper id).
func (s *Store) TakeIn(ctx context.Context, account string, number casefile.Number, line, tag []byte, papers map[string][]byte) error {
	err := s.transact(ctx, true, func(tx *sql.Tx, _ statements) error {
		if _, err := tx.Exec("UPDATE desk_cases SET line = ?, handed = 0 WHERE number = ? AND account = ?", line, string(number), account); err != nil {
			return err
		}
		if _, err := tx.Exec("UPDATE cases SET tag = ? WHERE number = ?", tag, string(number)); err != nil {
			return err
		}
		for paper, sealed := range papers {
			if _, err := tx.Exec("UPDATE custody SET sealed = ?, handed = 0 WHERE paper = ? AND account = ?", sealed, paper, account); err != nil {
				return err
			}
		}
		return nil
	})
	return wrap(err, "take a case in")
}

// EvaluationKinds counts an account's ratings of the dates from and to by what they were.
func (s *Store) EvaluationKinds(ctx context.Context, account, from, to string) (map[string]int, error) {
	rows, err := s.reader.QueryContext(ctx, "SELECT what, count(*) FROM ratings WHERE account = ? AND date BETWEEN ? AND ? GROUP BY what", account, from, to)
	if err != nil {
		return nil, classify(fmt.Errorf("count ratings: %w", err))
	}
	defer func() { _ = rows.Close() }()
	counts := map[string]int{}
	for rows.Next() {
		var what string
		var n int
		if err := rows.Scan(&what, &n); err != nil {
			return nil, classify(fmt.Errorf("count ratings: %w", err))
		}
		counts[what] = n
	}
	return counts, classify(rows.Err())
}
