package desk

import (
	"slices"
	"strings"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/form"
	"bianmin/core/identity"
	"bianmin/core/report"
)

// TestNamesAsTheyAre: twenty characters, characters few fonts have, and a name that a spreadsheet program would
// compute go from card to case, register and CSV as they are.
func TestNamesAsTheyAre(t *testing.T) {
	for _, name := range []string{strings.Repeat("买买提", 6) + "艾山", "𠮷㛃", "=1+1", "+86", "-1+2", "@cmd", "\t1+1"} {
		bubble(t, func(t *testing.T) {
			s := newStage(t)
			s.signOn("100001")
			s.begin(pension)
			card := principal()
			card.Name = name
			s.reader.place(card)
			s.send(ReadCard{Into: "principal"})
			s.wait(time.Second)
			s.send(SetField{Path: "pension", Text: "1"}, SetField{Path: "phone", Text: "13800000000"}, SetField{Path: "residence", Text: "1"}, SetField{Path: "notice", Text: "1"}, ScanInto{Material: "HOUSEHOLD"})
			s.wait(time.Second)
			s.send(File{})
			s.wait(2 * time.Second)
			if got := s.submission(0).Applicant.Name; got != name {
				t.Fatalf("%q was filed as %q", name, got)
			}
			s.send(Go{Page: Reports})
			s.wait(time.Second)
			if r := s.on(Reports).Reports.Report.Register; len(r) != 1 || r[0].Person != name {
				t.Fatalf("register: %+v", r)
			}
			s.send(SaveCSV{})
			s.wait(time.Second)
			csv := string(s.saver.files["register-2026-11-25-2026-11-25.csv"])
			if !strings.Contains(csv, ","+report.Cell(name)+",") || report.Cell(name) == name && strings.ContainsAny(name[:1], "=+-@\t") {
				t.Errorf("%q stands in %q", name, csv)
			}
		})
	}
}

// missing tells whether something keeps the case from being filed, in words of both languages.
func (s *stage) missing(key string) bool {
	return slices.Contains(missingKeys(s.state.Accept), key)
}

// filled answers what a pension certification asks.
func (s *stage) filled() {
	s.send(SetField{Path: "pension", Text: "1"}, SetField{Path: "phone", Text: "13800000000"}, SetField{Path: "residence", Text: "1"}, SetField{Path: "notice", Text: "1"}, ScanInto{Material: "HOUSEHOLD"})
	s.wait(time.Second)
}

// TestExpiredCards: nothing is accepted on an expired card, the principal's or the delegate's; a good one mends it.
func TestExpiredCards(t *testing.T) {
	for _, into := range []string{"principal", "delegate"} {
		bubble(t, func(t *testing.T) {
			s := newStage(t)
			s.signOn("100001")
			s.begin(pension)
			s.filled()
			cards := map[string]identity.Card{"principal": principal(), "delegate": delegate()}
			for _, who := range []string{"principal", "delegate"} {
				card := cards[who]
				if who == into {
					card.LongTerm, card.ValidTo = false, card.ValidFrom
				}
				s.reader.place(card)
				s.send(ReadCard{Into: who})
				s.wait(time.Second)
			}
			s.send(SetUntil{Text: "20270101"}, ScanAuth{})
			s.wait(time.Second)
			s.send(File{})
			s.wait(2 * time.Second)
			if len(s.office.order) != 0 || !s.missing("desk.problem.expired-"+into) {
				t.Fatalf("%s: %d cases, missing %v", into, len(s.office.order), missingKeys(s.state.Accept))
			}
			s.reader.place(cards[into])
			s.send(ReadCard{Into: into})
			s.wait(time.Second)
			if len(s.state.Accept.AuthPages) != 1 {
				t.Error("the same person's new card took the authorisation away")
			}
			s.send(File{})
			s.wait(2 * time.Second)
			if len(s.office.order) != 1 {
				t.Errorf("%s: not filed on a good card: %v", into, missingKeys(s.state.Accept))
			}
		})
	}
}

// TestAuthorisationOfOthers: an authorisation that was signed for another pair of people does not go out with a case.
func TestAuthorisationOfOthers(t *testing.T) {
	for _, into := range []string{"principal", "delegate"} {
		bubble(t, func(t *testing.T) {
			s := newStage(t)
			s.signOn("100001")
			s.begin(pension)
			s.filled()
			for who, card := range map[string]identity.Card{"principal": principal(), "delegate": delegate()} {
				s.reader.place(card)
				s.send(ReadCard{Into: who})
				s.wait(time.Second)
			}
			s.send(SetUntil{Text: "20270101"}, ScanAuth{})
			s.wait(time.Second)
			if len(s.state.Accept.AuthPages) != 1 {
				t.Fatal("no authorisation was scanned")
			}
			s.reader.place(agentCard())
			s.send(ReadCard{Into: into})
			s.wait(time.Second)
			s.told("desk.notice.authorisation-gone")
			if len(s.state.Accept.AuthPages) != 0 || !s.missing("desk.problem.authorisation") {
				t.Errorf("%d pages, missing %v", len(s.state.Accept.AuthPages), missingKeys(s.state.Accept))
			}
			s.send(File{})
			s.wait(2 * time.Second)
			if len(s.office.order) != 0 {
				t.Error("a case went out with another's authorisation")
			}
		})
	}
}

