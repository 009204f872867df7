package journey

import (
	"reflect"
	"testing"

	"bianmin/core/casefile"
	"bianmin/core/form"
)

// TestWipeLeavesNothing: after the wipe the machine itself no longer holds what
// the person brought, and what could be overwritten was overwritten.
func TestWipeLeavesNothing(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		options := s.session.options
		m := newMachine(options, newEffects(t.Context()))
		set := s.set.Load()
		item, _ := set.Item("full")
		m.draft = newDraft(item, set)
		card := person1()
		m.person = person{card: card, known: true, today: day}
		photo, handed := m.person.card.Photo, m.handed()
		m.draft.fill(handed, options.Place.Region, day)
		inside := m.draft.env.Card
		m.draft.before = form.Values{"partner": canary}
		m.draft.raw = canary
		strokes := sound(name().Strokes)
		m.draft.strokes = strokes
		m.filed = &filed{Filed: casefile.Filed{Event: casefile.Event{Submission: &casefile.Submission{Applicant: casefile.ApplicantOf(card)}}}}
		m.cases.list = []casefile.Summary{{ItemName: canary}}
		m.browse.query = canary
		m.staff.pin = canary
		m.shown.state = State{Point: canary}
		held := func() bool {
			for _, part := range []any{m.person, m.entry, m.draft, m.filed, m.cases, m.staff, m.browse, m.shown, m.fault} {
				if d, ok := part.(*draft); ok {
					if d == nil {
						continue
					}
					part = []any{d.values, d.before, d.raw, d.env.Card, d.strokes}
				}
				if mentions(reflect.ValueOf(part), canary, 0) {
					return true
				}
			}
			return false
		}
		if !held() {
			t.Fatal("the test looks in the wrong places: the machine must hold the person before the wipe")
		}
		m.screen = Goodbye
		m.wipe()
		if held() {
			t.Error("the machine still holds the person")
		}
		for _, b := range photo {
			if b != 0 {
				t.Error("the photo was not overwritten")
			}
		}
		if inside.Name != "" || inside.Raw[0] != 0 {
			t.Error("the card in the form was not overwritten")
		}
		for _, stroke := range strokes {
			for _, p := range stroke.Points {
				if p != (Point{}) {
					t.Fatal("the signature was not overwritten")
				}
			}
		}
		m.over()
	})
}
