package office_test

import (
	"errors"
	"io/fs"
	"testing"
	"time"

	"bianmin/core/agency"
	"bianmin/core/casefile"
)

// TestPageOfTwoCases: the cases of a package share a page, which goes when both were delivered long ago.
func TestPageOfTwoCases(t *testing.T) {
	p := newPoint(t)
	o := p.active(t)
	b := signOn(t, o, li, liSecret)
	s, pages := submission(t, b, zhang, "shared page")
	first, err := b.Submit(t.Context(), s, pages, "")
	must(t, err)
	s.Package, s.Siblings = "退休一件事", []casefile.Number{first.Number}
	second, err := b.Submit(t.Context(), s, pages, "")
	must(t, err)
	if items, err := o.Store().Pending(t.Context(), morning, 10); err != nil || len(items) != 2 {
		t.Fatalf("%+v, %v", items, err)
	}
	must(t, o.Store().RecordAcknowledgement(t.Context(), first.Event.ID, []byte("ok"), "O-1", morning))
	p.clock.pass(8 * 24 * time.Hour)
	_, err = o.Store().Purge(t.Context())
	must(t, err)
	if !o.Store().Has(pages[0]) {
		t.Fatal("the page of a case that still waits is gone")
	}
	must(t, o.Store().RecordAcknowledgement(t.Context(), second.Event.ID, []byte("ok"), "O-2", mustToday(t, o)))
	p.clock.pass(8 * 24 * time.Hour)
	_, err = o.Store().Purge(t.Context())
	must(t, err)
	if o.Store().Has(pages[0]) {
		t.Error("the page stays for ever")
	}
	if _, err := b.Open(t.Context(), pages[0]); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a purged page: %v", err)
	}
}

// TestOpenCasesAreNeverPurged: a case leaves the desk only when it is over, its originals are back and years have passed.
func TestOpenCasesAreNeverPurged(t *testing.T) {
	p := newPoint(t)
	o := p.active(t)
	b := signOn(t, o, li, liSecret)
	open, over, holding := submit(t, b, zhang), submit(t, b, zhang), submit(t, b, zhang)
	for _, filed := range []casefile.Filed{over, holding} {
		add(t, b, filed.Number, casefile.Papers, casefile.Event{Papers: &casefile.PaperMove{Step: casefile.PaperReceived, Papers: []casefile.Paper{{Name: "户口簿"}}}})
		add(t, b, filed.Number, casefile.Ended, casefile.Event{})
	}
	add(t, b, over.Number, casefile.Papers, casefile.Event{Papers: &casefile.PaperMove{Step: casefile.PaperReturned, Papers: []casefile.Paper{{ID: string(over.Number) + "/1"}}}})
	if _, err := b.Fee(t.Context(), over.Number, casefile.FeeEntry{Name: "工本费", Fen: 100}, guide); err != nil {
		t.Fatal(err)
	}
	accept(t, o)
	purge := func(after time.Duration, want int) {
		t.Helper()
		p.clock.pass(after)
		must(t, o.Store().SetPlatformTime(t.Context(), mustToday(t, o)))
		for range 2 { // packets first, then the cases they belonged to
			_, err := o.Store().Purge(t.Context())
			must(t, err)
		}
		if page, err := b.List(t.Context(), agency.Query{}); err != nil || page.Total != want {
			t.Errorf("after %v: %+v, %v", after, page, err)
		}
	}
	purge(400*24*time.Hour, 3)
	purge(3*365*24*time.Hour, 2)
	_, err := b.Case(t.Context(), over.Number)
	wantRefused(t, "a purged case", err, agency.NotYours)
	for _, filed := range []casefile.Filed{open, holding} {
		if file, err := b.Case(t.Context(), filed.Number); err != nil || file.Person != zhang.Name {
			t.Errorf("%+v, %v", file.CaseLine, err)
		}
	}
	if fees, err := b.Fees(t.Context(), "2026-11-23"); err != nil || len(fees) != 1 {
		t.Errorf("the ledger only grows: %+v, %v", fees, err)
	}
	if _, err := o.Store().VerifyAudit(t.Context()); err != nil {
		t.Error(err)
	}
}
