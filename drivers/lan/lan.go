// Package lan finds scanners and A4 printers on the local network by what they
// tell of themselves (DNS-SD over multicast DNS). It asks once, for a short
// time, and believes nobody about another machine. It opens no device, keeps
// nothing, and takes nothing into use.
package lan

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// Kind is what a device offers, in the words of DNS-SD.
type Kind string

// Kinds.
const (
	Scanner          Kind = "_uscan._tcp"
	EncryptedScanner Kind = "_uscans._tcp"
	Printer          Kind = "_ipp._tcp"
	EncryptedPrinter Kind = "_ipps._tcp"
)

var kinds = []Kind{Scanner, EncryptedScanner, Printer, EncryptedPrinter}

// Found is a device as it tells of itself. Its words can stand in a line.
type Found struct {
	Kind    Kind
	Name    string // what its owner calls it
	Model   string
	Address netip.AddrPort // of the network that it was found in
	Path    string         // without slashes around it
}

// Link names the device for its driver, "" where no driver speaks as it does.
func (f Found) Link() string {
	scheme := map[Kind]string{Scanner: "escl://", EncryptedScanner: "escls://", Printer: "ipp://"}[f.Kind]
	if scheme == "" {
		return ""
	}
	return scheme + f.Address.String() + "/" + f.Path
}

// Options are the search's surroundings. Zero values are the defaults.
type Options struct {
	Wait time.Duration // for answers in all, 3 s
	// Interfaces are asked; nil are all that are up and reach others.
	Interfaces []net.Interface
}

// most is how many devices are kept; a network with more is a hostile one.
const most = 64

var group = net.UDPAddr{IP: net.IPv4(224, 0, 0, 251), Port: 5353}

// ErrNoNetwork means that there is no network to ask in.
var ErrNoNetwork = errors.New("no local network is connected")

// Look asks all networks at once, and gives what was told in the order of kinds and names. The error is told beside it where some could not be asked.
func Look(ctx context.Context, options Options) ([]Found, error) {
	if options.Wait == 0 {
		options.Wait = 3 * time.Second
	}
	places, err := placesOf(options.Interfaces)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, options.Wait)
	defer cancel()
	found, errs := make([][]Found, len(places)), make([]error, len(places))
	var asking sync.WaitGroup
	for i, place := range places {
		asking.Go(func() { found[i], errs[i] = place.ask(ctx, options.Wait) })
	}
	asking.Wait()
	all := slices.Concat(found...)
	slices.SortFunc(all, func(a, b Found) int {
		return cmp.Or(slices.Index(kinds, a.Kind)-slices.Index(kinds, b.Kind), cmp.Compare(a.Name, b.Name), a.Address.Compare(b.Address), cmp.Compare(a.Path, b.Path))
	})
	all = slices.CompactFunc(all, func(a, b Found) bool { return a.Kind == b.Kind && a.Address == b.Address && a.Path == b.Path })
	return all[:min(len(all), most)], errors.Join(errs...)
}

// place is a network that this machine is in.
type place struct {
	on   net.Interface
	here netip.Prefix // the machine's address in it
}

// placesOf are the networks of the interfaces; with nil, of all that are up and reach other machines.
func placesOf(interfaces []net.Interface) (all []place, err error) {
	usual := interfaces == nil
	if usual {
		if interfaces, err = net.Interfaces(); err != nil {
			return nil, fmt.Errorf("look for networks: %w", err)
		}
	}
	for _, on := range interfaces {
		if on.Flags&net.FlagUp == 0 || usual && (on.Flags&net.FlagMulticast == 0 || on.Flags&net.FlagLoopback != 0) {
			continue
		}
		addresses, err := on.Addrs()
		if err != nil {
			continue // it is gone
		}
		for _, address := range addresses {
			if prefix, err := netip.ParsePrefix(address.String()); err == nil && prefix.Addr().Is4() {
				all = append(all, place{on: on, here: prefix})
				break
			}
		}
	}
	if len(all) == 0 {
		return nil, ErrNoNetwork
	}
	return all, nil
}
