package store

import (
	"context"
	"crypto/subtle"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"golang.org/x/crypto/argon2"
)

// Tries limits of the staff PIN: the first maxTries failures are free, then
// each further one locks twice as long, from firstLock up to longestLock.
const (
	maxTries    = 5
	firstLock   = time.Minute
	longestLock = time.Hour
)

// Staff is one technician's account as the platform issued it; the PIN is
// checked against argon2id(pin, salt).
type Staff struct {
	ID      string
	Name    string
	Salt    []byte
	Hash    []byte
	Time    uint32
	Memory  uint32 // KiB
	Threads uint8
}

// SetStaff replaces all accounts with the platform's. Failed tries stay.
func (s *Store) SetStaff(ctx context.Context, staff []Staff) error {
	err := s.transact(ctx, false, func(tx *sql.Tx, _ statements) error {
		if _, err := tx.Exec("DELETE FROM staff"); err != nil {
			return err
		}
		for _, a := range staff {
			_, err := tx.Exec("INSERT INTO staff (id, name, salt, hash, time, memory, threads) VALUES (?, ?, ?, ?, ?, ?, ?)",
				a.ID, a.Name, a.Salt, a.Hash, a.Time, a.Memory, a.Threads)
			if err != nil {
				return err
			}
		}
		return nil
	})
	return wrap(err, "set staff accounts")
}

// Staff lists the accounts in order of their ids.
func (s *Store) Staff(ctx context.Context) ([]Staff, error) {
	rows, err := s.reader.QueryContext(ctx, "SELECT id, name, salt, hash, time, memory, threads FROM staff ORDER BY id")
	if err != nil {
		return nil, classify(fmt.Errorf("read staff accounts: %w", err))
	}
	defer func() { _ = rows.Close() }()
	var staff []Staff
	for rows.Next() {
		var a Staff
		if err := rows.Scan(&a.ID, &a.Name, &a.Salt, &a.Hash, &a.Time, &a.Memory, &a.Threads); err != nil {
			return nil, classify(fmt.Errorf("read staff accounts: %w", err))
		}
		staff = append(staff, a)
	}
	return staff, classify(rows.Err())
}

// SignIn checks a PIN offline. locked is the time until another try is allowed.
func (s *Store) SignIn(ctx context.Context, account, pin string) (ok bool, locked time.Duration, err error) {
	ok, locked, err = s.Try(ctx, Trial{Key: account, Subject: account, Actor: "technician:" + account, Action: "sign-in"}, func() (bool, error) {
		return s.checkPIN(ctx, account, pin)
	})
	return ok, locked, wrap(err, "sign in")
}

// Trial is one try of a secret.
type Trial struct {
	Key     string // tries are counted by it
	Subject string // the account, for the audit trail
	Actor   string // who it is when the secret is right
	Action  string // "sign-in"; "-failed" follows when the secret is wrong
}

// Try counts a try durably, lets check look at the secret, and notes how it
// came out. locked is the time until another try is allowed, by the monotonic
// clock: neither the wall clock nor a restart of program or machine gives a try back.
func (s *Store) Try(ctx context.Context, t Trial, check func() (bool, error)) (ok bool, locked time.Duration, err error) {
	if locked, err = s.countTry(ctx, t.Key); err != nil || locked > 0 {
		return false, locked, err
	}
	if ok, err = check(); err != nil {
		return false, 0, err
	}
	locked, err = s.settleTry(ctx, t, ok)
	return ok, locked, err
}

// Locked is how long no try is allowed under a key.
func (s *Store) Locked(ctx context.Context, key string) (time.Duration, error) {
	state, err := readTries(s.reader.QueryRowContext(ctx, sqlTries, key))
	if err != nil {
		return 0, classify(fmt.Errorf("read tries: %w", err))
	}
	reading, err := s.clock()
	if err != nil {
		return 0, fmt.Errorf("read tries: %w", err)
	}
	return state.left(reading.Monotonic, reading.BootID), nil
}

// tryState is what is remembered of an account's failed tries.
type tryState struct {
	failures int
	lock     time.Duration
	since    time.Duration
	boot     string
}

