package ipp_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/OpenPrinting/goipp"
	"go.uber.org/goleak"

	"bianmin/drivers"
	"bianmin/drivers/ipp"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var _ drivers.DocumentPrinter = (*ipp.Printer)(nil)

// TestRealPrinter prints on CUPS's own printer in a process of its own: what comes out is what went in.
// TestRealPrinterUnplugged: before a job nothing was printed, and it is said so; a plugged printer works again.
func TestStatuses(t *testing.T) {
	f := newFake(t)
	p := open(t, f.link(), quick())
	for _, c := range []struct {
		state     int
		reasons   string
		ready     int
		condition drivers.Condition
		fault     drivers.Fault
		paper     drivers.Paper
	}{
		{3, "none", 1, drivers.Online, "", drivers.PaperUnknown},
		{4, "none", 1, drivers.Busy, "", drivers.PaperUnknown},
		{5, "none", 1, drivers.HardwareError, drivers.FaultDevice, drivers.PaperUnknown},
		{5, "media-empty-error", 1, drivers.UserError, drivers.FaultPaperOut, drivers.PaperOut},
		{3, "media-empty-report", 1, drivers.UserError, drivers.FaultPaperOut, drivers.PaperOut},
		{3, "media-empty-report", 2, drivers.Online, "", drivers.PaperLow},
		{4, "media-empty-warning,media-needed-warning", 2, drivers.UserError, drivers.FaultPaperOut, drivers.PaperLow},
		{5, "media-jam", 1, drivers.UserError, drivers.FaultJam, drivers.PaperJammed},
		{5, "media-jam-error,cover-open-error", 1, drivers.UserError, drivers.FaultCoverOpen, drivers.PaperJammed},
		{3, "door-open-error", 1, drivers.UserError, drivers.FaultCoverOpen, drivers.PaperUnknown},
		{3, "media-low-warning,toner-low-report", 1, drivers.Online, "", drivers.PaperLow},
		{3, "toner-empty-warning", 1, drivers.Online, "", drivers.PaperUnknown},
		{3, "toner-empty-error", 1, drivers.UserError, drivers.FaultTonerEmpty, drivers.PaperUnknown},
		{5, "marker-supply-empty-error", 1, drivers.UserError, drivers.FaultTonerEmpty, drivers.PaperUnknown},
		{5, "connecting-to-device", 1, drivers.Offline, drivers.FaultSilent, drivers.PaperUnknown},
		{3, "offline-report", 1, drivers.Online, "", drivers.PaperUnknown},
		{5, "paused", 1, drivers.HardwareError, drivers.FaultDevice, drivers.PaperUnknown},
		{3, "com.example-something-new", 1, drivers.Online, "", drivers.PaperUnknown},
	} {
		f.set(func() {
			f.state, f.reasons, f.ready = c.state, strings.Split(c.reasons, ","), []string{"iso_a4_210x297mm", "na_letter"}[:c.ready]
		})
		got, err := p.Status(t.Context())
		if err != nil || got.Condition != c.condition || got.Fault != c.fault || got.Paper != c.paper || got.Model != "Fake 1" {
			t.Errorf("%d %s: %+v, %v", c.state, c.reasons, got, err)
		}
		if c.fault == "" {
			continue
		}
		report, err := p.Print(t.Context(), "x", []byte("%PDF"))
		if report.Outcome != drivers.NotPrinted || report.Fault != c.fault || drivers.FaultOf(err) != c.fault {
			t.Errorf("print while %s: %+v, %v", c.reasons, report, err)
		}
	}
	if f.count(goipp.OpPrintJob) != 0 {
		t.Error("a printer in trouble was sent a document")
	}
}

// TestQueueRemembersTrouble: an idle CUPS queue tells of its last job's trouble until the next one; it must not bar that one.
func TestQueueRemembersTrouble(t *testing.T) {
	f := newFake(t)
	f.queue, f.reasons = true, []string{"media-empty-warning", "media-needed-warning", "cover-open-error"}
	p := open(t, f.link(), quick())
	if got, err := p.Status(t.Context()); err != nil || got.Condition != drivers.Online || got.Fault != "" || got.Paper != drivers.PaperOut {
		t.Errorf("idle: %+v, %v", got, err)
	}
	if report, err := p.Print(t.Context(), "x", []byte("%PDF")); err != nil || report.Outcome != drivers.Printed {
		t.Errorf("%+v, %v", report, err)
	}
	for _, state := range []int{4, 5} {
		f.set(func() { f.state = state })
		if got, err := p.Status(t.Context()); err != nil || got.Fault != drivers.FaultCoverOpen {
			t.Errorf("state %d: %+v, %v", state, got, err)
		}
	}
}

