package point

import (
	"testing"
	"time"

	"bianmin/drivers"
)

func TestPresenceIsDebounced(t *testing.T) {
	const lies, gone, unsure = drivers.CardLies, drivers.CardGone, drivers.CardUnsure
	clock := time.Unix(1000, 0)
	h := &readerHandle{now: func() time.Time { return clock }}
	for i, step := range []struct {
		after time.Duration
		look  drivers.Presence
		want  drivers.Presence
	}{
		{0, gone, gone}, // nothing there from the beginning
		{0, lies, lies},
		{300 * time.Millisecond, gone, lies}, // at the edge of the field
		{300 * time.Millisecond, gone, lies},
		{300 * time.Millisecond, lies, lies}, // there it is again: counting starts anew
		{300 * time.Millisecond, gone, lies},
		{time.Second, gone, lies}, // long enough apart, but only two looks
		{100 * time.Millisecond, gone, lies},
		{500 * time.Millisecond, gone, gone}, // three looks and 1.5 s
		{time.Second, gone, gone},
		{0, lies, lies},
		{10 * time.Millisecond, gone, lies},
		{10 * time.Millisecond, gone, lies},
		{10 * time.Millisecond, gone, lies}, // three looks, but too fast
		{0, lies, lies},
		{time.Minute, gone, unsure}, // found long ago: one look says nothing, neither does the memory
		{time.Second, gone, unsure},
		{time.Second, gone, gone},
		{0, lies, lies},
		{0, unsure, unsure}, // the reader itself does not know, and waiting tells no more
		{0, gone, gone},
	} {
		clock = clock.Add(step.after)
		if got := h.seen(step.look); got != step.want {
			t.Errorf("step %d: %q, want %q", i, got, step.want)
		}
	}
}
