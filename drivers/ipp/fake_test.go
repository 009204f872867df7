package ipp_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/OpenPrinting/goipp"

	"bianmin/drivers/ipp"
)

// fake is a peer for the states that the real printer cannot make. It speaks IPP by the same codec, but every
// answer is scripted by the test.
type fake struct {
	server *httptest.Server

	mutex    sync.Mutex
	state    int
	reasons  []string
	formats  []string
	ready    []string
	old      bool              // knows IPP 1.1 only
	queue    bool              // answers as a CUPS queue
	more     []goipp.Attribute // of the printer
	job      []progress        // one per look, the last stays
	print    goipp.Status
	busy     int // so many times "busy" before a job is taken
	raw      func(http.ResponseWriter, goipp.Op) bool
	document []byte
	asked    map[goipp.Op]int
	last     map[goipp.Op]*goipp.Message
}

type progress struct {
	state   int
	reasons string
}

func newFake(t *testing.T) *fake {
	t.Helper()
	f := &fake{state: 3, reasons: []string{"none"}, formats: []string{"application/octet-stream", "application/pdf"}, ready: []string{"iso_a4_210x297mm"}, job: []progress{{9, "job-completed-successfully"}}, asked: map[goipp.Op]int{}, last: map[goipp.Op]*goipp.Message{}}
	f.server = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(f.server.Close)
	return f
}

func (f *fake) link() string { return "ipp" + strings.TrimPrefix(f.server.URL, "http") + "/ipp/print" }

func (f *fake) set(change func()) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	change()
}

func (f *fake) count(operation goipp.Op) int {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return f.asked[operation]
}

func (f *fake) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	buffer := bytes.NewBuffer(body)
	request := &goipp.Message{}
	if err := request.Decode(buffer); err != nil {
		http.Error(w, "no IPP", http.StatusBadRequest)
		return
	}
	operation := goipp.Op(request.Code)
	f.set(func() { f.asked[operation]++; f.last[operation] = request })
	if f.raw != nil && f.raw(w, operation) {
		return
	}
	answer := goipp.NewResponse(goipp.DefaultVersion, goipp.StatusOk, request.RequestID)
	answer.Operation.Add(goipp.MakeAttribute("attributes-charset", goipp.TagCharset, goipp.String("utf-8")))
	answer.Operation.Add(goipp.MakeAttribute("attributes-natural-language", goipp.TagLanguage, goipp.String("en")))
	if f.old && request.Version.Major() > 1 {
		answer.Code = goipp.Code(goipp.StatusErrorVersionNotSupported)
	} else {
		f.set(func() { f.fill(answer, operation, buffer.Bytes()) })
	}
	w.Header().Set("Content-Type", goipp.ContentType)
	_ = answer.Encode(w)
}

func (f *fake) fill(answer *goipp.Message, operation goipp.Op, rest []byte) {
	switch operation {
	case goipp.OpGetPrinterAttributes:
		answer.Printer.Add(goipp.MakeAttribute("printer-state", goipp.TagEnum, goipp.Integer(f.state)))
		answer.Printer.Add(keywords("printer-state-reasons", f.reasons))
		if f.queue {
			answer.Printer.Add(goipp.MakeAttribute("printer-type", goipp.TagEnum, goipp.Integer(4)))
		}
		answer.Printer.Add(keywords("document-format-supported", f.formats))
		answer.Printer.Add(keywords("media-ready", f.ready))
		answer.Printer.Add(keywords("media-supported", []string{"iso_a4_210x297mm"}))
		answer.Printer.Add(goipp.MakeAttribute("printer-make-and-model", goipp.TagText, goipp.String("Fake 1")))
		for _, a := range f.more {
			answer.Printer.Add(a)
		}
	case goipp.OpPrintJob:
		if f.busy > 0 {
			f.busy--
			answer.Code = goipp.Code(goipp.StatusErrorBusy)
			return
		}
		answer.Code = goipp.Code(f.print)
		f.document = bytes.Clone(rest)
		answer.Job.Add(goipp.MakeAttribute("job-id", goipp.TagInteger, goipp.Integer(7)))
	case goipp.OpGetJobAttributes:
		now := f.job[0]
		if len(f.job) > 1 {
			f.job = f.job[1:]
		}
		answer.Job.Add(goipp.MakeAttribute("job-state", goipp.TagEnum, goipp.Integer(now.state)))
		answer.Job.Add(keywords("job-state-reasons", strings.Split(now.reasons, ",")))
	}
}

func keywords(name string, all []string) goipp.Attribute {
	var v []goipp.Value
	for _, s := range all {
		v = append(v, goipp.String(s))
	}
	return goipp.MakeAttr(name, goipp.TagKeyword, v[0], v[1:]...)
}

// quick are limits that let a test end soon.
func quick() ipp.Options {
	return ipp.Options{Answer: 300 * time.Millisecond, Send: 500 * time.Millisecond, Poll: 10 * time.Millisecond, Busy: 300 * time.Millisecond, Stall: 100 * time.Millisecond}
}

func open(t *testing.T, link string, options ipp.Options) *ipp.Printer {
	t.Helper()
	p, err := ipp.Open(t.Context(), link, options)
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
