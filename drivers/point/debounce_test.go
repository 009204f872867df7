package point

import (
	"testing"
	"time"
)

func TestPresenceIsDebounced(t *testing.T) {
	clock := time.Unix(1000, 0)
	h := &readerHandle{now: func() time.Time { return clock }}
	for i, step := range []struct {
		after time.Duration
		found bool
		want  bool
	}{
		{0, false, false}, // nothing there from the beginning
		{0, true, true},
		{300 * time.Millisecond, false, true}, // a reader that protects a card it has just read
		{300 * time.Millisecond, false, true},
		{300 * time.Millisecond, true, true}, // there it is again: counting starts anew
		{300 * time.Millisecond, false, true},
		{time.Second, false, true}, // long enough apart, but only two looks
		{100 * time.Millisecond, false, true},
		{500 * time.Millisecond, false, false}, // three looks and 1.5 s
		{time.Second, false, false},
		{0, true, true},
		{10 * time.Millisecond, false, true},
		{10 * time.Millisecond, false, true},
		{10 * time.Millisecond, false, true}, // three looks, but too fast
	} {
		clock = clock.Add(step.after)
		if got := h.seen(step.found); got != step.want {
			t.Errorf("step %d: present %v, want %v", i, got, step.want)
		}
	}
}
