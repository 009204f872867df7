package link_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"bianmin/drivers/link"
	"bianmin/drivers/sim/plug"
)

func TestOpen(t *testing.T) {
	c, err := plug.New(context.Background(), filepath.Join(t.TempDir(), "a:b"), func(_ context.Context, end *os.File) { _, _ = io.Copy(end, end) })
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}()
	l, err := link.Open(t.Context(), "serial:"+c.Path(), link.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.WriteContext(t.Context(), []byte("x")); err != nil {
		t.Error(err)
	}
	buffer := make([]byte, 4)
	if n, err := l.ReadContext(t.Context(), buffer); err != nil || string(buffer[:n]) != "x" {
		t.Errorf("read %q, %v", buffer[:n], err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	for _, name := range []string{"", "serial", "serial:", "usb:", "usb:0400", "usb:0400:c35a@", "hid:", "hid:printer", "tcp:1.2.3.4", c.Path()} {
		if l, err := link.Open(t.Context(), name, link.Options{}); !errors.Is(err, link.ErrName) || l != nil {
			t.Errorf("Open(%q) = %v, %v", name, l, err)
		}
	}
}

// TestAbsent: a device that is not there is unplugged, on every kind of link.
func TestAbsent(t *testing.T) {
	for _, name := range []string{"serial:" + filepath.Join(t.TempDir(), "none"), "usb:ffff:fff1", "usb:ffff:fff1:A1", "usb:ffff:fff1@9-9", "hid:ffff:fff1"} {
		if l, err := link.Open(t.Context(), name, link.Options{}); !errors.Is(err, link.ErrUnplugged) || l != nil {
			t.Errorf("Open(%q) = %v, %v", name, l, err)
		}
	}
}
