package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"bianmin/core/casefile"
)

// Clock is the business time as the store sees it now.
type Clock struct {
	Reading   casefile.Reading
	Mark      casefile.Mark
	Judgement casefile.Judgement

	begun *begun // what else the transaction that read the clock read at its beginning
}

// begun is what transactions go on from: the audit trail's last entry, by its number and hash, and the last case number.
type begun struct {
	entries int64
	hash    []byte // nil before the first entry
	last    lastNumber
}

// known is a time that is not in doubt: the business time, or the time mark where that is doubted.
func (c Clock) known() time.Time {
	if c.Judgement.Doubt && !c.Mark.Time.IsZero() {
		return c.Mark.Time
	}
	return c.Judgement.Now
}

// told is when something happened that the platform dated: by the business time, or by the platform where that is doubted.
func (c Clock) told(platform time.Time) time.Time {
	if c.Judgement.Doubt && !platform.IsZero() {
		return platform
	}
	return c.Judgement.Now
}

// Clock reads the machine's clocks and judges them by the time mark.
func (s *Store) Clock(ctx context.Context) (Clock, error) {
	mark, _, err := scanMark(s.askRow(ctx, sqlMark))
	if err != nil {
		return Clock{}, classify(fmt.Errorf("read the time mark: %w", err))
	}
	return s.judge(mark)
}

func (s *Store) judge(mark casefile.Mark) (Clock, error) {
	reading, err := s.clock()
	if err != nil {
		return Clock{}, fmt.Errorf("read the clocks: %w", err)
	}
	return Clock{Reading: reading, Mark: mark, Judgement: casefile.Judge(reading, mark)}, nil
}

// markRow is a row of the table mark; zero when there is none.
type markRow struct {
	time, wall, monotonic, offset, offsetFrom, commits int64
	boot                                               string
	anchored                                           bool
}

func (r *markRow) fields() []any {
	return []any{&r.time, &r.wall, &r.monotonic, &r.boot, &r.anchored, &r.offset, &r.offsetFrom, &r.commits}
}

func (r *markRow) mark() (casefile.Mark, int64) {
	return casefile.Mark{
		Time: fromMilliseconds(r.time),
		Read: casefile.Reading{
			Wall: fromMilliseconds(r.wall), Monotonic: time.Duration(r.monotonic) * time.Millisecond, BootID: r.boot,
		},
		Anchored: r.anchored,
		Offset:   time.Duration(r.offset) * time.Millisecond, OffsetFrom: fromMilliseconds(r.offsetFrom),
	}, r.commits
}

// admit begins a transaction that accepts something: it gives the time mark, the commits so far and the judged clock.
func (s *Store) admit(tx *sql.Tx, q statements, generation string) (casefile.Mark, int64, Clock, error) {
	mark, count, clock, replaced, err := s.beginIn(tx, q, generation)
	if err == nil && replaced {
		err = errReplaced()
	}
	return mark, count, clock, err
}

// clockIn is the judged clock of a transaction.
func (s *Store) clockIn(tx *sql.Tx, q statements) (Clock, error) {
	_, _, clock, _, err := s.beginIn(tx, q, "")
	return clock, err
}

// beginIn reads in one look what most transactions want to know.
func (s *Store) beginIn(tx *sql.Tx, q statements, generation string) (mark casefile.Mark, count int64, clock Clock, replaced bool, err error) {
	var row markRow
	var b begun
	last := &b.last
	to := append(row.fields(), &last.terminal, &last.generation, &last.date, &last.sequence, &b.entries, &b.hash, &replaced)
	err = q.row(tx, sqlBegin, generation).Scan(to...)
	if errors.Is(err, sql.ErrNoRows) {
		err = tx.QueryRow(sqlBeginFirst, generation).Scan(to...)
	}
	if err != nil {
		return mark, 0, clock, false, fmt.Errorf("read the time mark: %w", err)
	}
	mark, count = row.mark()
	clock, err = s.judge(mark)
	clock.begun = &b
	return mark, count, clock, replaced, err
}

func scanMark(row *sql.Row) (casefile.Mark, int64, error) {
	var r markRow
	if err := row.Scan(r.fields()...); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return casefile.Mark{}, 0, err
	}
	mark, commits := r.mark()
	return mark, commits, nil
}

func writeMark(tx *sql.Tx, q statements, b *begun, mark casefile.Mark, commits int64) error {
	return q.exec(tx, sqlSetMark, milliseconds(mark.Time), mark.Read.Wall.UnixMilli(), mark.Read.Monotonic.Milliseconds(),
		mark.Read.BootID, mark.Anchored, mark.Offset.Milliseconds(), milliseconds(mark.OffsetFrom), commits,
		b.last.terminal, b.last.generation, b.last.date, b.last.sequence)
}

// changeMark changes the time mark in one transaction.
func (s *Store) changeMark(ctx context.Context, durable bool, change func(tx *sql.Tx, q statements, c Clock) (casefile.Mark, error)) error {
	return s.transact(ctx, durable, func(tx *sql.Tx, q statements) error {
		mark, commits, clock, _, err := s.beginIn(tx, q, "")
		if err != nil {
			return err
		}
		changed, err := change(tx, q, clock)
		if err != nil || changed == mark {
			return err
		}
		return writeMark(tx, q, clock.begun, changed, commits)
	})
}

// SetPlatformTime notes the platform's time. The caller has verified its
// signature and that it answers a question just asked; only this moves the mark back.
func (s *Store) SetPlatformTime(ctx context.Context, platform time.Time) error {
	err := s.changeMark(ctx, false, func(_ *sql.Tx, _ statements, c Clock) (casefile.Mark, error) {
		return c.Mark.Told(c.Reading, platform), nil
	})
	return wrap(err, "note the platform's time")
}

// ConfirmClock notes that a technician confirmed the business time shown.
func (s *Store) ConfirmClock(ctx context.Context, account string) error {
	err := s.changeMark(ctx, true, func(tx *sql.Tx, q statements, c Clock) (casefile.Mark, error) {
		mark := c.Mark.Confirmed(c.Reading, c.Judgement)
		return mark, s.audit(tx, q, c, Entry{Actor: "technician:" + account, Action: "clock-confirmed", Subject: mark.Time.Format(time.RFC3339), Detail: c.Judgement.Why})
	})
	return wrap(err, "confirm the clock")
}

// Observe notes the present business time when it is not in doubt, so that a
// later jump of the clock within this boot is seen. The business time is never
// before the platform's time at the enrolment.
func (s *Store) Observe(ctx context.Context, enrolled time.Time) error {
	err := s.changeMark(ctx, true, func(_ *sql.Tx, _ statements, c Clock) (casefile.Mark, error) {
		mark := c.Mark
		if mark.Time.Before(enrolled) && (c.Judgement.Doubt || c.Judgement.Now.Before(enrolled)) {
			mark = casefile.Mark{Time: enrolled, Offset: mark.Offset, OffsetFrom: mark.OffsetFrom}
			c.Judgement = casefile.Judge(c.Reading, mark)
		}
		return mark.Noted(c.Reading, c.Judgement), nil
	})
	return wrap(err, "observe the clock")
}

func wrap(err error, doing string) error {
	if err == nil {
		return nil
	}
	var known *casefile.Error
	if errors.As(err, &known) {
		return &casefile.Error{Code: known.Code, Err: fmt.Errorf("%s: %w", doing, known.Err)}
	}
	return fmt.Errorf("%s: %w", doing, err)
}
