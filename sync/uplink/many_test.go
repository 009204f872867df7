package uplink_test

import (
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/platform/platformtest"
	"bianmin/store"
	"bianmin/sync/channel"
	"bianmin/sync/uplink"
)

// TestTroubleOfAllIsMetOnce: what stands in front of everything is not tried anew with each of many cases that wait, and when it
// is the way's own trouble no case has a try counted for it. Afterwards all go out.
func TestTroubleOfAllIsMetOnce(t *testing.T) {
	const cases = 40
	for _, c := range []struct {
		action  string
		problem channel.Reason
		counted int // most cases with a try of their own
	}{
		{"captive-portal", channel.Portal, 0},
		{"wrong-body", channel.Unsigned, 0},
		{`"500"`, channel.Trouble, 4}, // three in a row tell that it is not a case's own
	} {
		t.Run(c.action, func(t *testing.T) {
			t.Parallel()
			p := platformtest.Start(t, platformtest.Options{})
			m := newTerminal(t, p, "QH0301", p.URL)
			m.strict = false
			m.timing = uplink.Timing{Poll: 5 * time.Millisecond, First: time.Second, LinkMost: 4 * time.Second, PacketMost: 4 * time.Second}
			p.Faults(`{action: ` + c.action + `}`)
			var filed []casefile.Filed
			for range cases {
				filed = append(filed, m.file())
			}
			m.send(nil)
			await(t, "the trouble to be named", func() bool { return m.states.had(c.problem) })
			time.Sleep(time.Second) // in which the outbox is looked at 200 times
			if n := hits(t, p); n >= cases/2 {
				t.Errorf("%d requests for %d cases", n, cases)
			}
			items, err := m.desk.Store().Pending(t.Context(), time.Now().Add(store.MaxWait), 2*cases)
			if err != nil || len(items) != cases {
				t.Fatalf("%d cases wait, %v", len(items), err)
			}
			counted := 0
			for _, item := range items {
				if item.Attempts > 0 {
					counted++
				}
			}
			if counted > c.counted {
				t.Errorf("%d cases have a try counted", counted)
			}
			p.Faults()
			m.await(0)
			mustHold(t, p, filed...)
		})
	}
}
