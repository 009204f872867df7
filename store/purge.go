package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"time"
)

// Settings that the platform may send, with what holds without them.
const (
	SettingRetention = "retention.days" // days a delivered packet and its attachments stay
	SettingCases     = "cases.days"     // days a case stays in "my cases"

	defaultRetention = 7
	defaultCases     = 180
)

// Purge removes packets with their attachments that the platform acknowledged
// longer ago than the retention setting, and cases older than theirs with
// nothing left to send. Rows go first, durable; files after, so that a row
// never names a missing file. It does nothing while the clock is in doubt.
func (s *Store) Purge(ctx context.Context) (packets int, err error) {
	settings, err := s.Settings(ctx)
	if err != nil {
		return 0, err
	}
	var files []string
	err = s.transact(ctx, true, func(tx *sql.Tx, q statements) error {
		clock, err := s.clockIn(tx, q)
		if err != nil || clock.Judgement.Doubt {
			return err
		}
		now := clock.Judgement.Now
		before := now.Add(-days(settings[SettingRetention], defaultRetention)).UnixMilli()
		if files, err = purgedFiles(tx, before); err != nil {
			return err
		}
		if packets, err = purgePackets(tx, before); err != nil {
			return err
		}
		cases, err := purgeCases(tx, now.Add(-days(settings[SettingCases], defaultCases)).UnixMilli())
		if err != nil || packets+cases == 0 {
			return err
		}
		return s.audit(tx, q, clock, Entry{Actor: "terminal", Action: "purge", Detail: fmt.Sprintf("%d packets, %d cases", packets, cases)})
	})
	if err != nil {
		return 0, wrap(err, "purge")
	}
	for _, digest := range files {
		if err := remove(s.attachmentPath(digest)); err != nil {
			return packets, wrap(classify(err), "purge")
		}
	}
	return packets, nil
}

func days(text string, otherwise int) time.Duration {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		n = otherwise
	}
	return time.Duration(n) * 24 * time.Hour
}

const purgeable = "SELECT packet FROM outbox WHERE state = 1 AND done_ms < ?"

func purgedFiles(tx *sql.Tx, before int64) ([]string, error) {
	rows, err := tx.Query("SELECT digest FROM attachments WHERE packet IN ("+purgeable+")", before)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var files []string
	for rows.Next() {
		var digest string
		if err := rows.Scan(&digest); err != nil {
			return nil, err
		}
		files = append(files, digest)
	}
	return files, rows.Err()
}

// purgePackets removes payloads; the outbox row stays as long as the case, so
// that the order of later events is still known.
func purgePackets(tx *sql.Tx, before int64) (int, error) {
	if _, err := tx.Exec("DELETE FROM attachments WHERE packet IN ("+purgeable+")", before); err != nil {
		return 0, err
	}
	result, err := tx.Exec("DELETE FROM packets WHERE id IN ("+purgeable+")", before)
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}

func purgeCases(tx *sql.Tx, before int64) (int, error) {
	const old = `SELECT number FROM cases c WHERE filed_ms < ? AND NOT EXISTS (SELECT 1 FROM outbox o
		WHERE o.case_number = c.number AND (o.state <> 1 OR EXISTS (SELECT 1 FROM packets p WHERE p.id = o.packet)))`
	for _, statement := range []string{
		"DELETE FROM answers WHERE packet IN (SELECT packet FROM outbox WHERE case_number IN (" + old + "))",
		"DELETE FROM events WHERE case_number IN (" + old + ")",
	} {
		if _, err := tx.Exec(statement, before); err != nil {
			return 0, err
		}
	}
	result, err := tx.Exec("DELETE FROM cases WHERE number IN ("+old+")", before)
	if err != nil {
		return 0, err
	}
	if _, err := tx.Exec("DELETE FROM outbox WHERE state = 1 AND NOT EXISTS (SELECT 1 FROM cases WHERE number = case_number)"); err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}