// TestFieldsTypedWrong: a date of the lunar calendar and an ID number with a wrong check digit are asked for again.
func TestFieldsTypedWrong(t *testing.T) {
	right := numberFor("99030120261101123")
	wrong := right[:17] + string('0'+('9'-right[16])%10)
	if wrong[17] == right[17] {
		wrong = right[:17] + "X"
	}
	for kind, typed := range map[form.Kind]string{form.KindDate: "农历十月初六", form.KindIDNumber: wrong} {
		bubble(t, func(t *testing.T) {
			s := newStage(t)
			s.signOn("100001")
			asked := 0
			for _, item := range []string{pension, fertility, insurance} {
				for _, field := range s.begin(item).Fields {
					if field.Field.Kind != kind || field.Locked {
						continue
					}
					asked++
					s.send(SetField{Path: field.Field.Name, Text: typed})
					at := slices.IndexFunc(s.state.Accept.Fields, func(f FieldView) bool { return f.Field.Name == field.Field.Name })
					if p := s.state.Accept.Fields[at].Problem; !hasWords(p) || !strings.Contains(p.Key, map[form.Kind]string{form.KindDate: "lunar", form.KindIDNumber: "id-number"}[kind]) {
						t.Errorf("%s of %s: %+v", field.Field.Name, item, p)
					}
				}
				s.send(Back{})
			}
			if asked == 0 {
				t.Errorf("no item asks for a %s", kind)
			}
		})
	}
}

// TestReturnedTwice: what went back at another window of the desk in between is not given back again.
func TestReturnedTwice(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		number := s.papersFor()
		s.open(number)
		s.send(Act{Action: ActReturn})
		s.asked("desk.ask.return")
		c := s.office.cases[number]
		custody, err := c.file.Custody.Apply(casefile.PaperMove{Step: casefile.PaperReturned, Papers: []casefile.Paper{{ID: string(number) + "/1"}}})
		if err != nil {
			t.Fatal(err)
		}
		s.office.mu.Lock()
		c.file.Custody = custody
		s.office.mu.Unlock()
		s.send(Answer{Yes: true}, Answer{Yes: true})
		s.wait(time.Second)
		s.told("desk.refusal.paper-twice")
		if c.file.Custody.Held[1].Step != casefile.PaperReceived {
			t.Error("half a return was committed")
		}
	})
}

// TestReasonsHaveWords: each reason a person can pick is written in both languages.
func TestReasonsHaveWords(t *testing.T) {
	demo(t)
	for level := 1; level <= 5; level++ {
		for _, code := range rateReasons(level) {
			for _, lang := range demoText.Languages() {
				if !demoText.Has(lang, "evaluate.reason."+code) {
					t.Errorf("%s: no words for %s", lang, code)
				}
			}
		}
	}
}

// TestExpiredCardOpensNothing: an expired card opens no other terminal's case and fetches no result; a signature still does.
func TestExpiredCardOpensNothing(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		delivered := func(number casefile.Number) bool {
			return slices.ContainsFunc(s.events(number), func(e casefile.Event) bool { return e.Kind == casefile.Delivered })
		}
		own := s.fileFor(pension, nil)
		s.decide(own, casefile.StateDone, &casefile.Outcome{Result: "认证结果", Way: "pickup"})
		foreign := s.foreignCase()
		s.signOn("100001")
		old := principal()
		old.LongTerm, old.ValidTo = false, old.ValidFrom
		s.reader.place(old)
		s.open(own)
		s.send(Act{Action: ActDeliver}, Answer{Yes: true, Chosen: "card"})
		s.wait(time.Second)
		s.told("desk.refusal.card-expired")
		if delivered(own) {
			t.Error("a result was handed over on an expired card")
		}
		s.send(SearchGo{Text: "BM1:OTHER"})
		s.wait(time.Second)
		s.asked("desk.ask.foreign")
		s.send(Answer{Yes: true, Chosen: "card"})
		s.wait(time.Second)
		s.told("desk.refusal.card-expired")
		if s.state.Page == Cases && s.state.Cases.Detail != nil && s.state.Cases.Detail.Number == foreign {
			t.Error("another terminal's case opened on an expired card")
		}
		s.open(own)
		s.send(Act{Action: ActDeliver}, Answer{Yes: true, Chosen: "signature"}, Answer{Yes: true})
		s.wait(time.Second)
		if !delivered(own) {
			t.Error("a signature did not fetch the result")
		}
	})
}
