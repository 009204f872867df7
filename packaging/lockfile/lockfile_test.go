package lockfile

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestLetsGoByWord: a program that is just being started still holds a copy of every descriptor, and must not keep the lock.
func TestLetsGoByWord(t *testing.T) {
	path := filepath.Join(t.TempDir(), "one.lock")
	release, err := Within(0, path, Alone)
	if err != nil {
		t.Fatal(err)
	}
	copied := duplicate(t, path)
	defer func() { _ = unix.Close(copied) }()
	if err := release(); err != nil {
		t.Fatal(err)
	}
	again, err := Within(0, path, Alone)
	if err != nil {
		t.Fatalf("a copy of the descriptor keeps the lock: %v", err)
	}
	if err := again(); err != nil {
		t.Fatal(err)
	}
}

// duplicate is what fork does to the one descriptor of a file.
func duplicate(t *testing.T, path string) int {
	t.Helper()
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range open {
		if to, err := os.Readlink("/proc/self/fd/" + one.Name()); err != nil || to != path {
			continue
		}
		var descriptor int
		if _, err := fmt.Sscan(one.Name(), &descriptor); err != nil {
			t.Fatal(err)
		}
		copied, err := unix.Dup(descriptor)
		if err != nil {
			t.Fatal(err)
		}
		return copied
	}
	t.Fatal("the lock's file is not open")
	return 0
}

func TestWhoShutsOutWhom(t *testing.T) {
	for _, c := range []struct {
		first, second Mode
		held          bool
	}{{Alone, Alone, true}, {Alone, Together, true}, {Together, Alone, true}, {Together, Together, false}} {
		path := filepath.Join(t.TempDir(), "one.lock")
		release, err := Within(0, path, c.first)
		if err != nil {
			t.Fatal(err)
		}
		second, err := Within(0, path, c.second)
		if errors.Is(err, ErrHeld) != c.held || (err == nil) == c.held {
			t.Errorf("%v beside %v: %v", c.second, c.first, err)
		}
		if err == nil {
			_ = second()
		}
		if err := release(); err != nil {
			t.Error(err)
		}
	}
}

// TestWaits: who waits gets it when it is let go, and gives up with its context.
func TestWaits(t *testing.T) {
	path := filepath.Join(t.TempDir(), "one.lock")
	release, err := Within(0, path, Alone)
	if err != nil {
		t.Fatal(err)
	}
	short, stop := context.WithTimeout(t.Context(), 3*poll)
	defer stop()
	if _, err := Take(short, path, Alone); !errors.Is(err, ErrHeld) {
		t.Fatalf("held: %v", err)
	}
	freed := make(chan error, 1)
	time.AfterFunc(3*poll, func() { freed <- release() })
	again, err := Within(time.Minute, path, Alone)
	if err := errors.Join(err, <-freed); err != nil {
		t.Fatal(err)
	}
	if err := again(); err != nil {
		t.Fatal(err)
	}
}

// TestNoLink: a lock never opens what a link leads to, and its error names no folder.
func TestNoLink(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "private-folder")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "one.lock")
	if err := os.Symlink("/etc/hostname", path); err != nil {
		t.Fatal(err)
	}
	_, err := Within(0, path, Alone)
	if err == nil || !errors.Is(err, unix.ELOOP) || strings.Contains(err.Error(), "private-folder") {
		t.Fatalf("through a link: %v", err)
	}
}

// TestFolder: a folder itself is held, and nothing is written into it.
func TestFolder(t *testing.T) {
	folder := t.TempDir()
	release, err := Folder(0, folder, Alone)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Folder(0, folder, Alone); !errors.Is(err, ErrHeld) {
		t.Errorf("held twice: %v", err)
	}
	if err := release(); err != nil {
		t.Error(err)
	}
	if inside, err := os.ReadDir(folder); err != nil || len(inside) > 0 {
		t.Errorf("%v lie in it (%v)", inside, err)
	}
}

// TestOurs: a lock's file is its maker's alone.
func TestOurs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "one.lock")
	release, err := Within(0, path, Alone)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err := errors.Join(err, release()); err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
}
