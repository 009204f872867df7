package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"bianmin/packaging/supervise"
	"bianmin/packaging/update/trial"
	"bianmin/store"
	"bianmin/store/cut"
	"bianmin/sync/channel"
	"bianmin/sync/enrol/practice"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

type options struct {
	config, data, platform, software string // config is "" when only the data folder was named

	state, prefix string // the updater's memory, and where the versions lie
	log           *slog.Logger
	level         *slog.LevelVar
}

const (
	enrolmentPoll = 2 * time.Second // how soon an enrolment is noticed
	linkEvery     = time.Minute     // how often the link's state is said anew
	purgeFirst    = 5 * time.Minute // by then the platform has told the time, and a machine that runs for an hour a day purges too
	purgeEvery    = time.Hour
)

// run sends until ctx ends. It holds the lock for its whole life: there is one sender per terminal.
func run(ctx context.Context, o options) (err error) {
	if err := os.MkdirAll(o.data, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	if !decided(ctx, o) {
		return nil
	}
	unlock, err := lock(filepath.Join(o.data, "sender.lock"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	outbox, err := store.Open(ctx, store.Options{
		Folder: o.data, Clock: store.SystemClock, Check: store.CheckNone, CommitPoint: cut.Point,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, outbox.Close()) }()
	if err := supervise.Ready(); err != nil {
		o.log.Warn("the supervisor does not hear", "error", err)
	}
	beating, quiet := context.WithCancel(ctx)
	var beats sync.WaitGroup
	beats.Go(func() {
		if err := supervise.Beat(beating, func(ctx context.Context) error { _, err := outbox.Settings(ctx); return err }); err != nil {
			o.log.Warn("the supervisor does not hear", "error", err)
		}
	})
	defer beats.Wait()
	defer quiet()
	for ctx.Err() == nil {
		identity, stamp, err := awaitIdentity(ctx, o)
		if err != nil || identity == nil || o.aside() {
			return err
		}
		o.log.Info("sending", "terminal", identity.Number+identity.Generation, "environment", identity.Environment)
		if err := session(ctx, o, outbox, identity, stamp); err != nil || o.aside() {
			return err
		}
	}
	return nil
}

// awaitIdentity waits until the terminal is enrolled; nil when ctx ends first.
func awaitIdentity(ctx context.Context, o options) (*seal.Identity, enrolment, error) {
	folder := filepath.Join(o.data, "keys")
	for said := false; ; said = true {
		stamp, err := enrolled(folder)
		if err != nil {
			return nil, enrolment{}, err
		}
		if stamp != (enrolment{}) {
			identity, err := seal.LoadIdentity(folder)
			if err == nil && identity.Environment == practice.Environment {
				return nil, enrolment{}, practice.ErrNeverSent
			}
			if err == nil || !errors.Is(err, seal.ErrNotEnrolled) {
				return identity, stamp, err
			}
		}
		if !said {
			o.log.Info("waiting for the enrolment of this terminal")
		}
		if !pause(ctx, enrolmentPoll) || o.aside() {
			return nil, enrolment{}, nil
		}
	}
}

// aside tells whether this sender must let go of the store: a new version is on trial, or already is the current one.
// It ends then, and whoever supervises starts the current version's sender.
func (o options) aside() bool { return trial.Look(o.state).On || trial.Replaced(o.prefix) }

// decided waits, before anything is opened, until a trial is over. It is false when this version was replaced meanwhile, or ctx ended.
func decided(ctx context.Context, o options) bool {
	if !trial.Look(o.state).On {
		return !trial.Replaced(o.prefix)
	}
	o.log.Info("waiting: a new version is on trial")
	beating, quiet := context.WithCancel(ctx)
	var beats sync.WaitGroup
	beats.Go(func() {
		alive := func(context.Context) error { return nil }
		if err := errors.Join(supervise.Ready(), supervise.Beat(beating, alive)); err != nil {
			o.log.Warn("the supervisor does not hear", "error", err)
		}
	})
	defer beats.Wait()
	defer quiet()
	for trial.Look(o.state).On {
		if !pause(ctx, enrolmentPoll) {
			return false
		}
	}
	return !trial.Replaced(o.prefix)
}

// enrolment is when what a terminal is was written, in nanoseconds: by its enrolment, and by a renewal of its certificates.
type enrolment struct{ enrolled, renewed, signers int64 }

// enrolled gives when the present enrolment was written, zero when there is none.
func enrolled(folder string) (e enrolment, err error) {
	if e.enrolled, err = written(filepath.Join(folder, "terminal.json")); err != nil || e.enrolled == 0 {
		return enrolment{}, err
	}
	if e.renewed, err = written(filepath.Join(folder, seal.RenewedFile)); err != nil {
		return enrolment{}, err
	}
	e.signers, err = written(filepath.Join(folder, seal.SignersFile)) // by what it knows the platform's word
	return e, err
}

func written(path string) (int64, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("look for an enrolment: %w", err)
	}
	return info.ModTime().UnixNano(), nil
}

// replaced closes the store when the platform says, of this terminal and
// generation, that another machine has its place. What waits stays visible here:
// a backup takes it to the successor.
func replaced(ctx context.Context, o options, outbox *store.Store, identity *seal.Identity, answer wire.Answer) error {
	if answer.Terminal != identity.Number || answer.Generation != identity.Generation || answer.Successor <= identity.Generation {
		return fmt.Errorf("%w: it speaks of another terminal", channel.ErrStranger)
	}
	o.log.Error("another machine has taken this terminal's place", "successor", answer.Terminal+answer.Successor)
	return outbox.MarkReplaced(ctx, identity.Generation, "platform")
}

// purge lets go what was delivered long ago, for as long as ctx lasts.
func purge(ctx context.Context, do func(ctx context.Context) (packets int, err error), log *slog.Logger) {
	for wait := purgeFirst; pause(ctx, wait); wait = purgeEvery {
		n, err := do(ctx)
		if err != nil && ctx.Err() == nil {
			log.Error("purge failed", "error", err)
		} else if n > 0 {
			log.Info("purged delivered packets", "packets", n)
		}
	}
}

// pause waits; false when ctx ended.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
