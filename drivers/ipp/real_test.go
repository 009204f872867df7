package ipp_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bianmin/assets"
	"bianmin/core/receipt"
	"bianmin/drivers"
	"bianmin/drivers/a4"
	"bianmin/drivers/ipp"
	"bianmin/drivers/sim/document"
)

func page(t *testing.T) []byte {
	t.Helper()
	s, err := a4.New(assets.FontRegular(), assets.FontBold())
	if err != nil {
		t.Fatal(err)
	}
	content, err := s.PDF(receipt.Pages{Title: "测试页", Parts: []receipt.Part{{Kind: receipt.PartTitle, Text: "测试页"}}}, a4.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func plugIn(t *testing.T) *document.Printer {
	t.Helper()
	p, err := document.Start(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func TestRealPrinter(t *testing.T) {
	far := plugIn(t)
	p := open(t, far.Link(), ipp.Options{Poll: 20 * time.Millisecond})
	status, err := p.Status(t.Context())
	if err != nil || status.Condition != drivers.Online || status.Role != drivers.RoleDocument || status.Model == "" {
		t.Fatalf("status %+v, %v", status, err)
	}
	want := page(t)
	for range 2 {
		report, err := p.Print(t.Context(), "代办服务委托书", want)
		if err != nil || report.Outcome != drivers.Printed || report.Bytes != len(want) || report.Fault != "" {
			t.Fatalf("report %+v, %v", report, err)
		}
	}
	files, err := far.Printed()
	if err != nil || len(files) != 2 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, name := range files {
		if got, err := os.ReadFile(name); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s differs from what was sent (%d bytes of %d), %v", filepath.Base(name), len(got), len(want), err)
		}
	}
}

func TestRealPrinterWithoutPaper(t *testing.T) {
	far := plugIn(t)
	p := open(t, far.Link(), ipp.Options{Poll: 20 * time.Millisecond})
	if err := far.SetPaper(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	status, err := p.Status(t.Context())
	if err != nil || status.Fault != drivers.FaultPaperOut || status.Paper != drivers.PaperOut || status.Condition != drivers.UserError {
		t.Fatalf("status %+v, %v", status, err)
	}
	report, err := p.Print(t.Context(), "x", page(t))
	if report.Outcome != drivers.NotPrinted || report.Fault != drivers.FaultPaperOut || report.Bytes != 0 || drivers.FaultOf(err) != drivers.FaultPaperOut {
		t.Errorf("report %+v, %v", report, err)
	}
	if err := far.SetPaper(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	if report, err := p.Print(t.Context(), "x", page(t)); err != nil || report.Outcome != drivers.Printed {
		t.Errorf("with paper again: %+v, %v", report, err)
	}
	if files, _ := far.Printed(); len(files) != 1 {
		t.Errorf("%d documents came out", len(files))
	}
}

func TestRealPrinterUnplugged(t *testing.T) {
	far := plugIn(t)
	p := open(t, far.Link(), quick())
	far.Unplug()
	report, err := p.Print(t.Context(), "x", page(t))
	if report.Outcome != drivers.NotPrinted || drivers.FaultOf(err) != drivers.FaultUnplugged || report.After.Condition != drivers.NoDevice {
		t.Errorf("report %+v, %v", report, err)
	}
	if _, err := ipp.Open(t.Context(), far.Link(), quick()); drivers.FaultOf(err) != drivers.FaultUnplugged {
		t.Errorf("open: %v", err)
	}
	if err := far.Plug(t.Context()); err != nil {
		t.Fatal(err)
	}
	if report, err := p.Print(t.Context(), "x", page(t)); err != nil || report.Outcome != drivers.Printed {
		t.Errorf("plugged in again: %+v, %v", report, err)
	}
}

func feeding(t *testing.T, script string) *document.Printer {
	t.Helper()
	dir := t.TempDir()
	far, err := document.Start(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = far.Close() })
	if err := os.WriteFile(filepath.Join(dir, "feed"), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return far
}

func TestRealPrinterInTrouble(t *testing.T) {
	options := quick()
	options.Answer, options.Stall = time.Second, 300*time.Millisecond
	for name, c := range map[string]struct {
		script string
		fault  drivers.Fault
	}{
		"gives up":     {"exit 1", drivers.FaultAborted},
		"is unplugged": {"kill -9 $PPID", drivers.FaultUnplugged},
	} {
		t.Run(name, func(t *testing.T) {
			far := feeding(t, c.script)
			report, err := open(t, far.Link(), options).Print(t.Context(), "x", page(t))
			if report.Outcome != drivers.Unconfirmed || report.Fault != c.fault || drivers.FaultOf(err) != c.fault {
				t.Errorf("%+v, %v", report, err)
			}
			if files, err := far.Printed(); err != nil || len(files) != 0 {
				t.Errorf("%d sheets, %v", len(files), err)
			}
		})
	}
}

// TestRealPrinterTroubled puts each trouble of the bench into the printer. What only warns stops nothing; a lost job is told; of what stops it this
// printer only warns while it is at a job, so the job waits and the trouble is told meanwhile, nothing comes out, and after mending the page does, once.
func TestRealPrinterTroubled(t *testing.T) {
	stops := map[document.Trouble]drivers.Fault{
		document.TonerEmpty: drivers.FaultTonerEmpty, document.Jam: drivers.FaultJam, document.CoverOpen: drivers.FaultCoverOpen, document.Held: drivers.FaultDevice,
	}
	for _, trouble := range document.Troubles() {
		t.Run(string(trouble), func(t *testing.T) {
			t.Parallel()
			far := plugIn(t)
			if err := far.Have(trouble); err != nil {
				t.Fatal(err)
			}
			told := listener{heard: map[drivers.Fault]int{}}
			p := open(t, far.Link(), ipp.Options{Poll: 20 * time.Millisecond, Quiet: 300 * time.Millisecond, Told: told.hear})
			fault, waits := stops[trouble]
			if waits {
				told.await(t, fault, func() {
					if files, err := far.Printed(); err != nil || len(files) != 0 {
						t.Errorf("in trouble %d sheets came out, %v", len(files), err)
					}
					if err := far.Have(""); err != nil {
						t.Error(err)
					}
				})
			}
			report, err := p.Print(t.Context(), "x", page(t))
			if trouble == document.Aborted {
				if report.Outcome != drivers.Unconfirmed || drivers.FaultOf(err) != drivers.FaultAborted {
					t.Errorf("%+v, %v", report, err)
				}
				return
			}
			files, unread := far.Printed()
			if err != nil || report.Outcome != drivers.Printed || len(files) != 1 || unread != nil {
				t.Errorf("%+v, %v, %d sheets, %v", report, err, len(files), unread)
			}
			for heard := range told.heard { // a job that is done before the first look tells nothing
				if heard != drivers.FaultNone && (!waits || heard != fault) {
					t.Errorf("told %v", told.heard)
				}
			}
			if waits && told.heard[fault] == 0 {
				t.Errorf("told %v", told.heard)
			}
		})
	}
}

// listener hears what is told while a job is followed.
type listener struct {
	heard map[drivers.Fault]int
	want  drivers.Fault
	then  func()
}

// await does something when a fault is told for the first time.
func (l *listener) await(t *testing.T, fault drivers.Fault, then func()) {
	t.Helper()
	l.want, l.then = fault, then
}

func (l *listener) hear(s drivers.Status) {
	if l.heard[s.Fault]++; l.then != nil && s.Fault == l.want && l.heard[s.Fault] == 1 {
		l.then()
	}
}

// TestRealPrinterTakenBack: paper jams under a job; it is told, the person takes the job back, nothing comes out then, and once it is mended what is
// printed next comes out once. What became of the first is not known for certain.
func TestRealPrinterTakenBack(t *testing.T) {
	far := plugIn(t)
	if err := far.Have(document.Jam); err != nil {
		t.Fatal(err)
	}
	ctx, takeBack := context.WithCancel(t.Context())
	defer takeBack()
	told := listener{heard: map[drivers.Fault]int{}}
	p := open(t, far.Link(), ipp.Options{Poll: 20 * time.Millisecond, Quiet: 100 * time.Millisecond, Busy: 10 * time.Second, Told: told.hear})
	told.await(t, drivers.FaultJam, takeBack)
	report, err := p.Print(ctx, "x", page(t))
	if report.Outcome != drivers.Unconfirmed || drivers.FaultOf(err) != drivers.FaultCancelled {
		t.Errorf("taken back: %+v, %v", report, err)
	}
	if files, err := far.Printed(); err != nil || len(files) != 0 {
		t.Errorf("taken back, %d sheets came out, %v", len(files), err)
	}
	if err := far.Have(""); err != nil {
		t.Fatal(err)
	}
	before, err := far.Printed()
	if report, failed := p.Print(t.Context(), "y", page(t)); failed != nil || err != nil || report.Outcome != drivers.Printed {
		t.Errorf("the next: %+v, %v, %v", report, failed, err)
	}
	// This printer does not obey while its mechanism waits: the sheet that was taken back may come out once it is mended, and never twice.
	if files, err := far.Printed(); err != nil || len(files) == 0 || len(files) > 2 {
		t.Errorf("%d sheets, %d before the second, %v", len(files), len(before), err)
	}
}

// TestRealPrinterEmptied: the paper ends under a job.
func TestRealPrinterEmptied(t *testing.T) {
	mended := filepath.Join(t.TempDir(), "mended")
	far := feeding(t, `echo 'STATE: +media-empty-error,media-needed-error' >&2; while [ ! -e '`+mended+`' ]; do sleep 0.05; done; echo 'STATE: -media-empty-error,media-needed-error' >&2; exit 0`)
	told := listener{heard: map[drivers.Fault]int{}}
	told.await(t, drivers.FaultPaperOut, func() {
		if err := os.WriteFile(mended, nil, 0o600); err != nil {
			t.Error(err)
		}
	})
	report, err := open(t, far.Link(), ipp.Options{Poll: 20 * time.Millisecond, Told: told.hear}).Print(t.Context(), "x", page(t))
	if err != nil || report.Outcome != drivers.Printed || told.heard[drivers.FaultPaperOut] == 0 {
		t.Errorf("%+v, %v, told %v", report, err, told.heard)
	}
}

func TestRealPrinterHeals(t *testing.T) {
	far := feeding(t, `echo 'STATE: +media-jam-error' >&2; sleep 1; echo 'STATE: -media-jam-error' >&2; exit 0`)
	report, err := open(t, far.Link(), ipp.Options{Poll: 20 * time.Millisecond}).Print(t.Context(), "x", page(t))
	if err != nil || report.Outcome != drivers.Printed || report.After.Fault != "" {
		t.Errorf("%+v, %v", report, err)
	}
}
