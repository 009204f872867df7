package toolkit_test

import (
	"testing"
	"testing/synctest"
	"time"

	"bianmin/ui/toolkit"
)

func TestWatchFirstFrame(t *testing.T) {
	for _, appears := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			ended := false
			failed := toolkit.WatchFirstFrame(toolkit.FirstFrame, func() bool { return appears }, func() { ended = true })
			time.Sleep(toolkit.FirstFrame + time.Second)
			synctest.Wait()
			if err := failed(); ended == appears || (err == nil) != appears {
				t.Errorf("appears %v: ended %v, %v", appears, ended, err)
			}
		})
	}
}
