package uplink_test

import (
	"testing"
	"time"

	"bianmin/platform/platformtest"
	"bianmin/store"
	"bianmin/sync/channel"
	"bianmin/sync/uplink"
)

// TestWishOfAnotherProgram: while everything waits for the link, and no packet has trouble of its own, somebody asks in another program
// for a retry: the wait ends at once, each time.
func TestWishOfAnotherProgram(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	m := newTerminal(t, p, "QH0301", p.URL)
	m.strict = false
	m.timing = uplink.Timing{Poll: 10 * time.Millisecond, First: time.Hour, LinkMost: time.Hour, LinkLong: time.Hour, PacketMost: time.Hour}
	p.Faults(`{action: captive-portal, times: 2}`)
	filed := m.file(1000)
	m.send(m.desk.Store())
	other, err := store.Open(t.Context(), store.Options{Folder: m.folder, Clock: store.SystemClock, Check: store.CheckNone})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := other.Close(); err != nil {
			t.Error(err)
		}
	}()
	waits := func(n int) {
		t.Helper()
		for end := time.Now().Add(20 * time.Second); m.states.times(channel.Portal) < n; time.Sleep(5 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("the sender did not come to wait for the %d. time", n)
			}
		}
	}
	waits(1)
	if err := other.RetryNow(t.Context()); err != nil {
		t.Fatal(err)
	}
	waits(2)
	if err := other.RetryCase(t.Context(), filed.Number, "technician:000001"); err != nil {
		t.Fatal(err)
	}
	m.await(0)
	mustHold(t, p, filed)
}

// times counts how often another wait for a reason began.
func (s *states) times(problem channel.Reason) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var last time.Time
	for _, state := range s.all {
		if state.Problem == problem && !state.Next.Equal(last) {
			n, last = n+1, state.Next
		}
	}
	return n
}
