package wiring

import (
	"context"
	"sync"
	"time"

	"bianmin/core/receipt"
	"bianmin/drivers/selftest"
	"bianmin/kiosk/journey"
	"bianmin/packaging/readiness"
	"bianmin/packaging/tested"
)

// tests are the self tests and the readiness report of the terminal, for the staff screens.
type tests struct {
	kiosk *Kiosk
	page  func() ([]byte, error) // the A4 test page, laid out once
}

var _ journey.Tests = (*tests)(nil)

func newTests(k *Kiosk) *tests {
	return &tests{kiosk: k, page: sync.OnceValues(func() ([]byte, error) { return tested.Page(k.words) })}
}

// Devices implements journey.Tests.
func (t *tests) Devices() selftest.Devices { return tested.Devices(t.kiosk.Devices) }

// Papers implements journey.Tests.
func (t *tests) Papers() (strip receipt.Document, page []byte, err error) {
	if t.kiosk.Devices.Document() != nil {
		page, err = t.page()
	}
	return tested.Strip(t.kiosk.words), page, err
}

// All implements journey.Tests.
func (t *tests) All() ([]selftest.Result, error) { return tested.All(t.kiosk.options.Settings.Data) }

// Keep implements journey.Tests.
func (t *tests) Keep(results ...selftest.Result) error {
	return tested.Keep(t.kiosk.options.Settings.Data, results...)
}

// Report implements journey.Tests. The devices are this program's own: it knows how they stand.
func (t *tests) Report(ctx context.Context) (strip receipt.Document, page []byte, err error) {
	o := t.kiosk.options
	look := readiness.Look(ctx, readiness.Options{Settings: o.Settings, Words: t.kiosk.words, Now: time.Now, Log: o.Log, Live: true, Program: "kiosk", Held: t.kiosk.Devices.Statuses})
	paper := readiness.Paper{Words: t.kiosk.words}
	if t.kiosk.Devices.Document() != nil {
		page, err = tested.PDF(paper.Pages(look))
	}
	return paper.Strip(look), page, err
}
