package ui

import (
	"time"

	"fyne.io/fyne/v2"
)

// CornerButton is the hidden way to the staff screen: a spot in a corner that
// nobody sees, tapped several times in a short while.
type CornerButton struct {
	touch
	now   func() time.Time
	taps  []time.Time
	times int
	limit time.Duration
}

// NewCornerButton makes a spot of a given side that calls back after times taps within limit.
func NewCornerButton(side float32, times int, limit time.Duration, now func() time.Time, opened func()) *CornerButton {
	c := &CornerButton{now: now, times: times, limit: limit}
	c.name = "corner"
	c.measure = func(float32) fyne.Size { return fyne.NewSize(side, side) }
	c.tapped = func() {
		at := c.now()
		c.taps = append(c.taps, at)
		if len(c.taps) < c.times {
			return
		}
		c.taps = c.taps[len(c.taps)-c.times:]
		if at.Sub(c.taps[0]) <= c.limit {
			c.taps = nil
			opened()
		}
	}
	c.ExtendBaseWidget(c)
	return c
}
