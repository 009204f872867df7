package linkstate

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestOnlyTheLivingAreBelieved: what a sender said long ago, or before the clock was set, says nothing, and damage is no state.
func TestOnlyTheLivingAreBelieved(t *testing.T) {
	folder, now := t.TempDir(), time.Date(2026, 11, 27, 3, 0, 0, 0, time.UTC)
	if s, err := Load(folder, now); err != nil || s != (State{}) {
		t.Errorf("nothing was said: %+v, %v", s, err)
	}
	said := State{At: now, Why: "portal", Since: now.Add(-time.Hour), Next: now.Add(time.Minute), Held: 5, Total: 10, Rate: 2}
	if err := Save(folder, said); err != nil {
		t.Fatal(err)
	}
	for after, want := range map[time.Duration]State{0: said, fresh: said, fresh + time.Second: {}, -time.Hour: {}} {
		if s, err := Load(folder, now.Add(after)); err != nil || s != want {
			t.Errorf("after %v: %+v, %v", after, s, err)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, file), []byte(`{"at"`), 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := Load(folder, now); err == nil || s != (State{}) {
		t.Errorf("damage: %+v, %v", s, err)
	}
}
