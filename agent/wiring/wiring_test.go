package wiring

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bianmin/agent/desk"
	"bianmin/packaging/settings"
)

// TestOpensUnenrolled: a PC that no platform knows opens, says why nobody can sign on, and closes.
func TestOpensUnenrolled(t *testing.T) {
	var lines bytes.Buffer
	a, err := Open(t.Context(), Options{Settings: settings.Settings{Data: t.TempDir()}, Log: slog.New(slog.NewTextHandler(&lines, nil))})
	if err != nil {
		t.Fatal(err)
	}
	if a.Environment() != "" {
		t.Errorf("environment %q", a.Environment())
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	d, done := a.Desk(), make(chan error, 1)
	go func() { done <- d.Run(ctx) }()
	for state := range d.States() {
		if state.Page == desk.SignOn && strings.HasSuffix(state.SignOn.Problem.Key, "not-enrolled") {
			cancel()
		}
	}
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("the desk never said that it is not enrolled: %v\n%s", err, lines.String())
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
}

// TestFolderKeepsWhatWasThere: a file is never written over.
func TestFolderKeepsWhatWasThere(t *testing.T) {
	f := folder{filepath.Join(t.TempDir(), "exports")}
	for _, content := range []string{"one", "two", "three"} {
		if _, err := f.Save(t.Context(), "../register.csv", []byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{"register.csv": "three", "register.1.csv": "one", "register.2.csv": "two"} {
		if got, err := os.ReadFile(filepath.Join(f.path, name)); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if got, err := f.Load(t.Context(), "register.csv"); err != nil || string(got) != "three" {
		t.Errorf("loaded %q, %v", got, err)
	}
	if _, err := f.Load(t.Context(), "nothing"); err == nil {
		t.Error("loaded a file that is not there")
	}
}
