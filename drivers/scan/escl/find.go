package escl

import (
	"context"
	"net/netip"
	"time"
)

// Found is a scanner that answers on this machine.
type Found struct {
	Link, Model, Serial string
	Certificate         string // fingerprint of what it shows over TLS, "" where it shows none
}

// Find asks at each place, where the adapter for driverless devices on USB (ipp-usb) may listen, whether a scanner is there, for a second at most.
func Find(ctx context.Context, places []netip.AddrPort, options Options) (all []Found) {
	if options.Answer == 0 {
		options.Answer = time.Second
	}
	for _, place := range places {
		link := "escl://" + place.String() + defaultPath
		s, err := Meet(ctx, link, options)
		if err != nil {
			continue // nothing there, or a printer without a scanner
		}
		all = append(all, Found{Link: s.Link(), Model: s.can.model, Serial: s.can.serial, Certificate: s.Certificate()})
		_ = s.Close() // nothing is held
	}
	return all
}
