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

	"bianmin/assets"
	"bianmin/kiosk/journey"
	"bianmin/packaging/settings"
)

// reason opens a terminal with the catalogue folder and gives why its screen says that it cannot serve.
func reason(t *testing.T, folder string) (why, log string) {
	t.Helper()
	var lines bytes.Buffer
	k, err := Open(t.Context(), Options{
		Settings: settings.Settings{
			Data: t.TempDir(), Catalogue: folder, Session: settings.Session{Idle: time.Hour, Warn: time.Hour, Done: time.Hour},
		},
		Log: slog.New(slog.NewTextHandler(&lines, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := k.Close(); err != nil {
			t.Error(err)
		}
	}()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	session, done := k.Session(), make(chan error, 1)
	go func() { _, err := session.Run(ctx); done <- err }()
	for state := range session.States() {
		if state.Screen == journey.OutOfService {
			why = state.OutOfService.Reason
			cancel()
		}
	}
	if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	return why, lines.String()
}

// TestBrokenCatalogueIsAScreen: the terminal opens, says why it cannot serve, and
// logs one line with folder, file, place and reason; with the folder mended the next start serves.
func TestBrokenCatalogueIsAScreen(t *testing.T) {
	folder := t.TempDir()
	if err := os.CopyFS(folder, assets.Catalogue()); err != nil {
		t.Fatal(err)
	}
	main := filepath.Join(folder, "catalogue.json")
	whole, err := os.ReadFile(main)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(main, bytes.Replace(whole, []byte(`"version"`), []byte(`"versoin"`), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	why, log := reason(t, folder)
	if why != "catalogue" {
		t.Errorf("the screen says %q", why)
	}
	line := ""
	for l := range strings.Lines(log) {
		if strings.Contains(l, "catalogue is broken") {
			line += l
		}
	}
	for _, part := range []string{folder, "file=catalogue.json", "pointer=/", "versoin"} {
		if !strings.Contains(line, part) || strings.Count(line, "\n") != 1 {
			t.Errorf("%q is not in the one line %q", part, line)
		}
	}
	if why, _ := reason(t, filepath.Join(folder, "none")); why != "catalogue" {
		t.Errorf("without a folder the screen says %q", why)
	}
	if err := os.WriteFile(main, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	if why, _ := reason(t, folder); why != "not-enrolled" {
		t.Errorf("mended, the screen says %q", why)
	}
}
