// Package ipp prints PDF on an A4 printer over the Internet Printing Protocol
// (RFC 8010, RFC 8011), on the network, behind a USB adapter daemon or a CUPS queue.
// It believes the job's state as the printer tells it and nothing else, and must
// not send a job twice.
package ipp

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/OpenPrinting/goipp"

	"bianmin/drivers"
	"bianmin/drivers/near"
)

// Options are a printer's surroundings. Zero values are the defaults.
type Options struct {
	Now    func() time.Time // time.Now
	Answer time.Duration    // for one answer, 5 s
	Send   time.Duration    // for taking a whole document, 2 min
	Poll   time.Duration    // between two looks at a job, 500 ms
	Busy   time.Duration    // for a printer that does another job, 30 s
	// Stall is how long a job may stand still while the printer is in trouble, silent or holds it back, 60 s. Then it is
	// taken back, so that it does not come out when nobody waits for it.
	Stall time.Duration
	// Quiet is how long a job may stand still before what the printer only warns of is taken for the reason, 3 s. CUPS's own printers
	// never say more of an open cover or a jam while they are at a job. Such a job is waited for five times as long as Stall: it may just be slow.
	Quiet time.Duration
	// Page is how long a page may take behind a queue, 5 s. A queue whose printer cannot be reached says that the job is at work, and no reason: one that
	// stands still for Stall and its pages' time is taken for such a one, and waited for as if the printer had warned.
	Page time.Duration
	// Told hears how the printer is while a job is followed, in the goroutine of Print; nil is nobody.
	Told func(drivers.Status)
	// Dial reaches the printer; nil is the network. It must fail with a *net.OpError of "dial" where it is not reached.
	Dial near.Dial
}

// Printer is one A4 printer. One goroutine at a time.
type Printer struct {
	link    string // as printer-uri
	address string // as HTTP URL
	client  *http.Client
	options Options
	version goipp.Version
	request uint32
}

// ErrLink says that a link does not name an IPP printer.
var ErrLink = errors.New(`the link must be "ipp://HOST:PORT/PATH"`)

const (
	defaultPort = "631"
	defaultPath = "/ipp/print"
)

// Open names a printer by its link, "ipp://HOST:PORT/PATH" (port 631 and path /ipp/print may be left out),
// and asks it once: ErrLink, or a *drivers.Error when it does not answer as a printer.
func Open(ctx context.Context, link string, options Options) (*Printer, error) {
	p, err := named(link, options)
	if err != nil {
		return nil, err
	}
	if _, err := p.ask(ctx); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// CheckLink tells whether a link can name an IPP printer.
func CheckLink(link string) error {
	_, err := named(link, Options{})
	return err
}

func named(link string, options Options) (*Printer, error) {
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "ipp" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, ErrLink
	}
	if u.Port() == "" {
		u.Host = net.JoinHostPort(u.Hostname(), defaultPort)
	}
	if strings.Trim(u.Path, "/") == "" {
		u.Path = defaultPath
	}
	p := &Printer{link: u.String(), options: options, version: goipp.DefaultVersion}
	u.Scheme = "http"
	p.address = u.String()
	p.options.fill()
	p.client = near.Client(p.options.Answer)
	if options.Dial != nil {
		p.client = near.Over(options.Dial)
	}
	return p, nil
}

func (o *Options) fill() {
	if o.Now == nil {
		o.Now = time.Now
	}
	for _, d := range []struct {
		value    *time.Duration
		fallback time.Duration
	}{{&o.Answer, 5 * time.Second}, {&o.Send, 2 * time.Minute}, {&o.Poll, 500 * time.Millisecond}, {&o.Busy, 30 * time.Second}, {&o.Stall, time.Minute}, {&o.Quiet, 3 * time.Second}, {&o.Page, 5 * time.Second}} {
		if *d.value == 0 {
			*d.value = d.fallback
		}
	}
	if o.Told == nil {
		o.Told = func(drivers.Status) {}
	}
}

// Close lets the printer go; there is nothing left of it on this side.
func (p *Printer) Close() error {
	p.client.CloseIdleConnections()
	return nil
}

func failure(fault drivers.Fault, op string, err error) error {
	return &drivers.Error{Role: drivers.RoleDocument, Fault: fault, Op: op, Err: err}
}
