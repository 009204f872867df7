package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// ErrActive says that an account has keys on this PC already.
var ErrActive = errors.New("the account has keys on this PC")

// AgentKeys are what an account's secret opens on this PC.
type AgentKeys struct {
	Account    string
	Public     []byte // SM2, compressed
	Wrap       string // kind and version of the wrap: WrapSecret or WrapPIN
	Salt       []byte
	Time       uint32
	Memory     uint32 // KiB
	Threads    uint8
	Chip       []byte // what the security chip sealed; empty for WrapSecret
	Wrapped    []byte // private half, by the secret
	ByRecovery []byte // private half, to the point's recovery key
	Book       []byte // book key and lookup key, sealed to Public
	CardTag    []byte // empty when the account's card is not known
}

// Kinds of wrap.
const (
	WrapSecret = "secret-1"  // argon2id over the secret, salt and the terminal's secret
	WrapPIN    = "tpm-pin-1" // argon2id over the PIN and what the security chip gives for it
)

const sqlAgentKeys = `SELECT account, public, wrap, salt, time, memory, threads, chip, wrapped, by_recovery, book, card_tag FROM agent_keys `

// AgentKeys gives the keys of every account that is active on this PC, by id.
func (s *Store) AgentKeys(ctx context.Context) ([]AgentKeys, error) {
	rows, err := s.reader.QueryContext(ctx, sqlAgentKeys+"ORDER BY account")
	if err != nil {
		return nil, classify(fmt.Errorf("read accounts' keys: %w", err))
	}
	found, err := scanAgentKeys(rows)
	return found, classify(err)
}

func scanAgentKeys(rows *sql.Rows) ([]AgentKeys, error) {
	defer func() { _ = rows.Close() }()
	var found []AgentKeys
	for rows.Next() {
		var k AgentKeys
		if err := rows.Scan(&k.Account, &k.Public, &k.Wrap, &k.Salt, &k.Time, &k.Memory, &k.Threads, &k.Chip, &k.Wrapped, &k.ByRecovery, &k.Book, &k.CardTag); err != nil {
			return nil, fmt.Errorf("read accounts' keys: %w", err)
		}
		found = append(found, k)
	}
	return found, rows.Err()
}

// Activate keeps a new account's keys, durable; ErrActive when it has some.
func (s *Store) Activate(ctx context.Context, k AgentKeys) error {
	err := s.transact(ctx, true, func(tx *sql.Tx, q statements) error {
		var active bool
		if err := tx.QueryRow("SELECT EXISTS (SELECT 1 FROM agent_keys WHERE account = ?)", k.Account).Scan(&active); err != nil {
			return err
		}
		if active {
			return ErrActive
		}
		_, err := tx.Exec(`INSERT INTO agent_keys (account, public, wrap, salt, time, memory, threads, chip, wrapped, by_recovery, book, card_tag)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, k.Account, k.Public, k.Wrap, k.Salt, k.Time, k.Memory, k.Threads, blob(k.Chip),
			k.Wrapped, k.ByRecovery, k.Book, blob(k.CardTag))
		if err != nil {
			return fmt.Errorf("insert keys: %w", err)
		}
		return s.keysChanged(tx, q, Entry{Actor: "agent:" + k.Account, Action: "activated", Subject: k.Account, Detail: k.Wrap})
	})
	if err == nil {
		s.point(PointKeysAfter)
	}
	return wrap(err, "activate an account")
}

func (s *Store) keysChanged(tx *sql.Tx, q statements, entry Entry) error {
	clock, err := s.clockIn(tx, q)
	if err != nil {
		return err
	}
	if err := s.audit(tx, q, clock, entry); err != nil {
		return err
	}
	s.point(PointKeysBefore)
	return nil
}

func blob(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// Rewrap replaces the wrap of an account's private key after a recovery and
// forgets the recovery and the failed tries.
func (s *Store) Rewrap(ctx context.Context, k AgentKeys) error {
	err := s.transact(ctx, true, func(tx *sql.Tx, q statements) error {
		result, err := tx.Exec("UPDATE agent_keys SET wrap = ?, salt = ?, time = ?, memory = ?, threads = ?, chip = ?, wrapped = ? WHERE account = ?",
			k.Wrap, k.Salt, k.Time, k.Memory, k.Threads, blob(k.Chip), k.Wrapped, k.Account)
		if err := needRow(result, err); err != nil {
			return fmt.Errorf("replace a wrap: %w", err)
		}
		if _, err := tx.Exec("DELETE FROM recoveries WHERE account = ?", k.Account); err != nil {
			return err
		}
		if _, err := tx.Exec("DELETE FROM tries WHERE account = ?", "agent:"+k.Account); err != nil {
			return err
		}
		return s.keysChanged(tx, q, Entry{Actor: "agent:" + k.Account, Action: "recovered", Subject: k.Account, Detail: k.Wrap})
	})
	if err == nil {
		s.point(PointKeysAfter)
	}
	return wrap(err, "recover an account")
}

// BeginRecovery keeps the sealed fresh key of a recovery; a later one replaces it.
func (s *Store) BeginRecovery(ctx context.Context, account string, private []byte) error {
	err := s.transact(ctx, true, func(tx *sql.Tx, q statements) error {
		_, err := tx.Exec("INSERT INTO recoveries (account, private) VALUES (?, ?) ON CONFLICT (account) DO UPDATE SET private = excluded.private", account, private)
		if err != nil {
			return fmt.Errorf("insert recovery: %w", err)
		}
		return s.keysChanged(tx, q, Entry{Actor: "terminal", Action: "recovery-asked", Subject: account})
	})
	if err == nil {
		s.point(PointKeysAfter)
	}
	return wrap(err, "ask for a recovery")
}

// Recovery gives the sealed fresh key of the recovery under way, nil when there is none.
func (s *Store) Recovery(ctx context.Context, account string) ([]byte, error) {
	var private []byte
	err := s.reader.QueryRowContext(ctx, "SELECT private FROM recoveries WHERE account = ?", account).Scan(&private)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, classify(fmt.Errorf("read a recovery: %w", err))
	}
	return private, nil
}
