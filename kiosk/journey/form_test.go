package journey

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bianmin/core/casefile"
)

// TestFullForm answers every kind of field and looks at what is filed.
func TestFullForm(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toForm("full")
		s.fillFull("a")
		p := s.on(Promise)
		if v := p.Promise; len(v.Covers) != 1 || v.Accepted || !p.Next.Enabled || p.Next.Label.Key != keyNextNoPromise {
			t.Fatalf("promise %+v", v)
		}
		if v := s.tap(AcceptPromise{Accepted: true}); !v.Promise.Accepted || v.Next.Label.Key != keyNextPromise {
			t.Fatalf("accepted %+v", v.Promise)
		}
		m := s.tap(Onward{}).Materials
		if m.Needed != 4 || m.Missing != 1 || m.Lines[1].Way != casefile.Made || !m.Lines[2].CanPromise || !m.Lines[3].Optional {
			t.Fatalf("materials %+v", m)
		}
		if v := s.tap(PromiseMaterial{Material: "plan", Promised: true}).Materials; v.Lines[2].Way != casefile.Promised || v.Missing != 0 {
			t.Fatalf("promised %+v", v.Lines[2])
		}
		s.tap(Onward{}, name(), Onward{})
		s.on(Done)
		filed := s.desk.submissions[0]
		var got map[string]any
		if err := json.Unmarshal(filed.Values, &got); err != nil {
			t.Fatal(err)
		}
		want := map[string]any{
			"name": canary, "kind": "a", "wants": []any{"x", "y"}, "alone": true, "born": "1948-03-07", "income": 1200.0,
			"home": "990301100201", "address": map[string]any{"region": "990301100202", "detail": "水渠边3号"},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if p := filed.Promise; p == nil || !slices.Equal(p.Covers, []string{"plan"}) || p.Deadline != 20 || p.Text != "我承诺按图建房。\n撤回许可。" {
			t.Errorf("promise %+v", p)
		}
		if len(filed.Materials) != 3 { // the optional one was not given
			t.Errorf("materials %+v", filed.Materials)
		}
	})
}

func TestConditionsShowAndHide(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toForm("full")
		before := s.state.Question.Total
		s.tap(Answer{Value: "b"}, Onward{}, Answer{Value: []any{"z"}}, Onward{}, Answer{Value: false})
		if v := s.state.Question; v.Total != before+1 {
			t.Errorf("total %d, want one more than %d", v.Total, before)
		}
		if v := s.tap(Onward{}).Question; v.Field.Name != "partner" {
			t.Errorf("question %q", v.Field.Name)
		}
		s.tap(Answer{Value: "赵二"}, Back{}, Answer{Value: true}, Onward{})
		if v := s.on(Question).Question; v.Field.Name != "born" {
			t.Errorf("question %q", v.Field.Name)
		}
	})
}

func TestPrefilledAndLocked(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toForm("full")
		if v := s.state.Question; v.Field.Name != "kind" {
			t.Errorf("what the card says and locks is not asked: %q", v.Field.Name)
		}
		s.tap(Answer{Value: "a"}, Onward{}, Answer{Value: []any{"x"}}, Onward{}, Answer{Value: true}, Onward{})
		if v := s.state.Question; v.Field.Name != "born" || v.Value != "1948-03-07" || v.Locked || !s.state.Next.Enabled {
			t.Errorf("born %+v", v)
		}
		if v := s.state.Question; v.Min != "1900-01-01" || v.Max != day.Format(time.DateOnly) {
			t.Errorf("born between %q and %q", v.Min, v.Max)
		}
	})
}

// TestLockedAndWrong: a name the schema refuses is shown, so that the person sees why it goes no further.
func TestLockedAndWrong(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toCard("pension-check")
		card := person1()
		card.Name = string(slices.Repeat([]rune{'长'}, 61))
		s.reader.place(card)
		s.wait(1e9)
		s.tap(Onward{})
		v := s.on(Question)
		if !v.Question.Locked || v.Question.Problem.Key != "form.problem.too-long" || v.Next.Enabled {
			t.Errorf("question %+v", v.Question)
		}
		s.tap(Answer{Value: "短"})
		if s.state.Question.Value == "短" {
			t.Error("a locked value was changed by hand")
		}
	})
}

