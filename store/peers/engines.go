package main

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/mikestefanello/backlite"
	"go.etcd.io/bbolt"
	"maragu.dev/goqite"
	_ "modernc.org/sqlite"
)

// openSQLite opens a database as a careful user of these queues would: write-ahead log, every commit on the disk.
func openSQLite(folder string) (*sql.DB, error) {
	dsn := (&url.URL{Scheme: "file", Path: filepath.Join(folder, "queue.db")}).String() +
		"?_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(5000)"
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

type goqiteQueue struct {
	db *sql.DB
	q  *goqite.Queue
}

// schemaVariable says where goqite's own schema lies, which it leaves its users to apply.
const schemaVariable = "GOQITE_SCHEMA"

func openGoqite(folder string) (queue, error) {
	db, err := openSQLite(folder)
	if err != nil {
		return nil, err
	}
	schema, err := os.ReadFile(os.Getenv(schemaVariable))
	if err == nil {
		_, err = db.Exec(string(schema))
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return goqiteQueue{db, goqite.New(goqite.NewOpts{DB: db, Name: "cases", MaxReceive: 1 << 30})}, nil
}

func (g goqiteQueue) put(ctx context.Context, record []byte) error {
	return g.q.Send(ctx, goqite.Message{Body: record})
}

func (g goqiteQueue) life(ctx context.Context, record []byte) error {
	if err := g.put(ctx, record); err != nil {
		return err
	}
	m, err := g.q.Receive(ctx)
	if err != nil {
		return err
	}
	if m == nil {
		return errors.New("nothing to receive")
	}
	return g.q.Delete(ctx, m.ID)
}

func (g goqiteQueue) fill(ctx context.Context, record []byte, n int) error {
	tx, err := g.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	for range n {
		if err := g.q.SendTx(ctx, tx, goqite.Message{Body: record}); err != nil {
			return errors.Join(err, tx.Rollback())
		}
	}
	return tx.Commit()
}

func (g goqiteQueue) close() error { return g.db.Close() }

// task is a record in backlite, which wants them as JSON.
type task struct{ Record string }

func (task) Config() backlite.QueueConfig {
	return backlite.QueueConfig{Name: "cases", MaxAttempts: 1 << 30, Timeout: time.Minute}
}

type backliteQueue struct {
	db      *sql.DB
	client  *backlite.Client
	done    chan struct{}
	started bool
}

func openBacklite(folder string) (queue, error) {
	db, err := openSQLite(folder)
	if err != nil {
		return nil, err
	}
	client, err := backlite.NewClient(backlite.ClientConfig{DB: db, NumWorkers: 1, ReleaseAfter: time.Hour})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := client.Install(); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	b := &backliteQueue{db: db, client: client, done: make(chan struct{})}
	client.Register(backlite.NewQueue(func(ctx context.Context, _ task) error {
		select {
		case b.done <- struct{}{}:
		case <-ctx.Done():
		}
		return nil
	}))
	return b, nil
}

func (b *backliteQueue) put(ctx context.Context, record []byte) error {
	_, err := b.client.Add(task{string(record)}).Ctx(ctx).Save()
	return err
}

// life starts the dispatcher at the first time: it cannot be asked for one task.
func (b *backliteQueue) life(ctx context.Context, record []byte) error {
	if err := b.put(ctx, record); err != nil {
		return err
	}
	if !b.started {
		b.started = true
		b.client.Start(ctx)
	}
	select {
	case <-b.done:
		return nil
	case <-time.After(time.Minute):
		return errors.New("nothing was given within a minute")
	}
}

func (b *backliteQueue) fill(ctx context.Context, record []byte, n int) error {
	for n > 0 {
		some := make([]backlite.Task, min(n, 1000))
		for i := range some {
			some[i] = task{string(record)}
		}
		if _, err := b.client.Add(some...).Ctx(ctx).Save(); err != nil {
			return err
		}
		n -= len(some)
	}
	return nil
}

func (b *backliteQueue) close() error { return b.db.Close() }

type bboltQueue struct{ db *bbolt.DB }

var bucket = []byte("cases")

func openBbolt(folder string) (queue, error) {
	db, err := bbolt.Open(filepath.Join(folder, "queue.bolt"), os.FileMode(0o600), nil)
	if err != nil {
		return nil, err
	}
	return bboltQueue{db}, db.Update(func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucketIfNotExists(bucket)
		return err
	})
}

func insert(tx *bbolt.Tx, record []byte) error {
	cases := tx.Bucket(bucket)
	n, err := cases.NextSequence()
	if err != nil {
		return err
	}
	return cases.Put(binary.BigEndian.AppendUint64(nil, n), record)
}

func (b bboltQueue) put(_ context.Context, record []byte) error {
	return b.db.Update(func(tx *bbolt.Tx) error { return insert(tx, record) })
}

// life marks the first record as taken and removes it, each durably, as a queue whose taker may die has to.
func (b bboltQueue) life(ctx context.Context, record []byte) error {
	if err := b.put(ctx, record); err != nil {
		return err
	}
	var key []byte
	if err := b.db.Update(func(tx *bbolt.Tx) error {
		k, v := tx.Bucket(bucket).Cursor().First()
		key = append([]byte(nil), k...)
		return tx.Bucket(bucket).Put(key, append([]byte("taken"), v...))
	}); err != nil {
		return err
	}
	return b.db.Update(func(tx *bbolt.Tx) error { return tx.Bucket(bucket).Delete(key) })
}

func (b bboltQueue) fill(_ context.Context, record []byte, n int) error {
	return b.db.Update(func(tx *bbolt.Tx) error {
		for range n {
			if err := insert(tx, record); err != nil {
				return err
			}
		}
		return nil
	})
}

func (b bboltQueue) close() error { return b.db.Close() }
