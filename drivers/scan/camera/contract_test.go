//go:build !usb

package camera_test

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"bianmin/drivers/drivertest"
	"bianmin/drivers/scan/camera"
	sim "bianmin/drivers/sim/camera"
	"bianmin/drivers/sim/camera/node"
)

func TestMain(m *testing.M) {
	if os.Getenv(node.Variable) != "" {
		if err := node.Serve(context.Background(), os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// cameras is a process of cameras for a test.
func cameras(t *testing.T) *node.Apart {
	t.Helper()
	a, err := node.Start(context.WithoutCancel(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { must(t, a.Close()) })
	return a
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}

// TestContract is the scanners' contract over the files of a simulated camera, without the kernel's driver for USB; make test-usb has that.
func TestContract(t *testing.T) {
	for name, build := range map[string]sim.Options{"JPEG": {Dim: 2}, "YUYV": {Plain: true}} {
		t.Run(name, func(t *testing.T) {
			all := cameras(t)
			n := 0
			drivertest.Scanner(t, func(t *testing.T) drivertest.ScannerRig {
				n++
				far, err := all.Plug(fmt.Sprint("video", n), sim.Sheet{Bars: 3, Degrees: 4}, build)
				if err != nil {
					t.Fatal(err)
				}
				near, err := camera.Open(t.Context(), far.Link(), camera.Options{First: 2 * time.Second, Next: time.Second})
				if err != nil {
					t.Fatal(err)
				}
				return drivertest.ScannerRig{
					Scanner: near, Lay: func(bars int) { must(t, far.Lay(sim.Sheet{Bars: bars, Degrees: 4})) }, BarsOn: sim.BarsOn,
					Silence: func() { must(t, far.Have(node.Trouble{Trouble: sim.Trouble{Frozen: true}})) }, Slow: func() {},
					Unplug: func() { must(t, far.Unplug()) }, Plug: func() { must(t, far.Replug()) }, Limit: 30 * time.Second,
				}
			})
		})
	}
}