func TestTypingIsEchoed(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toForm("full")
		s.tap(Answer{Value: "a"}, Onward{}, Answer{Value: []any{"x"}}, Onward{}, Answer{Value: false}, Onward{})
		if v := s.tap(Answer{Value: "赵 "}).Question; v.Value != "赵 " || v.Problem.Key != "form.problem.too-short" {
			t.Errorf("a blank at the end must stay while typing: %q %+v", v.Value, v.Problem)
		}
		if v := s.tap(Answer{Value: ""}).Question; v.Problem.Key != "form.problem.required" {
			t.Errorf("emptied: %+v", v.Problem)
		}
	})
}

func TestRegionDrillDown(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toForm("full")
		s.draftTo("home")
		v := s.state.Question
		if v.Value != "990301100201" || len(v.Chosen) != 2 || len(v.Regions) != 0 || !s.state.Next.Enabled {
			t.Fatalf("prefilled from the point: %+v", v)
		}
		v = s.tap(RegionUp{}).Question
		if v.Value != nil || len(v.Chosen) != 1 || len(v.Regions) != 2 || s.state.Next.Enabled {
			t.Fatalf("one up: %+v", v)
		}
		v = s.tap(RegionUp{}, RegionUp{}).Question
		if len(v.Chosen) != 0 || len(v.Regions) != 2 || v.Regions[0].Leaf {
			t.Fatalf("at the top: %+v", v)
		}
		v = s.tap(Answer{Value: "990301100202"}).Question
		if len(v.Chosen) != 0 {
			t.Fatalf("a division that is not offered was taken: %+v", v)
		}
		v = s.tap(Answer{Value: "990301101000"}, Answer{Value: "990301101201"}).Question
		if v.Value != "990301101201" || !s.state.Next.Enabled {
			t.Fatalf("chosen: %+v", v)
		}
		if v := s.tap(Answer{}).Question; v.Value != nil || len(v.Chosen) != 0 {
			t.Fatalf("emptied: %+v", v)
		}
	})
}

// draftTo answers up to a field.
func (s *stage) draftTo(field string) {
	s.t.Helper()
	answers := map[string]Event{
		"kind": Answer{Value: "a"}, "wants": Answer{Value: []any{"x"}}, "alone": Answer{Value: true}, "income": Answer{Value: 5.0},
	}
	for range 20 {
		name := s.on(Question).Question.Field.Name
		if name == field {
			return
		}
		if answer, ok := answers[name]; ok {
			s.tap(answer)
		}
		if name == "address" {
			s.tap(Answer{Value: "990301100000"}, Answer{Value: "990301100202"}, Answer{Value: map[string]any{"detail": "水渠边3号"}})
		}
		s.tap(Onward{})
	}
	s.t.Fatalf("never came to %s", field)
}

func TestAddress(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toForm("full")
		s.draftTo("address")
		v := s.tap(Answer{Value: "990301100000"}, Answer{Value: "990301100202"}).Question
		if diff := cmp.Diff(map[string]any{"region": "990301100202"}, v.Value); diff != "" || s.state.Next.Enabled {
			t.Fatalf("division alone: %s %+v", diff, s.state.Next)
		}
		v = s.tap(Answer{Value: map[string]any{"region": "990301101201", "detail": "路边"}}).Question
		if diff := cmp.Diff(map[string]any{"region": "990301101201", "detail": "路边"}, v.Value); diff != "" {
			t.Fatalf("what was typed is echoed: %s", diff)
		}
		v = s.tap(RegionUp{}).Question
		if diff := cmp.Diff(map[string]any{"detail": "路边"}, v.Value); diff != "" || s.state.Next.Enabled {
			t.Fatalf("one up keeps what was written: %s", diff)
		}
		s.tap(Answer{Value: "990301100201"}, Onward{}, Back{})
		if diff := cmp.Diff(map[string]any{"region": "990301100201", "detail": "路边"}, s.state.Question.Value); diff != "" {
			t.Fatalf("kept: %s", diff)
		}
	})
}

