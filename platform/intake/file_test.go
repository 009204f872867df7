package intake

import (
	"bytes"
	"errors"
	"os"
	"syscall"
	"testing"
)

// TestUnsyncedBytesAreNotHeld: bytes whose sync failed are asked for again.
func TestUnsyncedBytesAreNotHeld(t *testing.T) {
	in, err := New(Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	add := func(held int64, n int) (int64, error) {
		now, _, err := in.appendBody(Upload{ID: "0f", Length: 100, Body: bytes.NewReader(make([]byte, n))}, held)
		return now, err
	}
	if now, err := add(0, 30); err != nil || now != 30 {
		t.Fatal(now, err)
	}
	in.sync = func(*os.File) error { return syscall.EIO }
	if now, err := add(30, 20); !errors.Is(err, syscall.EIO) || now != 30 {
		t.Errorf("%d, %v", now, err)
	}
	if size, err := in.size("0f"); err != nil || size != 30 {
		t.Errorf("%d bytes count as held and synced, want 30 (%v)", size, err)
	}
	in.sync = (*os.File).Sync
	if now, err := add(30, 70); err != nil || now != 100 {
		t.Errorf("%d, %v", now, err)
	}
}
