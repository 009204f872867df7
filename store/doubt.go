package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// A commit that failed may lie whole in the write-ahead log, because what failed was the wait for the disk. It is not seen
// while a program has the database open, but at the next start it would count: somebody who was told "not filed" would
// have filed. Worse, what the system once failed to write it takes for written, so earlier commits without a wait may be
// missing on the disk under later ones. So after a failed commit nothing is accepted before the log was written out,
// emptied, and begun anew with a commit that reached the disk.

// doubt notes a failed commit and tries to be rid of it at once. The mutex is held.
func (s *Store) doubt(ctx context.Context) {
	s.doubtful.Store(true)
	_ = s.certain(ctx) // else before the next transaction
}

// certain ends the doubt that a failed commit left; nil where there is none. The mutex is held.
func (s *Store) certain(ctx context.Context) error {
	if !s.doubtful.Load() {
		return nil
	}
	for _, db := range []*sql.DB{s.writer, s.relaxed} {
		_, _ = db.ExecContext(ctx, "ROLLBACK") // where SQLite left the failed transaction open
	}
	var busy, frames, moved int
	if err := s.writer.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &moved); err != nil {
		return fmt.Errorf("write out what was committed: %w", err)
	}
	if busy != 0 {
		return errors.New("write out what was committed: somebody reads too long")
	}
	if _, err := s.writer.ExecContext(ctx, sqlBegunAnew); err != nil {
		return fmt.Errorf("begin the log anew: %w", err)
	}
	s.doubtful.Store(false)
	return nil
}

// settled tells whether something may be accepted, as far as commits that failed go, and tries to make it so.
func (s *Store) settled(ctx context.Context) error {
	if !s.doubtful.Load() {
		return nil
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	return classify(s.certain(context.WithoutCancel(ctx)))
}

const sqlBegunAnew = "INSERT INTO meta (key, value) VALUES ('begun-anew', 1) ON CONFLICT (key) DO UPDATE SET value = value + 1"
