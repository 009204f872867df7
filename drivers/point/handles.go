package point

import (
	"context"
	"image"
	"sync"
	"time"

	"bianmin/core/identity"
	"bianmin/core/receipt"
	"bianmin/drivers"
	"bianmin/drivers/escpos"
	"bianmin/drivers/idcard"
	"bianmin/drivers/ipp"
)

var (
	_ drivers.CardReader     = (*readerHandle)(nil)
	_ drivers.ReceiptPrinter = (*printerHandle)(nil)
	_ drivers.Scanner        = (*scannerHandle)(nil)

	_ drivers.DocumentPrinter = (*documentHandle)(nil)
)

// A card that the reader finds counts as gone after so many looks in vain over so long: one at the edge of the
// field is not found by every look. Until then it counts as lying there, or nothing is known where it was found long ago.
const (
	looksInVain = 3
	timeInVain  = 1500 * time.Millisecond
	longAgo     = 3 * time.Second
)

type readerHandle struct {
	*owner[*idcard.Reader]
	now func() time.Time

	mutex   sync.Mutex
	present bool
	found   time.Time // last
	misses  int
	since   time.Time // of the first miss
}

func (h *readerHandle) Read(ctx context.Context) (identity.Card, error) {
	var card identity.Card
	err := h.do(ctx, "read card", func(ctx context.Context, d *idcard.Reader) (err error) {
		card, err = d.Read(ctx)
		return err
	})
	if err == nil {
		h.seen(drivers.CardLies)
	}
	return card, err
}

func (h *readerHandle) Present(ctx context.Context) (drivers.Presence, error) {
	var found drivers.Presence
	err := h.do(ctx, "find card", func(ctx context.Context, d *idcard.Reader) (err error) {
		found, err = d.Present(ctx)
		return err
	})
	if err != nil {
		return "", err
	}
	return h.seen(found), nil
}

// seen takes one look into account and says what is known of a card.
func (h *readerHandle) seen(look drivers.Presence) drivers.Presence {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	now := h.now()
	switch {
	case look == drivers.CardLies:
		h.present, h.found, h.misses = true, now, 0
		return look
	case look == drivers.CardUnsure:
		h.present, h.misses = false, 0
		return look
	case !h.present:
		return drivers.CardGone
	}
	if h.misses++; h.misses == 1 {
		h.since = now
	}
	switch {
	case h.misses >= looksInVain && now.Sub(h.since) >= timeInVain:
		h.present, h.misses = false, 0
		return drivers.CardGone
	case now.Sub(h.found) >= longAgo:
		return drivers.CardUnsure
	}
	return drivers.CardLies
}

func (h *readerHandle) Status(ctx context.Context) (drivers.Status, error) { return h.status(ctx) }
func (h *readerHandle) Close() error                                       { return nil }

type printerHandle struct{ *owner[*escpos.Printer] }

func (h *printerHandle) Print(ctx context.Context, document receipt.Document) (drivers.PrintReport, error) {
	report := drivers.PrintReport{Outcome: drivers.NotPrinted, Before: h.board.of(drivers.RolePrinter)}
	report.After = report.Before
	err := h.do(ctx, "print", func(ctx context.Context, d *escpos.Printer) (err error) {
		report, err = d.Print(ctx, document)
		h.board.post(report.After, err)
		return err
	})
	if err != nil && report.Fault == drivers.FaultNone {
		report.Fault = drivers.FaultOf(err)
	}
	return report, err
}

func (h *printerHandle) Status(ctx context.Context) (drivers.Status, error) { return h.status(ctx) }
func (h *printerHandle) Close() error                                       { return nil }

type documentHandle struct{ *owner[*ipp.Printer] }

func (h *documentHandle) Print(ctx context.Context, title string, pdf []byte) (drivers.PrintReport, error) {
	report := drivers.PrintReport{Outcome: drivers.NotPrinted, Before: h.board.of(drivers.RoleDocument)}
	report.After = report.Before
	err := h.do(ctx, "print", func(ctx context.Context, d *ipp.Printer) (err error) {
		report, err = d.Print(ctx, title, pdf)
		h.board.post(report.After, err)
		return err
	})
	if err != nil && report.Fault == drivers.FaultNone {
		report.Fault = drivers.FaultOf(err)
	}
	return report, err
}

func (h *documentHandle) Status(ctx context.Context) (drivers.Status, error) { return h.status(ctx) }
func (h *documentHandle) Close() error                                       { return nil }

type scannerHandle struct{ *owner[drivers.Scanner] }

func (h *scannerHandle) Scan(ctx context.Context, options drivers.ScanOptions) (drivers.ScannedPage, error) {
	var page drivers.ScannedPage
	err := h.do(ctx, "scan page", func(ctx context.Context, d drivers.Scanner) (err error) {
		page, err = d.Scan(ctx, options)
		return err
	})
	return page, err
}

func (h *scannerHandle) Status(ctx context.Context) (drivers.Status, error) { return h.status(ctx) }
func (h *scannerHandle) Close() error                                       { return nil }

// viewerHandle is a document camera's: while it is looked through, whatever else is asked of it waits.
type viewerHandle struct{ *scannerHandle }

var _ drivers.Viewer = (*viewerHandle)(nil)

func (h *viewerHandle) View(ctx context.Context, show func(image.Image)) error {
	return h.do(ctx, "view", func(ctx context.Context, d drivers.Scanner) error {
		viewer, ok := d.(drivers.Viewer)
		if !ok {
			return &drivers.Error{Role: drivers.RoleScanner, Fault: drivers.FaultProtocol, Op: "view"}
		}
		return viewer.View(ctx, show)
	})
}

// status asks the device in its turn; a device that is away has a status too.
func (o *owner[D]) status(ctx context.Context) (drivers.Status, error) {
	var status drivers.Status
	err := o.do(ctx, "status", func(ctx context.Context, d D) (err error) {
		status, err = d.Status(ctx)
		if ctx.Err() == nil {
			o.board.post(status, err)
		}
		return err
	})
	if status.Role == "" {
		status = o.board.of(o.role)
	}
	return status, err
}
