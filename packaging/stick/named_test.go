package stick

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestNamed: an empty mount point is no stick; a folder that holds something, or lies elsewhere, is what it was named for.
func TestNamed(t *testing.T) {
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	in := func(name string) string { return filepath.Join(root, name) }
	for _, folder := range []string{"media/x", "media/technician/BIANMIN", "run/media/technician/USB", "mnt/usb", "home/backup", "mnt2", "media/full"} {
		if err := os.MkdirAll(in(folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(in("media/full/file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(in("mnt/usb"), in("stick")); err != nil {
		t.Fatal(err)
	}
	for name, none := range map[string]bool{
		"media/x": true, "media/x/": true, "media/technician": true, "media/technician/BIANMIN": true, "run/media/technician/USB": true,
		"mnt": true, "mnt/usb": true, "stick": true, "home/backup": false, "mnt2": false, "media/full": false, "media": false,
	} {
		if _, err := named(root, in(name)); errors.Is(err, ErrNone) != none || !none && err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if Mounted(in(name)) {
			t.Errorf("nothing is mounted at %s", name)
		}
	}
	if _, err := named(root, in("none")); err == nil || errors.Is(err, ErrNone) {
		t.Errorf("a folder that is not there: %v", err)
	}
	if !Mounted("/proc") {
		t.Error("the kernel's own file system is not seen as mounted")
	}
}
