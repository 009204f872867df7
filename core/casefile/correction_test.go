package casefile

import (
	"testing"
	"time"

	"bianmin/core/identity"
)

// TestAskedFollowsTheLog: the newest notice stands until it is answered, here or elsewhere, or the case is decided or given up.
func TestAskedFollowsTheLog(t *testing.T) {
	friday := time.Date(2026, 11, 20, 20, 0, 0, 0, time.UTC) // Saturday the 21st in China
	first := &Update{ID: "n1", Kind: PlatformReturned, At: friday, Notice: &Notice{Points: []NoticePoint{{ID: "1"}}, Days: 2}}
	second := &Update{ID: "n2", Kind: PlatformReturned, At: friday, Notice: &Notice{Points: []NoticePoint{{ID: "1"}}}}
	asked := Asked{}.After(Submitted, nil).After(PlatformReturned, first)
	if due, ok := asked.Due(Calendar{}); !ok || asked.ID != "n1" || due != (identity.Date{Year: 2026, Month: 11, Day: 24}) {
		t.Errorf("%+v is due %v, %v", asked, due, ok)
	}
	if asked.After(PlatformProgress, &Update{ID: "p"}).ID != "n1" || asked.After(Evaluated, nil).ID != "n1" {
		t.Error("what answers nothing ended the notice")
	}
	if newer := asked.After(PlatformReturned, second); newer.ID != "n2" {
		t.Errorf("%+v", newer)
	} else if _, ok := newer.Due(Calendar{}); ok {
		t.Error("a notice without a term is due")
	}
	for _, kind := range []EventKind{Corrected, PlatformFinished, PlatformRejected, Withdrawn, Ended} {
		if after := asked.After(kind, nil); after.Stands() {
			t.Errorf("after %s it still asks", kind)
		}
	}
	if after := asked.After(Corrected, &Update{ID: "elsewhere", Kind: Corrected}); after.Stands() {
		t.Error("corrected elsewhere, it still asks")
	}
}

// TestCorrectionOf: values by field, a cell's by its table, each material once and whole, a named page among the others.
func TestCorrectionOf(t *testing.T) {
	page := func(digest string) Page { return Page{Attachment: digest} }
	before := func(code string) Material {
		if code == "known" {
			return Material{Code: code, Name: "旧", Way: Scanned, Pages: []Page{page("1"), page("2"), page("3")}}
		}
		return Material{Code: code, Way: Scanned}
	}
	answers := []Answer{
		{Point: NoticePoint{ID: "a", Field: "rows.2.name"}, Value: []any{"x"}},
		{Point: NoticePoint{ID: "b", Field: "phone"}, Value: "13800000000"},
		{Point: NoticePoint{ID: "c", Material: "known", Page: 2}, Pages: []Page{page("2a"), page("2b")}},
		{Point: NoticePoint{ID: "e", Material: "known", Page: 3}, Pages: []Page{page("3a")}},
		{Point: NoticePoint{ID: "d", Material: "new", Page: 7}, Pages: []Page{page("n")}},
	}
	c, err := CorrectionOf("n1", answers, before)
	if err != nil {
		t.Fatal(err)
	}
	if string(c.Values) != `{"phone":"13800000000","rows":["x"]}` || len(c.Points) != 5 || c.Notice != "n1" {
		t.Errorf("%+v %s", c, c.Values)
	}
	if len(c.Materials) != 2 || len(c.Materials[0].Pages) != 1 || len(c.Materials[1].Pages) != 4 || c.Materials[1].Pages[1] != page("2a") || c.Materials[1].Pages[3] != page("3a") {
		t.Errorf("%+v", c.Materials)
	}
	free, err := CorrectionOf("", answers[1:2], before)
	if err != nil || len(free.Points) != 0 {
		t.Errorf("%+v, %v", free, err)
	}
	signed, err := SignedCorrection(c)
	c.Signature = &Signature{Attachment: "s"}
	again, err2 := SignedCorrection(c)
	if err != nil || err2 != nil || string(signed) != string(again) {
		t.Error("the signature is part of what is signed")
	}
}
