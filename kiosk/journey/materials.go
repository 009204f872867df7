package journey

import (
	"context"
	"slices"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/drivers"
)

// Limits of scanned pages.
const (
	maxPages    = 20 // of one material
	maxAllPages = 60 // of one application
)

func (m *machine) materialsEvent(event Event) bool {
	switch event.(type) {
	case AcceptPromise, SelectMaterial, RemovePage, PromiseMaterial:
	default:
		return false
	}
	if m.draft == nil {
		return true
	}
	switch event := event.(type) {
	case AcceptPromise:
		if m.screen == Promise {
			m.draft.accept(event.Accepted)
		}
	case SelectMaterial:
		if _, ok := m.scannable(event.Code); ok && m.draft.busy == "" {
			m.draft.active = event.Code
			m.draft.scanning = Message{}
		}
	case RemovePage:
		m.removePage(event.Material, event.Page)
	case PromiseMaterial:
		m.promiseMaterial(event.Material, event.Promised)
	}
	return true
}

// needed are the materials these answers call for.
func (d *draft) needed() []catalogue.Material {
	if d.asked != nil {
		return d.asked.materials
	}
	return d.set.NeededMaterials(d.item, d.values)
}

// give is how a material stands.
func (d *draft) give(code string) *given {
	g := d.given[code]
	if g == nil {
		g = &given{}
		d.given[code] = g
	}
	return g
}

// way is how a material is given, "" while it is not.
func (d *draft) way(material catalogue.Material) casefile.Way {
	switch material.Source {
	case catalogue.SourceCard:
		return casefile.FromCard
	case catalogue.SourcePlatform:
		return casefile.Held
	case catalogue.SourceForm:
		return casefile.Made
	}
	g := d.given[material.Code]
	switch {
	case g == nil:
		return ""
	case len(g.pages) > 0:
		return casefile.Scanned
	case g.promised && d.promised:
		return casefile.Promised
	}
	return ""
}

// missing counts the needed materials that are still to be given.
func (d *draft) missing() int {
	n := 0
	for _, material := range d.needed() {
		if !material.Optional && d.way(material) == "" {
			n++
		}
	}
	return n
}

// handIn tells whether the person has a material to hand in or to promise; the others come by themselves.
func (d *draft) handIn() bool {
	return slices.ContainsFunc(d.needed(), func(m catalogue.Material) bool { return m.Source == catalogue.SourcePerson })
}

// toMaterials shows the materials; with none to hand in the review comes next.
func (m *machine) toMaterials() {
	if !m.draft.handIn() {
		m.to(Review)
		return
	}
	m.to(Materials)
}

// enterMaterials opens the first material that is missing and listens to the button.
func (m *machine) enterMaterials() {
	d := m.draft
	d.scanning = Message{}
	if _, ok := m.scannable(d.active); !ok {
		d.active = ""
	}
	m.openMissing()
	if m.options.Devices.Button != nil && m.options.Devices.Scanner != nil {
		m.fx.launch(slotButton, m.watchButton())
	}
}

func (m *machine) exitMaterials() {
	m.fx.cancel(slotButton, slotScan)
	m.draft.busy = ""
}

// openMissing opens the first material to scan when the open one is done or none is open.
func (m *machine) openMissing() {
	d := m.draft
	if d.active != "" {
		return
	}
	for _, material := range d.needed() {
		if material.Source == catalogue.SourcePerson && d.way(material) == "" && (!material.Optional || d.active == "") {
			d.active = material.Code
			if !material.Optional {
				return
			}
		}
	}
}

// scannable finds a needed material that a person hands in, on the materials screen.
func (m *machine) scannable(code string) (catalogue.Material, bool) {
	if m.screen != Materials {
		return catalogue.Material{}, false
	}
	for _, material := range m.draft.needed() {
		if material.Code == code && material.Source == catalogue.SourcePerson {
			return material, true
		}
	}
	return catalogue.Material{}, false
}

func (m *machine) removePage(code, id string) {
	d := m.draft
	if _, ok := m.scannable(code); !ok || d.busy != "" {
		return
	}
	g := d.give(code)
	at := slices.IndexFunc(g.pages, func(p page) bool { return p.id == id })
	if at < 0 {
		return
	}
	m.drop(g.pages[at].attachment.Digest)
	g.pages = slices.Delete(slices.Clone(g.pages), at, at+1)
	d.scanning = Message{}
	d.unsigned()
}

func (m *machine) promiseMaterial(code string, promised bool) {
	d := m.draft
	material, ok := m.scannable(code)
	if !ok || !material.Promise || !d.promised || d.busy != "" {
		return
	}
	g := d.give(code)
	if len(g.pages) > 0 || g.promised == promised {
		return
	}
	g.promised = promised
	d.active, d.scanning = "", Message{}
	if !promised {
		d.active = code
	}
	d.unsigned()
	m.openMissing()
}

func (m *machine) nextMaterials() *Next {
	next := &Next{Label: words(keyNextMaterials)}
	missing := m.draft.missing()
	switch {
	case m.draft.busy != "":
		next.Why = words(keyWhyScanning)
	case missing > 0:
		next.Why = Message{Key: keyWhyMaterials, Args: map[string]any{"missing": missing}}
	default:
		next.Enabled = true
	}
	return next
}

func (m *machine) onwardMaterials() { m.to(Review) }

func (m *machine) backFromMaterials() {
	d := m.draft
	switch {
	case d.canPromise():
		m.to(Promise)
	default:
		m.lastQuestion()
	}
}

func (m *machine) backFromReview() {
	switch {
	case m.draft.handIn():
		m.to(Materials)
	case m.draft.canPromise():
		m.to(Promise)
	default:
		m.lastQuestion()
	}
}

func (m *machine) drawMaterials(s *State) {
	d := m.draft
	v := &MaterialsView{ItemName: d.item.Name, Missing: d.missing(), Busy: d.busy, Problem: d.scanning}
	_, v.Camera = m.options.Devices.Scanner.(drivers.Viewer)
	for _, material := range d.needed() {
		line := MaterialLine{
			Code: material.Code, Material: material, Way: d.way(material), Optional: material.Optional,
			Active:     material.Code == d.active,
			CanPromise: material.Promise && d.promised && material.Source == catalogue.SourcePerson,
		}
		if g := d.given[material.Code]; g != nil {
			for _, p := range g.pages {
				line.Pages = append(line.Pages, p.view)
			}
		}
		v.Lines = append(v.Lines, line)
	}
	v.Needed = len(v.Lines)
	s.Materials = v
}

// dropWait is how long the session waits for a dropped page to be forgotten.
const dropWait = 5 * time.Second

// drop forgets a page's sealed file. It goes on when the session ends; what it
// misses is swept when the store is opened next.
func (m *machine) drop(digest string) {
	m.fx.background(func(ctx context.Context) { m.forget(ctx, digest) })
}

// forget is drop's slow part; it touches nothing of the machine that changes.
func (m *machine) forget(ctx context.Context, digest string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), dropWait)
	defer cancel()
	if err := m.options.Filing.Drop(ctx, digest); err != nil {
		m.log.Warn("page not dropped", "error", err)
	}
}

// dropPages forgets every page of an application that was not filed.
func (m *machine) dropPages() {
	if m.draft == nil {
		return
	}
	for _, g := range m.draft.given {
		for _, p := range g.pages {
			m.drop(p.attachment.Digest)
		}
		g.pages = nil
	}
}
