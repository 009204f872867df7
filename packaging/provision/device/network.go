package device

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/lan"
	"bianmin/drivers/scan/escl"
)

// everyNetwork is --network without a name.
const everyNetwork = "all"

// longestLook is how long the network has to answer; less where the whole look may take less.
const longestLook = 3 * time.Second

// mostAsked is how many of the network's scanners are asked.
const mostAsked = 16

// neighbours tells of scanners and printers on the network. None of them is used unless somebody writes its link into the configuration.
func (l look) neighbours(ctx context.Context) (all []shown, err error) {
	options := lan.Options{Wait: min(longestLook, l.timeout/4)}
	if l.network != everyNetwork {
		on, err := net.InterfaceByName(l.network)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", l.network, err)
		}
		options.Interfaces = []net.Interface{*on}
	}
	found, err := lan.Look(ctx, options)
	for n, f := range found {
		s := shown{Kind: "network", Link: f.Link(), Role: drivers.RoleScanner, Model: cmp.Or(f.Model, f.Name)}
		note := "network"
		switch {
		case f.Kind == lan.Printer:
			s.Role = drivers.RoleDocument
		case f.Kind == lan.EncryptedPrinter:
			s.Role, note = drivers.RoleDocument, "encrypted-printer"
		case l.asking && n < mostAsked:
			note = s.meet(ctx)
		}
		all = append(all, l.noted(s, note))
	}
	return all, err
}

// meet asks a scanner of the network what it is, and which certificate it shows; it gives the note.
func (s *shown) meet(ctx context.Context) string {
	scanner, err := escl.Meet(ctx, s.Link, escl.Options{Answer: 2 * time.Second})
	if err != nil {
		return "silent"
	}
	s.Link, s.Model, s.Serial, s.Certificate = scanner.Link(), cmp.Or(scanner.Model(), s.Model), scanner.Serial(), scanner.Certificate()
	_ = scanner.Close() // nothing is held
	return "network"
}
