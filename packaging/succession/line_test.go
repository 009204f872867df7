package succession_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"bianmin/internal/brittle"
	"bianmin/packaging/succession"
	"bianmin/platform/platformtest"
	"bianmin/sync/seal"
)

// TestLineBreaksWhileRetiring breaks the line at every record of the word to the platform. A machine that goes on ends
// whole, and its certificate says that the platform knows only when it does. One that is interrupted after the broken word
// is whole, and the same command tells the platform again, which keeps it once.
func TestLineBreaksWhileRetiring(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	l, err := brittle.Listen(t.Context(), p.Addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	sure := 0 // so many records pass each time; the word that a connection ends may come too late to be one
	run := func(t *testing.T, terminal string, place brittle.Place, interrupted bool) (records int) {
		data := t.TempDir()
		enrolIn(t, p, terminal, data)
		m := machine(data)
		r := succession.Retiring{
			Out: t.TempDir(), By: "陈师傅", Platform: "https://" + l.Addr(),
			Certify: func(succession.Erasure) ([]byte, error) { return []byte("%PDF-"), nil },
		}
		inTheWay := filepath.Join(data, "retiring.json")
		m.Step = func(point string) {
			if interrupted && point == "retire-told" {
				if err := os.Mkdir(inTheWay, 0o700); err != nil {
					t.Error(err)
				}
			}
		}
		l.Break(place)
		e, err := m.Retire(t.Context(), r)
		broke, records := l.Mend()
		if !broke && place.Record >= 0 && place.Record < sure {
			t.Error("the line did not break")
		}
		if interrupted {
			if _, known := seal.LoadIdentity(filepath.Join(data, "keys")); err == nil || known != nil {
				t.Fatalf("interrupted: %v, %v", err, known)
			}
			if err := os.Remove(inTheWay); err != nil {
				t.Fatal(err)
			}
			m.Step = nil
			if e, err = m.Retire(t.Context(), r); !e.Told {
				t.Error("again, with a line, it was not told")
			}
		}
		mustHaveEnded(t, p, terminal, data, e, err)
		if _, err := m.Retire(t.Context(), r); !errors.Is(err, seal.ErrNotEnrolled) {
			t.Errorf("a third time: %v", err)
		}
		return records
	}
	records := run(t, "QH0700", brittle.Nowhere, false)
	sure = records - 2
	for i, place := range brittle.Places(t, records, 10) {
		t.Run(place.String(), func(t *testing.T) {
			run(t, fmt.Sprintf("QH%04d", 8000+2*i), place, false)
			run(t, fmt.Sprintf("QH%04d", 8001+2*i), place, true)
		})
	}
}

// mustHaveEnded looks whether a machine is erased and certified, and the platform keeps its word once; it must when the certificate says so.
func mustHaveEnded(t *testing.T, p *platformtest.Platform, terminal, data string, e succession.Erasure, err error) {
	t.Helper()
	left, reading := os.ReadDir(data)
	if err := errors.Join(err, reading); err != nil || len(left) > 0 || e.KeyFiles == 0 {
		t.Errorf("%v, left %v, %d keys", err, left, e.KeyFiles)
	}
	var kept []struct{ Terminal, Generation string }
	if err := json.Unmarshal(p.Run("terminal", "retired"), &kept); err != nil {
		t.Fatal(err)
	}
	times := 0
	for _, k := range kept {
		if k.Terminal == terminal {
			times++
		}
	}
	if times > 1 || e.Told && times == 0 {
		t.Errorf("told %v, the platform keeps it %d times", e.Told, times)
	}
}
