package device_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bianmin/drivers/sim/plug"
)

// TestCode: a code reader on a serial line; one that says nothing, and names that are none.
func TestCode(t *testing.T) {
	plugged := func(says string) string {
		c, err := plug.New(context.Background(), filepath.Join(t.TempDir(), "scanner"), func(ctx context.Context, end *os.File) {
			for ctx.Err() == nil {
				if _, err := end.WriteString(says); err != nil {
					return
				}
				select {
				case <-ctx.Done():
				case <-time.After(50 * time.Millisecond):
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		})
		return "serial:" + c.Path()
	}
	const number = "990301197503120331"
	if out, err := run(t, "code", "--link", plugged(number+"\r"), "--json"); err != nil || strings.Contains(out, number) || !strings.Contains(out, `"9903************31"`) || !strings.Contains(out, `"characters": 18`) {
		t.Errorf("masked: %v\n%s", err, out)
	}
	if out, err := run(t, "code", "--link", plugged("short\r")); err != nil || out != "s****  (5)  \n" {
		t.Errorf("short: %v\n%s", err, out)
	}
	if out, err := run(t, "code", "--link", plugged("]Q1hello\r"), "--json", "--full"); err != nil || !strings.Contains(out, `"text": "hello"`) || !strings.Contains(out, `"symbology": "]Q1"`) {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := run(t, "code", "--link", plugged(""), "--timeout", "300ms"); err == nil || !strings.Contains(err.Error(), "no code was scanned within 300ms") || out != "" {
		t.Errorf("silent: %v\n%s", err, out)
	}
	if out, err := run(t, "code", "--link", plugged(""), "--timeout", "100ms", "--json"); err == nil || !strings.Contains(out, `"fault": "no-code"`) {
		t.Errorf("silent: %v\n%s", err, out)
	}
	if out, err := run(t, "status", "--link", plugged(""), "--role", "code", "--json"); err != nil || !strings.Contains(out, `"condition": "online"`) {
		t.Errorf("status: %v\n%s", err, out)
	}
	for link, fault := range map[string]string{"evdev:ffff:fff1": "unplugged", "hid:ffff:fff1": "unplugged", "serial:/nowhere": "unplugged", "tcp:1": "usage"} {
		if out, err := run(t, "status", "--link", link, "--role", "code", "--json"); err == nil || !strings.Contains(out, `"fault": "`+fault+`"`) || !strings.Contains(out, `"condition": "noDevice"`) {
			t.Errorf("%s: %v\n%s", link, err, out)
		}
	}
	for link, want := range map[string]string{"hid:ffff:fff1": "unplugged", "hid:0c2e": "say VENDOR:PRODUCT", "tcp:1": "names no code reader", "evdev:": "names no code reader", "evdev:ffff:fff1": "unplugged", "serial:/nowhere": "is not there"} {
		if _, err := run(t, "code", "--link", link); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", link, err)
		}
	}
}
