package point_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/point"
	"bianmin/drivers/sim/button"
)

// kept is a log that is read by a test.
type kept struct {
	mutex  sync.Mutex
	buffer bytes.Buffer
}

func (k *kept) Write(p []byte) (int, error) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	return k.buffer.Write(p)
}

func (k *kept) String() string {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	return k.buffer.String()
}

// TestCode: codes are heard once, by whoever asks in time; pulled and put back the reader is found again, and the log says why it was away
// and nothing of any code.
func TestCode(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	line, err := button.New(ctx, t.TempDir()+"/reader")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = line.Close() }()
	var log kept
	var clock sync.Mutex
	now := time.Now()
	p, err := point.Start(ctx, point.Config{Code: &point.Code{Link: "serial:" + line.Path()}}, point.Options{
		Log: slog.New(slog.NewTextHandler(&log, nil)), Retry: 20 * time.Millisecond,
		Now: func() time.Time { clock.Lock(); defer clock.Unlock(); return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	stands := func(want drivers.Condition) {
		t.Helper()
		for {
			if all := p.Statuses(); len(all) == 1 && all[0].Role == drivers.RoleCode && all[0].Condition == want {
				return
			}
			select {
			case <-p.Changes():
			case <-ctx.Done():
				t.Fatalf("never %s: %+v", want, p.Statuses())
			}
		}
	}
	says := func(text string) {
		t.Helper()
		if err := line.Send([]byte(text + "\r")); err != nil {
			t.Fatal(err)
		}
	}
	hears := func(want string) {
		t.Helper()
		if code, err := p.Code().Scan(ctx); err != nil || code.Text != want {
			t.Errorf("%+v, %v", code, err)
		}
	}
	stands(drivers.Online)
	says("secret-one")
	hears("secret-one")
	says("secret-two")
	time.Sleep(200 * time.Millisecond) // it is heard, and nobody asks
	clock.Lock()
	now = now.Add(3 * time.Second)
	clock.Unlock()
	says("secret-three")
	hears("secret-three")
	says("\xff\xff")
	if code, err := p.Code().Scan(ctx); drivers.FaultOf(err) != drivers.FaultProtocol {
		t.Errorf("%+v, %v", code, err)
	}
	if err := line.Unplug(); err != nil {
		t.Fatal(err)
	}
	stands(drivers.NoDevice)
	short, stop := context.WithTimeout(ctx, 50*time.Millisecond)
	defer stop()
	if _, err := p.Code().Scan(short); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("without a reader: %v", err)
	}
	if err := line.Plug(); err != nil {
		t.Fatal(err)
	}
	stands(drivers.Online)
	says("secret-four")
	hears("secret-four")
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if said := log.String(); strings.Contains(said, "secret") || !strings.Contains(said, "condition=noDevice before=online") || !strings.Contains(said, "reason=") {
		t.Errorf("the log says %s", said)
	}
}

// TestCodeLinks: a code reader is named as such, or refused at once.
func TestCodeLinks(t *testing.T) {
	for _, link := range []string{"", "evdev:", "usb:0400:c35a", "/dev/input/event3", "keyboard"} {
		if p, err := point.Start(t.Context(), point.Config{Code: &point.Code{Link: link}}, point.Options{}); err == nil {
			t.Errorf("%q: %v", link, fmt.Sprint(p.Close()))
		}
	}
}
