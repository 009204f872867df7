package desk

import (
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/drivers"
)

// answered begins a pension certification and answers all it asks but the scanned page.
func (s *stage) answered() {
	s.t.Helper()
	s.begin(pension)
	s.send(SetField{Path: "pension", Text: "1"}, SetField{Path: "phone", Text: "13800000000"}, SetField{Path: "residence", Text: "bx"}, SetField{Path: "notice", Text: "2"})
}

// TestDevicesPulledInUse: a device that goes away while it works costs a sentence, never what was entered.
func TestDevicesPulledInUse(t *testing.T) {
	reader := func(s *stage, f drivers.Fault) {
		s.reader.mu.Lock()
		defer s.reader.mu.Unlock()
		s.reader.err = nil
		if f != "" {
			s.reader.err = &drivers.Error{Role: drivers.RoleReader, Fault: f, Op: "read"}
		}
	}
	scanner := func(s *stage, f drivers.Fault) { s.scanner.mu.Lock(); s.scanner.fault = f; s.scanner.mu.Unlock() }
	for _, c := range []struct {
		name  string
		fault drivers.Fault
		set   func(s *stage, f drivers.Fault)
		use   Event
		words string
	}{
		{"the reader is pulled while a card is read", drivers.FaultUnplugged, reader, ReadCard{Into: "principal"}, "desk.notice.device.unplugged"},
		{"the card is taken away too early", drivers.FaultCard, reader, ReadCard{Into: "principal"}, "desk.notice.device.card"},
		{"the scanner hangs until its limit", drivers.FaultSilent, scanner, ScanInto{Material: "HOUSEHOLD"}, "desk.notice.device.silent"},
		{"the scanner is pulled while it scans", drivers.FaultUnplugged, scanner, ScanInto{Material: "HOUSEHOLD"}, "desk.notice.device.unplugged"},
		{"the scanner is pulled in a batch", drivers.FaultUnplugged, scanner, ScanBatch{}, "desk.notice.device.unplugged"},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t)
				s.signOn("100001")
				s.answered()
				c.set(s, c.fault)
				s.send(c.use)
				s.wait(time.Minute)
				s.told(c.words)
				if v := s.on(Accept).Accept; v.Busy != "" || v.Principal == nil || s.field("phone").Shown != "13800000000" {
					t.Fatalf("after the fault: busy %q, principal %v", v.Busy, v.Principal)
				}
				c.set(s, "")
				s.send(ScanInto{Material: "HOUSEHOLD"})
				s.wait(time.Second)
				s.send(File{})
				s.wait(2 * time.Second)
				if s.on(Accept).Accept.Filed == nil {
					t.Errorf("not filed once the device was back: %+v", s.state.Notice)
				}
			})
		})
	}
}

// TestDocumentPrinterGone: the case stands although the copy for the file did not come out, and the copy can be had later.
func TestDocumentPrinterGone(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.signOn("100001")
		s.document.set(drivers.NotPrinted, drivers.FaultUnplugged)
		number := s.filePension()
		if f := s.state.Accept.Filed; f.Copy != stageFailed || f.Print != stagePrinted {
			t.Fatalf("copy %q, receipt %q", f.Copy, f.Print)
		}
		s.document.set(drivers.Printed, "")
		s.send(Back{})
		s.open(number)
		s.send(Act{Action: ActCopy})
		s.wait(2 * time.Second)
		if n := len(s.document.titles); n != 2 {
			t.Errorf("%d copies were sent to the printer", n)
		}
	})
}

// TestFullDiskWhileFiling: what was entered stays as a draft, the desk says why it cannot accept, and goes on when there is room.
func TestFullDiskWhileFiling(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.signOn("100001")
		s.answered()
		s.send(ScanInto{Material: "HOUSEHOLD"})
		s.wait(6 * time.Second)
		room := func(err error) { s.office.mu.Lock(); s.office.full = err; s.office.mu.Unlock() }
		room(&casefile.Error{Code: casefile.DiskFull})
		s.send(File{})
		s.wait(2 * time.Second)
		s.told("service.reason.disk-full")
		if v := s.on(Accept).Accept; v.Filed != nil || v.Busy != "" || len(v.Missing) != 0 || s.field("phone").Shown != "13800000000" {
			t.Fatalf("on a full disk: %+v", v)
		}
		room(nil)
		s.send(File{})
		s.wait(2 * time.Second)
		if s.on(Accept).Accept.Filed == nil || len(s.office.order) != 1 {
			t.Errorf("not filed once with room again: %+v, %d cases", s.state.Notice, len(s.office.order))
		}
	})
}
