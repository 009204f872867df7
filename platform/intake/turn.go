package intake

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"

	"bianmin/packaging/lockfile"
)

// turn begins a turn on a packet, among this process's requests and beside another process. The locks are few files for all
// packets: those who serve share them, and keep only whoever is apart from the packets that they have.
func (in *Intake) turn(ctx context.Context, id string, interrupt func()) (release func(), err error) {
	end, err := in.turns.take(ctx, id, interrupt)
	if err != nil {
		return nil, err
	}
	how := lockfile.Together
	if in.Apart {
		how = lockfile.Alone
	}
	unlock, err := lockfile.Take(ctx, filepath.Join(in.Dir, "locks", id[:min(len(id), 3)]), how)
	if err != nil {
		end()
		return nil, fmt.Errorf("wait for the packet: %w", errors.Join(err, ctx.Err()))
	}
	return func() { _ = unlock(); end() }, nil // the lock ends with its file in any case
}

// turns lets one request at a time work on a packet; the newest wins: it ends
// the one at work and waits for it to have synced.
type turns struct {
	mu   sync.Mutex
	work map[string]*turn
}

type turn struct {
	interrupt func()
	done      chan struct{} // closed when the request is through
}

// take begins a request's turn and gives what ends it. It returns ctx's error
// when the request went away while it waited.
func (t *turns) take(ctx context.Context, id string, interrupt func()) (release func(), err error) {
	mine := &turn{interrupt: interrupt, done: make(chan struct{})}
	for {
		t.mu.Lock()
		if t.work == nil {
			t.work = map[string]*turn{}
		}
		other := t.work[id]
		if other == nil {
			t.work[id] = mine
			t.mu.Unlock()
			return func() {
				t.mu.Lock()
				delete(t.work, id)
				t.mu.Unlock()
				close(mine.done)
			}, nil
		}
		t.mu.Unlock()
		other.interrupt()
		select {
		case <-other.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
