package bus

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestMatters(t *testing.T) {
	for message, want := range map[string]bool{
		"add@/devices/x|ACTION=add|DEVPATH=/devices/x|SUBSYSTEM=usb":          true,
		"remove@/devices/x|ACTION=remove|SUBSYSTEM=input|SEQNUM=7":            true,
		"bind@/devices/x|ACTION=bind|SUBSYSTEM=usb":                           true,
		"add@/devices/x|ACTION=add|SUBSYSTEM=tty":                             true,
		"add@/devices/x|ACTION=add|SUBSYSTEM=hidraw":                          true,
		"add@/devices/x|ACTION=add|SUBSYSTEM=video4linux":                     true,
		"change@/devices/x|ACTION=change|SUBSYSTEM=usb":                       false,
		"add@/devices/x|ACTION=add|SUBSYSTEM=block":                           false,
		"add@/devices/x|ACTION=add|SUBSYSTEM=usbx":                            false,
		"libudev|ACTION=|SUBSYSTEM=usb":                                       false,
		"":                                                                    false,
		"|||":                                                                 false,
		"add@/devices/usb|XACTION=add|XSUBSYSTEM=usb|ACTION=offline|MODALIAS": false,
	} {
		if got := matters([]byte(strings.ReplaceAll(message, "|", "\x00"))); got != want {
			t.Errorf("%q counts: %v", message, got)
		}
	}
}

// TestGenuine: only the kernel itself sends from 0 to its own group.
func TestGenuine(t *testing.T) {
	for sender, want := range map[unix.SockaddrNetlink]bool{
		{Pid: 0, Groups: 1}: true, {Pid: 4711, Groups: 1}: false, {Pid: 0, Groups: 2}: false, {Pid: 0, Groups: 0}: false, {Pid: 4711, Groups: 2}: false,
	} {
		if got := genuine(&sender); got != want {
			t.Errorf("%+v is the kernel: %v", sender, got)
		}
	}
}

// TestWatchEnds: at the end of its context it is over, and says why it was.
func TestWatchEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- Watch(ctx, func() {}) }()
	time.Sleep(50 * time.Millisecond)
	cancel()
	select {
	case err := <-ended:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("goes on after its end")
	}
	if err := Watch(ctx, func() {}); !errors.Is(err, context.Canceled) {
		t.Errorf("begun after its end: %v", err)
	}
}

// FuzzMatters: no message is too odd.
func FuzzMatters(f *testing.F) {
	f.Add([]byte("add@/devices/x\x00ACTION=add\x00SUBSYSTEM=usb"))
	f.Add([]byte{0, 0, 'A'})
	f.Fuzz(func(t *testing.T, message []byte) {
		if matters(message) && !strings.Contains(string(message), "SUBSYSTEM=") {
			t.Fatal("counts without a kind")
		}
	})
}
