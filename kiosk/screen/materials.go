package screen

import (
	"bytes"
	"image"
	_ "image/jpeg" // pages come as JPEG
	_ "image/png"  // or PNG
	"reflect"

	"fyne.io/fyne/v2"

	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/drivers"
	"bianmin/kiosk/journey"
	"bianmin/ui"
	"bianmin/ui/theme"
)

// materials lists the papers with how each stands; the open one can be scanned.
type materials struct {
	parts
	kit     kit
	title   *ui.Text
	line    *ui.Text
	problem *ui.Notice
	list    *ui.Column
	shown   journey.MaterialsView
	page    map[string]int // page looked at, from 0, by material
	count   map[string]int // pages last time, so that a new page is shown
}

func newMaterials(k kit) page {
	m := &materials{kit: k, page: map[string]int{}, count: map[string]int{}}
	m.title = ui.NewTitle(k.look, "")
	m.line = ui.NewText(k.look, theme.BodyText, theme.InkSecondary, "")
	m.problem = ui.NewNotice(k.look, ui.Warn, "")
	m.list = k.column()
	m.head = k.heading(m.title, m.line)
	m.body = m.list
	return m
}

func (m *materials) show(s journey.State) {
	view, w := s.Materials, m.kit.words
	m.title.SetText(w.count("materials.title", view.Needed))
	m.line.SetText(m.lineOf(view))
	m.problem.Set(ui.Warn, w.message(view.Problem))
	if reflect.DeepEqual(m.shown, *view) {
		return
	}
	m.shown = *view
	m.fill()
}

// lineOf says what is left to do, in one sentence or two.
func (m *materials) lineOf(view *journey.MaterialsView) string {
	w := m.kit.words
	free := 0
	for _, line := range view.Lines {
		if line.Way == casefile.FromCard || line.Way == casefile.Held || line.Material.Source == catalogue.SourceForm {
			free++
		}
	}
	said := ""
	if free > 0 {
		said = w.count("materials.no-need", free) + w.space()
	}
	switch {
	case view.Missing == 0:
		return said + w.t("materials.all-there")
	case view.Missing == 1:
		return said + w.t("materials.missing-one")
	}
	return said + w.count("materials.missing", view.Missing)
}

func (m *materials) fill() {
	rows := []fyne.CanvasObject{m.problem}
	for _, line := range m.shown.Lines {
		if line.Active {
			rows = append(rows, m.open(line))
			continue
		}
		rows = append(rows, m.closed(line))
	}
	m.list.Set(rows...)
}

func (m *materials) closed(line journey.MaterialLine) fyne.CanvasObject {
	k, w := m.kit, m.kit.words
	var tapped func()
	if line.Material.Source == catalogue.SourcePerson {
		tapped = k.sends(journey.SelectMaterial{Code: line.Code})
	}
	row := ui.NewListRow(k.look, w.local(line.Material.Name), w.materialMore(line.Material), tapped)
	if line.Way == casefile.Promised {
		row.Set(w.local(line.Material.Name), w.t("material.promised"))
	}
	tone, words := m.stand(line)
	row.SetBadge(tone, words)
	return row
}

// stand says in a word how a material stands.
func (m *materials) stand(line journey.MaterialLine) (ui.Tone, string) {
	w := m.kit.words
	switch {
	case line.Way == casefile.Promised:
		return ui.Calm, w.t("material.promise-badge")
	case line.Way == casefile.Scanned || len(line.Pages) > 0:
		for _, page := range line.Pages {
			if page.Quality != drivers.QualityGood {
				return ui.Warn, w.count("material.done-pages", len(line.Pages))
			}
		}
		return ui.Good, w.count("material.done-pages", len(line.Pages))
	case line.Material.Source != catalogue.SourcePerson:
		return ui.Good, w.t("material.no-need")
	case line.Optional:
		return ui.Muted, w.t("material.optional")
	}
	return ui.Warn, w.t("material.to-scan")
}

