package uplink_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"bianmin/core/usage"
	"bianmin/platform/platformtest"
	"bianmin/sync/uplink"
	"bianmin/sync/wire"
)

// badUsage can be read or written as little as a full or damaged disk.
type badUsage struct{ read, write error }

func (b badUsage) Untold(context.Context, int) ([]usage.Count, error) {
	return []usage.Count{{Day: "2026-11-20", Kind: usage.Visit, N: 1}}, b.read
}

func (b badUsage) Told(context.Context, []usage.Count) error { return b.write }

// TestCountsStopNoHeartbeat: the platform's time comes home although what was counted can be neither read nor noted as told.
func TestCountsStopNoHeartbeat(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	m := newTerminal(t, p, "QH0301", p.URL)
	for name, counted := range map[string]badUsage{"read": {read: errors.New("damaged")}, "noted": {write: errors.New("disk full")}} {
		t.Run(name, func(t *testing.T) {
			remembered := &memory{}
			var failed atomic.Value
			pulse := uplink.Pulse{
				Memory: remembered, Client: m.client(), URL: p.URL, Key: m.identity.Believed(), Software: "test", Usage: counted,
				Now: time.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Timing: quick,
				Staff: func([]wire.Staff) error { return nil },
				Beaten: func(ctx context.Context, err error) {
					if err != nil && ctx.Err() == nil {
						failed.Store(err.Error())
					}
				},
			}
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan struct{})
			go func() { pulse.Run(ctx); close(done) }()
			defer func() { cancel(); <-done }()
			await(t, "the platform's time, or a failure", func() bool { return remembered.count() >= 2 || failed.Load() != nil })
			if why := failed.Load(); why != nil {
				t.Errorf("the heartbeat failed: %v", why)
			}
		})
	}
}
