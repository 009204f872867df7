package rig

import (
	"encoding/json"
	"strings"
	"testing"

	"bianmin/assets"
	"bianmin/core/casefile"
	"bianmin/core/catalogue"
)

const feeItem = "11990301MB3011485G4992030008001"

// aDay is a desk's day as the platform would open it: two cases with fees and papers, a sheet, a closing.
func aDay() map[casefile.Number][]casefile.Event {
	event := func(sequence int, kind casefile.EventKind, fill func(*casefile.Event)) casefile.Event {
		e := casefile.Event{Sequence: sequence, Kind: kind, Actor: "agent:301001", At: casefile.Stamp{BusinessDate: "2026-11-25"}}
		fill(&e)
		return e
	}
	submitted := event(1, casefile.Submitted, func(e *casefile.Event) {
		e.Submission = &casefile.Submission{Item: casefile.ItemRef{Code: feeItem}}
	})
	fee := func(sequence int, f casefile.FeeEntry) casefile.Event {
		return event(sequence, casefile.FeeTaken, func(e *casefile.Event) { e.Fee = &f })
	}
	papers := func(sequence int, m casefile.PaperMove) casefile.Event {
		return event(sequence, casefile.Papers, func(e *casefile.Event) { e.Papers = &m })
	}
	paper := []casefile.Paper{{ID: "C1/1", Name: "户口本", Count: 1}}
	return map[casefile.Number][]casefile.Event{
		"C1": {
			submitted,
			fee(2, casefile.FeeEntry{Receipt: "QH0302A-000001", Name: "2026年度居民医保个人缴费", Fen: 40000}),
			papers(3, casefile.PaperMove{Step: casefile.PaperReceived, Papers: paper}),
			papers(4, casefile.PaperMove{Step: casefile.PaperHandedOn, Papers: paper, Sheet: "S1"}),
			papers(5, casefile.PaperMove{Step: casefile.PaperReturned, Papers: paper}),
		},
		"C2": {
			submitted,
			fee(2, casefile.FeeEntry{Receipt: "QH0302A-000002", Name: "2026年度居民医保个人缴费", Fen: 40000}),
			fee(3, casefile.FeeEntry{Receipt: "QH0302A-000003", Name: "2026年度居民医保个人缴费", Fen: -1000, Counter: "QH0302A-000002"}),
		},
		"S1": {event(1, casefile.SheetIssued, func(e *casefile.Event) { e.Sheet = &casefile.Sheet{Papers: paper} })},
		"D1": {event(1, casefile.DayClosed, func(e *casefile.Event) {
			e.Day = &casefile.DayClosing{Date: "2026-11-25", Account: "301001", First: "QH0302A-000001", Last: "QH0302A-000003", Entries: 3, LedgerFen: 79000, CountedFen: 79000}
		})},
	}
}

func asCases(t *testing.T, day map[casefile.Number][]casefile.Event) []Case {
	t.Helper()
	var cases []Case
	for number, events := range day {
		c := Case{Case: number}
		for _, e := range events {
			content, err := json.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			c.Events = append(c.Events, CaseEvent{Event: content})
		}
		cases = append(cases, c)
	}
	return cases
}

func TestBooks(t *testing.T) {
	set, err := catalogue.Load(assets.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	b, err := ReadBooks(asCases(t, aDay()), set)
	if err != nil || b.SumFen() != 79000 || len(b.Closings) != 1 {
		t.Fatalf("a good day: %d fen, %d closings, %v", b.SumFen(), len(b.Closings), err)
	}
	for says, spoil := range map[string]func(map[casefile.Number][]casefile.Event){
		"where 1 of QH0302A":  func(d map[casefile.Number][]casefile.Event) { d["C1"] = append(d["C1"][:1], d["C1"][2:]...) },
		"where 3 of QH0302A":  func(d map[casefile.Number][]casefile.Event) { d["C2"][2].Fee.Receipt = "QH0302A-000002" },
		"fee-above":           func(d map[casefile.Number][]casefile.Event) { d["C1"][1].Fee.Fen++ },
		"refund-above":        func(d map[casefile.Number][]casefile.Event) { d["C2"][2].Fee.Fen = -40001 },
		"paper-twice":         func(d map[casefile.Number][]casefile.Event) { d["C1"] = append(d["C1"], d["C1"][4]) },
		"paper-unknown":       func(d map[casefile.Number][]casefile.Event) { d["C1"] = append(d["C1"][:2], d["C1"][3:]...) },
		"which does not name": func(d map[casefile.Number][]casefile.Event) { delete(d, "S1") },
		"was not handed on":   func(d map[casefile.Number][]casefile.Event) { d["C1"] = d["C1"][:3] },
		"the closing of":      func(d map[casefile.Number][]casefile.Event) { d["D1"][0].Day.LedgerFen-- },
		"closed 2026-11-25":   func(d map[casefile.Number][]casefile.Event) { d["D2"] = d["D1"] },
		"event 1 is":          func(d map[casefile.Number][]casefile.Event) { d["C2"] = d["C2"][1:] },
	} {
		day := aDay()
		spoil(day)
		if _, err := ReadBooks(asCases(t, day), set); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("want %q, got %v", says, err)
		}
	}
	twice := asCases(t, aDay())
	if _, err := ReadBooks(append(twice, twice[0]), set); err == nil || !strings.Contains(err.Error(), "there twice") {
		t.Errorf("a case twice: %v", err)
	}
}

func TestQuotedWordsStayTogether(t *testing.T) {
	got := strings.Join(quoted(`return --point "material=CHILDPAGE,text=第 1 页看不清" --days 5`), "|")
	if want := "return|--point|material=CHILDPAGE,text=第 1 页看不清|--days|5"; got != want {
		t.Errorf("got %s", got)
	}
}
