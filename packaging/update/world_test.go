package update_test

import (
	"crypto/sha256"
	"encoding/pem"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bianmin/packaging/update"
	"bianmin/platform/publish"
)

// world is a province with its repository and a terminal, in folders.
type world struct {
	t        *testing.T
	folder   string
	now      time.Time
	platform publish.Repository
	terminal *update.Updater
}

const arch = "amd64"

func newWorld(t *testing.T) *world {
	t.Helper()
	return makeWorld(t, t.TempDir())
}

func makeWorld(t *testing.T, folder string) *world {
	t.Helper()
	w := &world{t: t, folder: folder, now: time.Date(2026, 11, 26, 2, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return w.now }
	w.platform = publish.Repository{Folder: w.in("repository"), Keys: w.in("keys"), Lives: publish.DefaultLives, Now: clock}
	must(t, publish.MakeKeys(w.in("keys")))
	must(t, w.platform.Create())
	root := w.in("update-root.json")
	must(t, copyFile(w.in("repository", "metadata", "1.root.json"), root))
	w.terminal = update.New(update.Updater{
		Prefix: w.in("prefix"), State: w.in("state"), Data: w.in("data"), Root: root, Arch: arch, Now: clock, Margin: 1, Wait: 2 * time.Second,
	})
	must(t, os.MkdirAll(w.in("state"), 0o755))
	must(t, os.MkdirAll(w.in("data"), 0o700))
	w.installed("1.0.0")
	return w
}

func (w *world) in(parts ...string) string {
	return filepath.Join(append([]string{w.folder}, parts...)...)
}

// programs writes the programs of a version into a folder.
func (w *world) programs(folder, version string) string {
	w.t.Helper()
	must(w.t, os.MkdirAll(folder, 0o755))
	script := fmt.Sprintf("#!/bin/sh\necho provision version %s\n", version)
	must(w.t, os.WriteFile(filepath.Join(folder, "provision"), []byte(script), 0o755))
	for i, name := range []string{"kiosk", "sender"} {
		content := make([]byte, 3000*(i+1)) // nothing that gets smaller
		_, err := rand.NewChaCha8(sha256.Sum256([]byte(version + name))).Read(content)
		must(w.t, err)
		must(w.t, os.WriteFile(filepath.Join(folder, name), content, 0o755))
	}
	return folder
}

// installed puts a version in place as the package does.
func (w *world) installed(version string) {
	w.t.Helper()
	w.programs(w.in("prefix", "versions", version), version)
	for _, name := range []string{"current", "keeper"} {
		_ = os.Remove(w.in("prefix", name))
		must(w.t, os.Symlink("versions/"+version, w.in("prefix", name)))
	}
}

func (w *world) publish(version string) {
	w.t.Helper()
	_, err := w.platform.Add(w.programs(w.in("built", version), version), version, arch)
	must(w.t, err)
}

func (w *world) stick() update.Source { return update.Folder(w.in("repository")) }

// mirror serves the repository; change may answer instead.
func (w *world) mirror(change func(http.ResponseWriter, *http.Request) (answered bool)) update.Source {
	w.t.Helper()
	files := http.StripPrefix("/bianmin", http.FileServer(http.Dir(w.in("repository"))))
	server := httptest.NewTLSServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if change == nil || !change(rw, r) {
			files.ServeHTTP(rw, r)
		}
	}))
	w.t.Cleanup(server.Close)
	authority, err := update.Authorities(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	must(w.t, err)
	m, err := update.NewMirror(server.URL+"/bianmin", authority)
	must(w.t, err)
	w.t.Cleanup(m.Close)
	return m
}

// bring checks and fetches.
func (w *world) bring(from update.Source) error {
	offer, err := w.terminal.Check(w.t.Context(), from)
	if err != nil {
		return err
	}
	if offer == nil {
		return nil
	}
	return w.terminal.Fetch(w.t.Context(), from, offer)
}

// file is a file of the repository, by how its name ends.
func (w *world) file(folder, end string) string {
	w.t.Helper()
	entries, err := os.ReadDir(w.in("repository", folder))
	must(w.t, err)
	found := ""
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), end) {
			found = e.Name() // the last one
		}
	}
	if found == "" {
		w.t.Fatalf("%s holds no …%s", folder, end)
	}
	return w.in("repository", folder, found)
}

func (w *world) staged(version string) {
	w.t.Helper()
	s, err := w.terminal.Staged()
	must(w.t, err)
	if s == nil || s.Version != version {
		w.t.Fatalf("staged is %+v, want %s", s, version)
	}
	must(w.t, s.Verify(w.in("prefix", "versions", version)))
}

func (w *world) nothingStaged() {
	w.t.Helper()
	if s, err := w.terminal.Staged(); s != nil || err != nil {
		w.t.Fatalf("%+v is staged, %v", s, err)
	}
	entries, err := os.ReadDir(w.in("prefix", "versions"))
	must(w.t, err)
	if len(entries) != 1 {
		w.t.Fatalf("versions holds %v", entries)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantCode(t *testing.T, err error, want update.Code) {
	t.Helper()
	if got := update.CodeOf(err); got != want {
		t.Fatalf("code %q, want %q: %v", got, want, err)
	}
}

func makeKeys(t *testing.T, folder string) {
	t.Helper()
	must(t, publish.MakeKeys(folder))
}
