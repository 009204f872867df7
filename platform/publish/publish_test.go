package publish_test

import (
	"encoding/base64"
	"errors"
	"os"
	"os/exec"
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

// bundle is a folder as packaging/build/bundle leaves it.
func bundle(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	for name, content := range map[string]string{"about": "version=1\n", "install.sh": "#!/bin/sh\nkeys=\nneeded=9\nexit 0\n", "repository/a_1.deb": "a"} {
		path := filepath.Join(folder, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(content), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// verified asks gpgv for the keys of the good signatures, as the installer does.
func verified(t *testing.T, folder string) (good []string, ok bool) {
	t.Helper()
	script, err := os.ReadFile(filepath.Join(folder, "install.sh"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(script), "\nkeys=")
	line, _, _ := strings.Cut(rest, "\n")
	ring, err := base64.StdEncoding.DecodeString(line)
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	if err := os.WriteFile(filepath.Join(home, "keys"), ring, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("gpgv", "--homedir", home, "--status-fd", "1", "--keyring", filepath.Join(home, "keys"),
		filepath.Join(folder, "SHA256SUMS.gpg"), filepath.Join(folder, "SHA256SUMS")).Output()
	for line := range strings.Lines(string(out)) {
		if words := strings.Fields(line); len(words) > 2 && words[1] == "VALIDSIG" {
			good = append(good, words[2])
		}
	}
	return good, err == nil
}

// TestBundle: what a bundle is signed with is what gpgv believes, by two of three custodians too, and nothing else.
func TestBundle(t *testing.T) {
	r := repository(t)
	folder := bundle(t)
	first, err := r.SignBundle(folder)
	if err != nil {
		t.Fatal(err)
	}
	if good, ok := verified(t, folder); !ok || len(good) != 3 {
		t.Fatalf("good are %v, %v", good, ok)
	}
	begun := r.Now()
	for n := range 40 { // a number in a signature has leading zeros now and then
		r.Now = func() time.Time { return begun.Add(time.Duration(n) * time.Second) }
		if _, err := r.SignBundle(folder); err != nil {
			t.Fatal(err)
		}
		if good, ok := verified(t, folder); !ok || len(good) != 3 {
			t.Fatalf("signed at %v, good are %v", r.Now(), good)
		}
	}
	if err := os.Remove(filepath.Join(r.Keys, "targets-2.pem")); err != nil {
		t.Fatal(err)
	}
	second, err := r.SignBundle(folder)
	if err != nil || second != first {
		t.Errorf("the installer's fingerprint is %s and %s, %v", first, second, err)
	}
	if good, ok := verified(t, folder); !ok || len(good) != 2 {
		t.Errorf("good are %v, %v", good, ok)
	}
	sums := filepath.Join(folder, "SHA256SUMS")
	content, err := os.ReadFile(sums)
	if err != nil || strings.Count(string(content), "\n") != 4 {
		t.Errorf("the list is %q, %v", content, err)
	}
	if err := os.WriteFile(sums, append(content, '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
	if good, ok := verified(t, folder); ok || len(good) != 0 {
		t.Errorf("another list was believed: %v", good)
	}
}

// TestBundleRefused: no bundle that an installer would refuse is signed.
func TestBundleRefused(t *testing.T) {
	r := repository(t)
	for name, do := range map[string]func(folder string) error{
		"no bundle":       func(folder string) error { return os.Remove(filepath.Join(folder, "about")) },
		"no place":        func(folder string) error { return os.WriteFile(filepath.Join(folder, "install.sh"), nil, 0o600) },
		"a link":          func(folder string) error { return os.Symlink("/etc/passwd", filepath.Join(folder, "repository", "b")) },
		"a strange name":  func(folder string) error { return os.WriteFile(filepath.Join(folder, "a b"), nil, 0o600) },
		"keys of another": func(string) error { r.Keys = filepath.Join(t.TempDir(), "keys"); return publish.MakeKeys(r.Keys) },
	} {
		before := r
		folder := bundle(t)
		if err := do(folder); err != nil {
			t.Fatal(err)
		}
		if _, err := r.SignBundle(folder); err == nil {
			t.Errorf("%s: signed", name)
		}
		r = before
	}
}
