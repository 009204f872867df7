package uplink_test

import (
	"testing"

	"bianmin/core/casefile"
	"bianmin/platform/platformtest"
)

func TestOneCaseEndToEnd(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	m := newTerminal(t, p, "QH0301", p.URL)
	filed := m.file(300_000, 10, 0)
	m.evaluate(filed)
	m.send(nil)
	m.await(0)
	held := mustHold(t, p, filed)
	c := held[filed.Number]
	if len(c.Events) != 2 || c.Events[1].Kind != string(casefile.Evaluated) || len(c.Events[0].Attachments) != 3 {
		t.Errorf("the case at the platform: %+v", c)
	}
	plain := []int64{300_000, 10, 0}
	for i, a := range c.Events[0].Attachments {
		if a.Plain != plain[i] || a.MediaType != "image/jpeg" {
			t.Errorf("attachment %d: %+v", i, a)
		}
	}
	summary, err := m.desk.Summary(t.Context(), filed)
	if err != nil || summary.State != "accepted" || summary.Official != c.Official {
		t.Errorf("the terminal shows %+v, %v; the platform has %s", summary, err, c.Official)
	}
}
