// Package downlink brings home what the platform wrote about this terminal's
// cases: in order, each update once in effect, for ever. It must not hold SQL or
// decide what an update means; the book takes updates and remembers the cursor.
package downlink

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/cenkalti/backoff/v4"

	"bianmin/core/casefile"
	"bianmin/store"
	"bianmin/sync/channel"
	"bianmin/sync/governor"
	"bianmin/sync/seal"
)

// Book is where updates go.
type Book interface {
	// Cursor is up to where updates were taken, "" for none yet.
	Cursor(ctx context.Context) (string, error)
	// Take takes updates in their order and the cursor behind them, in one
	// transaction. Those it has already change nothing. What is set aside is remembered, and asked for again when Reread finds hope.
	Take(ctx context.Context, cursor string, updates []casefile.Update, aside ...store.Aside) error
	// Reread moves the cursor back to what was set aside, when it may be taken now.
	Reread(ctx context.Context) (bool, error)
}

var _ Book = (*store.Store)(nil)

// Timing are the waits; zero fields are the defaults.
type Timing struct {
	Every   time.Duration // between questions when nothing hints at news, default 30 s
	Gap     time.Duration // between questions when much does, default 1 s
	First   time.Duration // after trouble, doubling, default 500 ms
	Most    time.Duration // up to, default 2 min
	Timeout time.Duration // of one question, default 1 min
}

func (t Timing) filled() Timing {
	for _, d := range []struct {
		to *time.Duration
		or time.Duration
	}{
		{&t.Every, 30 * time.Second},
		{&t.Gap, time.Second},
		{&t.First, 500 * time.Millisecond},
		{&t.Most, 2 * time.Minute},
		{&t.Timeout, time.Minute},
	} {
		if *d.to == 0 {
			*d.to = d.or
		}
	}
	return t
}

// Options of a downlink; all but Timing, After, Slower, Taken and Asked are required.
type Options struct {
	Book     Book
	Client   *http.Client // made by channel.New
	URL      string       // the platform's base address
	Identity *seal.Identity
	Log      *slog.Logger
	Timing   Timing
	After    time.Duration // the first question waits so long, or for a poke
	Slower   func() int    // how many times as long Every is at present; nil is 1
	// Taken is called after updates were taken, with how many, from Run's goroutine.
	Taken func(n int)
	// Asked is called after each question with what it came to, from Run's goroutine; nil is nobody.
	Asked func(err error)
}

// Downlink takes one terminal's updates.
type Downlink struct {
	Options
	poke chan struct{}
	bad  map[string]int // updates that could not be read, how often in a row
}

// New makes a downlink.
func New(o Options) (*Downlink, error) {
	if o.Book == nil || o.Client == nil || o.URL == "" || o.Identity == nil || o.Log == nil {
		return nil, errors.New("downlink: an option is missing")
	}
	o.Timing = o.Timing.filled()
	if o.Slower == nil {
		o.Slower = func() int { return 1 }
	}
	if o.Asked == nil {
		o.Asked = func(error) {}
	}
	if o.Taken == nil {
		o.Taken = func(int) {}
	}
	return &Downlink{Options: o, poke: make(chan struct{}, 1), bad: map[string]int{}}, nil
}

// Poke lets the downlink ask soon, because something hints at news. It never blocks.
func (d *Downlink) Poke() {
	select {
	case d.poke <- struct{}{}:
	default:
	}
}

// Run takes updates until ctx ends. Trouble of any kind is waited out.
func (d *Downlink) Run(ctx context.Context) {
	away := governor.Backoff(d.Timing.First, d.Timing.Most)
	troubled := false
	if d.After > 0 && !d.pause(ctx, d.After, false) {
		return
	}
	for {
		more, err := d.pull(ctx)
		if ctx.Err() != nil {
			return
		}
		d.Asked(err)
		wait, ordered := governor.Spread(d.Timing.Every*time.Duration(d.Slower())), false
		switch {
		case more:
			away.Reset()
			continue
		case err == nil:
			away.Reset()
		default:
			wait, ordered = d.afterTrouble(away, err)
		}
		if (err != nil) != troubled {
			troubled = err != nil
			if troubled {
				d.Log.Warn("the platform's updates wait", "error", err)
			}
		}
		if !d.pause(ctx, wait, ordered) {
			return
		}
	}
}

// afterTrouble tells how long to wait, and whether the platform asked for it.
func (d *Downlink) afterTrouble(away *backoff.ExponentialBackOff, err error) (time.Duration, bool) {
	var problem *channel.Problem
	if errors.As(err, &problem) && problem.Wait > 0 {
		return governor.Spread(problem.Wait), true
	}
	return away.NextBackOff(), false
}

// pause waits for the time, or for a poke unless the platform ordered the wait;
// a poke still keeps the gap. It is false when ctx ended.
func (d *Downlink) pause(ctx context.Context, wait time.Duration, ordered bool) bool {
	begun := time.Now()
	timer := time.NewTimer(wait)
	defer timer.Stop()
	poked := d.poke
	if ordered {
		poked = nil
	}
	for {
		select {
		case <-ctx.Done():
			return false
		case <-timer.C:
			return true
		case <-poked:
			timer.Reset(min(wait, max(0, d.Timing.Gap-time.Since(begun))))
			poked = nil
		}
	}
}