func TestOldPrinter(t *testing.T) {
	f := newFake(t)
	f.old = true
	if report, err := open(t, f.link(), quick()).Print(t.Context(), "x", []byte("%PDF")); err != nil || report.Outcome != drivers.Printed {
		t.Errorf("%+v, %v", report, err)
	}
}

func TestJobs(t *testing.T) {
	for name, c := range map[string]struct {
		job     []progress
		outcome drivers.Outcome
		fault   drivers.Fault
	}{
		"at once":          {[]progress{{9, "job-completed-successfully"}}, drivers.Printed, ""},
		"after a while":    {[]progress{{3, "none"}, {5, "job-printing"}, {5, "job-printing"}, {9, "job-completed-successfully"}}, drivers.Printed, ""},
		"stopped, then on": {[]progress{{5, "job-printing"}, {6, "printer-stopped"}, {5, "job-printing"}, {9, "none"}}, drivers.Printed, ""},
		"aborted":          {[]progress{{5, "none"}, {8, "aborted-by-system"}}, drivers.Unconfirmed, drivers.FaultAborted},
		"bad document":     {[]progress{{8, "document-format-error"}}, drivers.Unconfirmed, drivers.FaultFormat},
		"with errors":      {[]progress{{9, "job-completed-with-errors"}}, drivers.Unconfirmed, drivers.FaultAborted},
		"canceled":         {[]progress{{7, "job-canceled-at-device"}}, drivers.Unconfirmed, drivers.FaultCancelled},
		"handed on":        {[]progress{{9, "queued-in-device"}}, drivers.Unconfirmed, ""},
		"held for ever":    {[]progress{{4, "job-hold-until-specified"}}, drivers.Unconfirmed, drivers.FaultSilent},
	} {
		f := newFake(t)
		f.job = c.job
		p := open(t, f.link(), quick())
		report, err := p.Print(t.Context(), "测试页", []byte("%PDF-1.4 x"))
		if report.Outcome != c.outcome || report.Fault != c.fault || drivers.FaultOf(err) != c.fault || report.Bytes != 10 {
			t.Errorf("%s: %+v, %v", name, report, err)
		}
		if n := f.count(goipp.OpPrintJob); n != 1 || string(f.document) != "%PDF-1.4 x" {
			t.Errorf("%s: sent %d times, %q", name, n, f.document)
		}
		if canceled := f.count(goipp.OpCancelJob) > 0; canceled != (c.outcome != drivers.Printed) {
			t.Errorf("%s: taken back %v", name, canceled)
		}
	}
}

// TestPaperEndsInTheJob: the job waits inside the printer; mended in time it prints, else it is taken back.
func TestPaperEndsInTheJob(t *testing.T) {
	for _, mended := range []bool{true, false} {
		f := newFake(t)
		f.job = []progress{{6, "printer-stopped"}}
		looks := 0
		f.raw = func(_ http.ResponseWriter, operation goipp.Op) bool {
			if operation == goipp.OpGetJobAttributes {
				f.set(func() {
					f.state, f.reasons = 5, []string{"media-empty-error"}
					if looks++; mended && looks == 4 {
						f.state, f.reasons, f.job = 3, []string{"none"}, []progress{{9, "none"}}
					}
				})
			}
			return false
		}
		report, err := open(t, f.link(), quick()).Print(t.Context(), "x", []byte("%PDF"))
		switch {
		case mended && (err != nil || report.Outcome != drivers.Printed):
			t.Errorf("mended: %+v, %v", report, err)
		case !mended && (report.Outcome != drivers.Unconfirmed || report.Fault != drivers.FaultPaperOut || report.After.Paper != drivers.PaperOut || f.count(goipp.OpCancelJob) != 1):
			t.Errorf("not mended: %+v, %v, taken back %d times", report, err, f.count(goipp.OpCancelJob))
		}
	}
}

