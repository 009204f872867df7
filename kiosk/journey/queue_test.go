package journey

import (
	"errors"
	"strings"
	"testing"
	"time"

	"bianmin/core/casefile"
)

// TestStaffQueue: the technician sees what waits, packet by packet, as it moves; what cannot be read is said, and the way back is the staff screen.
func TestStaffQueue(t *testing.T) {
	set := loadCatalogue(t)
	bubble(t, func(t *testing.T) {
		s := newStage(t, set)
		line := casefile.QueueLine{Packet: "p1", Case: "QH0301A-261122-0042-X", Item: set.Items[0].Code, State: casefile.LineWaiting, Why: "still.sending", Moving: true, Held: 10, Total: 100}
		other := casefile.QueueLine{Packet: "p2", Case: line.Case, State: casefile.LineWaiting, Why: "still.earlier-event"}
		s.desk.queue.set([]casefile.QueueLine{line, other})
		s.desk.health.set(Health{Online: true, Waiting: 60, Refused: 1})
		routes[StaffQueue](s)
		v := s.wait(time.Second)
		if v := s.on(StaffQueue).StaffQueue; !v.Known || len(v.Lines) != 2 || v.Lines[0].ItemName == nil || v.Lines[1].ItemName != nil {
			t.Fatalf("%+v", v)
		}
		line.Held = 60
		s.desk.queue.set([]casefile.QueueLine{line, other})
		if v = s.wait(queueEvery); v.StaffQueue.Lines[0].Held != 60 {
			t.Errorf("it does not move: %+v", v.StaffQueue)
		}
		s.tap(StaffDo{Action: StaffRetryQueue})
		if v = s.wait(time.Second); v.StaffQueue.Said.Key != keyStaffFailed || !v.StaffQueue.Bad {
			t.Errorf("a retry that failed: %+v", v.StaffQueue)
		}
		s.desk.queueErr.set(errors.New("cannot be read"))
		if v = s.wait(queueEvery); v.StaffQueue.Said.Key != keyStaffFailed || len(v.StaffQueue.Lines) != 2 {
			t.Errorf("what cannot be read: %+v", v.StaffQueue)
		}
		s.tap(StaffDo{Action: StaffExit}) // only on the first page
		s.on(StaffQueue)
		s.tap(Back{})
		s.on(Staff)
	})
}

// TestStickFromTheStaffScreen: an errand is asked for once, is shown while it goes and as it ends, and what went on before this visit is not told.
func TestStickFromTheStaffScreen(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.desk.carried.set(casefile.Carried{Errand: casefile.CarryOut, State: casefile.CarryDone, Packets: 9, At: time.Now().Add(-time.Hour)})
		routes[StaffQueue](s)
		if v := s.wait(time.Second).StaffQueue; v.Stick.Key != "" || v.StickBusy {
			t.Errorf("what went on before: %+v", v.Stick)
		}
		s.tap(StaffDo{Action: StaffStickOut})
		if v := s.tap(StaffDo{Action: StaffStickOut}, StaffDo{Action: StaffStickHome}).StaffQueue; !v.StickBusy || v.Stick.Key != "stick.working" {
			t.Errorf("asked: %+v", v)
		}
		asked := 0
		for _, line := range s.desk.log.all() {
			if strings.HasPrefix(line, "carry t1 ") {
				asked++
			}
		}
		if asked != 1 {
			t.Errorf("asked %d times", asked)
		}
		for _, c := range []struct {
			said casefile.Carried
			key  string
			good bool
		}{
			{casefile.Carried{Errand: casefile.CarryOut, State: casefile.CarryWorking}, "stick.working", true},
			{casefile.Carried{Errand: casefile.CarryOut, State: casefile.CarryDone, Packets: 2}, "stick.exported", true},
			{casefile.Carried{Errand: casefile.CarryOut, State: casefile.CarryDone, Left: 2}, "stick.no-room", false},
			{casefile.Carried{Errand: casefile.CarryHome, State: casefile.CarryDone, Delivered: 2}, "stick.imported", true},
			{casefile.Carried{Errand: casefile.CarryHome, State: casefile.CarryFailed, Code: "others"}, "courier.error.others", false},
		} {
			c.said.At = time.Now()
			s.desk.carried.set(c.said)
			if v := s.wait(queueEvery).StaffQueue; v.Stick.Key != c.key || v.StickGood != c.good {
				t.Errorf("%+v is told as %+v, good %v", c.said, v.Stick, v.StickGood)
			}
		}
		s.desk.carried.set(casefile.Carried{Errand: casefile.CarryOut, State: casefile.CarryAsked, At: time.Now()})
		if v := s.wait(20 * time.Second).StaffQueue; v.Stick.Key != "courier.error.no-service" || v.StickBusy {
			t.Errorf("a machine that serves no sticks: %+v", v)
		}
	})
}
