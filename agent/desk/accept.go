package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"bianmin/core/agency"
	"bianmin/core/catalogue"
	"bianmin/core/form"
	"bianmin/core/identity"
)

const slotDraft slot = "draft"

func (m *machine) acceptEvent(w *shift, event Event) bool {
	switch event := event.(type) {
	case ToggleGuide:
		if a := m.open(w); a != nil {
			a.guide = !a.guide
		}
	case AddToPackage:
		if a := m.editable(w); a != nil {
			m.addToPackage(a, event.Item, event.On)
		}
	case AcceptPromise:
		if a := m.editable(w); a != nil && m.canPromise(a) {
			a.promise(event.On)
		}
	case File:
		if a := m.editable(w); a != nil {
			m.file(a)
		}
	default:
		return false
	}
	return true
}

// open is the case on the page, nil when another page is shown.
func (m *machine) open(w *shift) *accept {
	if m.page != Accept {
		return nil
	}
	return w.accept
}

// editable is the case on the page while it can be changed.
func (m *machine) editable(w *shift) *accept {
	a := m.open(w)
	if a == nil || a.filed != nil || a.busy != "" && a.busy != "card" {
		return nil
	}
	return a
}

// beginCase opens the page where a case of this item is accepted.
func (m *machine) beginCase(item *catalogue.Item, card *identity.Card, visit string) {
	set := m.options.Catalogue()
	a, err := newAccept(set.Version)
	if err == nil {
		err = a.bind([]*catalogue.Item{item})
	}
	if err != nil {
		m.fail("begin a case", err)
		return
	}
	a.visit = visit
	m.equip(a)
	a.values = a.checked.Prefill(a.env)
	a.mark(a.values, "")
	a.scope = []string{agency.ScopeApply}
	m.shift.accept = a
	m.above(Accept)
	if card != nil {
		m.setPrincipal(a, *card)
	}
}

// equip gives a draft the day, the point and the divisions.
func (m *machine) equip(a *accept) {
	a.env = form.Env{Card: a.principal, Region: m.options.Place.Region, Today: m.today, Regions: m.options.Catalogue()}
}

// mark notes where values came from; source "" tells point and today apart by the field.
func (a *accept) mark(values form.Values, source string) {
	for name := range values {
		field, _ := a.checked.Field(name)
		switch {
		case source != "":
			a.from[name] = source
		case field.Prefill == form.FromToday:
			a.from[name] = "today"
		case field.Prefill == form.FromPointRegion:
			a.from[name] = "point"
		default:
			a.from[name] = "card"
		}
	}
}

// openDraft goes on with a draft.
func (m *machine) openDraft(id string) {
	m.leaveAccept()
	if a := m.shift.unsaved[id]; a != nil { // the disk may have it older, or not at all
		m.fx.cancel(slotDraft)
		m.resumeUnsaved(a)
		return
	}
	mark := m.mark()
	before, begun := m.savers[id], m.saving(id)
	m.look(slotDraft, func(ctx context.Context, book Book) then {
		var drafts []agency.Draft
		err := settled(ctx, begun)
		if err == nil {
			drafts, err = book.Drafts(ctx)
		}
		at := slices.IndexFunc(drafts, func(d agency.Draft) bool { return d.ID == id })
		if err == nil && at < 0 {
			err = errDraft
		}
		var a *accept
		if err == nil {
			if a, err = readDraft(drafts[at]); err == nil {
				showPages(ctx, book, a, mark)
			}
		}
		return func(m *machine) {
			if err != nil {
				m.fail("open draft", err)
				if errors.Is(err, errDraft) {
					m.say(Bad, "desk.problem.draft", nil)
				}
				return
			}
			if before != nil {
				a.saver = before
			}
			m.resume(a)
		}
	})
}

// resume shows a draft as it was left; the delegation's last day is read again.
func (m *machine) resume(a *accept) {
	m.equip(a)
	a.setUntil(a.untilText, m.today)
	a.dirty = false
	m.shift.accept = a
	if item, ok := m.options.Catalogue().Item(a.item().Code); !ok || item.Version != a.item().Version {
		m.say(Warn, "desk.notice.older-item", map[string]any{"version": a.item().Version})
	}
	m.above(Accept)
}

