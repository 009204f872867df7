// Package point is the device manager of one terminal: it opens the devices its
// configuration names, watches them, opens them again after they were away, and
// hands out handles that survive all that. It knows no protocol, and nothing of
// what devices are used for.
package point

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/barcode"
	"bianmin/drivers/escpos"
	"bianmin/drivers/ipp"
	"bianmin/drivers/scan/camera"
	"bianmin/drivers/scan/escl"
	"bianmin/drivers/social"
)

// Config names the terminal's devices; nil where there is none.
type Config struct {
	Reader  *Reader
	Printer *Printer
	Scanner *Scanner
	Button  *Button

	Document *Document
	Code     *Code
	Social   *Social
}

// Social is a chip card reader for social-security cards.
type Social struct {
	Link string // "pcsc:" for the only one, "pcsc:NAME" as PC/SC calls it
}

// Code is a code reader.
type Code struct {
	Link string // as package barcode names it
	Baud int    // of a serial line, 0 is 9600
}

// Document is an A4 printer.
type Document struct {
	Link string // "ipp://HOST:PORT/PATH"
}

// Reader is an ID card reader.
type Reader struct {
	Link string // as package link names it
	Baud int    // of a serial line, 0 is 115200
}

// Printer is a receipt printer.
type Printer struct {
	Link     string // as package link names it
	Baud     int    // of a serial line, 0 is 115200
	Paper    int    // mm: 80 (0) or 58
	RasterQR bool   // the printer lacks the QR command
	NoCutter bool   // it has a tear bar
}

// Scanner is a page scanner: a driverless one or a document camera by its link, any other by SANE's name.
type Scanner struct {
	Link string   // as package escl or camera names it, "" for a scanner of SANE's
	SANE string   // device name for scanimage
	DPI  int      // 0 is 200
	Env  []string // environment of scanimage; nil is the needed part of ours
	// Certificate is the fingerprint of a driverless scanner's certificate, "" where none is kept.
	Certificate string
}

// camera tells whether it is a document camera.
func (s *Scanner) camera() bool { return NamesCamera(s.Link) }

// NamesCamera tells whether a scanner's link means a document camera.
func NamesCamera(link string) bool { return strings.HasPrefix(link, "video:") }

// Button is a push button.
type Button struct {
	Link string // as package link names it
	Baud int    // 0 is 9600
}

// Options are the manager's surroundings. Zero values are the defaults.
type Options struct {
	Now    func() time.Time  // time.Now
	Log    *slog.Logger      // slog.Default
	Raster escpos.Rasteriser // draws what the printer cannot write
	Watch  time.Duration     // between two looks at an idle device, 3 s; A4 printers five times that, scanners ten times
	Retry  time.Duration     // first pause before a device is tried again, 300 ms; it grows to 5 s
}

// Point is the running manager.
type Point struct {
	board   *board
	reader  *readerHandle
	printer *printerHandle
	scanner *scannerHandle
	views   bool // the scanner is a document camera
	button  *buttonHandle

	document *documentHandle
	code     *codeHandle
	social   *socialHandle

	plugged []chan struct{} // one of each device's goroutine
	cancel  context.CancelFunc
	work    sync.WaitGroup
	checks  []func(ctx context.Context)
}

