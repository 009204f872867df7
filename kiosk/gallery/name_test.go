package main

import (
	"testing"

	"bianmin/kiosk/journey"
	"bianmin/kiosk/screen"
)

// naming notes whether a name is said to be typed.
type naming struct {
	canned
	name bool
}

func (n *naming) TypeName(name bool) { n.name = name }

// TestNamesAreTypedAsNames: the keyboard's engine hears of a name for as long as one is asked, in tables too.
func TestNamesAreTypedAsNames(t *testing.T) {
	words := setUp(t)
	engine := &naming{}
	w := screen.New(screen.Options{Catalog: words, Emit: func(journey.Event) {}, Engine: engine, Size: upright})
	s := state(t, "question-text-empty")
	view, column := *s.Question, *s.Question
	s.Question = &view
	view.Field.Person = true
	if w.Show(s); !engine.name {
		t.Error("a name is not typed as one")
	}
	view.Field.Person = false
	other := view
	s.Question = &other
	s.Serial++
	if w.Show(s); engine.name {
		t.Error("the next question is typed as a name")
	}
	column.Field.Person = true
	table := other
	table.Row, table.Column = 1, &column
	s.Question = &table
	s.Serial++
	if w.Show(s); !engine.name {
		t.Error("a name in a table is not typed as one")
	}
	if w.Show(state(t, "search")); engine.name {
		t.Error("one searches for a name")
	}
}
