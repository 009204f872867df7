package main

import (
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/usage"
	"bianmin/platform/registry"
	"bianmin/store"
)

// TestUsageReachesThePlatform: yesterday's counts go out once with the real sender, today's stay.
func TestUsageReachesThePlatform(t *testing.T) {
	w := newWorld(t)
	w.startPlatform("")
	today := time.Now().In(casefile.Zone)
	yesterday := today.AddDate(0, 0, -1)
	count := func(at time.Time, kind usage.Kind, item string, times int) {
		t.Helper()
		clock := func() (casefile.Reading, error) {
			return casefile.Reading{Wall: at, Monotonic: time.Hour, BootID: "before"}, nil
		}
		opened, err := store.Open(t.Context(), store.Options{Folder: w.terminal, Clock: clock})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = opened.Close() }()
		if err := opened.Observe(t.Context(), at); err != nil {
			t.Fatal(err)
		}
		for range times {
			if err := opened.CountUse(t.Context(), kind, item); err != nil {
				t.Fatal(err)
			}
		}
	}
	count(yesterday, usage.Visit, "", 3)
	count(yesterday, usage.Guide, "pension", 2)
	w.enrol()
	count(today, usage.Filed, "pension", 1)
	w.startSender("")
	reg, err := registry.OpenReader(t.Context(), w.platform)
	if err != nil {
		t.Fatal(err)
	}
	defer reg.Close()
	var figures []registry.Figures
	await(t, "the counts", func() bool {
		if figures, err = reg.Work(t.Context(), yesterday, today); err != nil {
			t.Fatal(err)
		}
		return len(figures) > 0
	})
	got := map[string]map[usage.Kind]int{}
	for _, f := range figures {
		if f.Terminal != "QH0301" || f.Point == "" || f.Role != "kiosk" {
			t.Errorf("counted at %+v", f)
		}
		got[f.Item] = f.Counted
	}
	if len(got) != 2 || got[""][usage.Visit] != 3 || len(got[""]) != 1 || got["pension"][usage.Guide] != 2 || len(got["pension"]) != 1 {
		t.Errorf("the platform has %v", got)
	}
	after, err := store.Open(t.Context(), store.Options{Folder: w.terminal, Clock: store.SystemClock})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = after.Close() }()
	await(t, "the terminal to know that they are kept", func() bool {
		left, err := after.Untold(t.Context(), 10)
		if err != nil {
			t.Fatal(err)
		}
		return len(left) == 0
	})
}
