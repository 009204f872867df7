package office_test

import (
	"slices"
	"testing"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/store/office"
)

// TestOriginalsOfTwoTerminals: what two terminals take in of one case is told apart by all who hear of both.
func TestOriginalsOfTwoTerminals(t *testing.T) {
	first := newPoint(t)
	second := pointAt(t, first.authority, "QH0302")
	a, b := signOn(t, first.active(t), li, liSecret), signOn(t, second.active(t), wang, wangSecret)
	number := submit(t, a, zhang).Number
	var together agency.Custody
	take := func(name string, filed casefile.Filed, err error) {
		t.Helper()
		must(t, err)
		if together, err = together.Apply(*filed.Event.Papers); err != nil {
			t.Fatalf("%s: %v of %+v", name, err, filed.Event.Papers.Papers)
		}
	}
	move := casefile.PaperMove{Step: casefile.PaperReceived, Party: zhang.Name, Place: "柜一", Papers: []casefile.Paper{{Name: "户口簿", Count: 1}, {Name: "照片", Count: 2}}}
	filed, err := a.Add(t.Context(), number, casefile.Papers, casefile.Event{Papers: &move}, nil)
	take("at A", filed, err)
	if filed.Event.Papers.Papers[1].ID != string(number)+"/2" {
		t.Errorf("at A: %+v", filed.Event.Papers.Papers)
	}
	for range 2 { // named beforehand, as a signed receipt for originals names them
		ids, err := b.PaperIDs(t.Context(), number, 2)
		must(t, err)
		named := move
		named.Papers = []casefile.Paper{{ID: ids[0], Name: "结婚证", Count: 1}, {ID: ids[1], Name: "存折", Count: 1}}
		filed, err = b.Add(t.Context(), number, casefile.Papers, casefile.Event{Papers: &named}, nil)
		take("at B", filed, err)
	}
	filed, err = b.Add(t.Context(), number, casefile.Papers, casefile.Event{Papers: &move}, nil)
	take("unnamed at B", filed, err)
	for name, book := range map[string]*office.Book{"A": a, "B": b} {
		lines, err := book.Custody(t.Context())
		must(t, err)
		back := casefile.PaperMove{Step: casefile.PaperReturned, Party: zhang.Name}
		for _, line := range lines {
			back.Papers = append(back.Papers, line.Paper)
		}
		if want := map[string]int{"A": 2, "B": 6}[name]; len(lines) != want {
			t.Fatalf("%s holds %d originals, want %d", name, len(lines), want)
		}
		filed, err := book.Add(t.Context(), number, casefile.Papers, casefile.Event{Papers: &back}, nil)
		take("returned at "+name, filed, err)
		_, err = book.Add(t.Context(), number, casefile.Papers, casefile.Event{Papers: &back}, nil)
		wantRefused(t, "returned twice at "+name, err, agency.PaperTwice)
	}
	if slices.ContainsFunc(together.Held, func(h agency.Held) bool { return h.Step != casefile.PaperReturned }) || len(together.Held) != 8 {
		t.Errorf("%+v", together.Held)
	}
}
