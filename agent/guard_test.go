package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"bianmin/agent/desk"
	"bianmin/packaging/settings"
	"bianmin/sync/seal/sealtest"
)

// TestProductionTakesNoOnlookers: what lets somebody look into a shift is refused before a store or window is opened.
func TestProductionTakesNoOnlookers(t *testing.T) {
	folder := t.TempDir()
	sealtest.NewIn(t, settings.Production).Enrol(t, filepath.Join(folder, "keys"), "QH0302", "A")
	config := filepath.Join(folder, "terminal.yaml")
	if err := os.WriteFile(config, []byte("data: .\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("DISPLAY", ":4711") // there is none: who passes the guard fails here
	for name, f := range map[string]flags{
		"journey":         {journey: "day.yaml"},
		"shots":           {shots: t.TempDir()},
		"probe":           {probe: filepath.Join(folder, "probe.sock")},
		"without privacy": {plain: true},
	} {
		f.config = config
		if err := run(t.Context(), f); !errors.Is(err, settings.ErrProduction) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := run(t.Context(), flags{config: config}); err == nil || errors.Is(err, settings.ErrProduction) {
		t.Errorf("without a flag: %v", err)
	}
	if _, err := os.Stat(filepath.Join(folder, "bianmin.db")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a store was opened: %v", err)
	}
}

// TestShiftOver: the process is replaced at the sign-off and when the keys close behind the idle lock, not while they are open.
func TestShiftOver(t *testing.T) {
	for name, c := range map[string]struct {
		state desk.State
		over  bool
	}{
		"at work":        {desk.State{Page: desk.Today}, false},
		"locked, open":   {desk.State{Page: desk.Locked, Locked: &desk.LockedView{ByCard: true}}, false},
		"locked, closed": {desk.State{Page: desk.Locked, Locked: &desk.LockedView{Closed: true}}, true},
		"signed off":     {desk.State{Page: desk.SignOn, SignOn: &desk.SignOnView{}}, true},
	} {
		if shiftOver(c.state) != c.over {
			t.Errorf("%s: over is %v", name, !c.over)
		}
	}
}
