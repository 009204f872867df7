package store

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"bianmin/sync/seal"
)

// TestFolderOfAKilledProgramIsSynced: a folder that a program made and was killed before it synced is made durable before a row may name what
// lies in it; and a sync that fails is tried again.
func TestFolderOfAKilledProgramIsSynced(t *testing.T) {
	folder := t.TempDir()
	s := open(t, folder, newMachine())
	for i := range 256 {
		must(t, os.MkdirAll(filepath.Join(folder, "attachments", string("0123456789abcdef"[i/16])+string("0123456789abcdef"[i%16])), 0o700))
	}
	var synced []string
	fails := true
	s.syncFolder = func(path string) error {
		if fails {
			return syscall.EIO
		}
		synced = append(synced, path)
		return seal.SyncFolder(path)
	}
	if _, err := s.Attach(t.Context(), "image/png", newZeros(10)); !errors.Is(err, syscall.EIO) {
		t.Errorf("kept without a synced folder: %v", err)
	}
	fails = false
	a, err := s.Attach(t.Context(), "image/png", newZeros(10))
	must(t, err)
	if want := []string{filepath.Join(folder, "attachments"), filepath.Join(folder, "attachments", a.Digest[:2])}; !slices.Equal(synced, want) {
		t.Errorf("synced %q, want %q", synced, want)
	}
}
