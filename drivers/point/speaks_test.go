package point

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"bianmin/drivers"
)

// talker is a device that says what a test gives it.
type talker struct {
	says   chan int
	broken error // of Close
}

func (d *talker) next(ctx context.Context) (int, error) {
	select {
	case what, ok := <-d.says:
		if !ok {
			return 0, &drivers.Error{Role: drivers.RoleButton, Fault: drivers.FaultUnplugged, Op: "wait"}
		}
		return what, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

func (d *talker) Close() error { return d.broken }

func speak(t *testing.T, log slog.Handler, d *talker) *speaker[int] {
	ctx, cancel := context.WithCancel(t.Context())
	options := Options{Now: time.Now, Log: slog.New(log), Retry: time.Hour}
	s := newSpeaker(drivers.RoleButton, newBoard(options.Log), options, nil, func(context.Context) (source[int], error) { return d, nil })
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return s
}

// TestUnheardDoesNotDeafen: whatever was said while nobody waited, what is said just before somebody does is heard.
func TestUnheardDoesNotDeafen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &talker{says: make(chan int)}
		s := speak(t, slog.DiscardHandler, d)
		for n := range 20 {
			d.says <- n
			time.Sleep(time.Minute)
		}
		d.says <- 100
		d.says <- 101
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var got []int
		for range 2 {
			what, err := s.wait(ctx, "test")
			if err != nil {
				t.Fatalf("what was said a moment ago is not heard: %v", err)
			}
			got = append(got, what)
		}
		if !slices.Equal(got, []int{100, 101}) {
			t.Errorf("heard %v", got)
		}
	})
}

// TestSpeakerThatDoesNotClose: the log says it, as it does of the devices that are asked.
func TestSpeakerThatDoesNotClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var said strings.Builder
		d := &talker{says: make(chan int), broken: errors.New("the line is stuck")}
		speak(t, slog.NewTextHandler(&said, nil), d)
		synctest.Wait()
		close(d.says)
		synctest.Wait()
		if !strings.Contains(said.String(), "the line is stuck") {
			t.Errorf("the log says %s", said.String())
		}
	})
}
