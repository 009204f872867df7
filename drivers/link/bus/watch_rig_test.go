//go:build usb

package bus_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"bianmin/drivers/link/bus"
	"bianmin/drivers/sim/typing"
	"bianmin/drivers/sim/uhid"
)

// TestWatch: the kernel tells when a device is plugged in and pulled, several at once are told once, and what a program sends in
// the kernel's name is not believed.
func TestWatch(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	told := make(chan struct{}, 100)
	ended := make(chan error, 1)
	go func() { ended <- bus.Watch(ctx, func() { told <- struct{}{} }) }()
	defer func() {
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}()
	time.Sleep(300 * time.Millisecond)
	within := func(what string, want bool) {
		t.Helper()
		select {
		case <-told:
			if !want {
				t.Errorf("%s was told", what)
			}
		case <-time.After(map[bool]time.Duration{true: 20 * time.Second, false: 2 * time.Second}[want]):
			if want {
				t.Errorf("%s was not told", what)
			}
		}
	}
	within("nothing", false)
	var all []*uhid.Device
	for _, name := range []string{"first", "second", "third"} {
		d, err := uhid.Plug(uhid.Model{Name: "Watched " + name, Vendor: 0x05E0, Product: 0x1200, Descriptor: typing.Descriptor})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, d)
	}
	within("plugging in", true)
	within("a burst", false)
	for _, d := range all {
		if err := d.Unplug(); err != nil {
			t.Error(err)
		}
	}
	within("pulling", true)
	within("a burst", false)
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_KOBJECT_UEVENT)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Close(fd) }()
	forged := []byte("add@/devices/x\x00ACTION=add\x00DEVPATH=/devices/x\x00SUBSYSTEM=usb\x00SEQNUM=1\x00")
	if err := unix.Sendto(fd, forged, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: 1}); err != nil {
		t.Fatal(err)
	}
	within("a forged message", false)
}
