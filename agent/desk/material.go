package desk

import (
	"context"
	"slices"
	"time"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/core/text"
)

// Limits of scanned pages.
const (
	maxPages    = 20 // of one material
	maxAllPages = 60 // of one case
)

// materialLine is a needed material with the item it belongs to.
type materialLine struct {
	catalogue.Material
	key  string
	item int
}

func (m *machine) materialEvent(w *shift, event Event) bool {
	switch event.(type) {
	case ScanInto, ScanBatch, BothSides, MovePage, RemovePage, SetWay, SetLater, SetOriginal, SetTrust:
	default:
		return false
	}
	a := m.editable(w)
	if a == nil {
		return true
	}
	switch event := event.(type) {
	case ScanInto:
		m.scanInto(a, event.Material)
	case ScanBatch:
		m.scanBatch(a)
	case BothSides:
		w.bothSides = event.On
	case MovePage:
		a.movePage(event.Page, event.Material)
	case RemovePage:
		m.removePage(a, event.Page)
	case SetWay:
		m.setWay(a, event.Material, event.Way)
	case SetLater:
		m.setLater(a, event.Material, event.Until)
	case SetOriginal:
		if line, ok := a.handedIn(event.Material); ok {
			a.give(line.key).Original = event.On
			a.changed()
		}
	case SetTrust:
		m.setTrust(a, event.Material)
	}
	return true
}

// materials are what these answers call for, of all items; one the items share by name and source card or platform is listed once each.
func (a *accept) materials() []materialLine {
	var lines []materialLine
	for i, item := range a.items {
		for _, material := range item.Materials {
			if a.forms[i].Holds(material.When, a.own(i)) {
				lines = append(lines, materialLine{material, materialKey(item.Code, material.Code), i})
			}
		}
	}
	return lines
}

func (a *accept) needs(key string) bool {
	return slices.ContainsFunc(a.materials(), func(l materialLine) bool { return l.key == key })
}

// handedIn finds a needed material that a person hands in, by its key or, of the first item, its code.
func (a *accept) handedIn(name string) (materialLine, bool) {
	for _, line := range a.materials() {
		if (line.key == name || line.item == 0 && line.Code == name) && line.Source == catalogue.SourcePerson {
			return line, true
		}
	}
	return materialLine{}, false
}

// name is how a window calls a material: its code, of the other items of a package its key.
func (l materialLine) name() string {
	if l.item == 0 {
		return l.Code
	}
	return l.key
}

func (a *accept) give(key string) *given {
	g := a.given[key]
	if g == nil {
		g = &given{}
		a.given[key] = g
	}
	return g
}

// way is how a material is given, "" while it is not.
func (a *accept) way(line materialLine) casefile.Way {
	switch line.Source {
	case catalogue.SourceCard:
		return casefile.FromCard
	case catalogue.SourcePlatform:
		return casefile.Held
	case catalogue.SourceForm:
		return casefile.Made
	}
	g := a.given[line.key]
	switch {
	case g == nil:
		return ""
	case len(g.Pages) > 0:
		return casefile.Scanned
	case g.Promised && a.promised:
		return casefile.Promised
	}
	return ""
}

// later tells whether a material that is not given yet may be handed in later, and was said to be.
func (a *accept) later(line materialLine) string {
	g := a.given[line.key]
	if g == nil || line.Later == 0 || a.way(line) != "" {
		return ""
	}
	return g.Until
}

// setLater lets a material be missing for now (容缺受理) until a day within the item's limit; "" takes that back.
func (m *machine) setLater(a *accept, name, until string) {
	line, ok := a.handedIn(name)
	if !ok {
		return
	}
	if line.Later == 0 {
		m.say(Bad, "desk.problem.not-later", nil)
		return
	}
	date := ""
	if until != "" {
		latest := m.laterLimit(line.Material)
		var problem string
		date, problem = readDate(until, m.today)
		switch {
		case problem != "":
			m.say(Bad, "desk.problem."+problem, nil)
			return
		case date > latest || date < m.date():
			m.say(Bad, "desk.problem.later-limit", map[string]any{"date": latest})
			return
		}
	}
	a.give(line.key).Until = date
	a.changed()
}

