// Package escl scans pages over eSCL (Mopria), the protocol of driverless
// scanners on the network and behind ipp-usb, in the clear or over TLS with the
// one certificate that is kept of a scanner. Pages stay in memory. It believes
// no host name that a scanner tells of itself, and goes from it nowhere else.
package escl

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/near"
	"bianmin/drivers/scan"
	sheet "bianmin/drivers/scan/page"
)

// Options are a scanner's surroundings and limits. Zero values are the defaults.
type Options struct {
	DPI       int              // when a scan does not say, 200
	PageBytes int              // budget of one encoded page, 300 000
	Now       func() time.Time // time.Now
	Answer    time.Duration    // for one short answer, 5 s
	Page      time.Duration    // for one page from the order to the last byte, 60 s
	Poll      time.Duration    // between two questions whether the page is there, where the scanner does not say, 500 ms
	// Keep is how long the rest of a stack may be waited for. Many scanners draw sheets in ahead: what lies in their
	// memory after that may belong to somebody else, so it is given up and what is in the feeder starts anew, 30 s.
	Keep time.Duration
	// Certificate is the fingerprint of the scanner's certificate, "sha256:…"; "" where none is kept. Only a scanner that is
	// reached over TLS shows one.
	Certificate string
	// Dial reaches the scanner; nil is the network.
	Dial near.Dial
}

// Scanner is one eSCL scanner; it implements drivers.Scanner. One goroutine at a time.
type Scanner struct {
	base    *url.URL // ends in "/"
	client  *http.Client
	options Options
	can     capabilities
	stack   stack
}

// stack is a job whose sheets come from the feeder.
type stack struct {
	job  string          // address; "" for none
	ctx  context.Context // of the scan that began it, without its end: the job may have to be ended later
	told drivers.ScanOptions
	last time.Time // when its newest page had come
}

var _ drivers.Scanner = (*Scanner)(nil)

// ErrLink says that a link does not name an eSCL scanner.
var ErrLink = errors.New(`the link must be "escl://HOST:PORT/eSCL", or "escls://HOST:PORT/eSCL" over TLS`)

const defaultPath = "/eSCL"

var schemes = map[string]string{"escl": "http", "escls": "https"}

