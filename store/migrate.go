package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"time"

	sqlite "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"bianmin/core/casefile"
)

//go:embed migration/*.sql
var migrationFolder embed.FS

// migrationFiles are this program's migrations; tests take others to be an older or newer program.
var migrationFiles fs.FS = migrationFolder

// applicationID marks the file as ours (PRAGMA application_id): "bmst".
const applicationID = 0x626d7374

// schemaVersion reads how far a database was migrated, 0 when it is new. It
// refuses a database of a newer version or of another program.
func schemaVersion(ctx context.Context, db *sql.DB) (int, error) {
	var version, application int
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return 0, fmt.Errorf("read schema version: %w", err)
	}
	if err := db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&application); err != nil {
		return 0, fmt.Errorf("read application id: %w", err)
	}
	if (version != 0 || application != 0) && application != applicationID {
		return 0, &casefile.Error{Code: casefile.Damaged, Err: errors.New("the database is another program's")}
	}
	names, err := migrations()
	if err != nil {
		return 0, err
	}
	if version > len(names) {
		return 0, &casefile.Error{Code: casefile.NewerDatabase, Err: fmt.Errorf("database version %d, this program knows %d", version, len(names))}
	}
	return version, nil
}

// firstVersion is schemaVersion of a database that another process may be making at this moment: changing a new file to a
// write-ahead log is refused at once while the other does it, whatever the time-out for busy files is.
func firstVersion(ctx context.Context, db *sql.DB) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		version, err := schemaVersion(ctx, db)
		var refused *sqlite.Error
		if err == nil || !errors.As(err, &refused) || refused.Code()&0xff != sqlite3.SQLITE_BUSY {
			return version, err
		}
		select {
		case <-ctx.Done():
			return 0, err
		case <-tick.C:
		}
	}
}

func migrations() ([]string, error) {
	names, err := fs.Glob(migrationFiles, "migration/*.sql") // in order of their numbers
	if err != nil {
		return nil, fmt.Errorf("list migrations: %w", err)
	}
	return names, nil
}

// migrate applies what is missing, each migration in a transaction of its own.
func migrate(ctx context.Context, db *sql.DB, version int) error {
	names, err := migrations()
	if err != nil {
		return err
	}
	for i := version; i < len(names); i++ {
		if err := migrateOnce(ctx, db, names[i], i+1); err != nil {
			return fmt.Errorf("migrate with %s: %w", names[i], err)
		}
	}
	return nil
}

func migrateOnce(ctx context.Context, db *sql.DB, name string, version int) (err error) {
	script, err := fs.ReadFile(migrationFiles, name)
	if err != nil {
		return err
	}
	readers, err := readersOf(script, version)
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, tx.Rollback())
		}
	}()
	var now int
	if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&now); err != nil {
		return err
	}
	if now >= version { // another process was faster
		return tx.Commit()
	}
	if _, err := tx.ExecContext(ctx, string(script)); err != nil {
		return err
	}
	if err := setMeta(tx, metaReaders, strconv.Itoa(readers)); err != nil {
		return err
	}
	pragmas := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, version)
	if _, err := tx.ExecContext(ctx, pragmas); err != nil {
		return err
	}
	return tx.Commit()
}
