package publish_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bianmin/platform/publish"
)

func programs(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	for _, name := range []string{"agent", "provision", "sender"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func repository(t *testing.T) publish.Repository {
	t.Helper()
	folder := t.TempDir()
	r := publish.Repository{Folder: filepath.Join(folder, "repository"), Keys: filepath.Join(folder, "keys"), Lives: publish.DefaultLives, Now: time.Now}
	if err := publish.MakeKeys(r.Keys); err != nil {
		t.Fatal(err)
	}
	if err := r.Create(); err != nil {
		t.Fatal(err)
	}
	return r
}

// TestKeys: made once, eight of them, for their owner alone.
func TestKeys(t *testing.T) {
	r := repository(t)
	if err := publish.MakeKeys(r.Keys); !errors.Is(err, publish.ErrKeysThere) {
		t.Errorf("keys were made again: %v", err)
	}
	entries, err := os.ReadDir(r.Keys)
	if err != nil || len(entries) != 8 {
		t.Fatalf("%v, %v", entries, err)
	}
	for _, e := range entries {
		if info, err := e.Info(); err != nil || info.Mode() != 0o600 {
			t.Errorf("%s has mode %v, %v", e.Name(), info.Mode(), err)
		}
	}
}

// TestThresholds: two of three keys sign, one does not; a refresh needs neither root nor targets.
func TestThresholds(t *testing.T) {
	r := repository(t)
	gone := func(names ...string) {
		for _, name := range names {
			if err := os.Remove(filepath.Join(r.Keys, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	gone("targets-2.pem")
	if _, err := r.Add(programs(t), "1.0", "amd64"); err != nil {
		t.Fatalf("with two keys: %v", err)
	}
	gone("targets-1.pem", "root-1.pem", "root-2.pem", "root-3.pem")
	if _, err := r.Add(programs(t), "1.1", "amd64"); err == nil || !strings.Contains(err.Error(), "targets") {
		t.Fatalf("with one key: %v", err)
	}
	gone("targets-3.pem")
	if err := r.Refresh(); err != nil {
		t.Fatal(err)
	}
	gone("timestamp-1.pem")
	if err := r.Refresh(); err == nil {
		t.Fatal("refreshed without the key")
	}
	if all, err := r.List(); err != nil || len(all) != 1 || all[0].Version != "1.0" || all[0].Bytes == 0 {
		t.Errorf("published is %+v, %v", all, err)
	}
}

// TestRefused: what would mislead terminals is refused, and changes nothing.
func TestRefused(t *testing.T) {
	r := repository(t)
	if err := r.Create(); err == nil {
		t.Error("a repository was made over another")
	}
	if _, err := r.Add(programs(t), "1.0", "arm64"); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(filepath.Join(r.Folder, "metadata", "timestamp.json"))
	if err != nil {
		t.Fatal(err)
	}
	link := programs(t)
	if err := os.Symlink("/bin/sh", filepath.Join(link, "kiosk")); err != nil {
		t.Fatal(err)
	}
	for name, do := range map[string]func() error{
		"twice":           func() error { _, err := r.Add(programs(t), "1.0", "arm64"); return err },
		"no version":      func() error { _, err := r.Add(programs(t), "new", "arm64"); return err },
		"no programs":     func() error { _, err := r.Add(t.TempDir(), "1.1", "arm64"); return err },
		"no folder":       func() error { _, err := r.Add(filepath.Join(t.TempDir(), "none"), "1.1", "arm64"); return err },
		"a link":          func() error { _, err := r.Add(link, "1.1", "arm64"); return err },
		"withdraw":        func() error { return r.Withdraw("1.1") },
		"no repository":   func() error { return publish.Repository{Folder: t.TempDir(), Keys: r.Keys, Now: time.Now}.Refresh() },
		"keys of another": func() error { other := r; other.Keys = t.TempDir(); return other.Refresh() },
	} {
		if err := do(); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if after, err := os.ReadFile(filepath.Join(r.Folder, "metadata", "timestamp.json")); err != nil || string(after) != string(before) {
		t.Errorf("a refusal changed the repository, %v", err)
	}
	entries, err := os.ReadDir(filepath.Join(r.Folder, "targets"))
	if err != nil || len(entries) != 1 {
		t.Errorf("targets holds %v, %v", entries, err)
	}
}
