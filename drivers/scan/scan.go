// Package scan scans pages with SANE's scanimage in a process of its own, looks
// whether a page is blank, dark, blurred or skewed, and packs it small; and it
// reads the push button beside a scanner. Pages stay in memory: nothing here
// writes to disk or knows what a page is for.
package scan

import (
	"context"
	"errors"
	"time"

	"bianmin/drivers"
)

// Options say which scanner and how large pages may be. Zero values are the defaults.
type Options struct {
	Device    string           // SANE's name, e.g. "test:0" or "airscan:e0:…"
	Tool      string           // path of scanimage; found in PATH when ""
	Env       []string         // the tool's environment; nil is the needed part of ours
	DPI       int              // when a scan does not say, 200
	PageBytes int              // budget of one encoded page, 300 000
	Timeout   time.Duration    // for one page; then the tool is killed, 60 s
	Keep      time.Duration    // how long the rest of a stack may be waited for, 30 s: then it may be somebody else's
	Now       func() time.Time // time.Now
}

// Page area in mm when the scanner allows it: A4.
const (
	pageWidth  = 210
	pageHeight = 297
)

// Scanner is one SANE device; it implements drivers.Scanner.
type Scanner struct {
	options Options
	can     abilities
	stack   *stack // that is not at its end, nil for none
}

var _ drivers.Scanner = (*Scanner)(nil)

// Open asks the scanner what it can do. An *drivers.Error says why there is none.
func Open(ctx context.Context, options Options) (*Scanner, error) {
	if options.Tool == "" {
		options.Tool = "scanimage"
	}
	if options.Env == nil {
		options.Env = environment()
	}
	if options.DPI == 0 {
		options.DPI = 200
	}
	if options.Timeout == 0 {
		options.Timeout = 60 * time.Second
	}
	if options.Keep == 0 {
		options.Keep = 30 * time.Second
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	s := &Scanner{options: options}
	listing, err := s.run(ctx, nil, "-A")
	if err != nil {
		return nil, s.failure("open", err)
	}
	s.can = parseAbilities(string(listing))
	return s, nil
}

func (s *Scanner) run(ctx context.Context, whole func([]byte) bool, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, s.options.Timeout)
	defer cancel()
	return run(ctx, s.options.Env, whole, s.options.Tool, append([]string{"-d", s.options.Device}, args...)...)
}

func (s *Scanner) failure(op string, err error) error {
	return &drivers.Error{Role: drivers.RoleScanner, Fault: faultOf(err), Op: op, Err: err}
}

// Scan implements drivers.Scanner. The page is a JPEG, or a PNG when that is
// smaller, within the page budget where the picture allows it.
func (s *Scanner) Scan(ctx context.Context, options drivers.ScanOptions) (drivers.ScannedPage, error) {
	const op = "scan page"
	if options.DPI == 0 {
		options.DPI = s.options.DPI
	}
	fed := options.Feeder && s.can.feeder != ""
	var sides [][]byte
	var err error
	if fed {
		sides, err = s.sheet(ctx, options)
	} else if err = s.drop(true); err == nil {
		var data []byte
		data, err = s.run(ctx, wholePNM, s.can.arguments(options)...)
		sides = [][]byte{data}
	}
	if err != nil {
		return drivers.ScannedPage{}, s.failure(op, err)
	}
	page, err := s.packed(sides)
	if err != nil {
		return drivers.ScannedPage{}, s.failure(op, errors.Join(err, s.drop(true)))
	}
	page.Glass = !fed
	return page, nil
}

// packed makes a page of a sheet's sides.
func (s *Scanner) packed(sides [][]byte) (drivers.ScannedPage, error) {
	picture, err := decodePNM(sides[0])
	if err != nil {
		return drivers.ScannedPage{}, err
	}
	page, err := Page(picture, s.options.PageBytes)
	if err != nil || len(sides) == 1 {
		return page, err
	}
	back, err := s.packed(sides[1:])
	page.Back = &back
	return page, err
}

// sheet gets the sides of the feeder's next sheet, the front first.
func (s *Scanner) sheet(ctx context.Context, options drivers.ScanOptions) ([][]byte, error) {
	if k := s.stack; k != nil && (k.told != options || s.options.Now().Sub(k.last) >= s.options.Keep) {
		if err := s.drop(true); err != nil {
			return nil, err
		}
	}
	if s.stack == nil {
		begun, err := begin(ctx, s.options, s.can.arguments(options))
		if err != nil {
			return nil, err
		}
		begun.told, s.stack = options, begun
	}
	var sides [][]byte
	for len(sides) < s.can.sides(options) {
		side, err := s.side(ctx)
		if errors.Is(err, errNothingMore) && len(sides) > 0 { // no back for the last front: what comes next is the stack's end
			break
		}
		if err != nil {
			return nil, errors.Join(err, s.drop(false))
		}
		sides = append(sides, side)
	}
	s.stack.last = s.options.Now()
	return sides, nil
}

func (s *Scanner) side(ctx context.Context) ([]byte, error) {
	timed, cancel := context.WithTimeout(ctx, s.options.Timeout)
	defer cancel()
	return s.stack.next(timed)
}

// drop ends the stack, if there is one; between two pages the scanner is let go in peace.
func (s *Scanner) drop(between bool) error {
	if s.stack == nil {
		return nil
	}
	err := s.stack.stop(between)
	s.stack = nil
	return err
}

// Status opens and closes the device, without scanning. In the middle of a stack it does not ask.
func (s *Scanner) Status(ctx context.Context) (drivers.Status, error) {
	status := drivers.Status{Role: drivers.RoleScanner, Condition: drivers.Online, Model: s.options.Device, Duplex: s.can.duplex != nil, At: s.options.Now()}
	if s.stack != nil && status.At.Sub(s.stack.last) < s.options.Keep {
		return status, nil // it waits for us, and would say that it is busy
	}
	err := s.drop(true)
	if err == nil {
		_, err = s.run(ctx, nil, "-n")
	}
	status.At = s.options.Now()
	if err == nil {
		return status, nil
	}
	status.Fault = faultOf(err)
	switch status.Fault {
	case drivers.FaultUnplugged, drivers.FaultMissingTool:
		status.Condition = drivers.NoDevice
	case drivers.FaultBusy:
		status.Condition = drivers.Busy
	case drivers.FaultJam, drivers.FaultNoDocument, drivers.FaultCoverOpen:
		status.Condition = drivers.UserError
	case drivers.FaultSilent, drivers.FaultCancelled:
		status.Condition = drivers.Offline
	default:
		status.Condition = drivers.HardwareError
	}
	return status, s.failure("status", err)
}

// Close ends a stack that is not at its end.
func (s *Scanner) Close() error { return s.drop(true) }
