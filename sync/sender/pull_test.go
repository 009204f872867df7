package main

import (
	"fmt"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/platform/platformtest"
	"bianmin/sync/enrol"
)

// TestTroubleOfWhatIsFetchedStopsNoPacket: while catalogue, settings, updates and heartbeats fail, without the platform's
// own order to be quiet, what was filed before and after the first trouble is sent and acknowledged.
func TestTroubleOfWhatIsFetchedStopsNoPacket(t *testing.T) {
	t.Parallel()
	for _, fault := range []string{`"500"`, "captive-portal", "bad-signature", "silent, wait: 10m"} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := platformtest.Start(t, platformtest.Options{})
			if _, err := enrol.Enrol(t.Context(), enrol.Options{Ticket: p.Ticket("QH0301", p.URL), Data: w.terminal, Software: "test", Now: time.Now}); err != nil {
				t.Fatal(err)
			}
			w.open()
			w.platform = p.Dir
			var rules []string
			for _, path := range []string{"/v1/catalogue", "/v1/settings", "/v1/updates", "/v1/heartbeats"} {
				rules = append(rules, fmt.Sprintf("{match: {path: %s}, action: %s}", path, fault))
			}
			p.Faults(rules...)
			filed := []casefile.Filed{w.file(70_000)}
			w.startSender("")
			await(t, "trouble of both kinds that a start asks for", func() bool {
				var hits int
				_, err := fmt.Sscanf(p.Control("state"), "hits=%d", &hits)
				return err == nil && hits >= 2
			})
			filed = append(filed, w.file(10))
			await(t, "both cases to go out", w.drained)
			w.mustHold(filed)
		})
	}
}
