package journey

import "testing"

// BenchmarkAnswer is one key of a long form: answer in, state out.
func BenchmarkAnswer(b *testing.B) {
	s := New(Options{Catalogue: nil})
	m := newMachine(s.options, newEffects(b.Context()))
	set := loadCatalogue(b)
	item, _ := set.Item("full")
	m.draft = newDraft(item, set)
	m.person = person{card: person1(), known: true, today: day}
	m.draft.fill(m.handed(), "990301100201", day)
	m.toForm()
	values := []any{"a", "b"}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		m.dispatch(Answer{Value: values[i%2]})
		if _, changed := m.render(); !changed {
			b.Fatal("no new state")
		}
	}
}
