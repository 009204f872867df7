package point_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/point"
	"bianmin/drivers/sim/document"
)

// watched is a device manager with one device, looked at often.
type watched struct {
	*point.Point
	t   *testing.T
	ctx context.Context
}

func watch(t *testing.T, config point.Config) watched {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	p, err := point.Start(ctx, config, point.Options{Watch: 10 * time.Millisecond, Retry: 10 * time.Millisecond, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return watched{p, t, ctx}
}

// until waits until the device is so.
func (w watched) until(what string, ok func(drivers.Status) bool) {
	w.t.Helper()
	for !ok(w.Statuses()[0]) {
		select {
		case <-w.Changes():
		case <-w.ctx.Done():
			w.t.Fatalf("never %s: %+v", what, w.Statuses())
		}
	}
}

const blankPage = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj " +
	"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"

// TestDocumentPrinter: the A4 printer is watched and found again like every other device, and prints in its turn.
func TestDocumentPrinter(t *testing.T) {
	far, err := document.Start(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := far.Close(); err != nil {
			t.Error(err)
		}
	}()
	w := watch(t, point.Config{Document: &point.Document{Link: far.Link()}})
	ctx, p, until := w.ctx, w.Point, w.until
	until("online", func(s drivers.Status) bool { return s.Condition == drivers.Online && s.Model != "" })
	if err := far.SetPaper(ctx, false); err != nil {
		t.Fatal(err)
	}
	until("without paper", func(s drivers.Status) bool { return s.Fault == drivers.FaultPaperOut })
	if err := far.SetPaper(ctx, true); err != nil {
		t.Fatal(err)
	}
	until("with paper", func(s drivers.Status) bool { return s.Fault == drivers.FaultNone })
	if report, err := p.Document().Print(ctx, "测试页", []byte(blankPage)); err != nil || report.Outcome != drivers.Printed {
		t.Errorf("%+v, %v", report, err)
	}
	if err := far.Have(document.Jam); err != nil {
		t.Fatal(err)
	}
	printed := make(chan drivers.PrintReport, 1)
	go func() {
		report, _ := p.Document().Print(ctx, "测试页", []byte(blankPage))
		printed <- report
	}()
	until("waiting in the middle of a job", func(s drivers.Status) bool { return s.Fault == drivers.FaultJam && s.Condition == drivers.UserError })
	if err := far.Have(""); err != nil {
		t.Fatal(err)
	}
	if report := <-printed; report.Outcome != drivers.Printed {
		t.Errorf("mended: %+v", report)
	}
	until("well", func(s drivers.Status) bool { return s.Fault == drivers.FaultNone })
	far.Unplug()
	until("away", func(s drivers.Status) bool { return s.Condition == drivers.NoDevice })
	if report, err := p.Document().Print(ctx, "测试页", []byte(blankPage)); drivers.FaultOf(err) != drivers.FaultUnplugged || report.Outcome != drivers.NotPrinted || report.Fault != drivers.FaultUnplugged {
		t.Errorf("unplugged: %+v, %v", report, err)
	}
	if err := far.Plug(ctx); err != nil {
		t.Fatal(err)
	}
	until("back", func(s drivers.Status) bool { return s.Condition == drivers.Online })
	if report, err := p.Document().Print(ctx, "测试页", []byte(blankPage)); err != nil || report.Outcome != drivers.Printed {
		t.Errorf("back: %+v, %v", report, err)
	}
}

func TestDocumentLinkIsChecked(t *testing.T) {
	_, err := point.Start(t.Context(), point.Config{Document: &point.Document{Link: "serial:/dev/lp0"}}, point.Options{})
	if err == nil || !strings.Contains(err.Error(), "ipp://HOST") {
		t.Errorf("%v", err)
	}
}
