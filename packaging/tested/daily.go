package tested

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"bianmin/drivers/selftest"
)

// Between two looks whether the internal tests are due; the first comes once the program has settled.
const (
	settled   = 20 * time.Second
	lookEvery = 10 * time.Minute
)

// Daily runs the internal tests once a day beside a program that holds the devices. Close ends it.
type Daily struct {
	stop context.CancelFunc
	done sync.WaitGroup
}

// Watching is what Daily needs. Devices, Now and Program are required.
type Watching struct {
	Data    string
	Program string // who asks
	Devices selftest.Devices
	Now     func() time.Time
	Log     *slog.Logger
	First   time.Duration // until the first look; 0 is 20 s
}

// Watch begins to look whether the internal tests are due, and runs them. Nothing is printed, nothing moves, and a session
// that uses a device at the time waits no longer than for the manager's own looks.
func Watch(ctx context.Context, w Watching) *Daily {
	if w.Log == nil {
		w.Log = slog.New(slog.DiscardHandler)
	}
	if w.First == 0 {
		w.First = settled
	}
	ctx, stop := context.WithCancel(ctx)
	d := &Daily{stop: stop}
	d.done.Go(func() { w.run(ctx) })
	return d
}

// Close waits until nothing is tested any more.
func (d *Daily) Close() {
	d.stop()
	d.done.Wait()
}

func (w Watching) run(ctx context.Context) {
	timer := time.NewTimer(w.First)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		w.look(ctx)
		timer.Reset(lookEvery)
	}
}

// look runs the tests where they are due. What cannot be read or kept of them is logged, and stops nothing.
func (w Watching) look(ctx context.Context) {
	all, err := All(w.Data)
	if err != nil {
		w.Log.Warn("earlier self tests are not all read", "error", err)
	}
	if !Due(all, Roles(w.Devices), w.Now()) {
		return
	}
	results := selftest.All(ctx, selftest.Internal, selftest.Options{Devices: w.Devices, Asked: selftest.Asker{Program: w.Program}, Now: w.Now}, nil)
	if ctx.Err() != nil {
		return
	}
	for _, r := range results {
		w.Log.Info("device tested", "role", r.Role, "level", r.Level, "outcome", r.Outcome, "code", r.Code)
	}
	if err := Keep(w.Data, results...); err != nil {
		w.Log.Warn("self tests are not kept", "error", err)
	}
}
