package commission_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"bianmin/packaging/commission"
	"bianmin/platform/platformtest"
)

// supervisor notes what it is told.
type supervisor struct{ told []string }

func (s *supervisor) Stop(_ context.Context, units ...string) error {
	s.told = append(s.told, "stop "+strings.Join(units, " "))
	return nil
}

func (s *supervisor) Reload(context.Context) error {
	s.told = append(s.told, "reload")
	return nil
}

func (s *supervisor) Start(_ context.Context, units ...string) error {
	s.told = append(s.told, "start "+strings.Join(units, " "))
	return nil
}

// TestServices: the kiosk lets go of its devices while they are tried, and is started again also when that fails.
func TestServices(t *testing.T) {
	t.Parallel()
	w := newWorld(t, platformtest.Start(t, platformtest.Options{}))
	first := &supervisor{}
	o := options(w.words, w.root, w.answers("QH0301"))
	o.Supervisor = first
	if _, err := commission.Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	want := []string{"stop bianmin-kiosk.service", "reload", "start bianmin-sender.service bianmin-check.timer bianmin-courier.path bianmin-kiosk.service"}
	if !slices.Equal(first.told, want) {
		t.Errorf("told %q", first.told)
	}
	second := &supervisor{}
	o = options(w.words, w.root, commission.Answers{Technician: "999999"})
	o.Supervisor = second
	if _, err := commission.Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), "999999") {
		t.Errorf("an unknown technician: %v", err)
	}
	if last := second.told[len(second.told)-1]; last != "start bianmin-kiosk.service" {
		t.Errorf("told %q", second.told)
	}
}
