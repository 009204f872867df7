package journey

import (
	"bianmin/core/catalogue"
	"bianmin/core/text"
)

// canPromise tells whether a promise letter can stand in for anything needed now.
func (d *draft) canPromise() bool {
	return d.asked == nil && d.item.Promise != nil && len(d.covered()) > 0
}

// covered are the needed materials a promise may stand in for.
func (d *draft) covered() []catalogue.Material {
	var covered []catalogue.Material
	for _, material := range d.needed() {
		if material.Promise && material.Source == catalogue.SourcePerson {
			covered = append(covered, material)
		}
	}
	return covered
}

// accept ticks or unticks the promise; without it no material rests on it.
func (d *draft) accept(accepted bool) {
	if d.promised == accepted {
		return
	}
	d.promised = accepted
	if !accepted {
		for _, g := range d.given {
			g.promised = false
		}
	}
	d.unsigned()
}

func (m *machine) nextPromise() *Next {
	if m.draft.promised {
		return &Next{Label: words(keyNextPromise), Enabled: true}
	}
	return &Next{Label: words(keyNextNoPromise), Enabled: true}
}

func (m *machine) onwardPromise() { m.toMaterials() }

func (m *machine) drawPromise(s *State) {
	d := m.draft
	v := &PromiseView{
		ItemName: d.item.Name, Text: d.item.Promise.Text, Breach: d.item.Promise.Breach,
		Deadline: d.item.Promise.Deadline, Accepted: d.promised,
	}
	for _, material := range d.covered() {
		v.Covers = append(v.Covers, material.Name)
	}
	s.Promise = v
}

// promiseText is the letter as the person accepted it.
func (d *draft) promiseText(lang text.Lang) string {
	words := d.item.Promise.Text.In(lang)
	if breach := d.item.Promise.Breach.In(lang); breach != "" {
		words += "\n" + breach
	}
	return words
}
