package point

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"bianmin/drivers"
)

// named is a device that says who it is, or nothing of that.
type named struct {
	mutex sync.Mutex
	is    drivers.Status
	fails error
}

func (d *named) Status(context.Context) (drivers.Status, error) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	return d.is, d.fails
}

func (d *named) Close() error { return nil }

// becomes changes what it says.
func (d *named) becomes(condition drivers.Condition, fault drivers.Fault, fails error) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.is.Condition, d.is.Fault, d.fails = condition, fault, fails
}

// TestAnotherInItsPlace: one that is away is still called by its name; what is plugged in for it and tells none is not.
func TestAnotherInItsPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		options := Options{Now: time.Now, Log: slog.New(slog.DiscardHandler), Watch: time.Minute, Retry: time.Second}
		b := newBoard(options.Log)
		gone := &drivers.Error{Role: drivers.RolePrinter, Fault: drivers.FaultUnplugged, Op: "status"}
		first := &named{is: drivers.Status{Role: drivers.RolePrinter, Condition: drivers.Online, Model: "EPSON TM-T88", Serial: "A-17", Firmware: "3.0"}}
		second := &named{is: drivers.Status{Role: drivers.RolePrinter, Condition: drivers.Online}}
		var there atomic.Pointer[named]
		there.Store(first)
		o := newOwner(drivers.RolePrinter, b, options, nil, func(context.Context, bool) (*named, error) {
			if d := there.Load(); d != nil {
				return d, nil
			}
			return nil, gone
		})
		done := make(chan struct{})
		go func() {
			defer close(done)
			o.run(ctx)
		}()
		is := func(what string, condition drivers.Condition, model, serial, firmware string) {
			t.Helper()
			time.Sleep(10 * time.Minute)
			synctest.Wait()
			if s := b.of(drivers.RolePrinter); s.Condition != condition || s.Model != model || s.Serial != serial || s.Firmware != firmware {
				t.Errorf("%s: %+v", what, s)
			}
		}
		is("the first", drivers.Online, "EPSON TM-T88", "A-17", "3.0")
		there.Store(nil)
		first.becomes(drivers.Online, drivers.FaultNone, gone)
		is("pulled", drivers.NoDevice, "EPSON TM-T88", "A-17", "3.0")
		there.Store(second)
		is("another", drivers.Online, "", "", "")
		cancel()
		<-done
	})
}
