package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"syscall"

	"bianmin/store"
	"bianmin/sync/uplink"
)

// reporter writes into the store how the link stands, so that the kiosk can show it.
type reporter struct {
	outbox *store.Store
	log    *slog.Logger

	mu     sync.Mutex
	online bool
	said   bool
}

func (r *reporter) uplink(ctx context.Context, s uplink.State) {
	if s.Online || s.Problem != uplink.ProblemNone {
		r.say(ctx, s.Online && s.Problem != uplink.ProblemStore, s.Online)
	}
}

func (r *reporter) beaten(ctx context.Context, err error) { r.say(ctx, err == nil, err == nil) }

// say records a change, and every proven contact.
func (r *reporter) say(ctx context.Context, online, contact bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.said && r.online == online && !contact {
		return
	}
	r.online, r.said = online, true
	if err := r.outbox.RecordLink(ctx, online, contact); err != nil && ctx.Err() == nil {
		r.log.Error("link state not recorded", "error", err)
	}
}

// run says the present state anew, because what the store was told ages.
func (r *reporter) run(ctx context.Context) {
	for pause(ctx, linkEvery) {
		r.mu.Lock()
		online, said := r.online, r.said
		r.mu.Unlock()
		if !said {
			continue
		}
		if err := r.outbox.RecordLink(ctx, online, false); err != nil && ctx.Err() == nil {
			r.log.Error("link state not recorded", "error", err)
		}
	}
}

// lock takes the lock file of the one sender; the system frees it when the process ends in whatever way.
func lock(path string) (unlock func() error, err error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the lock file: %w", err)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, errors.Join(errors.New("another sender works on this data folder"), file.Close())
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock: %w", err), file.Close())
	}
	return file.Close, nil
}
