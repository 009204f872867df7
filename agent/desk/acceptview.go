package desk

import (
	"maps"
	"slices"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/core/form"
	"bianmin/core/identity"
	"bianmin/core/text"
	"bianmin/drivers"
)

// missing is what keeps a case from being filed, in the order of the page.
func (m *machine) missing(a *accept) []Message {
	var all []Message
	if a.principal == nil {
		all = append(all, Message{Key: "desk.problem.principal"})
	} else if !a.takes(*a.principal) {
		all = append(all, Message{Key: "desk.refusal.social-card"})
	}
	all = append(append(all, m.expired(a)...), m.delegationProblems(a)...)
	problems := a.problems()
	for _, p := range problems {
		all = append(all, Message{Key: "desk.problem.field", Args: map[string]any{"field": a.label(p.Field)}})
	}
	for _, path := range slices.Sorted(maps.Keys(a.wrong)) {
		if !slices.ContainsFunc(problems, func(p form.Problem) bool { return p.Field == path }) && a.visible(path) {
			all = append(all, Message{Key: "desk.problem.field", Args: map[string]any{"field": a.label(path)}})
		}
	}
	for _, line := range a.materials() {
		if !line.Optional && a.way(line) == "" && a.later(line) == "" {
			all = append(all, Message{Key: "desk.problem.material", Args: map[string]any{"material": line.Name}})
		}
	}
	return all
}

// expired tells whose card does not hold any more: nothing is accepted on it, the principal's or the delegate's.
func (m *machine) expired(a *accept) []Message {
	var all []Message
	if p := m.personView(a.principal); p != nil && p.Expired {
		all = append(all, Message{Key: "desk.problem.expired-principal"})
	}
	if p := m.personView(a.delegate); a.absent && p != nil && p.Expired {
		all = append(all, Message{Key: "desk.problem.expired-delegate"})
	}
	return all
}

// visible tells whether the field of a path is asked now.
func (a *accept) visible(path string) bool {
	name := root(path)
	return slices.ContainsFunc(a.checked.Visible(a.values), func(f form.Field) bool { return f.Name == name })
}

// root is the field's name at the beginning of a path.
func root(path string) string {
	for i, r := range path {
		if r == '.' {
			return path[:i]
		}
	}
	return path
}

func (a *accept) label(path string) text.Local {
	field, _ := a.checked.Field(root(path))
	return field.Label
}

// warnings are what the agent should look at again, although it may be filed.
func (m *machine) warnings(a *accept) []Message {
	var all []Message
	for _, who := range []*PersonView{m.personView(a.principal), m.personView(a.delegate)} {
		if who == nil {
			continue
		}
		if who.HasPUA {
			all = append(all, Message{Key: "desk.problem.rare-name"})
		}
	}
	if p := m.personView(a.principal); p != nil && p.Age < 16 && !a.absent {
		all = append(all, Message{Key: "desk.problem.minor", Args: map[string]any{"age": p.Age}})
	}
	if set := m.options.Catalogue(); a.item().Limits.Promised > 0 && !set.Holidays.Covers(set.Holidays.AddWorkingDays(m.today.In(casefile.Zone), a.item().Limits.Promised)) {
		all = append(all, Message{Key: "desk.problem.calendar"})
	}
	for _, p := range a.checked.Warnings(a.values) {
		all = append(all, Message{Key: "form.problem." + p.Code})
	}
	for _, line := range a.materials() {
		if until := a.later(line); until != "" {
			all = append(all, Message{Key: "desk.notice.later", Args: map[string]any{"material": line.Name, "date": until}})
		}
	}
	return all
}

func (m *machine) drawAccept(a *accept) *AcceptView {
	set := m.options.Catalogue()
	item := a.item()
	v := &AcceptView{
		Draft: a.id, Item: item, Package: slices.Clone(a.items[1:]), Guide: a.guide, Principal: a.faced("principal", m.personView(a.principal)), Absent: a.absent,
		Delegate: a.faced("delegate", m.personView(a.delegate)), Delegation: m.delegation(a), Scope: slices.Clone(a.scope), Until: a.untilText,
		AuthPages: pageViews(a.auth, ""), Fields: a.fieldViews(set, m.lang), Missing: m.missing(a), Warnings: m.warnings(a),
		Focus: a.focus, Known: a.known, Busy: a.busy, Scanning: a.scanning, Days: item.Limits.Promised,
		CanBoth: m.canBoth(), BothSides: m.shift.bothSides,
	}
	if pack, ok := packageOf(set, item); ok {
		v.Offer = &pack
		for _, code := range pack.Items {
			if other, ok := set.Item(code); ok && code != item.Code {
				v.Offered = append(v.Offered, other)
			}
		}
	}
	v.Due = set.Holidays.AddWorkingDays(m.today.In(casefile.Zone), item.Limits.Promised).Format(time.DateOnly)
	for _, line := range a.materials() {
		v.Materials = append(v.Materials, m.materialView(a, line))
	}
	if m.canPromise(a) && item.Promise != nil {
		v.Promise = &PromiseView{Text: item.Promise.Text, Breach: item.Promise.Breach, Deadline: item.Promise.Deadline, Accepted: a.promised}
	}
	if a.filed != nil {
		v.Filed = a.filed.draw()
	}
	return v
}

func (m *machine) materialView(a *accept, line materialLine) MaterialView {
	way := a.way(line)
	v := MaterialView{Material: line.Material, Way: way, Needed: !line.Optional, CanPromise: line.Promise && a.promised && line.Source == catalogue.SourcePerson}
	v.Material.Code = line.name()
	v.Social = a.principal != nil && a.principal.Kind == identity.Social
	v.CanWait = line.Later > 0 && way == ""
	v.Until = a.later(line)
	if g := a.given[line.key]; g != nil {
		v.Original = g.Original
		if way == casefile.Scanned {
			v.Trust = g.trust()
		}
		v.Pages = pageViews(g.Pages, v.Trust)
		for _, p := range g.Pages {
			v.Bytes += p.attachment.Plain
		}
	}
	return v
}

func (g *given) trust() string {
	if g.Confirmed {
		return casefile.TrustConfirmed
	}
	return casefile.TrustUnverified
}

func pageViews(pages []page, trust string) []PageView {
	var views []PageView
	for _, p := range pages {
		views = append(views, PageView{ID: p.ID, Thumbnail: p.thumbnail, Quality: drivers.Quality(p.Quality), Trust: trust})
	}
	return views
}
