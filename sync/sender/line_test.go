package main

import (
	"strconv"
	"testing"

	"bianmin/internal/brittle"
	"bianmin/packaging/settings/schema"
)

// TestLineBreaksAtSettings breaks the line at every record by which new settings come. What lies on the disk is the former
// word or the new one, whole; the sender that is started again has the new one.
func TestLineBreaksAtSettings(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.startPlatform("")
	l, err := brittle.Listen(t.Context(), w.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	w.address = l.Addr()
	w.enrol()
	days := 30
	run := func(t *testing.T, place brittle.Place) (records int) {
		before := w.ruling().Values[schema.Retention]
		days++
		want := strconv.Itoa(days)
		w.run("settings", "set", schema.Retention, want, "--all")
		l.Break(place)
		sender := w.startSender("")
		await(t, "the line to break", func() bool { return l.Broken() || w.retention() == want })
		sender.kill()
		if is := w.ruling().Values[schema.Retention]; is != before && is != want {
			t.Errorf("after the break the disk says %q, want %q or %q", is, before, want)
		}
		_, records = l.Mend()
		sender = w.startSender("")
		await(t, "the settings", func() bool { return w.retention() == want && w.ruling().Values[schema.Retention] == want })
		sender.kill()
		return records
	}
	run(t, brittle.Nowhere) // the first start does more than a later one
	for _, place := range brittle.Places(t, run(t, brittle.Nowhere), 10) {
		t.Run(place.String(), func(t *testing.T) { run(t, place) })
	}
}