// Start begins to open the devices and returns at once; a device that is not
// there is tried again for as long as the manager runs. The end of ctx or Close ends it.
func Start(ctx context.Context, config Config, options Options) (*Point, error) {
	if config.Printer != nil && config.Printer.Paper != 0 && config.Printer.Paper != 58 && config.Printer.Paper != 80 {
		return nil, errors.New("printer: paper must be 58 or 80 mm wide")
	}
	if config.Document != nil {
		if err := ipp.CheckLink(config.Document.Link); err != nil {
			return nil, fmt.Errorf("document printer: %w", err)
		}
	}
	if c := config.Scanner; c != nil && c.Link != "" {
		err := escl.CheckLink(c.Link, c.Certificate)
		if c.camera() {
			err = camera.CheckLink(c.Link)
		}
		if err != nil {
			return nil, fmt.Errorf("scanner: %w", err)
		}
	}
	if c := config.Code; c != nil {
		if err := barcode.CheckLink(c.Link); err != nil {
			return nil, fmt.Errorf("code reader: %w", err)
		}
	}
	if c := config.Social; c != nil {
		if _, err := social.NameOf(c.Link); err != nil {
			return nil, fmt.Errorf("social-security card reader: %w", err)
		}
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Log == nil {
		options.Log = slog.Default()
	}
	if options.Watch == 0 {
		options.Watch = 3 * time.Second
	}
	if options.Retry == 0 {
		options.Retry = 300 * time.Millisecond
	}
	ctx, cancel := context.WithCancel(ctx)
	p := &Point{board: newBoard(options.Log), cancel: cancel}
	p.start(ctx, config, options)
	return p, nil
}

func (p *Point) start(ctx context.Context, config Config, options Options) {
	if c := config.Reader; c != nil {
		o := newOwner(drivers.RoleReader, p.board, options, p.pulse(), openReader(c, options))
		p.reader = &readerHandle{owner: o, now: options.Now}
		run(ctx, p, o)
	}
	if c := config.Social; c != nil {
		o := newOwner(drivers.RoleSocial, p.board, options, p.pulse(), openSocial(c, options))
		p.social = &socialHandle{owner: o}
		run(ctx, p, o)
	}
	if c := config.Printer; c != nil {
		o := newOwner(drivers.RolePrinter, p.board, options, p.pulse(), openPrinter(c, options))
		p.printer = &printerHandle{owner: o}
		run(ctx, p, o)
	}
	if c := config.Document; c != nil {
		seldom := options
		seldom.Watch *= 5 // each look keeps it from its sleep
		o := newOwner(drivers.RoleDocument, p.board, seldom, p.pulse(), openDocument(c, options, p.board))
		p.document = &documentHandle{owner: o}
		run(ctx, p, o)
	}
	if c := config.Scanner; c != nil {
		seldom := options
		seldom.Watch *= 10
		o := newOwner(drivers.RoleScanner, p.board, seldom, p.pulse(), openScanner(c, options))
		p.scanner, p.views = &scannerHandle{owner: o}, c.camera()
		run(ctx, p, o)
	}
	if c := config.Button; c != nil {
		p.button = &buttonHandle{newSpeaker(drivers.RoleButton, p.board, options, p.pulse(), openButton(c))}
		p.checks = append(p.checks, p.button.check)
		p.work.Go(func() { p.button.run(ctx) })
	}
	if c := config.Code; c != nil {
		p.code = &codeHandle{newSpeaker(drivers.RoleCode, p.board, options, p.pulse(), openCode(c))}
		p.checks = append(p.checks, p.code.check)
		p.work.Go(func() { p.code.run(ctx) })
	}
	p.work.Go(func() { p.watch(ctx, options.Log) })
}

func run[D device](ctx context.Context, p *Point, o *owner[D]) {
	p.checks = append(p.checks, o.check)
	p.work.Add(1)
	go func() {
		defer p.work.Done()
		o.run(ctx)
	}()
}

// Close closes all devices and waits until every one is let go.
func (p *Point) Close() error {
	p.cancel()
	p.work.Wait()
	return p.board.trouble()
}

// The handles are nil where the point has no such device. They stay valid while
// devices come and go; their Close does nothing, the manager owns the devices.

// Reader is the handle of the card reader. Its Present is debounced: a card counts
// as gone when three looks over 1.5 s have not found it.
func (p *Point) Reader() drivers.CardReader {
	if p.reader == nil {
		return nil
	}
	return p.reader
}

// Social is the handle of the social-security card reader.
func (p *Point) Social() drivers.SocialCardReader {
	if p.social == nil {
		return nil
	}
	return p.social
}

// Printer is the handle of the receipt printer.
func (p *Point) Printer() drivers.ReceiptPrinter {
	if p.printer == nil {
		return nil
	}
	return p.printer
}

// Document is the handle of the A4 printer.
func (p *Point) Document() drivers.DocumentPrinter {
	if p.document == nil {
		return nil
	}
	return p.document
}

// Scanner is the handle of the scanner; a document camera's is a drivers.Viewer.
func (p *Point) Scanner() drivers.Scanner {
	switch {
	case p.scanner == nil:
		return nil
	case p.views:
		return &viewerHandle{p.scanner}
	}
	return p.scanner
}

// Button is the handle of the push button. A press that nobody waited for counts for two seconds.
func (p *Point) Button() drivers.Button {
	if p.button == nil {
		return nil
	}
	return p.button
}

// Code is the handle of the code reader. A code that nobody waited for counts for two seconds.
func (p *Point) Code() drivers.CodeReader {
	if p.code == nil {
		return nil
	}
	return p.code
}

// Statuses gives the last known status of every configured device, reader first.
func (p *Point) Statuses() []drivers.Status { return p.board.all() }

// Changes delivers a device's status whenever it has become another one. A
// listener that falls behind loses the oldest; Statuses has the newest of each.
func (p *Point) Changes() <-chan drivers.Status { return p.board.changes }

// Check asks every device now, and gives the statuses when all have answered or ctx has ended.
func (p *Point) Check(ctx context.Context) []drivers.Status {
	var asking sync.WaitGroup
	for _, check := range p.checks {
		asking.Go(func() { check(ctx) })
	}
	asking.Wait()
	return p.Statuses()
}