func TestTableRows(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toForm("full")
		s.draftTo("rows")
		serial := s.state.Serial
		v := s.tap(AddRow{}).Question
		if v.Row != 1 || v.Column == nil || v.Column.Field.Name != "name" || v.Column.Total != 3 || s.state.Serial == serial {
			t.Fatalf("first column: %+v", v)
		}
		if s.state.Next.Enabled || s.state.Next.Label.Key != keyNextColumn {
			t.Fatalf("next %+v", s.state.Next)
		}
		v = s.tap(Answer{Value: "赵二"}, Onward{}, Answer{Value: true}).Question
		if v.Column.Total != 4 {
			t.Fatalf("pay is asked of those who work: %+v", v.Column)
		}
		s.tap(Onward{}, Answer{Value: "12.5"}, Onward{})
		v = s.state.Question
		if v.Column.Field.Name != "place" || len(v.Column.Regions) != 2 || s.state.Next.Label.Key != keyNextRowDone {
			t.Fatalf("last column: %+v", v.Column)
		}
		v = s.tap(Answer{Value: "990301100202"}, Onward{}).Question
		want := []any{map[string]any{"name": "赵二", "works": true, "pay": 12.5, "place": "990301100202"}}
		if diff := cmp.Diff(want, v.Value); diff != "" || v.Row != 0 {
			t.Fatalf("row: %s", diff)
		}
		s.tap(EditRow{Row: 1}, Answer{Value: "王三"}, Back{})
		if diff := cmp.Diff(want, s.state.Question.Value); diff != "" {
			t.Fatalf("going back takes the edit back: %s", diff)
		}
		s.tap(EditRow{Row: 1}, Answer{Value: "王三"}, Onward{}, Back{})
		if got := s.state.Question.Column; got == nil || got.Field.Name != "name" {
			t.Fatalf("one column back: %+v", got)
		}
		s.tap(Onward{}, Onward{}, Onward{}, Onward{})
		s.tap(AddRow{}, Answer{Value: "乙"}, Onward{}, Answer{Value: false}, Onward{}, Onward{})
		s.tap(AddRow{}, Answer{Value: "丙"}, Onward{}, Answer{Value: false}, Onward{}, Onward{})
		v = s.tap(AddRow{}, EditRow{Row: 9}, RemoveRow{Row: 9}).Question
		if v.Row != 0 || len(v.Value.([]any)) != 3 {
			t.Fatalf("three rows are the most: %+v", v.Value)
		}
		v = s.tap(RemoveRow{Row: 1}, RemoveRow{Row: 1}, RemoveRow{Row: 1}).Question
		if v.Value != nil {
			t.Fatalf("all removed: %+v", v.Value)
		}
	})
}

func TestEarlyCreditCodeOnlyWarns(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toForm("full")
		s.draftTo("firm")
		v := s.tap(Answer{Value: "91990301MA0000001A"})
		warned := v.Question.Problem.Key == "form.problem.credit-code-early"
		if v.Next.Enabled != (v.Question.Problem.Key == "" || warned) {
			t.Errorf("problem %+v, next %+v", v.Question.Problem, v.Next)
		}
		if !warned {
			t.Errorf("no warning: %+v", v.Question.Problem)
		}
	})
}

