package desk

import (
	"slices"
	"testing"
	"time"

	"bianmin/core/casefile"
)

// beginNewborn fills the one form of the newborn package.
func (s *stage) beginNewborn() {
	s.t.Helper()
	s.begin(fertility)
	if s.state.Accept.Offer == nil || s.state.Accept.Offer.Code != "newborn" {
		s.t.Fatal("the package is not offered")
	}
	child := numberFor("99030120261101123")
	s.send(AddToPackage{Item: insurance, On: true},
		SetField{Path: "married", Text: "2"}, SetField{Path: "order", Text: "1"}, SetField{Path: "stage", Text: "3"}, SetField{Path: "born", Text: "20261101"},
		SetField{Path: "phone", Text: "13800000000"}, SetField{Path: "child", Text: "柳新"}, SetField{Path: "childNumber", Text: child},
		SetField{Path: "relation", Text: "mm"}, SetField{Path: "first", Text: "y"}, SetField{Path: "bills", Text: "n"},
		ScanInto{Material: materialKey(insurance, "CHILDPAGE")})
	s.wait(time.Second)
}

func TestPackage(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.signOn("100001")
		s.beginNewborn()
		phones := 0
		for _, f := range s.state.Accept.Fields {
			if f.Field.Name == "phone" || f.Field.Name == "born" {
				phones++
			}
		}
		if phones != 2 {
			t.Errorf("phone and birth are asked %d times in all", phones)
		}
		s.send(File{})
		s.wait(3 * time.Second)
		if s.state.Accept.Filed == nil || len(s.state.Accept.Filed.Siblings) != 1 {
			t.Fatalf("filed: %+v %+v %+v", s.state.Accept.Filed, s.state.Notice, s.state.Accept.Missing)
		}
		first, second := s.submission(0), s.submission(1)
		if first.Item.Code != fertility || second.Item.Code != insurance || first.Package != "newborn" || second.Package != "newborn" {
			t.Errorf("filed %s and %s", first.Item.Code, second.Item.Code)
		}
		if !slices.Equal(second.Siblings, []casefile.Number{s.office.order[0]}) {
			t.Errorf("siblings %v", second.Siblings)
		}
		if string(first.Values) == string(second.Values) || len(first.Materials) != 1 {
			t.Errorf("values %s and %s, materials %+v", first.Values, second.Values, first.Materials)
		}
		if len(s.office.drafts["100001"]) != 0 {
			t.Error("a draft is left")
		}
	})
}

// TestPackageFiledInPart: what could not be filed stays as a draft of its own, and nothing is filed twice.
func TestPackageFiledInPart(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.signOn("100001")
		s.beginNewborn()
		s.office.mu.Lock()
		s.office.failAt = 2
		s.office.mu.Unlock()
		s.send(File{})
		s.wait(3 * time.Second)
		s.told("desk.notice.package-part")
		if len(s.office.order) != 1 || len(s.office.drafts["100001"]) != 1 {
			t.Fatalf("%d filed, %d drafts", len(s.office.order), len(s.office.drafts["100001"]))
		}
		s.send(Go{Page: Today})
		s.wait(time.Second)
		s.send(OpenDraft{ID: s.state.Today.Drafts[0].ID})
		s.wait(time.Second)
		if v := s.on(Accept).Accept; v.Item.Code != insurance || len(v.Missing) != 0 {
			t.Fatalf("the rest is %s, missing %+v", v.Item.Code, v.Missing)
		}
		s.send(File{})
		s.wait(2 * time.Second)
		if len(s.office.order) != 2 || len(s.office.drafts["100001"]) != 0 {
			t.Error("the rest was not filed")
		}
	})
}

func TestLaterTrustAndOriginals(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.signOn("100002") // may confirm
		s.begin(pension)
		s.send(SetField{Path: "pension", Text: "1"}, SetField{Path: "phone", Text: "13800000000"}, SetField{Path: "residence", Text: "1"}, SetField{Path: "notice", Text: "1"})
		if m := s.state.Accept.Materials[2]; !m.CanWait {
			t.Fatalf("may not wait: %+v", m)
		}
		s.send(SetLater{Material: "HOUSEHOLD", Until: "20261203"})
		s.told("desk.problem.later-limit")
		s.send(SetLater{Material: "HOUSEHOLD", Until: "20261202"})
		if len(s.state.Accept.Missing) != 0 || s.state.Accept.Materials[2].Until != "2026-12-02" || len(s.state.Accept.Warnings) != 1 {
			t.Fatalf("with a later material: %+v, %+v", s.state.Accept.Missing, s.state.Accept.Warnings)
		}
		s.send(File{})
		s.wait(2 * time.Second)
		if later := s.submission(0).Later; len(later) != 1 || later[0].Until != "2026-12-02" {
			t.Errorf("later: %+v", later)
		}

		s.begin(pension)
		s.send(ScanInto{Material: "HOUSEHOLD"})
		s.wait(time.Second)
		s.send(SetTrust{Material: "HOUSEHOLD"}, SetOriginal{Material: "HOUSEHOLD", On: true}, File{})
		s.wait(2 * time.Second)
		m := s.submission(1).Materials[2]
		if m.Trust != casefile.TrustConfirmed || m.ConfirmedBy != "100002" || m.ConfirmedAt.IsZero() {
			t.Errorf("confirmed: %+v", m)
		}
		held := s.office.cases[s.office.order[1]].file.Custody.Held
		if len(held) != 1 || held[0].ID != string(s.office.order[1])+"/1" || !held[0].Here() {
			t.Errorf("custody: %+v", held)
		}
	})
}

func TestOnlySomeMayConfirm(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.signOn("100001")
		s.begin(pension)
		s.send(ScanInto{Material: "HOUSEHOLD"})
		s.wait(time.Second)
		s.send(SetTrust{Material: "HOUSEHOLD"})
		s.told("desk.refusal.no-confirming")
		if s.state.Accept.Materials[2].Trust != casefile.TrustUnverified {
			t.Error("confirmed all the same")
		}
	})
}

func TestExpiredCardIsSaid(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.signOn("100001")
		s.begin(pension)
		card := principal()
		card.LongTerm, card.Name, card.HasPUA = false, "\ue863"+principalName, true
		card.ValidTo.Year, card.ValidTo.Month, card.ValidTo.Day = 2020, 1, 1
		s.reader.place(card)
		s.send(ReadCard{Into: "principal"})
		s.wait(time.Second)
		var keys []string
		for _, w := range s.state.Accept.Warnings {
			keys = append(keys, w.Key)
		}
		if !slices.Equal(keys, []string{"desk.problem.rare-name"}) || !s.state.Accept.Principal.Expired || !s.missing("desk.problem.expired-principal") {
			t.Errorf("warnings %v", keys)
		}
	})
}
