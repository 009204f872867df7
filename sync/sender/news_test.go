package main

import (
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"bianmin/sync/channel"
	"bianmin/sync/downlink"
	"bianmin/sync/wire"
)

// TestStuck: only what the platform itself answered, for an hour, says that no updates come; the link's troubles do not, and do not end it.
func TestStuck(t *testing.T) {
	at := time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)
	n := &news{now: func() time.Time { return at }}
	after := func(d time.Duration, err error, want string) {
		t.Helper()
		at = at.Add(d)
		n.asked(err)
		if got := n.stuck(); got != want {
			t.Errorf("at %v after %v: %q, want %q", at, err, got, want)
		}
	}
	order := fmt.Errorf("take updates: %w", downlink.ErrAnswer)
	after(0, nil, "")
	after(2*time.Hour, io.ErrUnexpectedEOF, "")
	after(2*time.Hour, &channel.Problem{Status: 404}, "")
	after(time.Minute, order, "")
	after(59*time.Minute, order, "")
	after(time.Minute, io.ErrUnexpectedEOF, wire.StuckAnswer)
	after(time.Minute, fmt.Errorf("x: %w", channel.ErrNewer), wire.StuckNewer)
	after(time.Minute, errors.New("the line broke"), wire.StuckNewer)
	after(time.Minute, nil, "")
	after(time.Minute, order, "")
}