func TestEditFromReview(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toReview()
		s.tap(name())
		v := s.tap(Edit{What: "phone"})
		if s.on(Question); v.Question.Value != "13800000000" || v.Next.Label.Key != keyNextToReview {
			t.Fatalf("edit %+v", v.Question)
		}
		s.tap(Answer{Value: "1390000"}, Back{})
		review := s.on(Review)
		if line := lineOf(review, "phone"); line.Value != "138 0000 0000" {
			t.Errorf("going back takes the edit back: %+v", line)
		}
		if review.Review.Signed || review.Next.Enabled {
			t.Error("the signature must be wiped by an edit")
		}
		s.tap(Edit{What: "phone"}, Answer{Value: "13900000000"}, Onward{})
		review = s.on(Review)
		if line := lineOf(review, "phone"); line.Value != "139 0000 0000" {
			t.Errorf("edited %+v", line)
		}
		s.tap(Edit{What: "name"}, Edit{What: "nothing"})
		s.on(Review)
		s.tap(Edit{What: "materials"})
		s.on(Materials)
		s.tap(Onward{}, name(), Onward{})
		s.on(Done)
	})
}

func lineOf(s State, field string) ReviewLine {
	for _, line := range s.Review.Lines {
		if line.Edit == field {
			return line
		}
	}
	return ReviewLine{}
}

// TestEditNeedsMore: an answer that calls for a further paper leads there before it can be signed.
func TestEditNeedsMore(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toForm("full")
		s.fillFull("a")
		s.tap(Onward{}, ScanPage{Material: "plan"}, Onward{})
		s.on(Review)
		s.tap(Edit{What: "kind"}, Answer{Value: "b"}, Onward{})
		if v := s.on(Materials).Materials; v.Missing != 1 {
			t.Fatalf("materials %+v", v)
		}
		s.tap(ScanPage{Material: "poor"}, Onward{})
		s.on(Review)
		s.tap(Edit{What: "alone"}, Answer{Value: false}, Onward{})
		if v := s.on(Question).Question; v.Field.Name != "partner" {
			t.Fatalf("question %+v", v.Field.Name)
		}
		s.tap(Answer{Value: "赵二"}, Onward{})
		s.on(Review)
	})
}

func TestReviewShowsEverything(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toForm("full")
		s.fillFull("a")
		s.tap(AcceptPromise{Accepted: true}, Onward{}, PromiseMaterial{Material: "plan", Promised: true}, Onward{})
		v := s.on(Review)
		var edits []string
		for _, line := range v.Review.Lines {
			if line.Edit != "" {
				edits = append(edits, line.Edit)
			}
			if line.Value == "" && len(line.Values) == 0 && len(line.Words) == 0 {
				t.Errorf("nothing stands beside %+v", line.Title)
			}
		}
		want := []string{"kind", "wants", "alone", "born", "income", "home", "address", "materials", "promise"}
		if diff := cmp.Diff(want, edits); diff != "" {
			t.Error(diff)
		}
		for _, line := range v.Review.Lines {
			if line.Label.Key == keyReviewNumber && line.Value != groupedID(line.Value[:6]+line.Value[7:15]+line.Value[16:]) {
				t.Errorf("number %q is not grouped as on the card screen", line.Value)
			}
		}
		if line := lineOf(v, "address"); line.Value != "青禾县石桥镇水渠村 水渠边3号" {
			t.Errorf("address %q", line.Value)
		}
		s.tap(Edit{What: "promise"}, AcceptPromise{}, Onward{})
		if v := s.on(Materials).Materials; v.Missing != 1 {
			t.Errorf("without the promise the paper is missing: %+v", v)
		}
	})
}

// TestAloneClearsTheOthers: 都没有 and a thing cannot both be chosen.
func TestAloneClearsTheOthers(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toForm("full")
		s.tap(Answer{Value: "a"}, Onward{})
		for _, c := range []struct{ tapped, want []any }{
			{[]any{"x"}, []any{"x"}},
			{[]any{"x", "z"}, []any{"z"}},
			{[]any{"y", "z"}, []any{"y"}},
		} {
			v := s.tap(Answer{Value: c.tapped})
			if got := s.on(Question).Question.Value; !reflect.DeepEqual(got, any(c.want)) || !v.Next.Enabled {
				t.Errorf("%v gives %v, want %v", c.tapped, got, c.want)
			}
		}
	})
}
