package scan_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/link"
	"bianmin/drivers/scan"
	"bianmin/drivers/sim/button"
)

func pressable(t *testing.T) (*button.Button, *scan.Button) {
	t.Helper()
	sim, err := button.New(t.Context(), filepath.Join(t.TempDir(), "button"))
	if err != nil {
		t.Fatal(err)
	}
	l, err := link.Open(t.Context(), "serial:"+sim.Path(), link.Options{Baud: 9600})
	if err != nil {
		t.Fatal(err)
	}
	b := scan.NewButton(l)
	t.Cleanup(func() {
		if err := errors.Join(b.Close(), sim.Close()); err != nil {
			t.Error(err)
		}
	})
	return sim, b
}

func press(t *testing.T, sim *button.Button, data ...string) {
	t.Helper()
	for _, d := range data {
		if err := sim.Send([]byte(d)); err != nil {
			t.Fatal(err)
		}
	}
}

// waits tells how often the button was pressed until it keeps quiet.
func waits(t *testing.T, b *scan.Button) int {
	t.Helper()
	for n := 0; ; n++ {
		ctx, cancel := context.WithTimeout(t.Context(), 250*time.Millisecond)
		err := b.Wait(ctx)
		cancel()
		if errors.Is(err, context.DeadlineExceeded) {
			return n
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestEachPressArrivesOnce(t *testing.T) {
	sim, b := pressable(t)
	for name, c := range map[string]struct {
		sent []string
		want int
	}{
		"none": {nil, 0}, "one": {[]string{"S\r\n"}, 1}, "three": {[]string{"S\r\nS\r\n", "S\r\n"}, 3},
		"in pieces": {[]string{"S", "\r", "\n"}, 1}, "other line ends": {[]string{"S\nS\r"}, 2},
		"noise": {[]string{"\x00\xff\r\nSS\r\ns\r\nX\r\n"}, 0}, "noise before": {[]string{"\r\n\xfe\r\nS\r\n"}, 1},
		"endless line": {[]string{"SSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSS\r\nS\r\n"}, 1},
	} {
		press(t, sim, c.sent...)
		if got := waits(t, b); got != c.want {
			t.Errorf("%s: %d presses, want %d", name, got, c.want)
		}
	}
}

func TestButtonUnplugged(t *testing.T) {
	sim, b := pressable(t)
	time.AfterFunc(100*time.Millisecond, func() { _ = sim.Unplug() })
	err := b.Wait(t.Context())
	var device *drivers.Error
	if !errors.As(err, &device) || device.Role != drivers.RoleButton || device.Fault != drivers.FaultUnplugged {
		t.Errorf("%v, want the fault unplugged", err)
	}
	if err := sim.Press(); err == nil {
		t.Error("a press without a cable")
	}
}
