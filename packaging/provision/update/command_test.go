package update

import (
	"testing"
	"time"

	"bianmin/assets"
	"bianmin/core/text"
	"bianmin/packaging/settings"
	"bianmin/packaging/update"
)

// TestWords: every reason and every outcome has a sentence in each language.
func TestWords(t *testing.T) {
	words, err := text.Load(assets.Words())
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, code := range update.Codes {
		keys = append(keys, "refusal."+string(code))
	}
	keys = append(keys, "newest", "offered", "ready", "wished", "undecided", "busy-hours", "no-mirror",
		"status.running", "status.staged", "status.wished", "status.trial", "status.failed", "status.last")
	for _, outcome := range []update.Outcome{update.Unchanged, update.Switched, update.Confirmed, update.WentBack} {
		keys = append(keys, string(outcome))
	}
	for _, lang := range words.Languages() {
		for _, key := range keys {
			if !words.Has(lang, "update."+key) {
				t.Errorf("%s: no words for %s", lang, key)
			}
		}
	}
}

func TestQuietHours(t *testing.T) {
	china := time.FixedZone("", 8*3600)
	for hours, quiet := range map[string][24]bool{
		"01:00-05:00": {1: true, 2: true, 3: true, 4: true},
		"22:30-01:00": {23: true, 0: true},
		"00:00-23:00": {true, true, true, true, true, true, true, true, true, true, true, true, true, true, true, true, true, true, true, true, true, true, true, false},
	} {
		for hour, want := range quiet {
			now := time.Date(2026, 11, 26, hour, 0, 0, 0, china).UTC() // whatever zone the machine has
			if got, err := quietNow(settings.Update{Hours: hours}, now); got != want || err != nil {
				t.Errorf("%s at %d: %t, %v", hours, hour, got, err)
			}
		}
	}
	for _, hours := range []string{"", "1-5", "01:00", "01:00-25:00", "01:00-01:00", "night"} {
		if _, err := quietNow(settings.Update{Hours: hours}, time.Now()); err == nil {
			t.Errorf("%q are hours", hours)
		}
	}
}
