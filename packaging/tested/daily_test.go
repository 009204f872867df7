package tested_test

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"bianmin/drivers"
	"bianmin/drivers/point"
	"bianmin/drivers/selftest"
	"bianmin/drivers/sim/stand"
	"bianmin/packaging/tested"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestDaily: a program that holds the devices asks each once a day, unasked, and prints nothing.
func TestDaily(t *testing.T) {
	s, err := stand.Open(t.Context(), stand.Options{Dir: filepath.Join(t.TempDir(), "bench")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	reader, printer, button := s.Links()
	p, err := point.Start(t.Context(), point.Config{Reader: &point.Reader{Link: reader}, Printer: &point.Printer{Link: printer}, Button: &point.Button{Link: button}}, point.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	data := t.TempDir()
	now := time.Now()
	watch := func(now time.Time, want int) {
		t.Helper()
		daily := tested.Watch(t.Context(), tested.Watching{Data: data, Program: "kiosk", Devices: tested.Devices(p), Now: func() time.Time { return now }, First: time.Millisecond})
		defer daily.Close()
		for begun := time.Now(); ; time.Sleep(20 * time.Millisecond) {
			all, err := tested.All(data)
			if err != nil {
				t.Fatal(err)
			}
			if len(all) == want && time.Since(begun) > 300*time.Millisecond {
				return
			}
			if len(all) > want || time.Since(begun) > 20*time.Second {
				t.Fatalf("%d results, want %d", len(all), want)
			}
		}
	}
	watch(now, 3)
	watch(now.Add(time.Hour), 3) // a kiosk's process is new after each session
	if _, err := s.Do(t.Context(), "printer paper out"); err != nil {
		t.Fatal(err)
	}
	watch(now.Add(25*time.Hour), 6)
	all, _ := tested.All(data)
	for _, r := range all[3:] {
		failed := r.Role == drivers.RolePrinter
		if r.Level != selftest.Internal || r.Asked.Program != "kiosk" || (r.Outcome == selftest.Failed) != failed || failed && r.Code != "paper-out" {
			t.Errorf("%+v", r)
		}
	}
	if n := len(s.Printed()); n != 0 {
		t.Errorf("%d strips came out", n)
	}
}
