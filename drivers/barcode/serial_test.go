package barcode_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"bianmin/drivers"
	"bianmin/drivers/barcode"
	"bianmin/drivers/link"
	"bianmin/drivers/sim/button"
)

// reading is a code reader on a pseudo terminal: a line that says what it is told to say.
func reading(t *testing.T) (*button.Button, *barcode.Reader) {
	t.Helper()
	line, err := button.New(t.Context(), filepath.Join(t.TempDir(), "reader"))
	if err != nil {
		t.Fatal(err)
	}
	l, err := link.Open(t.Context(), "serial:"+line.Path(), link.Options{Baud: 9600})
	if err != nil {
		t.Fatal(err)
	}
	r := barcode.New(l)
	t.Cleanup(func() {
		if err := errors.Join(r.Close(), line.Close()); err != nil {
			t.Error(err)
		}
	})
	return line, r
}

func send(t *testing.T, line *button.Button, data ...string) {
	t.Helper()
	for _, d := range data {
		if err := line.Send([]byte(d)); err != nil {
			t.Fatal(err)
		}
	}
}

func expect(t *testing.T, r drivers.CodeReader, want string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if code, err := r.Scan(ctx); err != nil || code.Text != want {
		t.Errorf("%q, %v; want %q", code.Text, err, want)
	}
}

// TestLine: ends of every kind, codes that come together, none at all, and two writings.
func TestLine(t *testing.T) {
	line, r := reading(t)
	send(t, line, "one\r", "two\r\n", "three\nfour\r\n\r\n")
	for _, want := range []string{"one", "two", "three", "four"} {
		expect(t, r, want)
	}
	chinese, err := simplifiedchinese.GB18030.NewEncoder().String("高龄津贴")
	if err != nil {
		t.Fatal(err)
	}
	send(t, line, chinese+"\r")
	expect(t, r, "高龄津贴")
	send(t, line, "no end", " of its own")
	expect(t, r, "no end of its own")
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if code, err := r.Scan(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("nothing came: %+v, %v", code, err)
	}
}

// TestLineBad: what is no text is told, and the next code is read.
func TestLineBad(t *testing.T) {
	line, r := reading(t)
	send(t, line, "\xff\xff1\r", "next\r")
	if code, err := r.Scan(t.Context()); drivers.FaultOf(err) != drivers.FaultProtocol || !errors.Is(err, barcode.ErrEncoding) {
		t.Errorf("%+v, %v", code, err)
	}
	expect(t, r, "next")
	send(t, line, "held before it earlier\r")
	pause(t, 100*time.Millisecond)
	if err := r.Forget(); err != nil {
		t.Fatal(err)
	}
	send(t, line, "asked for\r")
	expect(t, r, "asked for")
	if err := line.Unplug(); err != nil {
		t.Fatal(err)
	}
	if code, err := r.Scan(t.Context()); drivers.FaultOf(err) != drivers.FaultUnplugged {
		t.Errorf("unplugged: %+v, %v", code, err)
	}
}

func pause(t *testing.T, d time.Duration) {
	t.Helper()
	select {
	case <-time.After(d):
	case <-t.Context().Done():
	}
}
