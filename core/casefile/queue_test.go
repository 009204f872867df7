package casefile

import (
	"testing"
	"time"
)

// TestExplain: why a line is still here is the nearest reason: what is on its way or behind something, then its own trouble, then the sender's, then the line's.
func TestExplain(t *testing.T) {
	soon, later := time.Date(2026, 11, 27, 3, 0, 0, 0, time.UTC), time.Date(2026, 11, 27, 4, 0, 0, 0, time.UTC)
	waiting := QueueLine{Packet: "p", State: LineWaiting, Next: soon, Total: 10}
	portal := Link{Why: "portal", Next: later}
	for name, c := range map[string]struct {
		line                QueueLine
		link                Link
		own, code           string
		earlier, registered bool
		why                 string
		next                time.Time
	}{
		"nothing known":           {waiting, Link{}, "", "", false, false, "still.waiting", soon},
		"a word of no meaning":    {waiting, Link{}, "odd", "", false, false, "still.waiting", soon},
		"no network":              {waiting, portal, "", "", false, false, "link.portal", later},
		"own trouble":             {waiting, Link{}, "local-file", "", false, false, "still.local-file", soon},
		"own trouble, no network": {waiting, portal, "stuck", "", false, true, "still.stuck", later},
		"behind":                  {waiting, portal, "stuck", "", true, false, "still.earlier-event", later},
		"no sender":               {waiting, Link{Silent: true}, "", "", false, false, "still.silent", soon},
		"quiet hours":             {waiting, Link{Hold: "quiet"}, "", "", false, true, "still.quiet", soon},
		"quiet hours, a form":     {waiting, Link{Hold: "quiet"}, "", "", false, false, "still.waiting", soon},
		"on its way":              {waiting, Link{Packet: "p", Held: 4, Total: 10}, "stuck", "", false, true, "still.sending", time.Time{}},
		"refused":                 {QueueLine{State: LineRefused, Next: soon}, portal, "", "rule", false, true, "still.refused.rule", time.Time{}},
		"put aside":               {QueueLine{State: LineHeld, Next: soon}, portal, "held", "", false, true, "still.held", time.Time{}},
		"behind a refused":        {QueueLine{State: LineHeld}, portal, "earlier-event", "", false, true, "still.behind-refused", time.Time{}},
	} {
		got := c.line.Explain(c.link, c.own, c.code, c.earlier, c.registered)
		if got.Why != c.why || !got.Next.Equal(c.next) || got.Moving != (c.why == "still.sending") {
			t.Errorf("%s: %s, next %v, moving %v", name, got.Why, got.Next, got.Moving)
		}
	}
}
