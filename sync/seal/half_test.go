package seal_test

import (
	"os"
	"path/filepath"
	"testing"

	"bianmin/sync/seal"
)

// TestHalfSaved: keys whose writing broke off before the secrets they inherited are no keys; to take them up would lose
// what opens the cases of the machines before.
func TestHalfSaved(t *testing.T) {
	keys, err := seal.Generate()
	if err != nil {
		t.Fatal(err)
	}
	keys.Inherited = [][32]byte{{1, 2, 3}}
	folder := t.TempDir()
	blocked := filepath.Join(folder, "inherited.key", "full") // a folder with something in it lets no file be renamed over it
	if err := os.MkdirAll(blocked, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := keys.Save(folder); err == nil {
		t.Fatal("saved what it could not write")
	}
	if err := os.RemoveAll(filepath.Dir(blocked)); err != nil {
		t.Fatal(err)
	}
	if half, err := seal.LoadKeys(folder); err == nil {
		t.Errorf("half-written keys are taken up, with the inherited secrets %v", half.Inherited)
	}
}
