package main

import (
	"image"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bianmin/kiosk/journey"
)

func TestRecorderGoesOnAfterReplacement(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "shots")
	picture := func() image.Image { return image.NewGray(image.Rect(0, 0, 2, 2)) }
	now := func() time.Time { return time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC) }
	first, err := openRecorder(dir, now)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []journey.State{{Screen: journey.Attract, Serial: 0}, {Screen: journey.Attract, Serial: 0}, {Screen: journey.Home, Serial: 1}} {
		if err := first.keep(s, picture); err != nil {
			t.Fatal(err)
		}
	}
	second, err := openRecorder(dir, now)
	if err != nil {
		t.Fatal(err)
	}
	if err := second.keep(journey.State{Screen: journey.Attract, Serial: 0}, picture); err != nil {
		t.Fatal(err)
	}
	if len(second.Steps) != 3 {
		t.Fatalf("%d steps were recorded, want 3", len(second.Steps))
	}
	for _, name := range []string{"01-attract.png", "02-home.png", "03-attract.png", "journey.json"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "journey.json"), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := openRecorder(dir, now); err == nil {
		t.Fatal("a broken record was taken for a good one")
	}
}
