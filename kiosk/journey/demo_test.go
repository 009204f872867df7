package journey

import (
	"slices"
	"testing"
	"time"

	"bianmin/assets"
	"bianmin/core/catalogue"
	"bianmin/core/form"
	"bianmin/core/identity"
)

// TestDemoItems applies for every item of the demo region, answering whatever it asks.
func TestDemoItems(t *testing.T) {
	set, err := catalogue.Load(assets.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	applied := 0
	for _, item := range set.Items {
		if !applies(item) {
			continue
		}
		applied++
		t.Run(item.Code, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t, set)
				s.tap(Begin{}, OpenCategory{}, OpenItem{Code: item.Code})
				s.on(Guide)
				s.tap(StartItem{})
				s.meet(person1())
				if v := s.state.Question; v != nil && v.Locked { // too young for this item
					elder := person1()
					elder.Number, elder.Birth = numberFor("99030119300307782"), identity.Date{Year: 1930, Month: 3, Day: 7}
					s.tap(Back{}, NotMe{})
					s.reader.remove()
					s.wait(2 * time.Second)
					s.meet(elder)
				}
				for range 80 {
					if s.state.Screen != Question {
						break
					}
					s.answerAnything()
				}
				if s.state.Screen == Promise {
					s.tap(AcceptPromise{Accepted: true}, Onward{})
				}
				if s.state.Screen == Materials {
					for _, line := range s.state.Materials.Lines {
						s.tap(ScanPage{Material: line.Code})
					}
					if !s.state.Next.Enabled {
						t.Fatalf("materials: %+v", s.state.Next.Why)
					}
					s.tap(Onward{})
				}
				s.on(Review)
				if !handsIn(item) { // then there is nothing to look at on the materials screen
					if s.seen[Materials] > 0 {
						t.Error("the materials were shown, and none is to be handed in")
					}
					for _, line := range s.state.Review.Lines {
						if line.Edit == editMaterials {
							t.Error("the review leads to materials that nobody hands in")
						}
					}
					s.tap(Back{})
					s.on(Question)
					s.tap(Onward{})
					s.on(Review)
				}
				if s.tap(name()); !s.state.Next.Enabled {
					t.Fatalf("review: %+v", s.state.Next.Why)
				}
				s.tap(Onward{})
				s.on(Done)
				s.reader.remove()
				s.tap(Onward{})
				s.over()
			})
		})
	}
	if applied < 12 {
		t.Errorf("only %d items can be applied for", applied)
	}
}

// handsIn tells whether the person has a paper to bring.
func handsIn(item *catalogue.Item) bool {
	return slices.ContainsFunc(item.Materials, func(m catalogue.Material) bool { return m.Source == catalogue.SourcePerson })
}

// meet places a card and confirms it.
func (s *stage) meet(card identity.Card) {
	s.t.Helper()
	s.reader.place(card)
	s.wait(time.Second)
	s.on(Confirm)
	s.tap(Onward{})
}

// answerAnything finds an answer the question takes, and goes on.
func (s *stage) answerAnything() {
	s.t.Helper()
	view := s.state.Question
	if view.Column != nil {
		view = view.Column
	}
	if view.Field.Kind == form.KindTable && view.Value == nil && !view.Optional {
		s.tap(AddRow{})
		return
	}
	for _, events := range s.candidates(view) {
		if s.state.Next.Enabled {
			break
		}
		s.tap(events...)
	}
	if !s.state.Next.Enabled {
		s.t.Fatalf("no answer found for %s (%s): %+v", view.Field.Name, view.Field.Kind, s.state.Next.Why)
	}
	s.tap(Onward{})
}

func (s *stage) candidates(view *QuestionView) [][]Event {
	var all [][]Event
	answers := func(values ...any) [][]Event {
		for _, value := range values {
			all = append(all, []Event{Answer{Value: value}})
		}
		return all
	}
	switch view.Field.Kind {
	case form.KindChoice:
		for _, o := range view.Field.Options {
			answers(o.Code)
		}
		return all
	case form.KindManyChoice:
		var codes []any
		for _, o := range view.Field.Options {
			codes = append(codes, o.Code)
			answers([]any{o.Code}, codes)
		}
		return all
	case form.KindYesNo:
		return answers(true, false)
	case form.KindPhone:
		return answers("13800000000")
	case form.KindNumber:
		return answers(1.0, 2.0, 10.0, 100.0, 500.0, 1000.0, 20000.0)
	case form.KindDate:
		for _, days := range []int{0, -1, -30, 30, -400, -9000, -20000, -30000} {
			answers(view.Today.AddDate(0, 0, days).Format(time.DateOnly))
		}
		return all
	case form.KindIDNumber:
		return answers(numberFor("99030120200101001"), numberFor("99030119700101001"), numberFor("99030119480307782"))
	case form.KindCreditCode:
		last, err := identity.CreditCheckCharacter("91990301MA0000001")
		if err != nil {
			s.t.Fatal(err)
		}
		return answers("91990301MA0000001" + string(last))
	case form.KindRegion, form.KindAddress:
		return [][]Event{s.drill(view)}
	}
	return answers("柳小小", "柳树沟村二组18号", "ABC123456", "0000 0000 0000 0000", "6222020000000000000", "990301", numberFor("99030119480307782")+"41")
}

// drill chooses the first division at every depth, and writes the rest of an address.
func (s *stage) drill(view *QuestionView) []Event {
	region := s.desk.set.Region
	if view.Field.Root != "" {
		region, _ = s.desk.set.Find(view.Field.Root)
	}
	events := []Event{Answer{}}
	for len(region.Children) > 0 {
		region = region.Children[0]
		events = append(events, Answer{Value: region.Code})
	}
	if view.Field.Kind == form.KindAddress {
		events = append(events, Answer{Value: map[string]any{form.AddressDetail: "二组18号"}})
	}
	return events
}
