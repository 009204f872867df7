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
	"bianmin/sync/downlink"
	"bianmin/sync/edition"
	"bianmin/sync/enrol/practice"
	"bianmin/sync/renew"
	"bianmin/sync/replay"
	"bianmin/sync/seal"
	"bianmin/sync/spoken"
	"bianmin/sync/standing"
	"bianmin/sync/uplink"
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

// session sends under one identity until ctx ends or the terminal is enrolled anew.
func session(ctx context.Context, o options, outbox *store.Store, identity *seal.Identity, stamp enrolment) error {
	ctx, end := context.WithCancel(ctx)
	defer end()
	keys := filepath.Join(o.data, "keys")
	url := o.platform
	if url == "" {
		url = identity.Platform
	}
	signers := &renew.Signers{Folder: keys, Identity: identity, URL: url, Log: o.log}
	line, err := newLine(ctx, url, outbox, identity, signers, o.log)
	if err != nil {
		return err
	}
	defer line.close()
	client := line.client
	rules := &rules{options: o, outbox: outbox, keys: keys, who: standing.Of(identity), client: client, url: url}
	if err := rules.apply(ctx); err != nil {
		return err
	}
	told := &news{now: time.Now}
	down, err := downlink.New(downlink.Options{Book: outbox, Client: client, URL: url, Identity: identity, Log: o.log, After: line.first + behind, Slower: rules.slower, Asked: told.asked})
	if err != nil {
		return err
	}
	var up *uplink.Uplink
	reporter := &reporter{outbox: outbox, folder: o.data, log: o.log, again: func() { up.Poke() }}
	up, err = uplink.New(uplink.Options{
		Queue: outbox, Client: client, URL: url, Key: identity.Believed(), Now: time.Now, Log: o.log, After: line.first,
		Changed: func(s uplink.State) { reporter.uplink(ctx, s) }, Acknowledged: down.Poke, Moved: reporter.moved, Rules: rules.pages, Met: func() { reporter.met(ctx) },
	})
	if err != nil {
		return err
	}
	follower := (&edition.Follower{
		Shelf: edition.Shelf{Folder: filepath.Join(o.data, edition.FolderName), Who: edition.Of(identity), Point: cut.Point}, Client: client, URL: url, Log: o.log,
	}).Ready()
	own := spoken.Own()
	renewer := renew.Renewer{Folder: keys, Identity: identity, Client: client, URL: url, Log: o.log, Step: cut.Point}
	pulse := uplink.Pulse{
		Staff:       func(accounts []wire.Staff) error { return keepStaff(keys, accounts) },
		Agents:      func(accounts []wire.Agent) error { return keepAgents(keys, accounts) },
		Evaluations: func(evaluations wire.Evaluations) error { return keepEvaluations(keys, evaluations) },
		Memory:      outbox, Client: client, URL: url, Key: identity.Believed(), Software: o.software, Now: time.Now, Log: o.log, After: line.first, Slower: rules.slower,
		Replaced:  func(ctx context.Context, answer wire.Answer) error { return replaced(ctx, o, outbox, identity, answer) },
		Condition: func() *wire.Condition { return look(o.data, o.log) },
		Settings:  rules.held,
		Unread:    func(ctx context.Context) *wire.Unread { return unread(ctx, outbox, told.stuck(), o.log) },
		Newest:    rules.newest,
		Replay: func(ctx context.Context, asked wire.Replay) {
			again := replay.Replay{Book: outbox, Client: client, URL: url, Identity: identity, Log: o.log}
			if _, err := again.Answer(ctx, asked); err != nil { // the next heartbeat asks again
				o.log.Warn("what the platform lost is not known yet", "error", err)
			}
		},
		Catalogue: follower.Newest,
		Line:      reporter.line,
		Audit:     (&trail{outbox: outbox, log: o.log}).head,
		Edition:   func(context.Context) int64 { return follower.Shelf.Number() },
		Usage:     outbox,
		Speaks:    &own, Sealing: func(said string) error { return seal.SaveSealing(keys, identity, said) }, Understood: func(said *wire.Speaks) error { return seal.SaveSpeaks(keys, said) },
		Heard: renewer.Heard, Signing: func(ctx context.Context, said string) error { return signers.Told(ctx, client, said) },
		Beaten: func(ctx context.Context, err error) {
			err = line.clock.see(ctx, err)
			reporter.beaten(ctx, err)
			if channel.Name(err) == channel.Unsigned {
				signers.Unknown(ctx, client)
			}
			if err == nil {
				up.Proven()
				up.Poke()
				down.Poke()
			}
		},
	}
	probe := uplink.Probe{
		Client: client, URL: url, Key: identity.Believed(), Proven: reporter.lastProven, After: line.first, Slower: rules.slower,
		Probed: func(ctx context.Context, err error) {
			err = line.clock.see(ctx, err)
			if err == nil {
				up.Proven()
			}
			reporter.probed(ctx, err)
		},
	}
	var working sync.WaitGroup
	var runErr error
	working.Go(func() { runErr = up.Run(ctx); end() })
	working.Go(func() { down.Run(ctx) })
	working.Go(func() { follower.Run(ctx) })
	working.Go(func() { pulse.Run(ctx) })
	working.Go(func() { probe.Run(ctx) })
	working.Go(func() { reporter.run(ctx) })
	working.Go(func() { purge(ctx, outbox, o.log) })
	for pause(ctx, enrolmentPoll) && !o.aside() {
		rules.look(ctx)
		if now, err := enrolled(keys); err == nil && now != (enrolment{}) && now != stamp {
			o.log.Info("the terminal was enrolled anew, or certificates were renewed")
			break
		}
	}
	end()
	working.Wait()
	return runErr
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

func purge(ctx context.Context, outbox *store.Store, log *slog.Logger) {
	for pause(ctx, purgeEvery) {
		n, err := outbox.Purge(ctx)
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
