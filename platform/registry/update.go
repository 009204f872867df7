package registry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"bianmin/core/casefile"
)

// Update is one event the platform wrote, as it is kept.
type Update struct {
	ID       string
	Case     string // "" for an appointment of no case
	Terminal string // of such an appointment: a terminal number of its point
	Kind     casefile.EventKind
	At       time.Time
	Sealed   []byte // casefile.Update, sealed to the platform's own key
	// Author is the terminal number whose event is told on, "" for the department's word.
	Author string
	// Refers is the id of the update that set the appointment, or spoke of the payment first, which this one changes; "" for none.
	Refers string
}

// Errors of the department's acts.
var (
	ErrNoCase        = errors.New("the platform holds no such case")
	ErrNoTerminal    = errors.New("no desk's terminal is enrolled at this point")
	ErrNoAppointment = errors.New("no such appointment of this case or point")
	ErrNoPayment     = errors.New("no such payment of this case")
)

// TransitionError says in which state a case takes no such act.
type TransitionError struct {
	Kind  casefile.EventKind
	State string
}

func (e *TransitionError) Error() string {
	return fmt.Sprintf("the case stands at %q, where %q is not possible", e.State, e.Kind)
}

// Act writes one platform event into a case's log, moves the case's state, and
// keeps the update for every terminal that wrote an event of the case; an
// appointment of no case is kept for its point's desks. It gives the state and
// the terminals. Errors: ErrNoCase, ErrNoTerminal, ErrNoAppointment, ErrNoPayment, *TransitionError.
func (r *Registry) Act(ctx context.Context, u Update, points int) (state string, told []string, err error) {
	err = r.inTx(ctx, func(tx *sql.Tx) error {
		if err := known(ctx, tx, u); err != nil {
			return err
		}
		if u.Case != "" {
			if state, err = r.move(ctx, tx, u, points); err != nil {
				return err
			}
		}
		if told, err = deliver(ctx, tx, u); err == nil && len(told) == 0 {
			err = ErrNoTerminal
		}
		return err
	})
	if err != nil {
		return "", nil, fmt.Errorf("act on a case: %w", err)
	}
	return state, told, nil
}

// move puts a platform event into its case's log.
func (r *Registry) move(ctx context.Context, tx *sql.Tx, u Update, points int) (string, error) {
	var kind casefile.EventKind
	err := tx.QueryRowContext(ctx, `SELECT kind FROM cases WHERE number = ?`, u.Case).Scan(&kind)
	if errors.Is(err, sql.ErrNoRows) || (err == nil && kind != casefile.Submitted) {
		return "", ErrNoCase
	}
	if err != nil {
		return "", err
	}
	status, err := fold(ctx, tx, u.Case)
	if err != nil {
		return "", err
	}
	entry := casefile.Entry{Kind: u.Kind, At: u.At, Points: points}
	next, err := status.Apply(entry)
	if errors.Is(err, casefile.ErrTransition) {
		return "", &TransitionError{Kind: u.Kind, State: status.State}
	}
	if err != nil {
		return "", err
	}
	if err := logged(ctx, tx, u.Case, u.ID, entry); err != nil {
		return "", err
	}
	_, err = tx.ExecContext(ctx, `UPDATE cases SET state = ? WHERE number = ?`, next.State, u.Case)
	return next.State, err
}

func known(ctx context.Context, tx *sql.Tx, u Update) error {
	if u.Refers == "" {
		return nil
	}
	var n int
	err := tx.QueryRowContext(ctx, `SELECT count(*) FROM updates WHERE id = ? AND kind = ? AND coalesce(case_number, '') = ? AND coalesce(terminal, '') = ?`,
		u.Refers, u.Kind, u.Case, u.Terminal).Scan(&n)
	if err == nil && n == 0 && u.Kind == casefile.PlatformPayment {
		return ErrNoPayment
	}
	if err == nil && n == 0 {
		return ErrNoAppointment
	}
	return err
}

// deliver keeps an update, and for which terminals.
func deliver(ctx context.Context, tx *sql.Tx, u Update) ([]string, error) {
	if _, err := tx.ExecContext(ctx, `INSERT INTO updates (id, case_number, terminal, author, kind, at, sealed)
		VALUES (?,nullif(?, ''),nullif(?, ''),nullif(?, ''),?,?,?)`, u.ID, u.Case, u.Terminal, u.Author, u.Kind, millis(u.At), u.Sealed); err != nil {
		return nil, err
	}
	query := `INSERT INTO deliveries (terminal, update_id)
		SELECT DISTINCT substr(writer, 1, 6), ?1 FROM events WHERE case_number = ?2 AND substr(writer, 1, 6) <> ?3 ORDER BY 1 RETURNING terminal`
	about := u.Case
	if u.Case == "" {
		// It holds names and addresses: only desks hear of it.
		query = `INSERT INTO deliveries (terminal, update_id) SELECT DISTINCT t.number, ?1 FROM terminals t
			JOIN terminals n ON n.region = t.region AND n.point = t.point WHERE n.number = ?2 AND t.role = 'agent' AND t.number <> ?3
			ORDER BY 1 RETURNING terminal`
		about = u.Terminal
	}
	rows, err := tx.QueryContext(ctx, query, u.ID, about, u.Author)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var told []string
	for rows.Next() {
		var terminal string
		if err := rows.Scan(&terminal); err != nil {
			return nil, err
		}
		told = append(told, terminal)
	}
	return told, rows.Err()
}

