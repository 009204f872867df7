package main

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"
)

// TestShortDaysPurgeToo: a machine that is on for less than an hour a day lets go what was delivered long ago, and one that runs on does so every hour.
func TestShortDaysPurgeToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		purged := func(context.Context) (int, error) { n++; return 0, nil }
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { purge(ctx, purged, slog.New(slog.DiscardHandler)); close(done) }()
		for _, c := range []struct {
			after time.Duration
			want  int
		}{{time.Minute, 0}, {20 * time.Minute, 1}, {40 * time.Minute, 1}, {time.Hour, 2}} {
			time.Sleep(c.after)
			synctest.Wait()
			if n != c.want {
				t.Errorf("%v later it has been done %d times, want %d", c.after, n, c.want)
			}
		}
		stop()
		<-done
	})
}
