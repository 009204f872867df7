package screen

import (
	"slices"
	"strconv"

	"fyne.io/fyne/v2"

	"bianmin/core/catalogue"
	"bianmin/core/text"
	"bianmin/kiosk/journey"
	"bianmin/ui"
	"bianmin/ui/theme"
)

// guide shows the whole guide of an item.
type guide struct {
	parts
	kit     kit
	title   *ui.Text
	line    *ui.Text
	outcome *ui.Notice
	content *ui.Column
	print   *ui.Button
	shown   *catalogue.Item
}

func newGuide(k kit) page {
	g := &guide{kit: k}
	g.across = true
	g.title = ui.NewTitle(k.look, "")
	g.line = ui.NewSecondary(k.look, "")
	g.outcome = ui.NewNotice(k.look, ui.Calm, "")
	g.content = k.column()
	g.print = ui.NewBigButton(k.look, k.words.t("guide.print"), ui.Secondary, k.sends(journey.PrintGuide{}))
	g.head = ui.NewColumn(k.look.Size(theme.SmallGap), g.title, g.line)
	g.body = g.content
	return g
}

func (g *guide) show(s journey.State) {
	view, w := s.Guide, g.kit.words
	if g.shown != view.Item {
		g.shown = view.Item
		g.title.SetText(w.local(view.Item.Name))
		g.fill(view.Item)
	}
	g.line.SetText(w.with("guide.published", args{"date": w.day(view.Published)}))
	g.middle = nil
	if view.CanPrint {
		g.middle = g.print
	}
	g.print.SetEnabled(!view.Printing)
	label := "guide.print"
	if view.Printing {
		label = "guide.printing"
	}
	g.print.SetLabel(w.t(label))
	g.outcome.Set(printTone(view.Printed), w.message(view.Printed))
}

// printTone is the colour of a print's outcome.
func printTone(outcome journey.Message) ui.Tone {
	if outcome.Key == "print.failed" || outcome.Key == "print.unconfirmed" {
		return ui.Warn
	}
	return ui.Calm
}

// fill lays the guide out: what people ask first stands first.
func (g *guide) fill(item *catalogue.Item) {
	k, w := g.kit, g.kit.words
	cards := []fyne.CanvasObject{g.outcome, g.facts(item)}
	cards = append(cards, g.list("guide.conditions", locals(w, item.Conditions), false))
	cards = append(cards, g.materials(item))
	if item.Promise != nil {
		cards = append(cards, g.card("guide.promise", w.count("guide.promise-days", item.Promise.Deadline)))
	}
	cards = append(cards, g.steps(item))
	var delivery []string
	for _, way := range item.Delivery {
		delivery = append(delivery, w.t("delivery."+way))
	}
	cards = append(cards, g.list("guide.delivery", delivery, false))
	cards = append(cards, g.list("guide.notes", locals(w, item.Notes), false))
	cards = append(cards, g.questions(item), g.channels(item), g.legal(item))
	var contact []string
	if item.Contact.Inquiry != "" {
		contact = append(contact, w.with("guide.inquiry", args{"phone": item.Contact.Inquiry}))
	}
	if item.Contact.Complaint != "" {
		contact = append(contact, w.with("guide.complaint", args{"phone": item.Contact.Complaint}))
	}
	cards = append(cards, g.list("guide.contact", contact, false))
	cards = append(cards, ui.NewSmall(k.look, w.join(w.with("guide.type", args{"type": item.Type.Name}), w.with("guide.code", args{"code": item.Code}))))
	var full []fyne.CanvasObject
	for _, card := range cards {
		if card != nil {
			full = append(full, card)
		}
	}
	g.content.Set(full...)
}

func locals(w words, all []text.Local) []string {
	var out []string
	for _, l := range all {
		out = append(out, w.local(l))
	}
	return out
}

