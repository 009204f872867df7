package serial_test

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"

	"bianmin/drivers/link/channel"
	"bianmin/drivers/link/serial"
)

// TestChildHoldsOn: a program that was being started while the line was open holds its descriptors for a moment longer;
// the line is free all the same as soon as it is closed.
func TestChildHoldsOn(t *testing.T) {
	c := cable(t, mute)
	p, err := serial.Open(t.Context(), c.Path(), channel.Options{})
	if err != nil {
		t.Fatal(err)
	}
	device, err := filepath.EvalSymlinks(c.Path())
	if err != nil {
		t.Fatal(err)
	}
	held := 0
	descriptors, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range descriptors {
		number, err := strconv.Atoi(d.Name())
		if to, gone := os.Readlink("/proc/self/fd/" + d.Name()); err != nil || gone != nil || to != device {
			continue
		}
		copied, err := unix.Dup(number) // as a fork does
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = unix.Close(copied) }()
		held++
	}
	if held == 0 {
		t.Fatal("no descriptor of the line was found")
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, c.Path())
}