func TestRefusals(t *testing.T) {
	for status, fault := range map[goipp.Status]drivers.Fault{
		goipp.StatusErrorDocumentFormatNotSupported: drivers.FaultFormat, goipp.StatusErrorNotAuthorized: drivers.FaultNotPermitted,
		goipp.StatusErrorNotAcceptingJobs: drivers.FaultDevice, goipp.StatusErrorBadRequest: drivers.FaultProtocol, goipp.StatusErrorBusy: drivers.FaultBusy,
	} {
		f := newFake(t)
		f.print = status
		report, err := open(t, f.link(), quick()).Print(t.Context(), "x", []byte("%PDF"))
		if report.Outcome != drivers.NotPrinted || report.Fault != fault || report.Bytes != 0 || drivers.FaultOf(err) != fault {
			t.Errorf("%v: %+v, %v", status, report, err)
		}
	}
	f := newFake(t)
	f.formats = []string{"image/pwg-raster", "image/urf"}
	report, err := open(t, f.link(), quick()).Print(t.Context(), "x", []byte("%PDF"))
	if report.Outcome != drivers.NotPrinted || report.Fault != drivers.FaultFormat || f.count(goipp.OpPrintJob) != 0 {
		t.Errorf("no PDF: %+v, %v", report, err)
	}
	f = newFake(t)
	f.busy = 3
	if report, err := open(t, f.link(), quick()).Print(t.Context(), "x", []byte("%PDF")); err != nil || report.Outcome != drivers.Printed || f.count(goipp.OpPrintJob) != 4 {
		t.Errorf("busy at first: %+v, %v, asked %d times", report, err, f.count(goipp.OpPrintJob))
	}
}

// TestStrangePeers: silence, garbage, portals and redirections, at each of the three questions.
func TestStrangePeers(t *testing.T) {
	release := make(chan struct{})
	peers := map[string]struct {
		answer    func(w http.ResponseWriter)
		fault     drivers.Fault
		untouched bool // a document so answered cannot have been printed
	}{
		"silence": {func(http.ResponseWriter) { <-release }, drivers.FaultSilent, false},
		"hang up": {func(http.ResponseWriter) { panic(http.ErrAbortHandler) }, drivers.FaultSilent, false},
		"portal":  {func(w http.ResponseWriter) { _, _ = w.Write([]byte("<html>请登录</html>")) }, drivers.FaultProtocol, false},
		"garbage": {func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", goipp.ContentType)
			_, _ = w.Write([]byte{1, 2, 3})
		}, drivers.FaultProtocol, false},
		"long": {func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", goipp.ContentType)
			_, _ = w.Write(bytes.Repeat([]byte{2}, 2<<20))
		}, drivers.FaultProtocol, false},
		"redirect": {func(w http.ResponseWriter) {
			w.Header().Set("Location", "http://127.0.0.1:1/")
			w.WriteHeader(http.StatusTemporaryRedirect)
		}, drivers.FaultProtocol, true},
		"password": {func(w http.ResponseWriter) { w.WriteHeader(http.StatusUnauthorized) }, drivers.FaultNotPermitted, true},
		"broken":   {func(w http.ResponseWriter) { w.WriteHeader(http.StatusInternalServerError) }, drivers.FaultProtocol, false},
		"other id": {func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", goipp.ContentType)
			_ = goipp.NewResponse(goipp.DefaultVersion, goipp.StatusOk, 4711).Encode(w)
		}, drivers.FaultProtocol, false},
	}
	for name, peer := range peers {
		for _, at := range []goipp.Op{goipp.OpGetPrinterAttributes, goipp.OpPrintJob, goipp.OpGetJobAttributes} {
			f := newFake(t)
			p := open(t, f.link(), quick())
			f.raw = func(w http.ResponseWriter, operation goipp.Op) bool {
				if operation == at {
					peer.answer(w)
				}
				return operation == at
			}
			report, err := p.Print(t.Context(), "x", []byte("%PDF"))
			want := drivers.Unconfirmed
			if at == goipp.OpGetPrinterAttributes || at == goipp.OpPrintJob && peer.untouched {
				want = drivers.NotPrinted
			}
			if report.Outcome != want || report.Fault != peer.fault || drivers.FaultOf(err) != peer.fault {
				t.Errorf("%s at %v: %+v, %v", name, at, report, err)
			}
			if n := f.count(goipp.OpPrintJob); n > 1 {
				t.Errorf("%s at %v: the document was sent %d times", name, at, n)
			}
		}
	}
	close(release)
}

