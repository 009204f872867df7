package point

import (
	"context"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v4"

	"bianmin/drivers"
	"bianmin/drivers/scan"
)

// fresh is how long a press counts that nobody waited for: a person who presses
// twice is served twice, a press of the person before is forgotten.
const fresh = 2 * time.Second

// buttonHandle waits for presses all the time, so that an unplugged button is seen.
type buttonHandle struct {
	board   *board
	options Options
	open    func(ctx context.Context) (*scan.Button, error)
	presses chan time.Time
}

func newButton(b *board, options Options, open func(ctx context.Context) (*scan.Button, error)) *buttonHandle {
	b.mutex.Lock()
	b.last[drivers.RoleButton] = drivers.Status{Role: drivers.RoleButton, Condition: drivers.Offline, At: options.Now()}
	b.mutex.Unlock()
	return &buttonHandle{board: b, options: options, open: open, presses: make(chan time.Time, 8)}
}

// Wait implements drivers.Button. While the button is unplugged it goes on waiting.
func (h *buttonHandle) Wait(ctx context.Context) error {
	for {
		select {
		case pressed := <-h.presses:
			if h.options.Now().Sub(pressed) <= fresh {
				return nil
			}
		case <-ctx.Done():
			return fmt.Errorf("wait for button: %w", ctx.Err())
		}
	}
}

func (h *buttonHandle) Close() error { return nil }

func (h *buttonHandle) run(ctx context.Context) {
	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval, pause.MaxInterval, pause.MaxElapsedTime = h.options.Retry, 5*time.Second, 0
	pause.Reset()
	for ctx.Err() == nil {
		button, err := h.open(ctx)
		if err == nil {
			pause.Reset()
			h.board.post(drivers.Status{Role: drivers.RoleButton, Condition: drivers.Online, At: h.options.Now()})
			err = h.listen(ctx, button)
			if closing := button.Close(); closing != nil && ctx.Err() != nil {
				h.board.keep(closing)
			}
		}
		if ctx.Err() != nil {
			return
		}
		h.board.post(away(drivers.RoleButton, faultOf(err), h.options.Now()))
		timer := time.NewTimer(pause.NextBackOff())
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
		}
	}
}

// listen hands on presses until the button fails; a press that finds the queue full is one too many.
func (h *buttonHandle) listen(ctx context.Context, button *scan.Button) error {
	for {
		if err := button.Wait(ctx); err != nil {
			return err
		}
		select {
		case h.presses <- h.options.Now():
		default:
		}
	}
}
