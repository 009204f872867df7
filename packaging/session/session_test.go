package session

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestApply(t *testing.T) {
	root := t.TempDir()
	apply := func(role Role) []string {
		t.Helper()
		changed, err := Apply(root, role)
		if err != nil {
			t.Fatal(err)
		}
		return changed
	}
	if changed := apply(Kiosk); len(changed) != len(kiosk()) {
		t.Errorf("%d of %d files", len(changed), len(kiosk()))
	}
	if changed := apply(Kiosk); len(changed) != 0 {
		t.Errorf("a second time changed %v", changed)
	}
	target, err := os.Readlink(filepath.Join(root, "/etc/systemd/system/ctrl-alt-del.target"))
	if err != nil || target != "/dev/null" {
		t.Errorf("ctrl-alt-del leads to %q, %v", target, err)
	}
	apply(Desk)
	if _, err := os.Lstat(filepath.Join(root, "/etc/systemd/system/ctrl-alt-del.target")); !errors.Is(err, os.ErrNotExist) {
		t.Error("a desk has no ctrl-alt-del")
	}
	info, err := os.Stat(filepath.Join(root, "/etc/sudoers.d/bianmin"))
	if err != nil || info.Mode() != 0o440 {
		t.Errorf("sudo's file: %v, %v", info, err)
	}
	apply(None)
	err = filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			t.Errorf("left behind: %s", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if _, err := Apply(root, "both"); !errors.Is(err, ErrRole) {
		t.Errorf("an unknown role: %v", err)
	}
}

// TestOthersFilesStay: what an office's own administrator wrote is never touched.
func TestOthersFilesStay(t *testing.T) {
	root := t.TempDir()
	path := filepath.Join(root, "/etc/chrony/conf.d/bianmin.conf")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("server 10.0.0.1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Apply(root, Kiosk); !errors.Is(err, ErrForeign) || !strings.Contains(err.Error(), "/etc/chrony/conf.d/bianmin.conf") {
		t.Errorf("got %v", err)
	}
	mask := filepath.Join(root, "/etc/systemd/system/getty@.service")
	if err := os.Remove(mask); err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(mask), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/etc/own.service", mask); err != nil {
		t.Fatal(err)
	}
	if _, err := Apply(root, None); err != nil {
		t.Fatal(err)
	}
	if content, err := os.ReadFile(path); err != nil || string(content) != "server 10.0.0.1\n" {
		t.Errorf("%q, %v", content, err)
	}
	if target, err := os.Readlink(mask); err != nil || target != "/etc/own.service" {
		t.Errorf("%q, %v", target, err)
	}
}
