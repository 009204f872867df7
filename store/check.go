package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"bianmin/core/casefile"
)

// patience is how long nobody minds to wait for the check before the first screen.
const patience = 2 * time.Second

// checking is the check of the database that goes on beside the work when it takes longer than Open waits.
type checking struct {
	patience time.Duration
	boot     string // that the check is for; "" when none goes on
	cancel   context.CancelFunc
	running  sync.WaitGroup

	mu     sync.Mutex
	damage error
}

// found is what the check beside the work found, nil for nothing so far.
func (c *checking) found() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.damage
}

// end stops the check and waits for it.
func (c *checking) end() {
	if c.cancel != nil {
		c.cancel()
	}
	c.running.Wait()
}

const sqlChecked = "SELECT value FROM meta WHERE key = 'checked'"

// integrity runs the check that fits: full once per boot, quick afterwards. A full one that does not end in time is left to goOnChecking.
func (s *Store) integrity(ctx context.Context, boot string) error {
	pragma := "PRAGMA integrity_check(10)"
	var checked string
	err := s.writer.QueryRowContext(ctx, sqlChecked).Scan(&checked)
	full := err != nil || checked != boot || boot == ""
	if !full {
		pragma = "PRAGMA quick_check(10)"
	}
	soon, cancel := context.WithTimeout(ctx, s.check.patience)
	defer cancel()
	err = findings(soon, s.writer, pragma)
	if soon.Err() != nil && ctx.Err() == nil && code(err) != casefile.Damaged { // not at its end
		if full {
			s.check.boot = boot
		}
		return nil
	}
	return err
}

func code(err error) casefile.Code { return Code(classify(err)) }

// noteChecked notes that the database was checked in this boot, unless the check still goes on; that it can write it is a proof by itself.
func (s *Store) noteChecked(ctx context.Context, boot string) error {
	if s.check.boot != "" {
		boot = ""
	}
	_, err := s.writer.ExecContext(ctx, "INSERT INTO meta (key, value) VALUES ('checked', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", boot)
	return err
}

// findings runs a check and gives what it found first.
func findings(ctx context.Context, db *sql.DB, pragma string) error {
	rows, err := db.QueryContext(ctx, pragma)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var finding string
		if err := rows.Scan(&finding); err != nil {
			return err
		}
		if finding != "ok" {
			return &casefile.Error{Code: casefile.Damaged, Err: errors.New("integrity check: " + finding)}
		}
	}
	return rows.Err()
}

// goOnChecking runs a check that was too long for Open, table by table, until it ends or the store is closed. When it finds damage nothing is
// accepted any more; when it finds none it is not run again in this boot.
func (s *Store) goOnChecking(ctx context.Context) {
	if s.check.boot == "" {
		return
	}
	ctx, s.check.cancel = context.WithCancel(context.WithoutCancel(ctx))
	s.check.running.Go(func() {
		err := s.checkTables(ctx)
		switch {
		case ctx.Err() != nil:
		case err == nil:
			_ = s.transact(ctx, false, func(tx *sql.Tx, _ statements) error { return setMeta(tx, "checked", s.check.boot) }) // else it is checked again
		case code(err) == casefile.Damaged:
			s.check.mu.Lock()
			defer s.check.mu.Unlock()
			s.check.damage = classify(err)
		}
	})
}

func (s *Store) checkTables(ctx context.Context) error {
	rows, err := s.reader.QueryContext(ctx, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
	if err != nil {
		return err
	}
	tables, err := texts(rows)
	if err != nil {
		return err
	}
	for _, table := range tables {
		if err := findings(ctx, s.reader, fmt.Sprintf("PRAGMA integrity_check(%q)", table)); err != nil {
			return err
		}
	}
	return nil
}