// toldOn are the kinds of terminals' events that change a case's course: its other terminals hear of them.
var toldOn = map[casefile.EventKind]bool{
	casefile.Corrected: true, casefile.Withdrawn: true, casefile.Suspended: true, casefile.Resumed: true,
	casefile.Ended: true, casefile.Delivered: true, casefile.Closed: true,
}

// tellOn keeps an accepted event that changes its case's course as an update
// for the case's other terminals, those that join later too.
func tellOn(ctx context.Context, tx *sql.Tx, packet string, f Facts, now time.Time, sealing Sealer) error {
	if !toldOn[casefile.EventKind(f.Kind)] {
		return nil
	}
	u := Update{ID: packet, Case: f.Case, Author: number(f.Writer), Kind: casefile.EventKind(f.Kind), At: now}
	var err error
	if u.Sealed, err = sealing(casefile.Update{ID: u.ID, Case: casefile.Number(u.Case), Kind: u.Kind, At: now.UTC().Truncate(time.Millisecond)}); err != nil {
		return err
	}
	_, err = deliver(ctx, tx, u)
	return err
}

// number is the terminal number of a writer, without its generation.
func number(writer string) string { return writer[:min(6, len(writer))] }

// catchUp keeps for a terminal what the platform wrote about a case before the terminal's first event of it.
func catchUp(ctx context.Context, tx *sql.Tx, number, terminal string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO deliveries (terminal, update_id)
		SELECT ?1, id FROM updates WHERE case_number = ?2 AND coalesce(author, '') <> ?1 ORDER BY position ON CONFLICT DO NOTHING`, terminal, number)
	return err
}

// Delivery is one update for a terminal.
type Delivery struct {
	Position int64
	Update
}

// Deliveries gives what a terminal is told after a position, in order, at most limit.
func (r *Registry) Deliveries(ctx context.Context, terminal string, after int64, limit int) ([]Delivery, error) {
	rows, err := r.db.QueryContext(ctx, `SELECT d.position, u.id, coalesce(u.case_number, ''), u.kind, u.at, u.sealed
		FROM deliveries d JOIN updates u ON u.id = d.update_id WHERE d.terminal = ? AND d.position > ? ORDER BY d.position LIMIT ?`,
		terminal, after, limit)
	if err != nil {
		return nil, fmt.Errorf("list a terminal's updates: %w", err)
	}
	defer rows.Close()
	var all []Delivery
	for rows.Next() {
		var (
			d  Delivery
			at int64
		)
		if err := rows.Scan(&d.Position, &d.ID, &d.Case, &d.Kind, &at, &d.Sealed); err != nil {
			return nil, fmt.Errorf("list a terminal's updates: %w", err)
		}
		d.At = fromMillis(at)
		all = append(all, d)
	}
	return all, rows.Err()
}

// Delivered gives the id of the update at a position of a terminal's list, "" when there is none.
func (r *Registry) Delivered(ctx context.Context, terminal string, position int64) (string, error) {
	var id string
	err := r.db.QueryRowContext(ctx, `SELECT update_id FROM deliveries WHERE position = ? AND terminal = ?`, position, terminal).Scan(&id)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("find a terminal's update: %w", err)
	}
	return id, nil
}

// Updates lists all that the platform itself wrote, in order.
func (r *Registry) Updates(ctx context.Context) ([]Update, error) {
	rows, err := r.db.QueryContext(ctx, `SELECT id, coalesce(case_number, ''), coalesce(terminal, ''), kind, at, sealed FROM updates
		WHERE author IS NULL ORDER BY position`)
	if err != nil {
		return nil, fmt.Errorf("list updates: %w", err)
	}
	defer rows.Close()
	var all []Update
	for rows.Next() {
		var (
			u  Update
			at int64
		)
		if err := rows.Scan(&u.ID, &u.Case, &u.Terminal, &u.Kind, &at, &u.Sealed); err != nil {
			return nil, fmt.Errorf("list updates: %w", err)
		}
		u.At = fromMillis(at)
		all = append(all, u)
	}
	return all, rows.Err()
}