// laterLimit is the last day on which a missing material may be handed in.
func (m *machine) laterLimit(material catalogue.Material) string {
	return m.options.Catalogue().Holidays.AddWorkingDays(m.today.In(casefile.Zone), material.Later).Format(time.DateOnly)
}

// setWay lets a promise stand in for a material, or takes that back.
func (m *machine) setWay(a *accept, name string, way casefile.Way) {
	line, ok := a.handedIn(name)
	if !ok || way == casefile.Promised && (!line.Promise || !a.promised || len(a.give(line.key).Pages) > 0) {
		return
	}
	a.give(line.key).Promised = way == casefile.Promised
	a.changed()
}

// setTrust says that the scan was compared with the original: level B, by who may.
func (m *machine) setTrust(a *accept, name string) {
	line, ok := a.handedIn(name)
	if !ok || a.way(line) != casefile.Scanned {
		return
	}
	if !m.mayConfirm() {
		m.say(Bad, "desk.refusal."+string(agency.NoConfirming), nil)
		return
	}
	g := a.give(line.key)
	g.Confirmed = !g.Confirmed
	g.At = m.options.Now()
	a.changed()
}

func (m *machine) mayConfirm() bool { return m.shift.account.CanConfirm }

// canPromise tells whether a promise letter can stand in for anything that is needed.
func (m *machine) canPromise(a *accept) bool {
	return slices.ContainsFunc(a.materials(), func(l materialLine) bool {
		return l.Promise && l.Source == catalogue.SourcePerson && a.items[l.item].Promise != nil
	})
}

// promise accepts the letter, and lets it stand in for what is not scanned.
func (a *accept) promise(on bool) {
	a.promised = on
	for _, line := range a.materials() {
		if line.Promise && line.Source == catalogue.SourcePerson {
			g := a.give(line.key)
			g.Promised = on && len(g.Pages) == 0
		}
	}
	a.changed()
}

// promiseText is an item's letter as it was accepted.
func promiseText(item *catalogue.Item) string {
	words := item.Promise.Text.In(text.Chinese)
	if breach := item.Promise.Breach.In(text.Chinese); breach != "" {
		words += "\n" + breach
	}
	return words
}

// movePage gives a page to another material; it must be compared with the original again.
func (a *accept) movePage(id, name string) {
	line, ok := a.handedIn(name)
	if !ok || len(a.give(line.key).Pages) >= maxPages {
		return
	}
	p, ok := a.takePage(id)
	if !ok {
		return
	}
	g := a.give(line.key)
	g.Pages = append(slices.Clone(g.Pages), p)
	g.Promised, g.Confirmed = false, false
	a.changed()
}

func (m *machine) removePage(a *accept, id string) {
	p, ok := a.takePage(id)
	if !ok {
		return
	}
	a.doomed = append(a.doomed, p.attachment.Digest)
	a.changed()
}

// takePage takes a page out of wherever it is.
func (a *accept) takePage(id string) (page, bool) {
	if at := slices.IndexFunc(a.auth, func(p page) bool { return p.ID == id }); at >= 0 {
		p := a.auth[at]
		a.auth = slices.Delete(slices.Clone(a.auth), at, at+1)
		return p, true
	}
	for _, g := range a.given {
		if at := slices.IndexFunc(g.Pages, func(p page) bool { return p.ID == id }); at >= 0 {
			p := g.Pages[at]
			g.Pages = slices.Delete(slices.Clone(g.Pages), at, at+1)
			g.Confirmed = g.Confirmed && len(g.Pages) > 0
			return p, true
		}
	}
	return page{}, false
}

func (m *machine) dropFile(digest string) {
	log := m.log
	m.shift.loose.settle(casefile.Attachment{Digest: digest})
	m.keep(slot("forget "+digest), func(ctx context.Context, book Book) then {
		if err := book.Drop(ctx, digest); err != nil {
			log.Warn("page not dropped", "error", err)
		}
		return nil
	})
}
