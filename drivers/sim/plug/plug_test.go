package plug_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"bianmin/drivers/sim/plug"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// echo sends back what it gets.
func echo(_ context.Context, end *os.File) { _, _ = io.Copy(end, end) }

func talk(t *testing.T, path string, data []byte) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if _, err := f.Write(data); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len(data))
	if _, err := io.ReadFull(f, got); err != nil || !bytes.Equal(got, data) {
		t.Errorf("%x came back as %x, %v", data, got, err)
	}
}

// Every byte value goes through unchanged, from the first program on and after each replugging.
func TestCableIsTransparent(t *testing.T) {
	path := filepath.Join(t.TempDir(), "device")
	c, err := plug.New(context.Background(), path, echo)
	if err != nil {
		t.Fatal(err)
	}
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	for range 3 {
		talk(t, c.Path(), all)
		if err := c.Unplug(); err != nil || c.Plugged() {
			t.Fatal(err)
		}
		if _, err := os.Lstat(path); !os.IsNotExist(err) {
			t.Errorf("the name outlives the cable: %v", err)
		}
		if _, err := c.Write([]byte("x")); err == nil {
			t.Error("wrote without a cable")
		}
		if err := c.Unplug(); err != nil { // again: nothing to do
			t.Error(err)
		}
		if err := c.Plug(); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

// A program that waits for bytes sees the line hang up.
func TestUnplugEndsReads(t *testing.T) {
	c, err := plug.New(context.Background(), filepath.Join(t.TempDir(), "device"), echo)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(c.Path(), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		_, err := f.Read(make([]byte, 1))
		ended <- err
	}()
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ended; err == nil {
		t.Error("the read gave bytes")
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}

func TestNoPlaceForTheName(t *testing.T) {
	if _, err := plug.New(context.Background(), filepath.Join(t.TempDir(), "none", "device"), echo); err == nil {
		t.Error("a name in a folder that does not exist")
	}
}
