package uplink_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"bianmin/platform/platformtest"
	"bianmin/store"
	"bianmin/sync/uplink"
	"bianmin/sync/wire"
)

// TestOlderPlatformTakesNoCondition: a terminal that knows more than its platform is heard all the same.
func TestOlderPlatformTakesNoCondition(t *testing.T) {
	said := make(chan wire.Heartbeat, 8)
	platform := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var beat wire.Heartbeat
		if err := json.NewDecoder(r.Body).Decode(&beat); err != nil {
			t.Error(err)
		}
		said <- beat
		w.Header().Set("Content-Type", wire.TypeProblem)
		w.Header().Set("Retry-After", "3600")
		code := wire.ProblemBusy
		if beat.Condition != nil || beat.Outbox != nil || beat.Catalogue != 0 {
			code = wire.ProblemRequest
		}
		w.WriteHeader(http.StatusBadRequest)
		if err := json.NewEncoder(w).Encode(wire.Problem{Code: code}); err != nil {
			t.Error(err)
		}
	}))
	defer platform.Close()
	pulse := uplink.Pulse{
		Memory: noQueue{}, Client: platform.Client(), URL: platform.URL, Now: time.Now, Condition: func() *wire.Condition { return &wire.Condition{DiskFree: 1} },
		Line: func() wire.Outbox { return wire.Outbox{Hold: "quiet"} }, Edition: func(context.Context) int64 { return 4 },
	}
	heard := make(chan error, 1)
	run(t, pulse, heard)
	if first := <-said; first.Condition == nil || first.Condition.DiskFree != 1 || first.Outbox == nil || first.Outbox.Hold != "quiet" || first.Catalogue != 4 {
		t.Errorf("first try %+v", first)
	}
	if second := <-said; second.Condition != nil || second.Outbox != nil || second.Catalogue != 0 {
		t.Errorf("second try %+v", second)
	}
	if err := <-heard; err == nil {
		t.Error("an answer that is none was taken")
	}
}

type noQueue struct{}

func (noQueue) Counts(context.Context) (store.Counts, error)     { return store.Counts{}, nil }
func (noQueue) SetPlatformTime(context.Context, time.Time) error { return nil }

// run runs a pulse until the test ends.
func run(t *testing.T, pulse uplink.Pulse, heard chan<- error) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	pulse.Beaten = func(_ context.Context, err error) { heard <- err }
	running.Go(func() { pulse.Run(ctx) })
	t.Cleanup(func() { stop(); running.Wait() })
}

// fullMemory keeps no time.
type fullMemory struct{ memory }

func (m *fullMemory) SetPlatformTime(context.Context, time.Time) error { return errDisk }

// TestPartNotKeptStopsNoOther: where a full disk takes none of what a heartbeat brings home, the other parts are taken all the same, and the platform
// counts as reached.
func TestPartNotKeptStopsNoOther(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	m := newTerminal(t, p, "QH0301", p.URL)
	var log words
	taken := make(chan string, 3000)
	heard := make(chan error, 1000)
	run(t, uplink.Pulse{
		Memory: &fullMemory{}, Client: m.client(), URL: p.URL, Key: m.identity.Believed(), Software: "test", Timing: quick,
		Now: time.Now, Log: slog.New(slog.NewTextHandler(&log, nil)),
		Staff:      func([]wire.Staff) error { return errDisk },
		Understood: func(*wire.Speaks) error { return errDisk },
		Newest:     func(context.Context, int64) { taken <- "settings" },
		Catalogue:  func(int64) { taken <- "catalogue" },
		Heard:      func(context.Context, time.Time) { taken <- "time" },
	}, heard)
	if err := <-heard; err != nil {
		t.Errorf("the platform answered, and the heartbeat came to %v", err)
	}
	for _, want := range []string{"settings", "catalogue", "time"} {
		select {
		case got := <-taken:
			if got != want {
				t.Errorf("%q was taken, want %q", got, want)
			}
		default:
			t.Errorf("%q was not taken", want)
		}
	}
	if n := log.count("is not kept"); n < 3 {
		t.Errorf("the log has %d of three parts", n)
	}
}