func (s *Store) countTry(ctx context.Context, account string) (locked time.Duration, err error) {
	err = s.transact(ctx, true, func(tx *sql.Tx, _ statements) error {
		state, err := readTries(tx.QueryRow(sqlTries, account))
		if err != nil {
			return err
		}
		reading, err := s.clock()
		if err != nil {
			return err
		}
		if locked = state.left(reading.Monotonic, reading.BootID); locked > 0 {
			return nil
		}
		state.failures++ // until the PIN is known to be right
		state.lock = lockAfter(state.failures)
		return writeTries(tx, account, state, reading.Monotonic, reading.BootID)
	})
	return locked, err
}

// left is how long an account stays locked. In another boot than the one it
// was locked in, the whole lock counts from the start of the machine.
func (t tryState) left(monotonic time.Duration, boot string) time.Duration {
	until := t.lock
	if boot == t.boot && boot != "" {
		until += t.since
	}
	return max(0, until-monotonic)
}

func lockAfter(failures int) time.Duration {
	if failures < maxTries {
		return 0
	}
	lock := firstLock
	for i := maxTries; i < failures && lock < longestLock; i++ {
		lock *= 2
	}
	return min(lock, longestLock)
}

const sqlTries = "SELECT failures, lock_ms, since_ms, boot FROM tries WHERE account = ?"

func readTries(row *sql.Row) (tryState, error) {
	var state tryState
	var lock, since int64
	err := row.Scan(&state.failures, &lock, &since, &state.boot)
	if errors.Is(err, sql.ErrNoRows) {
		return tryState{}, nil
	}
	state.lock, state.since = time.Duration(lock)*time.Millisecond, time.Duration(since)*time.Millisecond
	return state, err
}

func writeTries(tx *sql.Tx, account string, state tryState, monotonic time.Duration, boot string) error {
	_, err := tx.Exec(`INSERT INTO tries (account, failures, lock_ms, since_ms, boot) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (account) DO UPDATE SET failures = excluded.failures, lock_ms = excluded.lock_ms, since_ms = excluded.since_ms, boot = excluded.boot`,
		account, state.failures, state.lock.Milliseconds(), monotonic.Milliseconds(), boot)
	return err
}

func (s *Store) checkPIN(ctx context.Context, account, pin string) (bool, error) {
	var a Staff
	err := s.reader.QueryRowContext(ctx, "SELECT salt, hash, time, memory, threads FROM staff WHERE id = ?", account).
		Scan(&a.Salt, &a.Hash, &a.Time, &a.Memory, &a.Threads)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, classify(err)
	}
	return a.Verify(pin)
}

// Verify tells whether a secret is the one the verifier was made of.
func (a Staff) Verify(secret string) (bool, error) {
	if len(a.Hash) == 0 || a.Time == 0 || a.Threads == 0 {
		return false, errors.New("the account's verifier is not in its form")
	}
	got := argon2.IDKey([]byte(secret), a.Salt, a.Time, a.Memory, a.Threads, uint32(len(a.Hash))) // #nosec G115 -- 32 bytes
	return subtle.ConstantTimeCompare(got, a.Hash) == 1, nil
}

func (s *Store) settleTry(ctx context.Context, t Trial, ok bool) (locked time.Duration, err error) {
	err = s.transact(ctx, true, func(tx *sql.Tx, q statements) error {
		clock, err := s.clockIn(tx, q)
		if err != nil {
			return err
		}
		if ok {
			if _, err := tx.Exec("DELETE FROM tries WHERE account = ?", t.Key); err != nil {
				return err
			}
			return s.audit(tx, q, clock, Entry{Actor: t.Actor, Action: t.Action, Subject: t.Subject})
		}
		state, err := readTries(tx.QueryRow(sqlTries, t.Key))
		if err != nil {
			return err
		}
		locked = state.left(clock.Reading.Monotonic, clock.Reading.BootID)
		return s.audit(tx, q, clock, Entry{Actor: "terminal", Action: t.Action + "-failed", Subject: t.Subject, Detail: fmt.Sprintf("%d in a row", state.failures)})
	})
	return locked, err
}
