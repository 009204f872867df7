package toolkit

import (
	"fmt"
	"sync/atomic"
	"time"
)

// FirstFrame is how long a window may take to appear. Without a usable display driver the toolkit stays alive and paints
// nothing; a program that ends instead is started again by whoever supervises it.
const FirstFrame = 30 * time.Second

// WatchFirstFrame ends a run when its window has not appeared within limit; the returned function, called once the run
// is over, says so.
func WatchFirstFrame(limit time.Duration, appeared func() bool, end func()) (failed func() error) {
	var late atomic.Bool
	timer := time.AfterFunc(limit, func() {
		if !appeared() {
			late.Store(true)
			end()
		}
	})
	return func() error {
		timer.Stop()
		if late.Load() {
			return fmt.Errorf("no window appeared within %s: the display has no usable driver", limit)
		}
		return nil
	}
}