// facts are the four answers people look for: how long, how much, who, what.
func (g *guide) facts(item *catalogue.Item) fyne.CanvasObject {
	k, w := g.kit, g.kit.words
	time := w.count("guide.time-days", item.Limits.Promised)
	if item.Instant || item.Limits.Promised == 0 {
		time = w.t("guide.time-instant")
	}
	var law string
	if item.Limits.Statutory > 0 {
		law = w.count("guide.time-law", item.Limits.Statutory)
	}
	fee := w.t("guide.fee-free")
	for i, f := range item.Fees {
		if i == 0 {
			fee = ""
		}
		fee = w.join(fee, w.with("guide.fee-amount", args{"name": f.Name, "amount": yuan(f.Fen)}))
	}
	var partners []string
	for _, p := range item.Partners {
		partners = append(partners, w.local(p.Name))
	}
	also := ""
	if len(partners) > 0 {
		also = w.with("guide.partners", args{"names": w.join(partners...)})
	}
	region := ""
	if item.CrossRegion {
		region = w.t("guide.cross-region")
	}
	columns := 2
	if k.wide() {
		columns = 4
	}
	grid := ui.NewGrid(columns, k.look.Px(36),
		g.fact("guide.time", time, law, w.local(item.Limits.Note)),
		g.fact("guide.fee", fee),
		g.fact("guide.department", w.local(item.Department.Name), also),
		g.fact("guide.result", w.local(item.Result), region),
	)
	return ui.NewCard(k.look, grid)
}

func (g *guide) fact(label, value string, more ...string) fyne.CanvasObject {
	k := g.kit
	rows := []fyne.CanvasObject{ui.NewQuiet(k.look, k.words.t(label)), ui.NewText(k.look, theme.BodyStrong, theme.Ink, value)}
	for _, line := range more {
		if line != "" {
			rows = append(rows, ui.NewQuiet(k.look, line))
		}
	}
	return ui.NewColumn(k.look.Px(4), rows...)
}

// yuan writes fen as yuan, without needless zeros.
func yuan(fen int64) string {
	if fen%100 == 0 {
		return strconv.FormatInt(fen/100, 10)
	}
	return strconv.FormatFloat(float64(fen)/100, 'f', 2, 64)
}

// card is a head with words below it.
func (g *guide) card(head string, lines ...string) fyne.CanvasObject {
	k := g.kit
	column := k.tight(ui.NewSection(k.look, k.words.t(head)))
	rows := []fyne.CanvasObject{ui.NewSection(k.look, k.words.t(head))}
	for _, line := range lines {
		if line != "" {
			rows = append(rows, ui.NewBody(k.look, line))
		}
	}
	column.Set(rows...)
	return ui.NewCard(k.look, column)
}

// list is a card with lines, numbered where their order counts; nil when there are none.
func (g *guide) list(head string, lines []string, numbered bool) fyne.CanvasObject {
	if len(lines) == 0 {
		return nil
	}
	k := g.kit
	rows := []fyne.CanvasObject{ui.NewSection(k.look, k.words.t(head))}
	for i, line := range lines {
		mark := "·"
		if numbered {
			mark = strconv.Itoa(i + 1)
		}
		rows = append(rows, k.point(mark, line))
	}
	return ui.NewCard(k.look, k.tight(rows...))
}

// point is a line with a mark before it.
func (k kit) point(mark, line string) fyne.CanvasObject {
	return ui.NewRow(0, ui.NewSized(k.look.Grow(52), 0, ui.NewBody(k.look, mark)), ui.NewShare(1, ui.NewBody(k.look, line))).Stretch()
}

func (g *guide) materials(item *catalogue.Item) fyne.CanvasObject {
	k, w := g.kit, g.kit.words
	rows := []fyne.CanvasObject{ui.NewSection(k.look, w.t("guide.materials"))}
	if len(item.Materials) == 0 {
		rows = append(rows, ui.NewBody(k.look, w.t("guide.materials-none")))
	}
	for i, m := range item.Materials {
		if i > 0 {
			rows = append(rows, ui.NewRule(k.look))
		}
		name := ui.NewShare(1, ui.NewText(k.look, theme.BodyStrong, theme.Ink, w.local(m.Name)))
		row := ui.NewRow(k.look.Size(theme.Gap), name)
		switch {
		case m.Source != catalogue.SourcePerson:
			row.Set(name, ui.NewBadge(k.look, ui.Good, w.t("material.no-need")))
		case m.Promise:
			row.Set(name, ui.NewBadge(k.look, ui.Calm, w.t("material.can-promise")))
		case m.Optional:
			row.Set(name, ui.NewBadge(k.look, ui.Muted, w.t("material.optional")))
		}
		lines := []fyne.CanvasObject{row}
		for _, line := range w.materialLines(m) {
			lines = append(lines, ui.NewQuiet(k.look, line))
		}
		rows = append(rows, ui.NewColumn(0, lines...))
	}
	return ui.NewCard(k.look, k.tight(rows...))
}

