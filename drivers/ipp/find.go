package ipp

import (
	"context"
	"errors"
	"net"
	"strconv"
	"strings"
	"sync"

	"github.com/OpenPrinting/goipp"

	"bianmin/core/receipt"
	"bianmin/drivers"
)

// Found is an A4 printer that answers.
type Found struct {
	Link    string
	Name    string // of the queue, "" for a printer that answers itself
	Default bool   // the print server's own choice
	Status  drivers.Status
}

// Bits of CUPS's printer-type.
const (
	typeClass   = 0x1
	typeDefault = 0x20000
)

// Queues asks a print server, "HOST:PORT", for its queues by CUPS-Get-Printers, and each of them how it is. The default
// queue comes first. A server that has none answers with none.
func Queues(ctx context.Context, server string, options Options) ([]Found, error) {
	p, err := named("ipp://"+server+"/", options)
	if err != nil {
		return nil, err
	}
	defer func() { _ = p.Close() }()
	p.link, p.address = "ipp://"+server+"/", "http://"+server+"/"
	m := p.message(goipp.OpCupsGetPrinters)
	user(m)
	wanted(m, "printer-name", "printer-type")
	answer, err := p.exchange(ctx, "ask for queues", m, nil, p.options.Answer)
	if err != nil {
		var refused *refusedError
		if errors.As(err, &refused) && refused.status == goipp.StatusErrorNotFound { // no queues at all
			return nil, nil
		}
		return nil, err
	}
	var found []Found
	for _, group := range answer.Groups {
		names := values(group.Attrs, "printer-name")
		if group.Tag != goipp.TagPrinterGroup || len(names) == 0 || strings.ContainsAny(names[0], "/?# \t\n") {
			continue
		}
		kind, path := integer(group.Attrs, "printer-type"), "/printers/"
		if kind&typeClass != 0 {
			path = "/classes/"
		}
		f := Found{Link: "ipp://" + server + path + names[0], Name: receipt.Clean(names[0]), Default: kind&typeDefault != 0}
		f.Status, _ = statusAt(ctx, f.Link, options)
		if f.Default {
			found = append([]Found{f}, found...)
		} else {
			found = append(found, f)
		}
	}
	return found, nil
}

// Printers asks on each "HOST:PORT" whether an IPP printer answers there itself, as USB printers do by way of ipp-usb, and
// gives those that do in the order of addresses.
func Printers(ctx context.Context, addresses []string, options Options) []Found {
	answers := make([]*Found, len(addresses))
	var asking sync.WaitGroup
	for i, address := range addresses {
		asking.Go(func() {
			link := "ipp://" + address + defaultPath
			if status, err := statusAt(ctx, link, options); err == nil {
				answers[i] = &Found{Link: link, Status: status}
			}
		})
	}
	asking.Wait()
	var found []Found
	for _, f := range answers {
		if f != nil {
			found = append(found, *f)
		}
	}
	return found
}

func statusAt(ctx context.Context, link string, options Options) (drivers.Status, error) {
	p, err := named(link, options)
	if err != nil {
		return drivers.Status{}, err
	}
	defer func() { _ = p.Close() }()
	return p.Status(ctx)
}

// Here are the addresses of this machine at which printers are looked for: CUPS, and where ipp-usb puts USB printers.
func Here() (server string, printers []string) {
	for port := 60000; port < 60016; port++ {
		printers = append(printers, net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	}
	return net.JoinHostPort("127.0.0.1", defaultPort), printers
}
