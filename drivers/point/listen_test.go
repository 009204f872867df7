package point_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/link"
	"bianmin/drivers/point"
	"bianmin/drivers/sim/plug"
)

// line is the far end of a serial line: it counts what comes, and sends what it is told.
func line(t *testing.T, path string) (cable *plug.Cable, received *atomic.Int64) {
	t.Helper()
	received = &atomic.Int64{}
	cable, err := plug.New(t.Context(), path, func(_ context.Context, end *os.File) {
		buffer := make([]byte, 64)
		for {
			n, err := end.Read(buffer)
			if err != nil {
				return
			}
			received.Add(int64(n))
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cable.Close(); err != nil {
			t.Error(err)
		}
	})
	return cable, received
}

// every sends again and again until the test's part is over.
func every(t *testing.T, pause time.Duration, cable *plug.Cable, data string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var sending sync.WaitGroup
	sending.Go(func() {
		tick := time.NewTicker(pause)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if _, err := cable.Write([]byte(data)); err != nil {
					return
				}
			}
		}
	})
	t.Cleanup(func() { cancel(); sending.Wait() })
}

// TestListen: among several lines, one of them noisy without end and one that somebody holds, the pressed button is known,
// and no line gets a byte.
func TestListen(t *testing.T) {
	dir := t.TempDir()
	var links []string
	var cables []*plug.Cable
	var counts []*atomic.Int64
	for _, name := range []string{"quiet", "noisy", "button", "taken"} {
		cable, received := line(t, filepath.Join(dir, name))
		links, cables, counts = append(links, "serial:"+filepath.Join(dir, name)), append(cables, cable), append(counts, received)
	}
	links = append(links, "serial:"+filepath.Join(dir, "none"))
	held, err := holds(t, links[3])
	if err != nil {
		t.Fatal(err)
	}
	defer held()
	every(t, 5*time.Millisecond, cables[1], "\x00\xffS\x81\r")
	every(t, 200*time.Millisecond, cables[2], "S\r\n")
	var mutex sync.Mutex
	var noisy []string
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	begun := time.Now()
	found := point.Listen(ctx, links, func(name string) { mutex.Lock(); noisy = append(noisy, name); mutex.Unlock() })
	if found.Link != links[2] || found.Role != drivers.RoleButton || found.Baud != 9600 || time.Since(begun) > 5*time.Second {
		t.Errorf("%+v after %s", found, time.Since(begun))
	}
	for i, received := range counts {
		if n := received.Load(); n != 0 {
			t.Errorf("%s got %d bytes", links[i], n)
		}
	}
	for _, name := range noisy {
		if name != links[1] {
			t.Errorf("%s is called noisy", name)
		}
	}
}

// TestListenAgain: a press that sounds like noise asks for another one, at another speed; nobody who presses is no button.
func TestListenAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "button")
	cable, _ := line(t, path)
	links := []string{"serial:" + path}
	short, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	if found := point.Listen(short, links, func(string) { t.Error("noise of nothing") }); found.Link != "" {
		t.Errorf("nobody pressed: %+v", found)
	}
	var calls []string
	ctx, end := context.WithTimeout(t.Context(), 10*time.Second)
	defer end()
	var sending sync.WaitGroup
	sending.Go(func() {
		for _, sent := range []string{"\x00\xe0\x1c", "S\r\n"} {
			select {
			case <-time.After(700 * time.Millisecond):
			case <-ctx.Done():
				return
			}
			if _, err := cable.Write([]byte(sent)); err != nil {
				t.Error(err)
			}
		}
	})
	found := point.Listen(ctx, links, func(name string) { calls = append(calls, name) })
	sending.Wait()
	if found.Link != links[0] || found.Baud != 115200 || !slices.Equal(calls, links) {
		t.Errorf("%+v, noise %q", found, calls)
	}
}

// holds opens a link as another program does.
func holds(t *testing.T, name string) (release func(), err error) {
	t.Helper()
	opened, err := link.Open(t.Context(), name, link.Options{})
	if err != nil {
		return nil, err
	}
	return func() {
		if err := opened.Close(); err != nil {
			t.Error(err)
		}
	}, nil
}
