package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"bianmin/core/casefile"
	"bianmin/sync/seal"
	"bianmin/sync/wire"

	"github.com/emmansun/gmsm/sm2"
)

// Answer is one of the platform's signed answers as it is kept.
type Answer struct {
	Signed []byte // exactly as it came, or sealed to the case
	Sealed bool
	Code   string // of a refusal: why, by a word of the contract; wire.RefusedOther for one this program does not know
	Digest string // SM3 of what came
}

// Open gives a signed answer exactly as it came; key is the private half of its case's key.
func (a Answer) Open(number casefile.Number, key *sm2.PrivateKey) ([]byte, error) {
	signed := a.Signed
	if a.Sealed {
		var err error
		if signed, err = seal.OpenWith(a.Signed, key, sealedAnswer(number)); err != nil {
			return nil, fmt.Errorf("open a kept answer: %w", err)
		}
	}
	if a.Digest != "" && seal.Digest(signed) != a.Digest {
		return nil, fmt.Errorf("open a kept answer: %w", seal.ErrTampered)
	}
	return signed, nil
}

func sealedAnswer(number casefile.Number) string { return "answer " + string(number) }

// sealRefusal makes of a signed refusal what is kept of it: its words may name somebody.
func sealRefusal(signed, public []byte, number casefile.Number) (Answer, error) {
	key, err := seal.ParseKey(public)
	if err != nil {
		return Answer{}, err
	}
	sealed, err := seal.SealTo(signed, key, sealedAnswer(number))
	return Answer{Signed: sealed, Sealed: true, Code: refusalCode(signed), Digest: seal.Digest(signed)}, err
}

// refusalCode reads the code out of a kept answer, whose signature was verified when it came.
func refusalCode(signed []byte) string {
	var kept struct {
		Answer []byte `json:"answer"`
	}
	var said struct {
		Code string `json:"code"`
	}
	if json.Unmarshal(signed, &kept) != nil || json.Unmarshal(kept.Answer, &said) != nil || !wire.Refuses(said.Code) {
		return wire.RefusedOther
	}
	return said.Code
}

// keep writes one answer down; a second of the same kind to the same packet changes nothing.
func (s *Store) keep(tx *sql.Tx, q statements, a answer, number casefile.Number, public []byte, now int64) error {
	kept := Answer{Signed: a.signed, Digest: seal.Digest(a.signed)}
	if a.state == refused {
		if kept.Code = refusalCode(a.signed); !s.bare {
			var err error
			if _, damaged := seal.ParseKey(public); damaged != nil {
				kept.Signed, kept.Sealed = []byte{}, true // its words may name somebody: only what was signed is known by its digest
			} else if kept, err = sealRefusal(a.signed, public, number); err != nil {
				return err
			}
		}
	}
	if err := q.exec(tx, sqlInsertAnswer, a.packet, a.kind, kept.Signed, now, kept.Sealed, kept.Code, kept.Digest); err != nil {
		return fmt.Errorf("insert answer: %w", err)
	}
	return nil
}

// Answers gives the platform's signed answers to a packet by kind.
func (s *Store) Answers(ctx context.Context, id string) (map[string]Answer, error) {
	rows, err := s.reader.QueryContext(ctx, "SELECT kind, signed, sealed, code, digest FROM answers WHERE packet = ?", id)
	if err != nil {
		return nil, classify(fmt.Errorf("read answers: %w", err))
	}
	defer func() { _ = rows.Close() }()
	answers := map[string]Answer{}
	for rows.Next() {
		var kind string
		var a Answer
		if err := rows.Scan(&kind, &a.Signed, &a.Sealed, &a.Code, &a.Digest); err != nil {
			return nil, classify(fmt.Errorf("read answers: %w", err))
		}
		answers[kind] = a
	}
	return answers, classify(rows.Err())
}

// RefusalCode is why the platform refused a packet, by a word of the contract; wire.RefusedOther where that is not known.
func (s *Store) RefusalCode(ctx context.Context, id string) (string, error) {
	var code string
	err := s.reader.QueryRowContext(ctx, "SELECT code FROM answers WHERE packet = ? AND kind = 'refusal'", id).Scan(&code)
	if errors.Is(err, sql.ErrNoRows) || (err == nil && !wire.Refuses(code)) {
		return wire.RefusedOther, nil
	}
	return code, classify(err)
}

// sealRefusals seals the refusals that an earlier version kept in clear. The table is written anew and the old one's pages are overwritten:
// SQLite leaves parts of rows behind where it has moved them. It happens once. Where a full or a failing disk does not let it, the store
// serves, or is read for the last time, all the same, and the next start tries again.
func (s *Store) sealRefusals(ctx context.Context) {
	var any bool
	err := s.reader.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM answers WHERE kind = 'refusal' AND sealed = 0)").Scan(&any)
	if err != nil || !any || s.bare {
		return
	}
	done := 0
	err = s.transact(ctx, true, func(tx *sql.Tx, _ statements) error {
		inClear, err := refusalsInClear(tx)
		if err != nil {
			return err
		}
		for _, c := range inClear {
			kept, err := sealRefusal(c.signed, c.public, c.number)
			if err != nil { // its key is damaged: nothing of that case opens
				continue
			}
			if _, err := tx.Exec("DELETE FROM answers WHERE packet = ? AND kind = 'refusal'", c.packet); err != nil {
				return err
			}
			if _, err := tx.Exec(sqlInsertAnswer, c.packet, "refusal", kept.Signed, c.at, kept.Sealed, kept.Code, kept.Digest); err != nil {
				return err
			}
			done++
		}
		if done == 0 {
			return nil
		}
		return writeAnew(tx, "answers")
	})
	if err == nil && done > 0 {
		_, _ = s.writer.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)") // somebody who reads keeps the log; then it goes as it is written anew
	}
}

// writeAnew puts a table's rows into fresh pages and overwrites those they lay in.
func writeAnew(tx *sql.Tx, table string) error {
	rows, err := tx.Query("SELECT sql FROM sqlite_schema WHERE tbl_name = ? AND sql IS NOT NULL ORDER BY type = 'table' DESC", table)
	if err != nil {
		return err
	}
	made, err := texts(rows)
	if err != nil {
		return err
	}
	anew := table + "_anew"
	statements := []string{
		"PRAGMA secure_delete = ON", strings.Replace(made[0], table, anew, 1), "INSERT INTO " + anew + " SELECT * FROM " + table,
		"DROP TABLE " + table, "ALTER TABLE " + anew + " RENAME TO " + table,
	}
	statements = append(statements, made[1:]...) // indexes and triggers
	for _, statement := range statements {
		if _, err := tx.Exec(statement); err != nil {
			return fmt.Errorf("write %s anew: %w", table, err)
		}
	}
	return nil
}

// clearRefusal is a refusal as an earlier version kept it.
type clearRefusal struct {
	packet         string
	signed, public []byte
	at             int64
	number         casefile.Number
}

func refusalsInClear(tx *sql.Tx) ([]clearRefusal, error) {
	rows, err := tx.Query(`SELECT a.packet, a.signed, a.at_ms, c.number, c.public FROM answers a JOIN outbox o ON o.packet = a.packet
		JOIN cases c ON c.number = o.case_number WHERE a.kind = 'refusal' AND a.sealed = 0`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var all []clearRefusal
	for rows.Next() {
		var c clearRefusal
		if err := rows.Scan(&c.packet, &c.signed, &c.at, &c.number, &c.public); err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, rows.Err()
}
