package desk

import (
	"encoding/json"
	"testing"
	"time"

	"bianmin/assets"
	"bianmin/core/catalogue"
)

// newerSet is the demo region after an update in which the item asks one field less and calls another differently.
func newerSet(t *testing.T) *catalogue.Catalogue {
	t.Helper()
	set, err := catalogue.Load(assets.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	set.Version = "2027.1.1"
	item, _ := set.Item(pension)
	item.Version = "99"
	item.Form.Pages = item.Form.Pages[:1]
	return set
}

func TestDraftSurvivesARestartAndAnUpdate(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.signOn("100001")
		v := s.begin(pension)
		before, _ := demoSet.Item(pension)
		s.send(SetField{Path: "pension", Text: "2"}, SetField{Path: "phone", Text: "1380"}, ScanInto{Material: "HOUSEHOLD"})
		s.wait(3 * time.Second)
		id := v.Draft
		s.cancel() // the power is cut: nothing more is written
		<-s.done
		s.set.Store(newerSet(t))
		s.start()
		s.signOn("100001")
		s.wait(time.Second)
		if len(s.state.Today.Drafts) != 1 || s.state.Today.Drafts[0].Person != principalName || s.state.Today.Drafts[0].ItemName["zh"] != before.Name["zh"] {
			t.Fatalf("drafts: %+v", s.state.Today.Drafts)
		}
		s.send(OpenDraft{ID: id})
		s.wait(time.Second)
		v = s.on(Accept).Accept
		s.told("desk.notice.older-item")
		if v.Item.Version != before.Version || v.Principal == nil || s.field("pension").Value != "employee" || s.field("phone").Shown != "1380" {
			t.Errorf("resumed with version %s, %+v", v.Item.Version, v.Principal)
		}
		if pages := v.Materials[2].Pages; len(pages) != 1 || len(pages[0].Thumbnail) == 0 {
			t.Errorf("pages after a restart: %+v", pages)
		}
		s.send(SetField{Path: "phone", Text: "13800000000"}, SetField{Path: "residence", Text: "1"}, SetField{Path: "notice", Text: "1"}, File{})
		s.wait(2 * time.Second)
		if ref := s.submission(0).Item; ref.Version != before.Version || ref.CatalogueVersion != demoSet.Version {
			t.Errorf("filed under %+v", ref)
		}
		if len(s.office.drafts["100001"]) != 0 {
			t.Error("the draft is still there")
		}
	})
}

// TestDraftsAreOfOneAgent: two agents on one PC never see each other's drafts.
func TestDraftsAreOfOneAgent(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.signOn("100001")
		s.begin(pension)
		s.send(SignOff{})
		s.signOn("100002")
		s.wait(time.Second)
		if len(s.state.Today.Drafts) != 0 {
			t.Error("another's draft is listed")
		}
		s.send(SignOff{})
		s.signOn("100001")
		s.wait(time.Second)
		if len(s.state.Today.Drafts) != 1 {
			t.Error("the own draft was not saved at signing off")
		}
	})
}

// TestOpenedWhileItIsSaved: who leaves a case and goes on with it at once, on a slow disk, finds the last change too.
func TestOpenedWhileItIsSaved(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.signOn("100001")
		v := s.begin(pension)
		s.send(SetField{Path: "phone", Text: "13811111111"}, Back{})
		s.wait(10 * time.Second)
		s.send(OpenDraft{ID: v.Draft})
		s.wait(time.Second)
		s.office.slowSave = 5 * time.Second
		s.send(SetField{Path: "phone", Text: "13822222222"}, Back{}, OpenDraft{ID: v.Draft})
		s.wait(10 * time.Second)
		if got := s.phone(); got != "13822222222" {
			t.Errorf("the phone is %v, the change of the moment before is lost", got)
		}
		s.send(SetField{Path: "phone", Text: "13833333333"}, Back{})
		s.wait(10 * time.Second)
		s.send(OpenDraft{ID: v.Draft})
		s.wait(10 * time.Second)
		if got := s.phone(); got != "13833333333" {
			t.Errorf("later the phone is %v", got)
		}
	})
}

// TestDroppedWhileItIsSaved: a draft that was dropped does not come back with what was still being saved.
func TestDroppedWhileItIsSaved(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.signOn("100001")
		v := s.begin(pension)
		s.send(Back{})
		s.wait(10 * time.Second)
		s.send(OpenDraft{ID: v.Draft})
		s.wait(time.Second)
		s.office.slowSave = 5 * time.Second
		s.send(SetField{Path: "phone", Text: "13822222222"}, Back{}, DropDraft{ID: v.Draft}, Answer{Yes: true})
		s.wait(20 * time.Second)
		if len(s.office.drafts["100001"]) != 0 || len(s.state.Today.Drafts) != 0 {
			t.Error("the draft is there again")
		}
	})
}

func TestDropDraftAsksFirst(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.signOn("100001")
		v := s.begin(pension)
		s.send(Back{})
		s.wait(time.Second)
		s.send(DropDraft{ID: v.Draft})
		s.asked("desk.ask.drop-draft")
		s.send(Answer{})
		if len(s.office.drafts["100001"]) != 1 {
			t.Fatal("dropped without a yes")
		}
		s.send(DropDraft{ID: v.Draft}, Answer{Yes: true})
		s.wait(time.Second)
		if len(s.office.drafts["100001"]) != 0 || len(s.state.Today.Drafts) != 0 {
			t.Error("the draft is still there")
		}
		s.send(OpenDraft{ID: v.Draft})
		s.wait(time.Second)
		s.told("desk.problem.draft")
	})
}

func TestDraftOfAnotherVersionIsRefused(t *testing.T) {
	demo(t)
	a, err := newAccept("1")
	item, _ := demoSet.Item(pension)
	if err == nil {
		err = a.bind([]*catalogue.Item{item})
	}
	if err != nil {
		t.Fatal(err)
	}
	draft, err := a.content()
	if err != nil {
		t.Fatal(err)
	}
	var content map[string]any
	if err := json.Unmarshal(draft.Content, &content); err != nil {
		t.Fatal(err)
	}
	content["version"] = 99
	draft.Content, _ = json.Marshal(content)
	if _, err := readDraft(draft); err == nil {
		t.Error("a draft of a later version was read")
	}
}

func (s *stage) phone() any {
	s.t.Helper()
	s.on(Accept)
	return s.field("phone").Value
}