// Open names a scanner by its link, "escl://HOST:PORT/eSCL" or "escls://HOST:PORT/eSCL" (port 80 or 443 and path /eSCL may be left
// out), and asks it what it can do: ErrLink, or a *drivers.Error when it does not answer as a scanner. One that sends us from the
// clear to TLS at its own host is followed there.
func Open(ctx context.Context, link string, options Options) (*Scanner, error) {
	s, err := named(link, options)
	if err != nil {
		return nil, err
	}
	s.can, err = s.capabilities(ctx)
	var sent *redirectError
	if errors.As(err, &sent) && s.follow(sent.to) {
		s.can, err = s.capabilities(ctx)
	}
	if err == nil && options.Certificate != "" && !s.secure() {
		// Somebody in between could have taken the encryption away.
		err = failure(drivers.FaultCertificate, "open", &near.CertificateError{Shown: "none", Kept: options.Certificate})
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Meet is Open for a scanner that is met for the first time: it is taken at its word, and its Link and Certificate are what is to
// be kept of it. With options.Certificate it is Open.
func Meet(ctx context.Context, link string, options Options) (*Scanner, error) {
	s, err := Open(ctx, link, options)
	var unknown *near.CertificateError
	if errors.As(err, &unknown) && unknown.Kept == "" {
		options.Certificate = unknown.Shown
		s, err = Open(ctx, link, options)
	}
	return s, err
}

// Link is where the scanner is, over TLS where it wants that.
func (s *Scanner) Link() string {
	scheme := "escl://"
	if s.secure() {
		scheme = "escls://"
	}
	return scheme + s.base.Host + strings.TrimRight(s.base.Path, "/")
}

// Certificate is the fingerprint of the certificate that the scanner shows, "" where it shows none.
func (s *Scanner) Certificate() string {
	if !s.secure() {
		return ""
	}
	return s.options.Certificate
}

func (s *Scanner) secure() bool { return s.base.Scheme == "https" }

// CheckLink tells whether a link can name an eSCL scanner, and a word the certificate it shows ("" is none).
func CheckLink(link, certificate string) error {
	_, err := named(link, Options{Certificate: certificate})
	return err
}

func named(link string, options Options) (*Scanner, error) {
	u, err := url.Parse(link)
	if err != nil || schemes[u.Scheme] == "" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, ErrLink
	}
	if options.Certificate != "" {
		if options.Certificate, err = near.Fingerprint(options.Certificate); err != nil {
			return nil, err
		}
	}
	if strings.Trim(u.Path, "/") == "" {
		u.Path = defaultPath
	}
	u.Scheme, u.Path = schemes[u.Scheme], strings.TrimRight(u.Path, "/")+"/"
	options.fill()
	s := &Scanner{base: u, options: options, client: near.Client(options.Answer)}
	if options.Dial != nil {
		s.client = near.Over(options.Dial)
	}
	near.Secure(s.client, options.Certificate)
	return s, nil
}

func (o *Options) fill() {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.DPI == 0 {
		o.DPI = 200
	}
	for _, d := range []struct {
		value    *time.Duration
		fallback time.Duration
	}{{&o.Answer, 5 * time.Second}, {&o.Page, time.Minute}, {&o.Poll, 500 * time.Millisecond}, {&o.Keep, 30 * time.Second}} {
		if *d.value == 0 {
			*d.value = d.fallback
		}
	}
}

// Model is what the scanner calls itself, and Serial its serial number; "" where it does not say.
func (s *Scanner) Model() string { return s.can.model }

// Serial is the serial number that the scanner tells, "" where it does not.
func (s *Scanner) Serial() string { return s.can.serial }

// Scan implements drivers.Scanner.
func (s *Scanner) Scan(ctx context.Context, options drivers.ScanOptions) (drivers.ScannedPage, error) {
	const op = "scan page"
	if options.DPI == 0 {
		options.DPI = s.options.DPI
	}
	feeder := s.can.glass == nil || options.Feeder && s.can.feeder != nil
	limit := s.options.Page
	if s.can.both(options, feeder) {
		limit *= 2
	}
	timed, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	sides, err := s.sheet(timed, options, feeder)
	if err != nil {
		return drivers.ScannedPage{}, failure(s.faultOf(ctx, err), op, err)
	}
	page, err := s.packed(sides)
	if err != nil {
		if s.stack.job != "" { // whoever feeds the stack again must not get what was drawn in ahead first
			s.drop()
		}
		return drivers.ScannedPage{}, failure(drivers.FaultProtocol, op, err)
	}
	page.Glass = !feeder
	return page, nil
}

// packed makes a page of a sheet's sides.
func (s *Scanner) packed(sides [][]byte) (drivers.ScannedPage, error) {
	picture, err := sheet.Read(sides[0])
	if err != nil {
		return drivers.ScannedPage{}, fmt.Errorf("page: %w", err)
	}
	page, err := scan.Page(picture, s.options.PageBytes)
	if err != nil || len(sides) == 1 {
		return page, err
	}
	back, err := s.packed(sides[1:])
	page.Back = &back
	return page, err
}

// sheet gets the JPEGs of the next sheet's sides, the front first.
func (s *Scanner) sheet(ctx context.Context, options drivers.ScanOptions, feeder bool) ([][]byte, error) {
	if s.stack.job != "" {
		if feeder && s.stack.told == options && s.options.Now().Sub(s.stack.last) < s.options.Keep {
			sides, err := s.sides(ctx, s.can.both(options, feeder))
			if err == nil {
				return sides, nil
			}
			// The stack is at its end, or is in trouble: whatever is in the feeder now begins a new one.
			s.drop()
			return nil, s.ended(ctx, err, feeder)
		}
		s.drop()
	}
	job, err := s.order(ctx, options, feeder)
	if err != nil {
		return nil, err
	}
	s.stack = stack{job: job, ctx: context.WithoutCancel(ctx), told: options}
	sides, err := s.sides(ctx, s.can.both(options, feeder))
	if err != nil || !feeder {
		s.drop()
	}
	return sides, s.ended(ctx, err, feeder)
}

// sides gets one side, or both, of the job's next sheet. A scanner that has no back for the last front has no further sheet.
func (s *Scanner) sides(ctx context.Context, both bool) ([][]byte, error) {
	front, err := s.next(ctx, s.stack.job)
	if err != nil {
		return nil, err
	}
	sides := [][]byte{front}
	if both {
		back, err := s.next(ctx, s.stack.job)
		if errors.Is(err, errNoMore) {
			err = s.noBack(ctx)
		}
		switch {
		case err != nil:
			return nil, err
		case back != nil:
			sides = append(sides, back)
		}
	}
	s.stack.last = s.options.Now()
	return sides, nil
}

// noBack is nil where a scanner has no back for a front and nothing is wrong with it: only its own word tells that from a jam.
func (s *Scanner) noBack(ctx context.Context) error {
	said, err := s.state(ctx)
	if err != nil {
		return err
	}
	switch fault := said.fault(true); fault {
	case drivers.FaultNone, drivers.FaultNoDocument, drivers.FaultBusy:
		return nil
	default:
		return &faultError{fault, said.said()}
	}
}

// ended says why there was no further page; other errors stay what they are.
func (s *Scanner) ended(ctx context.Context, err error, feeder bool) error {
	if !errors.Is(err, errNoMore) {
		return err
	}
	err = s.why(ctx, err, feeder)
	var told *faultError
	if feeder && (!errors.As(err, &told) || told.fault == drivers.FaultBusy) {
		// Not every scanner tells of its feeder, and many are busy for a moment after the last sheet.
		return &faultError{drivers.FaultNoDocument, "nothing more"}
	}
	return err
}

// drop ends the job, so that the scanner is free and forgets what it holds of it.
func (s *Scanner) drop() {
	ctx, cancel := context.WithTimeout(s.stack.ctx, s.options.Answer)
	defer cancel()
	// Whether it still knows the job does not matter: most forget it with the last sheet.
	_, _, _ = s.do(ctx, http.MethodDelete, s.stack.job, nil, largestAnswer)
	s.stack = stack{}
}

// Close ends a stack that is not at its end.
func (s *Scanner) Close() error {
	if s.stack.job != "" {
		s.drop()
	}
	s.client.CloseIdleConnections()
	return nil
}

func failure(fault drivers.Fault, op string, err error) error {
	return &drivers.Error{Role: drivers.RoleScanner, Fault: fault, Op: op, Err: err}
}
