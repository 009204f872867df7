// Package store is everything a terminal remembers: one SQLite file, sealed
// attachments beside it, the outbox and the audit trail. All SQL stands here.
// It must not send, print, or keep anything personal that is not sealed.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"bianmin/core/casefile"
	"bianmin/store/frames"
	"bianmin/sync/seal"

	sqlite "modernc.org/sqlite" // also registers the driver "sqlite"
)

const (
	databaseName = "bianmin.db"
	readers      = 4
	// shared are the parameters of every connection; see the decision notes for each.
	shared = "vfs=" + frames.Name + "&_txlock=immediate&_defensive=1&_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=foreign_keys(1)&_pragma=journal_size_limit(16777216)&_pragma=wal_autocheckpoint(4000)"
)

// Check says how thoroughly Open looks at the database.
type Check int

// Checks.
const (
	// CheckAuto is a full integrity check the first time in a boot, a quick one afterwards. What does not end soon goes on beside the work.
	CheckAuto Check = iota
	// CheckNone is for a second process beside one that has checked.
	CheckNone
)

// Options are how a store is opened. Folder and Clock are required.
type Options struct {
	Folder string // the data folder
	Clock  func() (casefile.Reading, error)
	Check  Check
	// CommitPoint is called with the name of each point where being killed must lose nothing; nil in production.
	CommitPoint func(name string)
	// Unsealed writes a plain copy of every attachment besides. It exists so that the canary test can prove that it would see
	// them; filing refuses it for a terminal of the production environment.
	Unsealed bool
	// Patience is how long Open waits for the check; 0 is two seconds.
	Patience time.Duration
}

// Store is an open store. It serves any number of goroutines, and several
// processes may have one open on the same folder.
type Store struct {
	folder   string
	clock    func() (casefile.Reading, error)
	point    func(string)
	bare     bool
	writing  sync.Mutex  // one transaction at a time in this process, instead of SQLITE_BUSY
	doubtful atomic.Bool // a commit failed and may lie in the log all the same; see doubt
	writer   *sql.DB     // synchronous=FULL: what it commits survives a power cut
	relaxed  *sql.DB     // synchronous=NORMAL: for what the platform would only repeat
	reader   *sql.DB     // query_only
	write    statements
	relax    statements
	asked    statements // on the reader
	water    *highWater
	check    checking

	placing    sync.Mutex
	durable    map[string]bool // folders for attachments that are surely on the disk
	syncFolder func(string) error
}

// Open opens the store in a folder, makes or migrates its database and checks
// it. Errors people must hear of are *casefile.Error: damaged, written by a
// newer version, read-only, disk full.
func Open(ctx context.Context, options Options) (*Store, error) {
	if options.Folder == "" || options.Clock == nil {
		return nil, errors.New("open store: folder and clock are required")
	}
	// Before the first lock of the process. A file system without such locks gets POSIX ones.
	if _, err := sqlite.OFDLocking(true); err != nil && !errors.Is(err, sqlite.ErrOFDLockingUnavailable) {
		return nil, fmt.Errorf("open store: %w", err)
	}
	if err := frames.Register(); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	s := &Store{folder: options.Folder, clock: options.Clock, point: options.CommitPoint, bare: options.Unsealed, durable: map[string]bool{}, syncFolder: seal.SyncFolder}
	if s.point == nil {
		s.point = func(string) {}
	}
	if s.check.patience = options.Patience; s.check.patience == 0 {
		s.check.patience = patience
	}
	if err := s.open(ctx, options.Check); err != nil {
		return nil, errors.Join(classify(fmt.Errorf("open store: %w", err)), s.Close())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, check Check) error {
	for _, name := range []string{"", "attachments", "tmp"} {
		if err := os.MkdirAll(filepath.Join(s.folder, name), 0o700); err != nil {
			return err
		}
	}
	var err error
	if s.writer, err = s.connect("_pragma=synchronous("+synchronousDurable+")", 1); err != nil {
		return err
	}
	if err := s.prepareDatabase(ctx, check); err != nil {
		return err
	}
	if s.relaxed, err = s.connect("_pragma=synchronous("+synchronousRelaxed+")", 1); err != nil {
		return err
	}
	if s.reader, err = s.connect("_pragma=synchronous(FULL)&_pragma=query_only(1)", readers); err != nil {
		return err
	}
	if s.write, err = prepare(ctx, s.writer, hot); err != nil {
		return err
	}
	if s.relax, err = prepare(ctx, s.relaxed, hot); err != nil {
		return err
	}
	if s.asked, err = prepare(ctx, s.reader, looks); err != nil {
		return err
	}
	if s.water, err = openHighWater(filepath.Join(s.folder, "keys", "highwater")); err != nil {
		return err
	}
	s.goOnChecking(ctx)
	s.sealRefusals(ctx)
	return nil
}

func (s *Store) connect(extra string, most int) (*sql.DB, error) {
	path, err := filepath.Abs(filepath.Join(s.folder, databaseName))
	if err != nil {
		return nil, err
	}
	dsn := (&url.URL{Scheme: "file", Path: path}).String() + "?" + shared + "&" + extra
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(most)
	db.SetMaxIdleConns(most)
	db.SetConnMaxLifetime(0)
	return db, nil
}

func (s *Store) prepareDatabase(ctx context.Context, check Check) error {
	version, err := firstVersion(ctx, s.writer)
	if err != nil {
		return err
	}
	reading, err := s.clock()
	if err != nil {
		return err
	}
	if version > 0 && check == CheckAuto {
		if err := s.integrity(ctx, reading.BootID); err != nil {
			return err
		}
	}
	if err := migrate(ctx, s.writer, version); err != nil {
		return err
	}
	if check == CheckAuto { // also proves that the store can be written
		return s.noteChecked(ctx, reading.BootID)
	}
	return nil
}

// Close closes the store; it may be called on one that did not open.
func (s *Store) Close() error {
	var errs []error
	s.check.end()
	errs = append(errs, s.write.close(), s.relax.close(), s.asked.close())
	for _, db := range []*sql.DB{s.reader, s.relaxed, s.writer} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if s.water != nil {
		errs = append(errs, s.water.close())
	}
	return errors.Join(errs...)
}

// Folder is the data folder.
func (s *Store) Folder() string { return s.folder }

// transact runs do in one immediate transaction on the durable or the relaxed
// connection. It is not stopped half-way by the caller's context: either
// nothing or everything happened, and the caller is told which.
func (s *Store) transact(ctx context.Context, durable bool, do func(tx *sql.Tx, q statements) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.writer == nil { // opened to read
		return &casefile.Error{Code: casefile.ReadOnly, Err: errors.New("a newer version's store is only read")}
	}
	if err := s.check.found(); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.certain(ctx); err != nil {
		return classify(err)
	}
	db, q := s.writer, s.write
	if !durable {
		db, q = s.relaxed, s.relax
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return classify(err)
	}
	if err := do(tx, q); err != nil {
		return errors.Join(classify(err), tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		s.doubt(ctx)
		return classify(fmt.Errorf("commit: %w", err))
	}
	return nil
}

func milliseconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMilliseconds(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).In(casefile.Zone)
}
