package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"bianmin/core/casefile"
)

// metaAside holds what the platform wrote and this terminal could not take.
const metaAside = "aside"

// Bounds of what is remembered, and how long an update rests that could not be read.
const (
	asideMost  = 1000
	asideFirst = 24 * time.Hour
	asideLast  = 64 * 24 * time.Hour
)

// Aside is an update that could not be taken and must hold up no later one.
type Aside struct {
	ID   string
	Kind string // one this program does not know; "" when the update could not even be opened or read
}

// Asides is how many updates could not be taken.
type Asides struct {
	Newer    int       // of kinds a newer program will know
	Unread   int       // that could not be opened or read
	Since    time.Time // the oldest one's
	Question string    // the cursor they all come after
}

// setAside is what meta holds: the cursor all of them come after, from which the platform is asked once more when
// there is hope. Those that were taken meanwhile change nothing then.
type setAside struct {
	After  string            `json:"after"`
	IDs    map[string]string `json:"ids"`  // to their kinds
	More   int               `json:"more"` // that had no place in IDs
	Since  int64             `json:"since"`
	Next   int64             `json:"next"` // those without a kind are not asked for again before
	Waited int64             `json:"waited"`
}

// knownUpdate tells whether this program takes updates of a kind; tests are newer programs.
var knownUpdate = func(kind string) bool { return slices.Contains(casefile.UpdateKinds(), casefile.EventKind(kind)) }

// Asides tells how many of the platform's updates could not be taken.
func (s *Store) Asides(ctx context.Context) (Asides, error) {
	kept, err := readAside(s.reader.QueryRowContext(ctx, "SELECT value FROM meta WHERE key = ?", metaAside))
	if err != nil || kept.empty() {
		return Asides{}, classify(err)
	}
	told := Asides{Unread: kept.More, Since: time.UnixMilli(kept.Since), Question: kept.After}
	for _, kind := range kept.IDs {
		if kind == "" {
			told.Unread++
		} else {
			told.Newer++
		}
	}
	return told, nil
}

// Reread moves the cursor back to the oldest update that was set aside, when there is hope to take it now: this program knows its kind,
// or it has rested a day, then two, four … It tells whether it did.
func (s *Store) Reread(ctx context.Context) (moved bool, err error) {
	kept, err := readAside(s.reader.QueryRowContext(ctx, "SELECT value FROM meta WHERE key = ?", metaAside))
	if err != nil || kept.empty() {
		return false, classify(err)
	}
	if clock, err := s.Clock(ctx); err != nil || !kept.hope(clock.known().UnixMilli()) {
		return false, wrap(err, "ask for updates again")
	}
	err = s.transact(ctx, false, func(tx *sql.Tx, q statements) error {
		moved = false
		clock, err := s.clockIn(tx, q)
		if err != nil {
			return err
		}
		kept, err := readAside(tx.QueryRow("SELECT value FROM meta WHERE key = ?", metaAside))
		if err != nil || !kept.hope(clock.known().UnixMilli()) {
			return err
		}
		moved = true
		if err := setMeta(tx, "cursor", kept.After); err != nil {
			return err
		}
		return writeAside(tx, setAside{Waited: kept.Waited})
	})
	return moved, wrap(err, "ask for updates again")
}

func (a setAside) empty() bool { return len(a.IDs) == 0 && a.More == 0 }

func (a setAside) hope(now int64) bool {
	unread := a.More > 0
	for _, kind := range a.IDs {
		if kind != "" && knownUpdate(kind) {
			return true
		}
		unread = unread || kind == ""
	}
	return unread && now >= a.Next
}

// keepAside notes what was not taken behind a cursor, and forgets what was taken after all.
func (s *Store) keepAside(tx *sql.Tx, q statements, clock Clock, after string, taken []casefile.Update, aside []Aside) error {
	kept, err := readAside(tx.QueryRow("SELECT value FROM meta WHERE key = ?", metaAside))
	if err != nil {
		return err
	}
	before := len(kept.IDs)
	for _, u := range taken {
		delete(kept.IDs, u.ID)
	}
	changed := len(kept.IDs) != before
	for _, a := range aside {
		if _, known := kept.IDs[a.ID]; known {
			continue
		}
		if kept.empty() {
			kept.After, kept.Since, kept.IDs = after, clock.known().UnixMilli(), map[string]string{}
		}
		now := clock.known()
		if changed = true; len(kept.IDs) < asideMost {
			kept.IDs[a.ID] = a.Kind
		} else {
			kept.More++
		}
		action := "update-newer"
		if a.Kind == "" {
			action = "update-unread"
			kept.rest(now)
		}
		if err := s.audit(tx, q, clock, Entry{Actor: "platform", Action: action, Detail: a.ID}); err != nil {
			return err
		}
	}
	if !changed {
		return nil
	}
	return writeAside(tx, kept)
}

// rest doubles the wait, once for all that are set aside behind one another.
func (a *setAside) rest(now time.Time) {
	if a.Next > now.UnixMilli() {
		return
	}
	wait := min(max(asideFirst, 2*time.Duration(a.Waited)*time.Millisecond), asideLast)
	a.Waited, a.Next = wait.Milliseconds(), now.Add(wait).UnixMilli()
}

func readAside(row *sql.Row) (setAside, error) {
	var text string
	if err := row.Scan(&text); errors.Is(err, sql.ErrNoRows) {
		return setAside{}, nil
	} else if err != nil {
		return setAside{}, fmt.Errorf("read what was set aside: %w", err)
	}
	var kept setAside
	if err := json.Unmarshal([]byte(text), &kept); err != nil {
		return setAside{}, fmt.Errorf("read what was set aside: %w", err)
	}
	return kept, nil
}

func writeAside(tx *sql.Tx, kept setAside) error {
	content, err := json.Marshal(kept)
	if err != nil {
		return fmt.Errorf("note what was set aside: %w", err)
	}
	return setMeta(tx, metaAside, string(content))
}
