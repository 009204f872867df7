package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"bianmin/core/casefile"
	"bianmin/store/frames"

	sqlite "modernc.org/sqlite"
)

// metaReaders is the key under which a database says which oldest version may still read it.
const metaReaders = "readers"

// readersOf is what a migration's first line says of the versions that may read what it leaves: "-- readers: 3". Without
// it, only its own may. A migration of a published version must leave the one before able to read (docs/decisions.md).
func readersOf(script []byte, version int) (int, error) {
	line, _, _ := strings.Cut(string(script), "\n")
	text, found := strings.CutPrefix(line, "-- readers: ")
	if !found {
		return version, nil
	}
	readers, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || readers < 1 || readers > version {
		return 0, fmt.Errorf("the first line names no version: %q", line)
	}
	return readers, nil
}

// OpenToRead opens a database that a newer version wrote, as far as that one left this one able to read it. Nothing can
// be written; the newer version may be at work beside it.
func OpenToRead(ctx context.Context, folder string) (*Store, error) {
	if _, err := sqlite.OFDLocking(true); err != nil && !errors.Is(err, sqlite.ErrOFDLockingUnavailable) {
		return nil, fmt.Errorf("open the store to read: %w", err)
	}
	if err := frames.Register(); err != nil {
		return nil, fmt.Errorf("open the store to read: %w", err)
	}
	s := &Store{folder: folder, clock: SystemClock, point: func(string) {}}
	var err error
	if s.reader, err = s.connect("_pragma=synchronous(FULL)&_pragma=query_only(1)", readers); err != nil {
		return nil, classify(fmt.Errorf("open the store to read: %w", err))
	}
	if err := readable(ctx, s.reader); err != nil {
		return nil, errors.Join(classify(fmt.Errorf("open the store to read: %w", err)), s.Close())
	}
	return s, nil
}

func readable(ctx context.Context, db *sql.DB) error {
	_, err := schemaVersion(ctx, db)
	var known *casefile.Error
	if !errors.As(err, &known) || known.Code != casefile.NewerDatabase {
		return err // of this version, or no database of ours at all
	}
	var text string
	if err := db.QueryRowContext(ctx, "SELECT value FROM meta WHERE key = ?", metaReaders).Scan(&text); err != nil {
		return errors.Join(known, err)
	}
	names, err := migrations()
	if err != nil {
		return err
	}
	if oldest, err := strconv.Atoi(text); err != nil || oldest > len(names) {
		return known
	}
	return nil
}
