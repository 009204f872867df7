package view

import (
	"fyne.io/fyne/v2"

	"bianmin/agent/desk"
	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/ui"
	dk "bianmin/ui/desk"
	"bianmin/ui/theme"
)

// materials is the list of what must be handed in.
type materials struct {
	kit   *kit
	root  *ui.Column
	rows  *ui.Column
	batch *dk.Button
	both  *dk.Check
	made  map[string]*material
	shown []string
}

// material is one of them.
type material struct {
	kit      *kit
	root     *ui.Column
	code     string
	name     *ui.Text
	badge    *dk.Badge
	note     *ui.Text
	size     *ui.Text
	scan     *dk.Button
	trust    *dk.Button
	promise  *dk.Check
	later    *dk.Check
	until    *dk.Input
	untilled *dk.Labelled
	original *dk.Check
	pages    *dk.Thumbs
	buttons  *dk.Flow
}

func newMaterials(k *kit) *materials {
	m := &materials{kit: k, made: map[string]*material{}, rows: ui.NewColumn(12)}
	m.batch = k.button("scan-batch", "F10", dk.Outlined, k.sends(desk.ScanBatch{})).Low()
	m.both = dk.NewCheck(k.Kit, "both-sides", k.t("label.both-sides"), func(on bool) { k.emit(desk.BothSides{On: on}) })
	m.root = ui.NewColumn(12, ui.NewRow(theme.DeskGap, ui.NewShare(1, k.title(k.t("title.materials"))), m.both, m.batch), m.rows)
	return m
}

func (m *materials) show(of *desk.AcceptView, confirm bool) {
	var codes []string
	var rows []fyne.CanvasObject
	paper := false
	for _, view := range of.Materials {
		code := view.Material.Code
		one, ok := m.made[code]
		if !ok {
			one = newMaterial(m.kit, view.Material)
			m.made[code] = one
		}
		one.show(view, of.Busy, of.Scanning == code, confirm)
		codes = append(codes, code)
		if len(rows) > 0 {
			rows = append(rows, ui.NewRule(m.kit.Look))
		}
		rows = append(rows, one.root)
		paper = paper || view.Way == casefile.Scanned || view.Material.Source == catalogue.SourcePerson
	}
	m.batch.Hidden = !paper
	m.batch.SetEnabled(of.Busy == "")
	m.both.Hidden = !paper || !of.CanBoth
	m.both.Set(of.BothSides)
	if !same(codes, m.shown) {
		m.shown = codes
		m.rows.Set(rows...)
	}
}

func newMaterial(k *kit, of catalogue.Material) *material {
	m := &material{kit: k, code: of.Code}
	m.name = k.strong(k.local(of.Name))
	m.badge = dk.NewBadge(k.Kit, ui.Calm, "")
	m.note = k.quiet("")
	m.size = k.quiet("")
	m.scan = dk.NewButton(k.Kit, "scan:"+of.Code, k.t("button.scan"), "", dk.Outlined, k.sends(desk.ScanInto{Material: of.Code})).Low()
	m.trust = dk.NewButton(k.Kit, "trust:"+of.Code, k.t("button.trust"), "", dk.Outlined, k.sends(desk.SetTrust{Material: of.Code})).Low()
	m.promise = dk.NewCheck(k.Kit, "promise:"+of.Code, k.t("label.promise-instead"), func(on bool) { m.way(on, casefile.Promised) })
	m.later = dk.NewCheck(k.Kit, "later:"+of.Code, k.t("label.later"), func(on bool) {
		until := ""
		if on {
			until = m.until.Text()
		}
		k.emit(desk.SetLater{Material: of.Code, Until: until})
		m.untilled.Hidden = !on
		ui.Relayout(k.Root)
	})
	m.until = dk.NewInput(k.Kit, "until:"+of.Code, k.t("label.date-hint"), func(text string) { k.emit(desk.SetLater{Material: of.Code, Until: text}) }, nil)
	m.untilled = dk.NewLabelled(k.Kit, k.t("label.later-until"), labelWide, m.until)
	m.original = dk.NewCheck(k.Kit, "original:"+of.Code, k.t("label.take-original"), func(on bool) { k.emit(desk.SetOriginal{Material: of.Code, On: on}) })
	m.pages = dk.NewThumbs(k.Kit, "pages:"+of.Code, func(id string) { k.emit(desk.RemovePage{Page: id}) })
	m.buttons = dk.NewFlow(k.Kit, m.scan, m.trust, m.promise, m.later, m.original)
	m.root = ui.NewColumn(8, ui.NewRow(theme.DeskGap, ui.NewShare(1, m.name), m.badge), m.note, m.pages, m.size, m.buttons, m.untilled)
	return m
}

func (m *material) way(on bool, way casefile.Way) {
	if !on {
		way = casefile.Scanned
	}
	m.kit.emit(desk.SetWay{Material: m.code, Way: way})
}

func (m *material) show(view desk.MaterialView, busy string, scanning, confirm bool) {
	k := m.kit
	m.badge.Set(k.materialBadge(view, scanning))
	m.note.SetText(k.materialNote(view.Material))
	m.pages.Set(k.thumbs(view.Pages))
	m.size.Hidden = len(view.Pages) == 0
	m.size.SetText(k.pagesSize(view))
	paper := view.Material.Source == catalogue.SourcePerson
	m.scan.Hidden = !paper || view.Way == casefile.Promised
	m.scan.SetEnabled(busy == "")
	m.trust.Hidden = !confirm || len(view.Pages) == 0 || view.Trust == casefile.TrustConfirmed
	m.promise.Hidden = !view.CanPromise
	m.promise.Set(view.Way == casefile.Promised)
	m.later.Hidden = !view.CanWait
	later := view.Until != "" || m.later.On() && m.until.Text() == "" && view.CanWait
	m.later.Set(later)
	m.until.Set(view.Until)
	m.untilled.Hidden = !later || m.later.Hidden
	m.original.Hidden = !paper
	m.original.Set(view.Original)
	m.buttons.Hidden = m.scan.Hidden && m.trust.Hidden && m.promise.Hidden && m.later.Hidden && m.original.Hidden
}

// materialBadge says how a material stands.
func (k *kit) materialBadge(view desk.MaterialView, scanning bool) (ui.Tone, string) {
	switch {
	case scanning:
		return ui.Calm, k.t("material.scanning")
	case view.Way == casefile.FromCard && view.Social:
		return ui.Good, k.t("material.social-card")
	case view.Way == casefile.FromCard, view.Way == casefile.Made, view.Way == casefile.Held, view.Way == casefile.Promised:
		return ui.Good, k.t("material." + string(view.Way))
	case len(view.Pages) > 0 && view.Trust == casefile.TrustConfirmed:
		return ui.Good, k.count("material.confirmed", len(view.Pages))
	case len(view.Pages) > 0:
		return ui.Good, k.count("material.pages", len(view.Pages))
	case view.Until != "":
		return ui.Warn, k.t("material.later")
	case !view.Needed:
		return ui.Muted, k.t("material.optional")
	}
	return ui.Bad, k.t("material.missing")
}

// pagesSize says how many pages there are, how large, and that they go out as one document.
func (k *kit) pagesSize(view desk.MaterialView) string {
	key := "material.size"
	if view.Material.Document {
		key = "material.size-document"
	}
	return k.with(key, args{"n": len(view.Pages), "kb": (view.Bytes + 1023) / 1024})
}

// materialNote is how a material must be, in a line.
func (k *kit) materialNote(m catalogue.Material) string {
	if note := k.local(m.Filling); note != "" {
		return note
	}
	return k.local(m.Needed)
}
