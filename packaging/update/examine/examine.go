// Package examine is how a version on trial shows that it is healthy: its window has
// shown its first frame, the store opens, the card reader answers. It accepts and
// sends nothing, and closes the store again.
package examine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/point"
	"bianmin/packaging/update/trial"
	"bianmin/store"
)

// Options of an examination. Folder, Data and Shown are required.
type Options struct {
	Folder string        // the updater's memory
	Data   string        // the terminal's data folder
	Reader *point.Reader // nil where there is none
	Shown  func() bool   // the first frame is on the screen
	Limit  time.Duration // how long it may take; 0 is two minutes
	Poll   time.Duration // between two looks; 0 is a second
	Now    func() time.Time
	Log    *slog.Logger
}

// What can be wrong; each is a word for the log and for the status.
var (
	errFrame  = errors.New("no frame appeared")
	errStore  = errors.New("the store does not open")
	errReader = errors.New("the card reader does not answer")
)

// Run examines this program as the version on trial, and notes that it is healthy. An error says what it lacks; the
// program must end then, and be started anew or replaced by the version before.
func Run(ctx context.Context, t *trial.Trial, o Options) error {
	fill(&o)
	ctx, cancel := context.WithTimeout(ctx, o.Limit)
	defer cancel()
	reader, stop, err := watchReader(ctx, o, t.ReaderSilent)
	if err != nil {
		return err
	}
	lacking := look(ctx, o, reader)
	if err := errors.Join(lacking, stop()); err != nil {
		return errors.Join(err, t.Complain(o.Folder, err.Error()))
	}
	o.Log.Info("the new version is healthy", "version", t.To)
	return t.Pass(o.Folder, o.Now())
}

func fill(o *Options) {
	if o.Limit == 0 {
		o.Limit = 2 * time.Minute
	}
	if o.Poll == 0 {
		o.Poll = time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
}

// look looks again and again until nothing is lacking or time is up.
func look(ctx context.Context, o Options, reader func() error) error {
	opened := false
	for {
		err := reader()
		if !o.Shown() {
			err = errors.Join(errFrame, err)
		}
		if !opened {
			why := openStore(ctx, o.Data)
			opened = why == nil
			err = errors.Join(why, err)
		}
		if err == nil {
			return nil
		}
		timer := time.NewTimer(o.Poll)
		select {
		case <-ctx.Done():
			timer.Stop()
			return fmt.Errorf("within %s: %w", o.Limit, err)
		case <-timer.C:
		}
	}
}

// openStore opens the store, which migrates and checks it, and closes it.
func openStore(ctx context.Context, data string) error {
	opened, err := store.Open(ctx, store.Options{Folder: data, Clock: store.SystemClock})
	if err != nil {
		return fmt.Errorf("%w: %w", errStore, err)
	}
	return opened.Close()
}

// watchReader gives a look at the card reader. One that was silent before as well is no fault of the new version.
func watchReader(ctx context.Context, o Options, silentBefore bool) (look, stop func() error, err error) {
	nothing := func() error { return nil }
	if o.Reader == nil || silentBefore {
		return nothing, nothing, nil
	}
	devices, err := point.Start(ctx, point.Config{Reader: o.Reader}, point.Options{Log: o.Log})
	if err != nil {
		return nil, nil, fmt.Errorf("start the card reader: %w", err)
	}
	return func() error {
		for _, s := range devices.Statuses() {
			if s.Role == drivers.RoleReader && s.Condition == drivers.Online && s.Fault == "" {
				return nil
			}
		}
		return errReader
	}, func() error { _ = devices.Close(); return nil }, nil // a reader that was troubled once may be healthy now
}

// Silent tells whether a configured card reader did not answer, as a program notes it at its end.
func Silent(statuses []drivers.Status) bool {
	for _, s := range statuses {
		if s.Role == drivers.RoleReader {
			return s.Fault != ""
		}
	}
	return false
}
