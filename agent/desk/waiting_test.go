package desk

import (
	"testing"
	"time"

	"bianmin/drivers"
)

// holding is a stage whose A4 printer holds on to a page of a case, for a reason a person mends.
func holding(t *testing.T, fault drivers.Fault) (s *stage, mend func()) {
	s = newStage(t)
	number := s.fileFor(pension, nil)
	s.signOn("100001")
	s.open(number)
	held := make(chan struct{})
	s.document.held = held
	s.send(Act{Action: ActCopy})
	s.wait(2 * time.Second)
	if s.state.Overlay != nil {
		t.Fatalf("asked while all is well: %+v", s.state.Overlay)
	}
	s.statuses.Store(&[]drivers.Status{{Role: drivers.RoleDocument, Fault: fault, Condition: drivers.UserError}})
	s.wait(2 * time.Second)
	return s, func() {
		s.statuses.Store(&[]drivers.Status{{Role: drivers.RoleDocument, Condition: drivers.Busy}})
		close(held)
		s.wait(2 * time.Second)
	}
}

// TestPageWaits: what the printer waits for is said with what to do; who waits is left alone, and when it is mended the question goes and the page is there,
// once.
func TestPageWaits(t *testing.T) {
	for _, fault := range waitsFor {
		bubble(t, func(t *testing.T) {
			s, mend := holding(t, fault)
			s.asked("desk.notice.device." + string(fault))
			if o := s.state.Overlay; len(o.Text) != 1 || o.Text[0].Key != "desk.ask.print-waits" || o.Yes.Key != "desk.ask.print-stop" || o.No.Key != "desk.ask.print-wait" || !o.Danger {
				t.Errorf("%+v", o)
			}
			s.send(Answer{})
			s.wait(30 * time.Second)
			if s.state.Overlay != nil {
				t.Errorf("asked again at once: %+v", s.state.Overlay)
			}
			s.wait(40 * time.Second)
			s.asked("desk.notice.device." + string(fault))
			mend()
			if s.state.Overlay != nil || len(s.document.titles) != 1 || s.document.taken != 0 {
				t.Errorf("mended: %+v, printed %q, %d taken back", s.state.Overlay, s.document.titles, s.document.taken)
			}
			if s.state.Notice == nil || s.state.Notice.Tone != Good {
				t.Errorf("not told that it is well: %+v", s.state.Notice)
			}
		})
	}
}

// TestPageTakenBack: the agent takes the page back; it is not asked whether it came out, and nothing is printed again by itself.
func TestPageTakenBack(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s, mend := holding(t, drivers.FaultJam)
		s.send(Answer{Yes: true})
		s.wait(2 * time.Second)
		s.told("desk.notice.print-stopped")
		mend()
		s.wait(2 * time.Minute)
		if s.state.Overlay != nil || len(s.document.titles) != 0 || s.document.taken != 1 {
			t.Errorf("%+v, printed %q, %d taken back", s.state.Overlay, s.document.titles, s.document.taken)
		}
	})
}

// TestPageWaitsBehind: another question is not covered by this one, a new reason is said at once, and an agent who leaves leaves no page behind.
func TestPageWaitsBehind(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s, _ := holding(t, drivers.FaultPaperOut)
		s.send(Answer{}, Help{Open: true})
		s.statuses.Store(&[]drivers.Status{{Role: drivers.RoleDocument, Fault: drivers.FaultCoverOpen, Condition: drivers.UserError}})
		s.wait(2 * time.Second)
		if s.state.Overlay == nil || s.state.Overlay.Kind != overlayHelp {
			t.Errorf("covered: %+v", s.state.Overlay)
		}
		s.send(Help{})
		s.wait(2 * time.Second)
		s.asked("desk.notice.device.cover-open")
		s.send(Help{Open: true})
		s.statuses.Store(&[]drivers.Status{{Role: drivers.RoleDocument, Condition: drivers.Busy}})
		s.wait(2 * time.Second)
		s.send(Help{})
		if s.state.Overlay != nil {
			t.Errorf("still asked below the help: %+v", s.state.Overlay)
		}
		s.statuses.Store(&[]drivers.Status{{Role: drivers.RoleDocument, Fault: drivers.FaultJam, Condition: drivers.UserError}})
		s.wait(2 * time.Second)
		s.send(Answer{}, SignOff{})
		s.wait(2 * time.Second)
		if s.document.taken != 1 || len(s.document.titles) != 0 {
			t.Errorf("left behind: printed %q, %d taken back", s.document.titles, s.document.taken)
		}
	})
}
