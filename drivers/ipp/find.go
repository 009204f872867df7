package ipp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/OpenPrinting/goipp"

	"bianmin/core/receipt"
	"bianmin/drivers"
)

// Places are where printers of this machine may answer. Only loopback addresses are asked.
type Places struct {
	CUPS netip.AddrPort   // the spooler; the zero value asks none
	USB  []netip.AddrPort // where ipp-usb may stand in front of a printer's cable
}

// Found is an A4 printer that answered.
type Found struct {
	Link    string // for a configuration file
	Name    string // the queue's; "" for a printer behind ipp-usb
	Status  drivers.Status
	PDF     bool   // takes what this program sends
	Default bool   // CUPS's own choice where nobody says a queue
	Device  string // where CUPS sends what the queue gets, "usb://MAKER/MODEL?serial=NUMBER"; "" for a printer behind ipp-usb
}

// errAbroad says that an address is not this machine's.
var errAbroad = errors.New("printers are looked for on this machine only")

// Bits of CUPS's printer-type that name what is no printer for pages.
const (
	typeClass   = 0x00000001
	typeDefault = 0x00020000
	typeFax     = 0x00040000
	typeScanner = 0x02000000
)

// Find asks CUPS for its queues (CUPS-Get-Printers) and each USB place for a printer, and gives what answered: CUPS's default
// first, then what works, last what takes no PDF. Asking prints nothing. A printer that one of the queues already serves is given
// once, as the queue. The error says that CUPS answered something else than its queues; no CUPS is no error.
func Find(ctx context.Context, places Places, options Options) ([]Found, error) {
	queues, err := askQueues(ctx, places.CUPS, options)
	all := queues.found
	direct := make([]*Found, len(places.USB))
	var asking sync.WaitGroup
	for i, place := range places.USB {
		if place.Addr().IsLoopback() && !slices.Contains(queues.serve, place.Port()) {
			asking.Go(func() { direct[i] = askDirect(ctx, place, options) })
		}
	}
	asking.Wait()
	for _, f := range direct {
		if f != nil {
			all = append(all, *f)
		}
	}
	rank := func(f Found) int {
		switch {
		case !f.PDF:
			return 3
		case f.Default:
			return 0
		case f.Status.Fault == drivers.FaultNone:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(all, func(a, b Found) int { return cmp.Compare(rank(a), rank(b)) })
	return all, err
}

// queues are what CUPS has.
type queues struct {
	found []Found
	serve []uint16 // loopback ports of the printers behind them
}

func askQueues(ctx context.Context, place netip.AddrPort, options Options) (all queues, err error) {
	if !place.IsValid() {
		return all, nil
	}
	if !place.Addr().IsLoopback() {
		return all, errAbroad
	}
	p, err := named((&url.URL{Scheme: "ipp", Host: place.String(), Path: "/printers"}).String(), options)
	if err != nil {
		return all, err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	p.address = "http://" + place.String() + "/"
	m := p.message(goipp.OpCupsGetPrinters)
	user(m)
	wanted(m, append([]string{"printer-name", "printer-uri-supported", "device-uri"}, stateAttributes...)...)
	answer, err := p.exchange(ctx, "look for printers", m, nil, p.options.Answer)
	switch {
	case drivers.FaultOf(err) == drivers.FaultUnplugged, isStatus(err, goipp.StatusErrorNotFound): // no CUPS, or one without a queue
		return all, nil
	case err != nil:
		return all, err
	}
	for _, group := range answer.AttrGroups() {
		if group.Tag == goipp.TagPrinterGroup {
			all.take(p, place, group.Attrs)
		}
	}
	return all, nil
}

func isStatus(err error, status goipp.Status) bool {
	var refused *refusedError
	return errors.As(err, &refused) && refused.status == status
}

// take keeps one of CUPS's printers.
func (all *queues) take(p *Printer, place netip.AddrPort, attributes goipp.Attributes) {
	name := strings.Join(values(attributes, "printer-name"), "")
	kind := integer(attributes, "printer-type")
	s := saidOf(attributes)
	if name == "" || kind&(typeFax|typeScanner) != 0 || s.state < stateIdle || s.state > stateStopped {
		return
	}
	folder := "/printers/"
	if kind&typeClass != 0 {
		folder = "/classes/"
	}
	all.found = append(all.found, Found{
		Link: (&url.URL{Scheme: "ipp", Host: place.String(), Path: folder + name}).String(), Name: receipt.Clean(name),
		Status: p.status(s), PDF: s.takesPDF(), Default: kind&typeDefault != 0, Device: strings.Join(values(attributes, "device-uri"), " "),
	})
	for _, device := range values(attributes, "device-uri") {
		if port, ok := loopbackPort(device); ok {
			all.serve = append(all.serve, port)
		}
	}
}

// loopbackPort is the port of a printer that a queue reaches on this machine.
func loopbackPort(device string) (port uint16, ok bool) {
	u, err := url.Parse(device)
	if err != nil || u.Scheme != "ipp" && u.Scheme != "ipps" && u.Scheme != "http" {
		return 0, false
	}
	address, err := netip.ParseAddr(u.Hostname())
	if u.Hostname() != "localhost" && (err != nil || !address.IsLoopback()) {
		return 0, false
	}
	number, err := strconv.ParseUint(cmp.Or(u.Port(), defaultPort), 10, 16)
	return uint16(number), err == nil // #nosec G115 -- parsed as 16 bits
}

func (s said) takesPDF() bool { return len(s.formats) == 0 || slices.Contains(s.formats, pdfType) }

// askDirect asks one place; nil when no printer answers there.
func askDirect(ctx context.Context, place netip.AddrPort, options Options) *Found {
	dialer := net.Dialer{Timeout: time.Second}
	tried, err := dialer.DialContext(ctx, "tcp", place.String())
	if err != nil || tried.Close() != nil {
		return nil // nothing listens
	}
	p, err := named(fmt.Sprintf("ipp://%s%s", place, defaultPath), options)
	if err != nil {
		return nil
	}
	defer func() { _ = p.Close() }() // nothing of it is left on this side
	s, err := p.ask(ctx)
	if err != nil {
		return nil
	}
	return &Found{Link: p.link, Status: p.status(s), PDF: s.takesPDF()}
}
