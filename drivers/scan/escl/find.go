package escl

import (
	"context"
	"fmt"
	"time"
)

// Found is a scanner that answers on this machine.
type Found struct{ Link, Model, Serial string }

// Where the adapter for driverless devices on USB (ipp-usb) listens: one port for each device, from the first on.
const (
	firstPort = 60000
	ports     = 8
)

// Find asks the ports on which driverless USB scanners appear, for a second each at most. It asks this machine only.
func Find(ctx context.Context, options Options) (all []Found) {
	if options.Answer == 0 {
		options.Answer = time.Second
	}
	for port := firstPort; port < firstPort+ports && ctx.Err() == nil; port++ {
		link := fmt.Sprintf("escl://127.0.0.1:%d%s", port, defaultPath)
		s, err := Open(ctx, link, options)
		if err != nil {
			continue // nothing there, or a printer without a scanner
		}
		all = append(all, Found{Link: link, Model: s.can.model, Serial: s.can.serial})
		_ = s.Close() // nothing is held
	}
	return all
}
