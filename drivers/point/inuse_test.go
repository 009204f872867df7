package point

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"bianmin/drivers"
)

// TestSeenWhileInUse: a device that somebody asks for a card all the time, and that breaks in a way which opening it again does not mend, is not
// shown as well; nor as broken once it works again.
func TestSeenWhileInUse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		options := Options{Now: time.Now, Log: slog.New(slog.DiscardHandler), Watch: 3 * time.Second, Retry: time.Second}
		b := newBoard(options.Log)
		d := &named{is: drivers.Status{Role: drivers.RoleReader, Condition: drivers.Online}}
		o := newOwner(drivers.RoleReader, b, options, nil, func(context.Context, bool) (*named, error) { return d, nil })
		done := make(chan struct{})
		go func() {
			defer close(done)
			o.run(ctx)
		}()
		var finds error
		shows := func(want drivers.Condition, fault drivers.Fault) {
			t.Helper()
			for range 30 {
				time.Sleep(300 * time.Millisecond)
				_ = o.do(ctx, "find card", func(context.Context, *named) error { return finds })
			}
			synctest.Wait()
			if s := b.of(drivers.RoleReader); s.Condition != want || s.Fault != fault {
				t.Errorf("shown: %s %q, is: %s %q", s.Condition, s.Fault, want, fault)
			}
		}
		finds = drivers.ErrNoCard
		shows(drivers.Online, drivers.FaultNone)
		d.becomes(drivers.HardwareError, drivers.FaultDevice, nil)
		finds = &drivers.Error{Role: drivers.RoleReader, Fault: drivers.FaultDevice, Op: "find card"}
		shows(drivers.HardwareError, drivers.FaultDevice)
		d.becomes(drivers.Online, drivers.FaultNone, nil)
		finds = drivers.ErrNoCard
		shows(drivers.Online, drivers.FaultNone)
		finds = &drivers.Error{Role: drivers.RoleReader, Fault: drivers.FaultMissingTool, Op: "find card"}
		d.becomes(drivers.NoDevice, drivers.FaultMissingTool, finds)
		shows(drivers.NoDevice, drivers.FaultMissingTool)
		cancel()
		<-done
	})
}
