// Package supervise tells systemd that a program is up and that it still lives
// (sd_notify). Where nothing supervises, it does nothing. It must not decide when a
// program lives: who calls it does.
package supervise

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// Supervised tells whether anybody waits to hear.
func Supervised() bool { return os.Getenv("NOTIFY_SOCKET") != "" }

// Ready says once that the program can be used: a window by its first frame.
func Ready() error {
	if _, err := daemon.SdNotify(false, daemon.SdNotifyReady); err != nil {
		return fmt.Errorf("tell the supervisor that the program is up: %w", err)
	}
	return nil
}

// Beat says twice per watchdog interval that the program lives, as long as alive returns nil; it returns when ctx ends,
// or at once where no watchdog waits. An alive that never returns is what the watchdog is for.
func Beat(ctx context.Context, alive func(context.Context) error) error {
	interval, err := daemon.SdWatchdogEnabled(false)
	if err != nil {
		return fmt.Errorf("read the watchdog's interval: %w", err)
	}
	if interval == 0 {
		return nil
	}
	tick := time.NewTicker(interval / 2)
	defer tick.Stop()
	for {
		if err := alive(ctx); err == nil {
			if _, err := daemon.SdNotify(false, daemon.SdNotifyWatchdog); err != nil {
				return fmt.Errorf("tell the supervisor that the program lives: %w", err)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
