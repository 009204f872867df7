package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// freshLink is how old the sender's word about the link may be; it says it anew
// with every change and every minute. A sender that is gone must not pass for a link.
const freshLink = 3 * time.Minute

// Link is how the link to the platform stands.
type Link struct {
	Online      bool
	LastContact time.Time // wall clock of the last signed answer, zero when never
}

// RecordLink notes whether the platform answers; contact says that a signed
// answer came just now. The sender calls it at each change and every minute.
func (s *Store) RecordLink(ctx context.Context, online, contact bool) error {
	err := s.transact(ctx, false, func(tx *sql.Tx, _ statements) error {
		reading, err := s.clock()
		if err != nil {
			return err
		}
		var at int64
		if contact {
			at = reading.Wall.UnixMilli()
		}
		_, err = tx.Exec(`INSERT INTO link (id, online, seen_ms, boot, contact_ms) VALUES (1, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET online = excluded.online, seen_ms = excluded.seen_ms, boot = excluded.boot,
			contact_ms = CASE WHEN excluded.contact_ms = 0 THEN contact_ms ELSE excluded.contact_ms END`,
			online, reading.Monotonic.Milliseconds(), reading.BootID, at)
		return err
	})
	return wrap(err, "record the link")
}

// Link tells how the link stands. What the sender said before a restart of the
// machine or longer than three minutes ago counts as offline.
func (s *Store) Link(ctx context.Context) (Link, error) {
	var link Link
	var seen, contact int64
	var boot string
	err := s.reader.QueryRowContext(ctx, "SELECT online, seen_ms, boot, contact_ms FROM link WHERE id = 1").
		Scan(&link.Online, &seen, &boot, &contact)
	if errors.Is(err, sql.ErrNoRows) {
		return Link{}, nil
	}
	if err != nil {
		return Link{}, classify(fmt.Errorf("read the link: %w", err))
	}
	reading, err := s.clock()
	if err != nil {
		return Link{}, fmt.Errorf("read the link: %w", err)
	}
	age := reading.Monotonic - time.Duration(seen)*time.Millisecond
	link.Online = link.Online && boot == reading.BootID && age >= 0 && age <= freshLink
	link.LastContact = fromMilliseconds(contact)
	return link, nil
}

// SetSettings replaces the settings the platform sent.
func (s *Store) SetSettings(ctx context.Context, settings map[string]string) error {
	err := s.transact(ctx, false, func(tx *sql.Tx, _ statements) error {
		if _, err := tx.Exec("DELETE FROM settings"); err != nil {
			return err
		}
		for key, value := range settings {
			if _, err := tx.Exec("INSERT INTO settings (key, value) VALUES (?, ?)", key, value); err != nil {
				return err
			}
		}
		return nil
	})
	return wrap(err, "set settings")
}

// Settings are the settings the platform sent.
func (s *Store) Settings(ctx context.Context) (map[string]string, error) {
	rows, err := s.reader.QueryContext(ctx, "SELECT key, value FROM settings")
	if err != nil {
		return nil, classify(fmt.Errorf("read settings: %w", err))
	}
	defer func() { _ = rows.Close() }()
	settings := map[string]string{}
	for rows.Next() {
		var key, value string
		if err := rows.Scan(&key, &value); err != nil {
			return nil, classify(fmt.Errorf("read settings: %w", err))
		}
		settings[key] = value
	}
	return settings, classify(rows.Err())
}
