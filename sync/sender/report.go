package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"bianmin/packaging/lockfile"
	"bianmin/store"
	"bianmin/sync/channel"
	"bianmin/sync/linkstate"
	"bianmin/sync/uplink"
	"bianmin/sync/wire"
)

// reporter writes into the store how the link stands, so that the kiosk can show it.
type reporter struct {
	outbox *store.Store
	folder string // of data, for what the screens show of the link
	log    *slog.Logger
	again  func() // called when the line is back, so that what waits goes out

	mu      sync.Mutex
	online  bool
	said    bool
	dead    bool         // the line itself was at fault at the last failure, not the platform
	proven  time.Time    // when the platform last answered
	sending uplink.State // the uplink's last word
	link    linkstate.State
	trouble *wire.Trouble // the last one that is over, nil for none
	way     way
	told    linkstate.State
	untold  bool // it was logged that it cannot be written
}

// uplink takes only news: the uplink repeats an old "online" with every packet that comes to wait.
func (r *reporter) uplink(ctx context.Context, s uplink.State) {
	r.mu.Lock()
	defer r.mu.Unlock()
	before := r.sending
	r.sending, r.link.Hold = s, s.Hold
	if s.Problem != channel.None {
		r.because(string(s.Problem), s.Next)
	}
	defer r.tell()
	switch {
	case s.Problem == uplink.ProblemStore:
		r.say(ctx, false, s.Contact != before.Contact)
	case s.Online && (s.Contact != before.Contact || !before.Online):
		r.say(ctx, true, true)
	case s.Problem != channel.None && (before.Online || s.Problem != before.Problem):
		r.dead = !s.Problem.Answered()
		r.say(ctx, false, false)
	}
}

func (r *reporter) beaten(ctx context.Context, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer r.tell()
	if err == nil {
		r.say(ctx, true, true)
		return
	}
	r.failed(ctx, err)
}

// probed brings the terminal back online only after the line itself was at
// fault: a platform that answers with its time may still not admit this terminal.
func (r *reporter) probed(ctx context.Context, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer r.tell()
	switch {
	case err != nil:
		r.failed(ctx, err)
	case r.dead || !r.said:
		r.say(ctx, true, true)
		r.again()
	default:
		r.proven = time.Now()
	}
}

// met takes the platform's answer in the middle of a long packet: nobody needs to probe meanwhile.
func (r *reporter) met(ctx context.Context) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.say(ctx, true, true)
	r.tell()
}

func (r *reporter) failed(ctx context.Context, err error) {
	r.dead = !channel.Name(err).Answered()
	r.because(string(channel.Name(err)), r.link.Next)
	if r.online || !r.said {
		r.log.Warn("platform not reached", "error", err)
	}
	r.say(ctx, false, false)
}

// lastProven is when the link was last proven; now while the uplink sends: it watches that itself, and on a slow line a
// probe would only stand in front of its bytes.
func (r *reporter) lastProven() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.sending.Sending != "" && (r.online || time.Since(r.way.moved) < stillMoving) {
		return time.Now()
	}
	return r.proven
}

// say records a change, and every proven contact.
func (r *reporter) say(ctx context.Context, online, contact bool) {
	if contact {
		r.proven = time.Now()
	}
	if online {
		r.dead = false
		r.because("", time.Time{})
	}
	if r.said && r.online == online && !contact {
		return
	}
	if online && !r.online {
		r.log.Info("platform reached")
	}
	r.online, r.said = online, true
	if err := r.outbox.RecordLink(ctx, online, contact); err != nil && ctx.Err() == nil {
		r.log.Error("link state not recorded", "error", err)
	}
}

// run says the present state anew, because what the store was told ages.
func (r *reporter) run(ctx context.Context) {
	for last := time.Now(); pause(ctx, wayEvery); {
		r.mu.Lock()
		online, said := r.online, r.said
		r.onTheWay()
		r.mu.Unlock()
		if !said || time.Since(last) < linkEvery {
			continue
		}
		last = time.Now()
		if err := r.outbox.RecordLink(ctx, online, false); err != nil && ctx.Err() == nil {
			r.log.Error("link state not recorded", "error", err)
		}
	}
}

// lock takes the lock file of the one sender; the system frees it when the process ends in whatever way.
func lock(path string) (unlock func() error, err error) {
	unlock, err = lockfile.Within(0, path, lockfile.Alone)
	if errors.Is(err, lockfile.ErrHeld) {
		return nil, errors.New("another sender works on this data folder")
	}
	return unlock, err
}
