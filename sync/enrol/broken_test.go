package enrol_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bianmin/internal/brittle"
	"bianmin/platform/platformtest"
	"bianmin/sync/enrol"
	"bianmin/sync/seal"
)

// line is a brittle line to a platform.
func line(t *testing.T, p *platformtest.Platform) (l *brittle.Line, url string) {
	t.Helper()
	l, err := brittle.Listen(t.Context(), p.Addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l, "https://" + l.Addr()
}

// TestLineBreaks breaks the line at every record of an enrolment, and of one that makes the next generation: the same
// call again ends it, with one generation for one code, and until then the generation before is here whole.
func TestLineBreaks(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	l, url := line(t, p)
	run := func(t *testing.T, terminal string, place brittle.Place) (records int) {
		o := options(p.Ticket(terminal, url), t.TempDir())
		for _, generation := range []string{"A", "B"} {
			l.Break(place)
			first, err := enrol.Enrol(t.Context(), o)
			broke, passed := l.Mend()
			records = max(records, passed)
			switch now, known := seal.LoadIdentity(filepath.Join(o.Data, "keys")); {
			case broke && err != nil && generation == "A" && known == nil:
				t.Errorf("half an enrolment: %+v", now)
			case broke && err != nil && generation == "B" && (known != nil || now.Generation != "A"):
				t.Errorf("the generation before is gone: %+v, %v", now, known)
			case err != nil && !broke:
				t.Fatal(err)
			case err == nil && first.Generation != generation:
				t.Errorf("it became %s", first.Generation)
			}
			if err != nil {
				if first, err = enrol.Enrol(t.Context(), o); err != nil || first.Generation != generation {
					t.Fatalf("the second try: %+v, %v", first, err)
				}
			}
			o.Ticket, o.Replace = p.Ticket(terminal, url), true
		}
		if err := nothingHalf(o.Data); err != nil {
			t.Error(err)
		}
		mustKnow(t, p, terminal, "B")
		return records
	}
	records := run(t, "QH0700", brittle.Nowhere)
	for i, place := range brittle.Places(t, records, 10) {
		t.Run(place.String(), func(t *testing.T) { run(t, fmt.Sprintf("QH%04d", 8000+i), place) })
	}
}

// nothingHalf looks for files that an interruption left.
func nothingHalf(data string) error {
	return filepath.WalkDir(data, func(path string, entry os.DirEntry, err error) error {
		if err == nil && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "keys.next" || entry.Name() == "waiting.json") {
			return fmt.Errorf("%s was left", path)
		}
		return err
	})
}

// mustKnow looks whether the platform made one generation after the other for a terminal, up to newest and each once.
func mustKnow(t *testing.T, p *platformtest.Platform, terminal, newest string) {
	t.Helper()
	var all []struct{ Terminal, Generation string }
	if err := json.Unmarshal(p.Run("terminal", "list"), &all); err != nil {
		t.Fatal(err)
	}
	made := ""
	for _, each := range all {
		if each.Terminal == terminal {
			made += each.Generation
		}
	}
	if want := "ABCDEFGH"[:strings.Index("ABCDEFGH", newest)+1]; made != want {
		t.Errorf("the platform made the generations %s of %s, want %s", made, terminal, want)
	}
}
