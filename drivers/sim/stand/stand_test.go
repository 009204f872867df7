package stand

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func open(t *testing.T, options Options) *Stand {
	t.Helper()
	options.Dir = t.TempDir()
	s, err := Open(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestEveryCommandIsCarriedOut(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	s, err := Open(t.Context(), Options{Dir: t.TempDir(), Platform: "127.0.0.1:1", Document: true})
	if err != nil {
		t.Fatal(err)
	}
	tell := func(line string) string {
		t.Helper()
		answer, err := Tell(t.Context(), s.Socket(), line)
		if err != nil {
			t.Errorf("%s: %v", line, err)
		}
		return answer
	}
	state := func() State {
		t.Helper()
		var now State
		if err := json.Unmarshal([]byte(tell("state")), &now); err != nil {
			t.Fatal(err)
		}
		return now
	}
	for _, c := range []struct {
		line string
		so   func(State) bool
	}{
		{"card place 3", func(s State) bool { return strings.Contains(s.CardOn, "wang") }},
		{"card remove", func(s State) bool { return s.CardOn == "" }},
		{"card pull-mid-read", nil},
		{"reader noise 2", nil},
		{"reader silent", nil},
		{"reader ok", nil},
		{"reader unplug", func(s State) bool { return !s.ReaderIn }},
		{"reader plug", func(s State) bool { return s.ReaderIn }},
		{"printer paper out", func(s State) bool { return s.PaperOut }},
		{"printer paper ok", func(s State) bool { return !s.PaperOut }},
		{"printer cover open", func(s State) bool { return s.CoverOpen }},
		{"printer cover closed", func(s State) bool { return !s.CoverOpen }},
		{"printer silent", func(s State) bool { return s.Silent }},
		{"printer ok", func(s State) bool { return !s.Silent }},
		{"printer unplug", func(s State) bool { return !s.PrinterIn }},
		{"printer plug", func(s State) bool { return s.PrinterIn }},
		{"paper tear", func(s State) bool { return s.Strips == 0 }},
		{"network cut", func(s State) bool { return !s.NetworkUp }},
		{"network restore", func(s State) bool { return s.NetworkUp }},
		{"network slow", func(s State) bool { return s.NetworkUp }},
		{"button press", nil},
		{"document paper out", func(s State) bool { return !s.DocumentPaper }},
		{"document paper ok", func(s State) bool { return s.DocumentPaper }},
		{"document unplug", func(s State) bool { return !s.DocumentIn }},
		{"document plug", func(s State) bool { return s.DocumentIn && s.DocumentPaper }},
		{"document take", func(s State) bool { return len(s.Documents) == 0 }},
	} {
		tell(c.line)
		if c.so != nil && !c.so(state()) {
			t.Errorf("after %q the bench stands as %+v", c.line, state())
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestRefusals(t *testing.T) {
	s := open(t, Options{})
	for line, says := range map[string]string{
		"dance":                "does not know",
		"card place 99":        "cards 1 to",
		"card place":           "which card",
		"card place /nowhere":  "card",
		"network cut":          "no network switch",
		"receipt save a":       "PNG BIN",
		"receipt save a b":     "nothing has been printed",
		"reader noise too-few": "how many bytes",
		"department finish":    "no department",
		"document take":        "no A4 printer",
		"document paper out":   "no A4 printer",
	} {
		if _, err := Tell(t.Context(), s.Socket(), line); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: got %v, want an error that says %q", line, err, says)
		}
	}
	none := filepath.Join(t.TempDir(), "none")
	if _, err := Tell(t.Context(), none, "state"); err == nil || !strings.Contains(err.Error(), none) || !strings.Contains(err.Error(), "bench.sock") {
		t.Error("a bench that is not there answered")
	}
	if _, err := os.Stat(s.Socket()); err != nil {
		t.Error(err)
	}
}
