package journey

import (
	"errors"
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
