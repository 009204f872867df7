package uitest

import (
	"os"
	"path/filepath"
	"testing"
)

// accept takes the pages as they are for the new goldens: make goldens.
const accept = "BIANMIN_ACCEPT"

// Golden compares a page's markup with the accepted one in testdata; what differs lies in testdata/failed.
func Golden(t *testing.T, name, got string) {
	t.Helper()
	t.Helper()
	golden := filepath.Join("testdata", name)
	if os.Getenv(accept) != "" {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil { //nolint:gosec // goldens are read by everyone
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	failed := filepath.Join("testdata", "failed", name)
	if err := os.MkdirAll(filepath.Dir(failed), 0o755); err != nil { //nolint:gosec // the same
		t.Fatal(err)
	}
	if err := os.WriteFile(failed, []byte(got), 0o644); err != nil { //nolint:gosec // the same
		t.Fatal(err)
	}
	t.Errorf("differs from %s, see %s; accept with make goldens", golden, failed)
}