// open is the card of the material being worked on.
func (m *materials) open(line journey.MaterialLine) fyne.CanvasObject {
	k, w := m.kit, m.kit.words
	tone, words := m.stand(line)
	top := ui.NewRow(k.look.Size(theme.Gap),
		ui.NewShare(1, ui.NewColumn(0, ui.NewSection(k.look, w.local(line.Material.Name)),
			ui.NewQuiet(k.look, w.materialMore(line.Material)), ui.NewBody(k.look, w.local(line.Material.Filling)))),
		ui.NewBadge(k.look, tone, words))
	rows := []fyne.CanvasObject{top}
	switch {
	case m.shown.Busy == line.Code:
		rows = append(rows, ui.NewInset(0, k.look.Px(60), 0, k.look.Px(60), ui.NewBusy(k.look, w.t("materials.scanning"))))
	case line.Way == casefile.Promised:
		rows = append(rows, ui.NewBody(k.look, w.t("material.promised")),
			ui.NewButton(k.look, w.t("materials.unpromise"), ui.Secondary, k.sends(journey.PromiseMaterial{Material: line.Code})))
	case len(line.Pages) == 0:
		rows = append(rows, ui.NewBody(k.look, w.t(m.how("materials.place"))),
			ui.NewButton(k.look, w.t("materials.scan"), ui.Secondary, k.sends(journey.ScanPage{Material: line.Code})))
		if line.CanPromise {
			rows = append(rows, ui.NewButton(k.look, w.t("materials.promise"), ui.Plain, k.sends(journey.PromiseMaterial{Material: line.Code, Promised: true})))
		}
	default:
		rows = append(rows, m.pages(line))
	}
	card := ui.NewCard(k.look, k.column(rows...))
	card.SetActive(true)
	return card
}

// underCamera are the words that are others where the page lies before a document camera, writing upwards and without a lid.
var underCamera = map[string]string{
	"materials.place": "materials.camera.place", "materials.quality-do.dark": "materials.camera.dark", "materials.quality-do.blurred": "materials.camera.blurred",
}

// how is the key of what to do with the paper at this scanner.
func (m *materials) how(key string) string {
	if other := underCamera[key]; other != "" && m.shown.Camera {
		return other
	}
	return key
}

// pages shows one page large with what one thinks of it, and turns to the others.
func (m *materials) pages(line journey.MaterialLine) fyne.CanvasObject {
	k, w := m.kit, m.kit.words
	if len(line.Pages) != m.count[line.Code] {
		m.page[line.Code] = len(line.Pages) - 1
		m.count[line.Code] = len(line.Pages)
	}
	at := min(max(m.page[line.Code], 0), len(line.Pages)-1)
	page := line.Pages[at]
	gap := k.look.Size(theme.Gap)
	tone := ui.Good
	if page.Quality != drivers.QualityGood {
		tone = ui.Bad
	}
	var quality fyne.CanvasObject = ui.NewRow(gap, ui.NewBadge(k.look, tone, w.t("materials.quality."+string(page.Quality))), ui.NewSpring())
	if k.look.Large() { // a badge does not wrap
		quality = ui.NewNotice(k.look, tone, w.t("materials.quality."+string(page.Quality)))
	}
	said := []fyne.CanvasObject{
		quality,
		ui.NewBody(k.look, w.t(m.how("materials.quality-do."+string(page.Quality)))),
		ui.NewButton(k.look, w.t("materials.retake"), ui.Secondary, k.sends(journey.RetakePage{Material: line.Code, Page: page.ID})),
		ui.NewButton(k.look, w.t("materials.scan-more"), ui.Secondary, k.sends(journey.ScanPage{Material: line.Code})),
	}
	picture := ui.NewPicture(k.look, decode(page.Thumbnail), k.look.Px(300), k.look.Px(400))
	body := ui.NewRow(k.look.Px(28), picture, ui.NewShare(1, k.column(said...)))
	if len(line.Pages) == 1 {
		return body
	}
	turn := func(by int) func() {
		return func() {
			m.page[line.Code] = at + by
			m.fill()
			ui.Relayout(m.list)
			k.emit(journey.Touch{})
		}
	}
	before := ui.NewPill(k.look, w.t("materials.page-before"), ui.Plain, turn(-1))
	before.SetEnabled(at > 0)
	after := ui.NewPill(k.look, w.t("materials.page-after"), ui.Plain, turn(1))
	after.SetEnabled(at < len(line.Pages)-1)
	remove := ui.NewPill(k.look, w.t("materials.remove"), ui.Plain, k.sends(journey.RemovePage{Material: line.Code, Page: page.ID}))
	label := ui.NewSecondary(k.look, w.with("materials.page-of", args{"n": at + 1, "total": len(line.Pages)}))
	columns := 3
	if k.look.Large() {
		columns = 1
	}
	return k.column(body, label, ui.NewGrid(columns, gap, before, after, remove))
}

// decode reads a small picture; nil when it is none.
func decode(content []byte) image.Image {
	img, _, err := image.Decode(bytes.NewReader(content))
	if err != nil {
		return nil
	}
	return img
}
