package point

import (
	"context"
	"log/slog"

	"bianmin/drivers/link/bus"
)

// pulse is a channel for one device's goroutine, in which watch says that something was plugged in or pulled.
func (p *Point) pulse() <-chan struct{} {
	one := make(chan struct{}, 1)
	p.plugged = append(p.plugged, one)
	return one
}

// watch lets every device's goroutine look at once when something was plugged in or pulled. Where the kernel does not tell, they look
// at their pauses, as they always do.
func (p *Point) watch(ctx context.Context, log *slog.Logger) {
	err := bus.Watch(ctx, func() {
		for _, one := range p.plugged {
			select {
			case one <- struct{}{}:
			default: // it has not looked since the last
			}
		}
	})
	if ctx.Err() == nil {
		log.Warn("the kernel does not tell what is plugged in: devices are looked for at pauses", "error", err)
	}
}
