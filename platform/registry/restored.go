package registry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"bianmin/sync/wire"
)

// skipped is how many official numbers a day loses when the platform is put back: those it gave since the copy was made are not given to others.
const skipped = 1_000_000

// Restored notes that the database was put back from a copy made at a time, and gives the number by which terminals are asked for what was
// acknowledged since.
func (r *Registry) Restored(ctx context.Context, since time.Time) (wire.Replay, error) {
	now := r.now()
	asked := wire.Replay{Number: now.Unix(), Since: since.UTC().Truncate(time.Millisecond)}
	err := r.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO restores (number, since) VALUES (?, ?)`, asked.Number, millis(since)); err != nil {
			return err
		}
		for _, letter := range []string{"S", "R"} {
			if _, err := tx.ExecContext(ctx, `INSERT INTO counters (name, value) VALUES (?, ?1 + ?2) ON CONFLICT (name) DO UPDATE SET value = value + ?2`,
				counterOf(letter, now), skipped); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return wire.Replay{}, fmt.Errorf("note that the platform was put back: %w", err)
	}
	return asked, nil
}

// Replay is what terminals are asked for, nil when the platform was never put back.
func (r *Registry) Replay(ctx context.Context) (*wire.Replay, error) {
	var since int64
	var asked wire.Replay
	err := r.db.QueryRowContext(ctx, `SELECT number, since FROM restores ORDER BY number DESC LIMIT 1`).Scan(&asked.Number, &since)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read whether the platform was put back: %w", err)
	}
	asked.Since = fromMillis(since).UTC()
	return &asked, nil
}

// Promise keeps acknowledgements of the platform's own that a terminal brought back, and gives the packets that it does not hold any more.
func (r *Registry) Promise(ctx context.Context, answers []wire.Answer) ([]string, error) {
	wanted := []string{}
	err := r.inTx(ctx, func(tx *sql.Tx) error {
		for _, a := range answers {
			p, err := findPacket(ctx, tx, a.Packet)
			if err == nil && p.State.Final() {
				continue
			}
			if err != nil && !errors.Is(err, ErrNoPacket) {
				return err
			}
			if _, err := tx.ExecContext(ctx, `INSERT INTO promised (packet, official, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
				a.Packet, a.Official, millis(a.Time)); err != nil {
				return err
			}
			wanted = append(wanted, a.Packet)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("keep acknowledgements that came back: %w", err)
	}
	return wanted, nil
}

// promised is the official number that the platform once gave the record this packet opens, "" for none; nobody else may have it meanwhile.
func promised(ctx context.Context, tx *sql.Tx, packet string) (string, error) {
	var official string
	err := tx.QueryRowContext(ctx, `SELECT official FROM promised p WHERE packet = ? AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.official = p.official)`, packet).Scan(&official)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", err
	}
	return official, nil
}
