package ipp

import (
	"strings"
	"testing"
	"unicode"

	"github.com/OpenPrinting/goipp"

	"bianmin/drivers"
)

// FuzzAttributes: whatever attributes an answer holds, a stopped printer is never well, a job counts as printed only in
// the state completed, and a model's name holds nothing that could upset a line.
func FuzzAttributes(f *testing.F) {
	for _, fill := range []func(*goipp.Message){
		func(*goipp.Message) {},
		func(m *goipp.Message) {
			m.Printer.Add(goipp.MakeAttribute("printer-state", goipp.TagEnum, goipp.Integer(5)))
			m.Printer.Add(goipp.MakeAttr("printer-state-reasons", goipp.TagKeyword, goipp.String("media-empty-error"), goipp.String("cover-open")))
			m.Printer.Add(goipp.MakeAttribute("printer-is-accepting-jobs", goipp.TagBoolean, goipp.Boolean(false)))
			m.Printer.Add(goipp.MakeAttribute("printer-make-and-model", goipp.TagText, goipp.String("A\x1b[2JB\r\n")))
		},
		func(m *goipp.Message) {
			m.Printer.Add(goipp.MakeAttribute("printer-state", goipp.TagText, goipp.String("3")))
			m.Printer.Add(goipp.MakeAttribute("printer-type", goipp.TagEnum, goipp.Integer(4)))
			m.Printer.Add(goipp.MakeAttr("media-ready", goipp.TagKeyword, goipp.String("a"), goipp.String("b")))
		},
		func(m *goipp.Message) {
			m.Job.Add(goipp.MakeAttribute("job-state", goipp.TagEnum, goipp.Integer(9)))
			m.Job.Add(goipp.MakeAttribute("job-state-reasons", goipp.TagKeyword, goipp.String("queued-in-device")))
			m.Job.Add(goipp.MakeAttribute("job-id", goipp.TagInteger, goipp.Integer(-1)))
		},
	} {
		m := goipp.NewResponse(goipp.DefaultVersion, goipp.StatusOk, 1)
		fill(m)
		seed, err := m.EncodeBytes()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		m := &goipp.Message{}
		if m.DecodeBytes(answer) != nil {
			return
		}
		p, err := named("ipp://localhost", Options{})
		if err != nil {
			t.Fatal(err)
		}
		s := saidOf(m.Printer)
		status := p.status(s)
		well := status.Fault == drivers.FaultNone
		if well != (status.Condition == drivers.Online || status.Condition == drivers.Busy) || well && (s.state == stateStopped || !s.accepting) {
			t.Fatalf("%+v gives %+v", s, status)
		}
		if strings.ContainsFunc(status.Model, unicode.IsControl) {
			t.Fatalf("model %q", status.Model)
		}
		now := jobOf(m.Job)
		if now.state <= jobProcessing+1 || now.state > jobCompleted { // look refuses the others
			return
		}
		if outcome, err := ended(now); outcome == drivers.Printed && (err != nil || now.state != jobCompleted) {
			t.Fatalf("%+v gives %s, %v", now, outcome, err)
		}
	})
}
