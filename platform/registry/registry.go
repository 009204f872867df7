// Package registry is the platform's own database: terminals and their
// certificates, enrolment codes, staff, packets, cases and answers. Every write
// is on disk when its call returns. It must not hold keys or open manifests.
package registry

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"sync"
	"time"

	"modernc.org/sqlite"
)

//go:embed schema.sql
var schema1 string

//go:embed schema2.sql
var schema2 string

//go:embed schema3.sql
var schema3 string

//go:embed schema4.sql
var schema4 string

//go:embed schema5.sql
var schema5 string

//go:embed fleet.sql
var schemaFleet string

//go:embed settings.sql
var schemaSettings string

//go:embed usage.sql
var schemaUsage string

//go:embed restored.sql
var schemaRestored string

//go:embed lineage.sql
var schemaLineage string

//go:embed audit.sql
var schemaAudit string

//go:embed trail.sql
var schemaTrail string

//go:embed renewal.sql
var schemaRenewal string

//go:embed seen.sql
var schemaSeen string

// schemas bring a database from one version to the next, from nothing to the newest.
var schemas = []string{schema1, schema2, schema3, schema4, schema5, schemaFleet, schemaSettings, schemaUsage, schemaRestored, schemaLineage, schemaAudit, schemaTrail, schemaRenewal, schemaSeen}

// Registry is open on one database file. Safe for concurrent use.
type Registry struct {
	db  *sql.DB // one connection that writes
	now func() time.Time
}

var lockOnce sync.Once

// Open opens or makes the database in dir. now gives the time that records carry.
func Open(ctx context.Context, dir string, now func() time.Time) (*Registry, error) {
	return open(ctx, dir, now, false, "_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=journal_size_limit(8388608)")
}

// OpenReader opens an existing database beside a running platform, for reading only.
func OpenReader(ctx context.Context, dir string) (*Registry, error) {
	return open(ctx, dir, time.Now, true, "mode=rw&_pragma=query_only(1)")
}

func open(ctx context.Context, dir string, now func() time.Time, readOnly bool, options string) (*Registry, error) {
	// A second descriptor of the database in this process must not drop its locks.
	lockOnce.Do(func() { sqlite.OFDLocking(true) })
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("open the platform's database: %w", err)
	}
	file := url.URL{Scheme: "file", Path: filepath.Join(dir, "platform.db")}
	db, err := sql.Open("sqlite", file.String()+"?_defensive=1&_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)&"+options)
	if err != nil {
		return nil, fmt.Errorf("open the platform's database: %w", err)
	}
	db.SetMaxOpenConns(1)
	r := &Registry{db: db, now: now}
	if err := r.migrate(ctx, readOnly); err != nil {
		return nil, errors.Join(fmt.Errorf("open the platform's database: %w", err), db.Close())
	}
	return r, nil
}

func (r *Registry) migrate(ctx context.Context, readOnly bool) error {
	var version int
	if err := r.db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	switch newest := len(schemas); {
	case version == newest:
		return nil
	case version > newest:
		return fmt.Errorf("it was written by a newer version (schema %d, this program knows %d)", version, newest)
	case readOnly:
		return fmt.Errorf("it was written by an older version (schema %d, this program knows %d): start the platform on it once", version, newest)
	}
	return r.inTx(ctx, func(tx *sql.Tx) error {
		// Another process may have brought it up meanwhile.
		if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
			return err
		}
		for ; version < len(schemas); version++ {
			if _, err := tx.ExecContext(ctx, schemas[version]); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", version))
		return err
	})
}

// Close closes the database.
func (r *Registry) Close() error { return r.db.Close() }

// inTx runs f in one transaction, committed (and synced) when f returns nil.
func (r *Registry) inTx(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := r.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

func millis(t time.Time) int64 { return t.UnixMilli() }

func fromMillis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
