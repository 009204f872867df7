package registry

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/usage"
)

// KeepUsage keeps what a terminal counted. The same again changes nothing; a count that has grown takes the smaller one's place.
func (r *Registry) KeepUsage(ctx context.Context, t Terminal, counts []usage.Count) error {
	if len(counts) == 0 {
		return nil
	}
	err := r.inTx(ctx, func(tx *sql.Tx) error {
		for _, c := range counts {
			if _, err := tx.ExecContext(ctx, `INSERT INTO usage (number, generation, day, kind, item, n) VALUES (?,?,?,?,?,?)
				ON CONFLICT DO UPDATE SET n = max(n, excluded.n)`, t.Number, t.Generation, c.Day, string(c.Kind), c.Item, c.N); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep what a terminal counted: %w", err)
	}
	return nil
}

// Figures are what happened with one item at one terminal number within some days.
type Figures struct {
	Terminal, Point, Region, Role string // of the newest generation
	Item                          string // code; "" for what is of no item

	Filed    int           // cases accepted by the platform
	Open     int           // of Filed: nothing is decided yet, the person's turn included
	Waiting  int           // of Open: the person must correct something
	Returned int           // of Filed: something had to be corrected at least once
	Granted  int           // of Filed
	Rejected int           // of Filed
	GivenUp  int           // of Filed: withdrawn or ended without a decision
	Decided  int           // of Filed: the department decided
	Took     time.Duration // all Decided together, from the platform's acceptance to the decision
	Counted  map[usage.Kind]int
}

// Work gives the figures of the days from..until, both included, in China's time, by terminal and item. Counts that
// terminals have not told yet are missing; a terminal tells a day's when it is over.
func (r *Registry) Work(ctx context.Context, from, until time.Time) ([]Figures, error) {
	first := time.Date(from.Year(), from.Month(), from.Day(), 0, 0, 0, 0, casefile.Zone)
	after := time.Date(until.Year(), until.Month(), until.Day()+1, 0, 0, 0, 0, casefile.Zone)
	all := map[[2]string]*Figures{}
	if err := r.caseFigures(ctx, all, millis(first), millis(after)); err != nil {
		return nil, fmt.Errorf("count the cases: %w", err)
	}
	if err := r.usageFigures(ctx, all, first.Format(time.DateOnly), until.Format(time.DateOnly)); err != nil {
		return nil, fmt.Errorf("count the use: %w", err)
	}
	return r.placed(ctx, all)
}

// caseFigures counts by writer; generations of one number are added up.
func (r *Registry) caseFigures(ctx context.Context, all map[[2]string]*Figures, from, until int64) error {
	rows, err := r.db.QueryContext(ctx, `SELECT substr(writer, 1, length(writer) - 1), item, count(*),
			sum(state IN ('accepted','processing','correction','suspended')), sum(state = 'correction'), sum(returned), coalesce(sum(decision = 'finished'), 0), coalesce(sum(decision = 'rejected'), 0),
			sum(decision IS NULL AND state IN ('withdrawn','ended','closed','delivered')), count(decision), coalesce(sum(decided - opened), 0)
		FROM (SELECT c.writer, c.item, c.state, c.opened,
			EXISTS (SELECT 1 FROM log l WHERE l.case_number = c.number AND l.kind = 'returned') AS returned,
			(SELECT l.kind FROM log l WHERE l.case_number = c.number AND l.kind IN ('finished','rejected') ORDER BY l.position DESC LIMIT 1) AS decision,
			(SELECT l.at FROM log l WHERE l.case_number = c.number AND l.kind IN ('finished','rejected') ORDER BY l.position DESC LIMIT 1) AS decided
			FROM cases c WHERE c.kind = 'submitted' AND c.opened >= ? AND c.opened < ?)
		GROUP BY 1, 2`, from, until)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var (
			f    Figures
			took int64
		)
		if err := rows.Scan(&f.Terminal, &f.Item, &f.Filed, &f.Open, &f.Waiting, &f.Returned, &f.Granted, &f.Rejected, &f.GivenUp, &f.Decided, &took); err != nil {
			return err
		}
		f.Took = time.Duration(took) * time.Millisecond
		all[[2]string{f.Terminal, f.Item}] = &f
	}
	return rows.Err()
}

func (r *Registry) usageFigures(ctx context.Context, all map[[2]string]*Figures, from, until string) error {
	rows, err := r.db.QueryContext(ctx, `SELECT number, item, kind, sum(n) FROM usage WHERE day >= ? AND day <= ? GROUP BY 1, 2, 3`, from, until)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var (
			number, item string
			kind         usage.Kind
			n            int
		)
		if err := rows.Scan(&number, &item, &kind, &n); err != nil {
			return err
		}
		f := all[[2]string{number, item}]
		if f == nil {
			f = &Figures{Terminal: number, Item: item}
			all[[2]string{number, item}] = f
		}
		if f.Counted == nil {
			f.Counted = map[usage.Kind]int{}
		}
		f.Counted[kind] = n
	}
	return rows.Err()
}

// placed says where each terminal stands.
func (r *Registry) placed(ctx context.Context, all map[[2]string]*Figures) ([]Figures, error) {
	members, err := r.Fleet(ctx)
	if err != nil {
		return nil, err
	}
	at := make(map[string]Terminal, len(members))
	for _, m := range members {
		at[m.Number] = m.Terminal
	}
	out := make([]Figures, 0, len(all))
	for _, f := range all {
		t := at[f.Terminal]
		f.Point, f.Region, f.Role = t.Point, t.Region, t.Role
		out = append(out, *f)
	}
	return out, nil
}
