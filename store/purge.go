package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// Settings that the platform may send, with what holds without them.
const (
	SettingRetention = "retention.days" // days a delivered packet and its attachments stay
	SettingCases     = "cases.days"     // days a case stays in "my cases"
	SettingDesk      = "desk.days"      // days a case that is over stays at the desk
	SettingReserve   = "disk.reserve"   // megabytes that are kept to finish what was begun

	defaultRetention = 7
	defaultCases     = 180
	defaultDesk      = 3 * 365
	defaultReserve   = 64
)

// Purge removes packets with their attachments that the platform acknowledged
// longer ago than the retention setting, or that were settled so long ago, and cases older than theirs with
// nothing left to send. Rows go first, durable; files after, so that a row
// never names a missing file. What went is overwritten in the database's file and cut off its log. It does nothing while the clock is in doubt.
func (s *Store) Purge(ctx context.Context) (packets int, err error) {
	settings, err := s.Settings(ctx)
	if err != nil {
		return 0, err
	}
	var files []string
	gone := 0
	err = s.transact(ctx, true, func(tx *sql.Tx, q statements) error {
		if _, err := tx.Exec("PRAGMA secure_delete = ON"); err != nil { // a case's wrapped key is all that opens what is left of it
			return err
		}
		clock, err := s.clockIn(tx, q)
		if err != nil || clock.Judgement.Doubt {
			return err
		}
		now := clock.Judgement.Now
		if err := purgeUsage(tx, now); err != nil {
			return err
		}
		kept := now.Add(-days(settings[SettingRetention], defaultRetention))
		if err := s.settleMoot(tx, q, clock, kept); err != nil {
			return err
		}
		before := kept.UnixMilli()
		if files, err = purgedFiles(tx, before); err != nil {
			return err
		}
		if packets, err = purgePackets(tx, before); err != nil {
			return err
		}
		cases, err := purgeCases(tx, now.Add(-days(settings[SettingCases], defaultCases)).UnixMilli(),
			now.Add(-days(settings[SettingDesk], defaultDesk)).UnixMilli())
		gone = packets + cases
		if err != nil || gone == 0 {
			return err
		}
		return s.audit(tx, q, clock, Entry{Actor: "terminal", Action: "purge", Detail: fmt.Sprintf("%d packets, %d cases", packets, cases)})
	})
	if err != nil {
		return 0, wrap(err, "purge")
	}
	var troubles []error // what cannot be removed now goes at the next start
	for _, digest := range files {
		troubles = append(troubles, remove(s.attachmentPath(digest)))
	}
	if gone > 0 { // The log holds what was there before. Somebody who reads keeps it; then it goes with the next purge, or as the log is written anew.
		_, err = s.writer.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	}
	return packets, wrap(classify(errors.Join(append(troubles, err)...)), "purge")
}

// Reserve is the room in bytes that is kept to finish what was begun: with less, nothing new begins.
func (s *Store) Reserve(ctx context.Context) (int64, error) {
	settings, err := s.Settings(ctx)
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(settings[SettingReserve], 10, 32)
	if err != nil || n < 1 {
		n = defaultReserve
	}
	return n << 20, nil
}

func days(text string, otherwise int) time.Duration {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		n = otherwise
	}
	return time.Duration(n) * 24 * time.Hour
}

// purgeable are packets that nobody waits for any more: accepted, or settled, before a time.
const purgeable = "SELECT packet FROM outbox WHERE state = 1 AND done_ms < ?1 UNION ALL SELECT packet FROM outbox WHERE state = 3 AND done_ms < ?1"

// texts reads rows of one text each, and closes them.
func texts(rows *sql.Rows) ([]string, error) {
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

func purgedFiles(tx *sql.Tx, before int64) ([]string, error) {
	rows, err := tx.Query("SELECT DISTINCT digest FROM attachments a WHERE packet IN ("+purgeable+`)
		AND NOT EXISTS (SELECT 1 FROM attachments b WHERE b.digest = a.digest AND b.packet NOT IN (`+purgeable+`))
		AND NOT EXISTS (SELECT 1 FROM draft_pages d WHERE d.digest = a.digest)`, before)
	if err != nil {
		return nil, err
	}
	return texts(rows)
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

// purgeCases removes what is old enough. A case of the desk stays until it is
// over and none of its originals is here or at the township.
func purgeCases(tx *sql.Tx, before, beforeDesk int64) (int, error) {
	const old = `SELECT number FROM cases c WHERE NOT EXISTS (SELECT 1 FROM outbox o
			WHERE o.case_number = c.number AND (o.state NOT IN (1, 3) OR EXISTS (SELECT 1 FROM packets p WHERE p.id = o.packet)))
		AND CASE WHEN EXISTS (SELECT 1 FROM desk_cases d WHERE d.number = c.number)
			THEN filed_ms < ? AND (state IN ('delivered', 'withdrawn', 'ended', 'closed', 'rejected')
				OR EXISTS (SELECT 1 FROM desk_cases d WHERE d.number = c.number AND d.record <> 'case'))
				AND NOT EXISTS (SELECT 1 FROM custody p WHERE p.case_number = c.number AND p.step <> 'returned')
			ELSE filed_ms < ? END`
	const going = "SELECT number FROM going"
	if _, err := tx.Exec("CREATE TEMP TABLE IF NOT EXISTS going (number TEXT PRIMARY KEY) WITHOUT ROWID; DELETE FROM going"); err != nil {
		return 0, err
	}
	if _, err := tx.Exec("INSERT INTO going "+old, beforeDesk, before); err != nil {
		return 0, err
	}
	if err := forgetLists(tx, going); err != nil {
		return 0, err
	}
	for _, statement := range []string{
		"DELETE FROM answers WHERE packet IN (SELECT packet FROM outbox WHERE case_number IN (" + going + "))",
		"DELETE FROM events WHERE case_number IN (" + going + ")",
		"DELETE FROM branches WHERE case_number IN (" + going + ")",
		"DELETE FROM visits WHERE case_number IN (" + going + ")",
		"DELETE FROM custody WHERE case_number IN (" + going + ")",
		"DELETE FROM desk_cases WHERE number IN (" + going + ")",
	} {
		if _, err := tx.Exec(statement); err != nil {
			return 0, err
		}
	}
	if _, err := tx.Exec("DELETE FROM visits WHERE case_number = '' AND date < ?", fromMilliseconds(beforeDesk).Format(time.DateOnly)); err != nil {
		return 0, err
	}
	result, err := tx.Exec("DELETE FROM cases WHERE number IN (" + going + ")")
	if err != nil {
		return 0, err
	}
	if _, err := tx.Exec("DELETE FROM outbox WHERE state IN (1, 3) AND NOT EXISTS (SELECT 1 FROM cases WHERE number = case_number)"); err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}
