package wiring

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bianmin/agent/desk"
	"bianmin/assets"
	"bianmin/core/casefile"
	"bianmin/core/receipt"
	"bianmin/drivers/a4"
	"bianmin/drivers/dots"
	"bianmin/drivers/escpos"
	"bianmin/drivers/point"
	"bianmin/packaging/condition"
	"bianmin/packaging/settings"
	"bianmin/store/office"
	"bianmin/sync/courier"
	"bianmin/sync/seal/chip"
)

// port gives the desk the office under the desk's own types.
type port struct{ *office.Office }

// SignOn opens the account's keys.
func (p port) SignOn(ctx context.Context, account, secret string) (desk.Book, error) {
	book, err := p.Office.SignOn(ctx, account, secret)
	if err != nil {
		return nil, err
	}
	return book, nil
}

// stick asks the machine's service in the data folder.
type stick struct{ data string }

// Carry asks for an errand.
func (s stick) Carry(_ context.Context, errand string) error {
	return courier.Ask(s.data, errand, time.Now())
}

// Carried tells how the last one went.
func (s stick) Carried(context.Context) (casefile.Carried, error) { return courier.Said(s.data) }

var (
	_ desk.Office = port{}
	_ desk.Stick  = stick{}
	_ desk.Book   = (*office.Book)(nil)
	_ desk.Paper  = paper{}
	_ desk.Saver  = folder{}
	_ office.Chip = guarded{}
)

// paper sets A4 pages. A character that no font has must not keep a person from their paper: it shows as □.
type paper struct{ setter *a4.Setter }

// Bind makes one document of scanned pages.
func (p paper) Bind(pages [][]byte) ([]byte, error) { return a4.Bind(pages) }

// Unbind gives a document's pages back.
func (p paper) Unbind(document []byte) ([][]byte, error) { return a4.Unbind(document) }

// PDF makes the PDF of an A4 document.
func (p paper) PDF(pages receipt.Pages) ([]byte, error) {
	return p.setter.PDF(pages, a4.Options{Blank: true})
}

// guarded gives the office the chip under the office's own errors.
type guarded struct{ chip *chip.Chip }

func (g guarded) Seal(pin string, secret []byte) ([]byte, error) {
	blob, err := g.chip.Seal(pin, secret)
	return blob, chipError(err)
}

func (g guarded) Unseal(pin string, blob []byte) ([]byte, error) {
	secret, err := g.chip.Unseal(pin, blob)
	return secret, chipError(err)
}

func chipError(err error) error {
	switch {
	case errors.Is(err, chip.ErrPIN):
		return fmt.Errorf("%w: %w", office.ErrPIN, err)
	case errors.Is(err, chip.ErrLocked):
		return fmt.Errorf("%w: %w", office.ErrChipLocked, err)
	}
	return err
}

func (a *Agent) chipPort() office.Chip {
	if a.chip == nil {
		return nil
	}
	return guarded{a.chip}
}

// printerFont draws what a receipt printer's own characters cannot.
func printerFont() (escpos.Rasteriser, error) {
	face, err := dots.NewFace(assets.FontRegular())
	if err != nil {
		return nil, fmt.Errorf("open the printer's font: %w", err)
	}
	return face, nil
}

// Reader is the configured card reader; nil where there is none.
func Reader(d settings.Devices) *point.Reader { return condition.Devices(d).Reader }