// leaveAccept saves the draft and lets the page go.
func (m *machine) leaveAccept() {
	w := m.shift
	if w == nil || w.accept == nil {
		return
	}
	m.saveDue(true)
	m.fx.cancel(slotCard)
	w.remember(w.accept)
	w.accept = nil
}

func (m *machine) askDropDraft(id string) {
	m.ask(Overlay{
		Kind: overlayAsk, Title: Message{Key: "desk.ask.drop-draft"}, Yes: Message{Key: "desk.ask.drop"}, No: Message{Key: "desk.ask.keep"}, Danger: true,
	}, func(m *machine, answer Answer) {
		if answer.Yes {
			m.dropDraft(id)
		}
	})
}

func (m *machine) dropDraft(id string) {
	end := func(drop func() error) error { return drop() }
	if saver := m.savers[id]; saver != nil {
		end = saver.end
	}
	begun := m.saving(id)
	var pages []string // that no saved draft may name yet
	if a := m.shift.unsaved[id]; a != nil {
		pages = a.giveUp()
		delete(m.shift.unsaved, id)
	}
	if a := m.shift.accept; a != nil && a.id == id {
		end = a.saver.end
		pages = a.giveUp()
		m.shift.accept = nil
		if m.page == Accept {
			m.to(m.origin())
		}
	}
	m.keep(slot("drop "+id), func(ctx context.Context, book Book) then {
		err := settled(ctx, begun)
		if err == nil {
			err = end(func() error { return book.DropDraft(ctx, id) })
		}
		for _, digest := range pages {
			if err == nil {
				err = book.Drop(ctx, digest)
			}
		}
		return func(m *machine) {
			if err != nil {
				m.fail("drop draft", err)
				return
			}
			m.say(Good, "desk.notice.draft-dropped", nil)
			m.refresh()
		}
	})
}

// packageOf is the package an item begins or belongs to, with the other items it would file.
func packageOf(set *catalogue.Catalogue, item *catalogue.Item) (catalogue.Package, bool) {
	for _, p := range set.Packages {
		if slices.Contains(p.Items, item.Code) {
			return p, true
		}
	}
	return catalogue.Package{}, false
}

// addToPackage lets the form feed one more item of its package, or one less. What was filled in stays.
func (m *machine) addToPackage(a *accept, code string, on bool) {
	set := m.options.Catalogue()
	pack, ok := packageOf(set, a.item())
	if !ok || !slices.Contains(pack.Items, code) || code == a.item().Code {
		return
	}
	items := slices.DeleteFunc(slices.Clone(a.items), func(i *catalogue.Item) bool { return i.Code == code })
	if on {
		item, ok := set.Item(code)
		if !ok {
			return
		}
		items = append(items, item)
	}
	before := a.items
	if err := a.bind(items); err != nil {
		m.fail("make one form of a package", err)
		if again := a.bind(before); again != nil {
			m.log.Error("package not undone", "error", again)
		}
		return
	}
	a.pack = ""
	if len(items) > 1 {
		a.pack = pack.Code
	}
	fresh := form.Values{}
	for name, value := range a.checked.Prefill(a.env) {
		if a.values[name] == nil {
			a.values[name] = value
			fresh[name] = value
		}
	}
	a.mark(fresh, "")
	for name := range a.values {
		if _, known := a.checked.Field(name); !known {
			delete(a.values, name)
			delete(a.from, name)
		}
	}
	a.changed()
	if on && a.principal != nil {
		m.loadKnown(a)
	}
}

// own are the values of one item of the package.
func (a *accept) own(i int) form.Values {
	values := form.Values{}
	for name, value := range a.values {
		if _, ok := a.forms[i].Field(name); ok {
			values[name] = value
		}
	}
	return a.forms[i].Final(values)
}

// problems are all that is wrong with the values: by the common form, then by each item's own.
func (a *accept) problems() []form.Problem {
	all := a.checked.Validate(a.values, a.env)
	if len(a.items) == 1 {
		return all
	}
	for i := range a.items {
		for _, p := range a.forms[i].Validate(a.own(i), a.env) {
			if !slices.ContainsFunc(all, func(q form.Problem) bool { return q.Field == p.Field }) {
				all = append(all, p)
			}
		}
	}
	return all
}

// materialKey names a material among those of all items.
func materialKey(item, code string) string { return fmt.Sprintf("%s/%s", item, code) }