// materialLines are all there is to say of a material, each thing once: what
// nobody hands in is told in the item's own words where it has some.
func (w words) materialLines(m catalogue.Material) []string {
	filling := w.local(m.Filling)
	if m.Source != catalogue.SourcePerson && filling != "" {
		return []string{filling}
	}
	var lines []string
	how := w.materialMore(m)
	if m.Source == catalogue.SourceCard { // nothing has been read yet
		how = w.t("material.bring-card")
	}
	for _, line := range []string{how, w.materialFrom(m), filling} {
		if line != "" && !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return lines
}

// materialMore says how a material must be: 原件扫描，1 份，不用盖章.
func (w words) materialMore(m catalogue.Material) string {
	switch m.Source {
	case catalogue.SourceCard:
		return w.t("material.from-card")
	case catalogue.SourcePlatform:
		return w.t("material.platform")
	case catalogue.SourceForm:
		return w.t("material.from-form")
	}
	copies := ""
	if m.Copies > 0 {
		copies = w.count("material.copies", m.Copies)
	}
	form := ""
	if m.Format == "electronic" || m.Format == "either" {
		form = w.t("material.electronic")
	}
	original, seal := "", ""
	if m.Original != "" {
		original = w.t("material." + m.Original)
	}
	if m.Seal != "" {
		seal = w.t("material.seal-" + m.Seal)
	}
	return w.join(original, copies, seal, form)
}

// materialFrom says when a material is needed, who issues it and why it is asked for.
func (w words) materialFrom(m catalogue.Material) string {
	if m.Source != catalogue.SourcePerson {
		return ""
	}
	issuer := ""
	if name := w.local(m.Issuer); name != "" {
		issuer = w.with("guide.issuer", args{"issuer": name})
	}
	basis := ""
	if m.Basis != "" {
		basis = w.with("guide.basis", args{"basis": m.Basis})
	}
	return w.join(w.local(m.Needed), issuer, basis)
}

func (g *guide) steps(item *catalogue.Item) fyne.CanvasObject {
	w := g.kit.words
	var lines []string
	for _, step := range item.Steps {
		by, days := "", ""
		if name := w.local(step.By); name != "" {
			by = w.with("guide.step-by", args{"by": name})
		}
		if step.Days > 0 {
			days = w.count("guide.step-days", step.Days)
		}
		more := w.join(by, days)
		line := w.local(step.Name)
		if detail := w.local(step.Text); detail != "" {
			line += w.t("guide.colon") + detail
		}
		if more != "" {
			line += w.with("guide.aside", args{"words": more})
		}
		lines = append(lines, line)
	}
	return g.list("guide.steps", lines, true)
}

func (g *guide) questions(item *catalogue.Item) fyne.CanvasObject {
	if len(item.Questions) == 0 {
		return nil
	}
	k, w := g.kit, g.kit.words
	rows := []fyne.CanvasObject{ui.NewSection(k.look, w.t("guide.questions"))}
	for _, q := range item.Questions {
		rows = append(rows, ui.NewColumn(0, ui.NewText(k.look, theme.BodyStrong, theme.Ink, w.local(q.Ask)), ui.NewBody(k.look, w.local(q.Answer))))
	}
	return ui.NewCard(k.look, k.tight(rows...))
}

func (g *guide) channels(item *catalogue.Item) fyne.CanvasObject {
	w := g.kit.words
	var lines []string
	for _, c := range item.Channels {
		hours := ""
		if h := w.local(c.Hours); h != "" {
			hours = w.with("guide.hours", args{"hours": h})
		}
		lines = append(lines, w.join(w.local(c.Name), w.local(c.Place), hours))
	}
	return g.list("guide.channels", lines, false)
}

func (g *guide) legal(item *catalogue.Item) fyne.CanvasObject {
	var lines []string
	for _, b := range item.LegalBasis {
		line := "《" + b.Title + "》"
		if b.Number != "" {
			line += "（" + b.Number + "）"
		}
		lines = append(lines, line+b.Article+b.Text)
	}
	return g.list("guide.legal", lines, false)
}
