package governor

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"bianmin/sync/channel"
	"bianmin/sync/wire"
)

// TestOneOrderIsForAll: after one 503 with Retry-After nothing goes out, whoever asks, and afterwards it does.
func TestOneOrderIsForAll(t *testing.T) {
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1) == 1 {
			w.Header().Set("Retry-After", "1")
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = io.WriteString(w, `{"code":"busy","reason":"r"}`)
		}
	}))
	defer server.Close()
	var g Governor
	one := http.Client{Transport: g.Over(http.DefaultTransport)}
	other := http.Client{Transport: g.Over(http.DefaultTransport)}
	defer other.CloseIdleConnections()
	response, err := one.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	for _, client := range []http.Client{one, other} {
		var problem *channel.Problem
		if _, err := client.Get(server.URL); !errors.As(err, &problem) || problem.Status != http.StatusServiceUnavailable || problem.Wait <= 0 || problem.Wait > 1250*time.Millisecond {
			t.Errorf("in the ordered quiet: %v", err)
		}
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("%d requests", n)
	}
	time.Sleep(g.Left() + time.Millisecond)
	response, err = other.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
}

// TestOwnMomentIsNotSpread: a place in the platform's line ends the quiet exactly then, and whoever asks before hears of the same moment.
func TestOwnMomentIsNotSpread(t *testing.T) {
	for slot, own := range map[string]bool{"700": true, "0": false, "-5": false, "soon": false, "": false} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "1")
			w.Header().Set(wire.HeaderSlot, slot)
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(http.StatusServiceUnavailable)
		}))
		var g Governor
		client := http.Client{Transport: g.Over(http.DefaultTransport)}
		before := time.Now()
		response, err := client.Get(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		took := time.Since(before)
		_ = response.Body.Close()
		var problem *channel.Problem
		if left := g.until.Sub(before); own != (left <= 700*time.Millisecond+took) {
			t.Errorf("slot %q ends the quiet %v after the question", slot, left)
		}
		if _, err := client.Get(server.URL); !errors.As(err, &problem) || problem.Slot != own {
			t.Errorf("slot %q, asked again: %v", slot, err)
		}
		client.CloseIdleConnections()
		server.Close()
	}
}

// TestPortalOrdersNothing: a page with Retry-After is no word of the platform's.
func TestPortalOrdersNothing(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "3600")
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer server.Close()
	var g Governor
	client := http.Client{Transport: g.Over(http.DefaultTransport)}
	defer client.CloseIdleConnections()
	response, err := client.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if g.Left() > 0 {
		t.Errorf("a page orders %v of quiet", g.Left())
	}
}

// TestFirst: the terminals of a fleet come evenly spread, each always at its own place, and none that has run for longer waits.
func TestFirst(t *testing.T) {
	const over, parts, fleet = time.Minute, 6, 6000
	var counts [parts]int
	for i := range fleet {
		name := fmt.Sprintf("QH%04d", i)
		first := First(name, over, 0)
		if first < 0 || first >= over || first != First(name, over, 0) {
			t.Fatalf("%s comes after %v", name, first)
		}
		counts[first*parts/over]++
		if left := First(name, over, first+time.Millisecond); left != 0 {
			t.Fatalf("%s is held back %v although its machine has run past its place", name, left)
		}
	}
	for part, n := range counts {
		if n < fleet/parts*8/10 || n > fleet/parts*12/10 {
			t.Errorf("part %d of the time has %d of %d terminals", part, n, fleet)
		}
	}
	if First("QH0301", 0, 0) != 0 {
		t.Error("without a span somebody is held back")
	}
}

// TestBackoffIsFullJitter: draws reach from nearly nothing to twice the interval, and never end.
func TestBackoffIsFullJitter(t *testing.T) {
	b := Backoff(time.Second, time.Second)
	low, high := time.Hour, time.Duration(0)
	for range 2000 {
		d := b.NextBackOff()
		if d < 0 {
			t.Fatal("the backoff has ended")
		}
		low, high = min(low, d), max(high, d)
	}
	if low > 100*time.Millisecond || high < 1900*time.Millisecond || high > 2*time.Second {
		t.Errorf("draws from %v to %v", low, high)
	}
}
