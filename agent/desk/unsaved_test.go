package desk

import (
	"errors"
	"testing"
	"time"
)

// leftUnsaved is a desk where a draft's last change could not be written after its page was left; the disk has the phone
// before, or nothing of it where it was never saved.
func leftUnsaved(s *stage, saved bool) (draft string) {
	s.t.Helper()
	s.signOn("100001")
	v := s.begin(pension)
	if saved {
		s.send(SetField{Path: "phone", Text: "13811111111"}, Back{})
		s.wait(10 * time.Second)
		s.send(OpenDraft{ID: v.Draft})
		s.wait(time.Second)
	}
	s.office.badSave = errors.New("disk")
	s.send(SetField{Path: "phone", Text: "13822222222"}, Back{})
	s.wait(time.Second)
	return v.Draft
}

// TestNotSavedAfterItWasLeft: the agent is told, the list says so, and who opens the draft finds the newer text.
func TestNotSavedAfterItWasLeft(t *testing.T) {
	for name, saved := range map[string]bool{"older on disk": true, "never on disk": false} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t)
				id := leftUnsaved(s, saved)
				s.told("desk.problem.draft-unsaved")
				if lines := s.state.Today.Drafts; len(lines) != 1 || !lines[0].Unsaved || lines[0].Person != principalName {
					t.Fatalf("listed: %+v", lines)
				}
				s.send(OpenDraft{ID: id})
				s.wait(time.Second)
				if got := s.phone(); got != "13822222222" {
					t.Errorf("opened with the phone %v", got)
				}
				s.office.badSave = nil
				s.wait(2 * time.Minute)
				s.told("desk.notice.draft-saved")
				s.send(Back{})
				s.wait(time.Second)
				if lines := s.state.Today.Drafts; len(lines) != 1 || lines[0].Unsaved {
					t.Errorf("listed after it was saved: %+v", lines)
				}
			})
		})
	}
}

// TestNotSavedIsTriedAgain: by itself, and the disk has the newer text then.
func TestNotSavedIsTriedAgain(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		id := leftUnsaved(s, true)
		s.office.badSave = nil
		s.wait(2 * time.Minute)
		s.told("desk.notice.draft-saved")
		s.cancel() // the power is cut: nothing more is written
		<-s.done
		s.start()
		s.signOn("100001")
		s.send(OpenDraft{ID: id})
		s.wait(time.Second)
		if got := s.phone(); got != "13822222222" {
			t.Errorf("after a restart the phone is %v", got)
		}
	})
}

// TestNotSavedAtSignOff: whoever signs off is asked first; who does it all the same is told afterwards.
func TestNotSavedAtSignOff(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		leftUnsaved(s, true)
		s.send(SignOff{})
		s.asked("desk.ask.lose-draft")
		s.send(Answer{})
		s.on(Today)
		s.send(SignOff{}, Answer{Yes: true})
		s.wait(time.Second)
		s.on(SignOn)
		s.told("desk.problem.draft-lost")
	})
}

// TestNotSavedIsDropped: a draft that only memory has can be dropped, and does not come back.
func TestNotSavedIsDropped(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		id := leftUnsaved(s, false)
		s.office.badSave = nil
		s.send(DropDraft{ID: id}, Answer{Yes: true})
		s.wait(2 * time.Minute)
		if len(s.office.drafts["100001"]) != 0 || len(s.state.Today.Drafts) != 0 {
			t.Errorf("it is there: %+v", s.state.Today.Drafts)
		}
	})
}