func TestCancel(t *testing.T) {
	f := newFake(t)
	f.job = []progress{{5, "job-printing"}}
	p := open(t, f.link(), ipp.Options{Poll: 10 * time.Millisecond})
	ctx, cancel := context.WithCancel(t.Context())
	f.raw = func(_ http.ResponseWriter, operation goipp.Op) bool {
		if operation == goipp.OpGetJobAttributes && f.count(operation) == 3 {
			cancel()
		}
		return false
	}
	start := time.Now()
	report, err := p.Print(ctx, "x", []byte("%PDF"))
	if report.Outcome != drivers.Unconfirmed || drivers.FaultOf(err) != drivers.FaultCancelled || !errors.Is(err, context.Canceled) || time.Since(start) > 3*time.Second {
		t.Errorf("%+v, %v after %v", report, err, time.Since(start))
	}
	if f.count(goipp.OpCancelJob) != 1 {
		t.Error("the job was left in the printer")
	}
	if report, err := p.Print(ctx, "x", []byte("%PDF")); report.Outcome != drivers.NotPrinted || drivers.FaultOf(err) != drivers.FaultCancelled {
		t.Errorf("with an ended context: %+v, %v", report, err)
	}
}

// TestNothingPersonalInTheJob: the printer's list of jobs names the program and the neutral title.
func TestNothingPersonalInTheJob(t *testing.T) {
	f := newFake(t)
	if _, err := open(t, f.link(), quick()).Print(t.Context(), "委托书\x1b"+strings.Repeat("长", 200), []byte("%PDF")); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, a := range f.last[goipp.OpPrintJob].Operation {
		got[a.Name] = a.Values.String()
	}
	if name := got["job-name"]; len(name) > 255 || !strings.HasPrefix(name, "委托书长") || got["requesting-user-name"] != "bianmin" || got["document-format"] != "application/pdf" {
		t.Errorf("%v", got)
	}
	if f.last[goipp.OpPrintJob].Job[0].Values.String() != "iso_a4_210x297mm" {
		t.Error("the job does not ask for A4")
	}
}

func TestLinks(t *testing.T) {
	for _, bad := range []string{"", "ipp:", "ipp://", "http://x/", "serial:/dev/x", "ipp://user:pw@x/", "ipp://x/?a=b", "ipp://[::1"} {
		if err := ipp.CheckLink(bad); !errors.Is(err, ipp.ErrLink) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, good := range []string{"ipp://printer.local/ipp/print", "ipp://127.0.0.1:60000/ipp/print", "ipp://localhost:631/printers/desk", "ipp://[::1]:8631", "ipp://x"} {
		if err := ipp.CheckLink(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := ipp.Open(t.Context(), "ipp://"+address, quick()); drivers.FaultOf(err) != drivers.FaultUnplugged {
		t.Errorf("nobody listens: %v", err)
	}
}

// FuzzAnswer: no answer of a peer brings the client down or makes it say that something was printed.
func FuzzAnswer(f *testing.F) {
	good := goipp.NewResponse(goipp.DefaultVersion, goipp.StatusOk, 2)
	good.Printer.Add(goipp.MakeAttribute("printer-state", goipp.TagEnum, goipp.Integer(3)))
	seed, err := good.EncodeBytes()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Add([]byte{})
	f.Add(bytes.Repeat([]byte{0x34}, 64))
	patient := quick() // every answer comes at once: a limit that a starved machine misses tells nothing of it
	patient.Answer, patient.Send = time.Minute, time.Minute
	f.Fuzz(func(t *testing.T, answer []byte) {
		peer := newFake(t)
		peer.raw = func(w http.ResponseWriter, operation goipp.Op) bool {
			if peer.count(goipp.OpGetPrinterAttributes) > 1 {
				w.Header().Set("Content-Type", goipp.ContentType)
				_, _ = w.Write(answer)
				return true
			}
			return false
		}
		report, err := open(t, peer.link(), patient).Print(t.Context(), "x", []byte("%PDF"))
		if report.Outcome == drivers.Printed || err == nil && report.Outcome != drivers.Unconfirmed {
			t.Errorf("%+v, %v", report, err)
		}
	})
}
