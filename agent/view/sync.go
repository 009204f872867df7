package view

import (
	"strconv"
	"time"

	"fyne.io/fyne/v2"

	"bianmin/agent/desk"
	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/text"
	"bianmin/ui"
	dk "bianmin/ui/desk"
	"bianmin/ui/theme"
)

// syncPage is what waits to be sent: since when, why, when next; and what was refused.
type syncPage struct {
	kit   *kit
	top   fyne.CanvasObject
	state *dk.Notice
	facts *facts
	table *dk.Table
	retry *dk.Button
	why   *ui.Text
	chose *ui.Text
	way   *facts
	bar   *ui.Progress
	up    *ui.Progress // of what is on its way
	open  *dk.Button
	stick *ui.Column // for carrying on a stick
	said  *dk.Notice
	out   *dk.Button
	home  *dk.Button
	line  *agency.QueueLine
}

func newSync(k *kit) page {
	p := &syncPage{kit: k}
	p.state = dk.NewNotice(k.Kit, ui.Good, "", "", nil)
	p.facts = newFacts(k, 130)
	p.table = dk.NewTable(k.Kit, "queue", k.t("empty.queue"), []dk.Column{
		{Title: k.t("column.case"), Weight: 2.9},
		{Title: k.t("column.what"), Weight: 1.5},
		{Title: k.t("column.time"), Weight: 1.5},
		{Title: k.t("column.tries"), Weight: 0.7},
		{Title: k.t("column.next"), Weight: 1.6},
		{Title: k.t("column.state"), Weight: 1.3},
	}, func(key string) { k.emit(desk.PickQueue{Packet: key}) }, nil)
	p.retry = k.button("retry-now", "F6", dk.Outlined, k.sends(desk.RetryNow{}))
	p.chose, p.why = k.title(""), k.body("")
	p.way, p.bar, p.up = newFacts(k, 90), ui.NewProgress(k.Look, theme.DeskBar), ui.NewProgress(k.Look, theme.DeskBar)
	p.open = k.button("open-case", "F7", dk.Outlined, func() {
		if p.line != nil {
			k.emit(desk.PickCase{Number: p.line.Case})
		}
	})
	detail := dk.NewPanel(k.Kit, 24, ui.NewColumn(14, p.chose, p.why, p.way, p.bar, k.row(p.open, ui.NewSpring())))
	p.said = dk.NewNotice(k.Kit, ui.Good, "", "", nil)
	carry := func(name, errand string) *dk.Button {
		return dk.NewButton(k.Kit, "stick-"+errand, k.shared(name), "", dk.Outlined, k.sends(desk.CarryStick{Errand: errand}))
	}
	p.out, p.home = carry("stick.export", casefile.CarryOut), carry("stick.import", casefile.CarryHome)
	p.stick = ui.NewColumn(theme.DeskGap, k.row(k.body(k.shared("stick.title")), ui.NewSpring(), p.out, p.home), p.said)
	left := ui.NewColumn(theme.DeskGap, ui.NewRow(theme.DeskGap, ui.NewShare(1, k.title(k.t("title.sync"))), p.retry), p.state, p.stick, listed(k, p.table))
	right := ui.NewColumn(16, dk.NewPanel(k.Kit, 24, ui.NewColumn(12, k.title(k.t("title.point")), p.facts.Column, p.up)), detail)
	p.top = newSplit(k, 0.34, 386, left, right)
	return p
}

func (p *syncPage) root() fyne.CanvasObject { return p.top }

func (p *syncPage) first() fyne.Focusable { return p.table }

func (p *syncPage) show(s desk.State) {
	view, k := s.Sync, p.kit
	p.state.Set(p.stateWords(view))
	contact := k.t("label.never")
	if !view.LastContact.IsZero() {
		contact = k.moment(view.LastContact, s.Now)
	}
	problem := ""
	if view.Health.Problem != "" {
		problem = k.shared("service.reason." + string(view.Health.Problem))
	}
	p.facts.set(fact{k.t("label.network"), k.line(view)}, fact{k.t("label.last-contact"), contact},
		fact{k.t("label.way"), k.way(view.Health.Link)},
		fact{k.t("label.disk"), k.with("label.gigabytes", args{"n": view.Health.DiskFree >> 30})}, fact{k.t("label.problem"), problem})
	p.showStick(view)
	p.up.Hidden = view.Health.Link.Total == 0
	p.up.Set(view.Health.Link.Held, view.Health.Link.Total)
	var lines []dk.Line
	p.line = nil
	for i, l := range view.Lines {
		if l.Packet == view.Chosen {
			p.line = &view.Lines[i]
		}
		lines = append(lines, dk.Line{Key: l.Packet, Cells: []dk.Cell{
			{Text: string(l.Case)},
			{Text: k.or("case-kind", string(l.Kind))},
			{Text: k.when(l.Since, s.Now)},
			{Text: strconv.Itoa(l.Attempts)},
			{Text: p.next(l, view.Online, s.Now)},
			queueState(k, l),
		}})
	}
	p.table.Set(lines, view.Chosen)
	p.showLine()
}

// showStick says how the errand with a stick goes.
func (p *syncPage) showStick(view *desk.SyncView) {
	p.stick.Hidden = !view.CanCarry
	tone := ui.Bad
	switch {
	case view.StickBusy:
		tone = ui.Warn
	case view.StickGood:
		tone = ui.Good
	}
	p.said.Set(tone, p.kit.message(view.Stick))
	p.out.Hidden, p.home.Hidden = view.StickBusy, view.StickBusy
}

// next is when a packet goes on.
func (p *syncPage) next(l agency.QueueLine, online bool, now time.Time) string {
	switch {
	case l.State != casefile.LineWaiting:
		return "—"
	case l.Next.After(now) && (online || l.Attempts > 0):
		return p.kit.when(l.Next, now)
	case online || l.Moving:
		return p.kit.t("label.right-now")
	}
	return p.kit.t("label.with-network")
}

// queueState says how a packet stands.
func queueState(k *kit, l agency.QueueLine) dk.Cell {
	cell := dk.Cell{Text: k.t("state.waiting"), Badge: true, Tone: ui.Warn}
	switch {
	case l.State == casefile.LineRefused:
		cell.Text, cell.Tone = k.t("state.refused"), ui.Bad
	case l.State == casefile.LineHeld:
		cell.Text, cell.Tone = k.t("state.held"), ui.Muted
	case l.Moving:
		cell.Text, cell.Tone = k.t("state.moving"), ui.Calm
	}
	return cell
}

// line says how the line stands, and what to do when it is known why it does not.
func (k *kit) line(view *desk.SyncView) string {
	link := view.Health.Link
	if view.Online || link.Why == "" || !k.catalog.Has(k.lang, "link."+link.Why+".is") {
		return k.network(view.Online)
	}
	return k.with("label.offline-why", args{"is": k.shared("link." + link.Why + ".is"), "do": k.shared("link." + link.Why + ".do")})
}

// way says how far the packet under way is; nothing when none is.
func (k *kit) way(link casefile.Link) string {
	switch {
	case link.Total == 0 && link.Hold != "":
		return k.shared("hold." + link.Hold)
	case link.Total == 0:
		return ""
	}
	return k.with("label.way-far", args{
		"part": link.Held * 100 / link.Total, "mb": strconv.FormatFloat(float64(link.Total)/(1<<20), 'f', 1, 64), "rate": (link.Rate + 1023) >> 10,
	})
}

func (k *kit) network(online bool) string {
	if online {
		return k.t("label.online")
	}
	return k.t("label.offline")
}

func (p *syncPage) stateWords(view *desk.SyncView) (ui.Tone, string) {
	k := p.kit
	switch {
	case len(view.Lines) == 0:
		return ui.Good, k.t("label.all-sent")
	case view.Health.Refused > 0:
		return ui.Bad, k.count("label.some-refused", view.Health.Refused)
	case !view.Online:
		return ui.Warn, k.count("label.wait-network", len(view.Lines))
	}
	return ui.Calm, k.count("label.sending", len(view.Lines))
}

func (p *syncPage) showLine() {
	k := p.kit
	p.open.Hidden, p.way.Hidden, p.bar.Hidden = p.line == nil, p.line == nil, p.line == nil || !p.line.Moving
	if p.line == nil {
		p.chose.SetText("")
		p.why.SetText(k.t("empty.queue-line"))
		return
	}
	p.chose.SetText(string(p.line.Case))
	why := k.still(p.line.Why)
	if p.line.Reason != "" {
		why = k.with("label.refused-because", args{"reason": p.line.Reason})
	}
	p.why.SetText(why)
	p.way.set(fact{k.t("label.sent"), k.with("label.sent-of", args{"held": text.Size(p.line.Held), "total": text.Size(p.line.Total)})})
	p.bar.Set(p.line.Held, p.line.Total)
}

// still says why a packet is not delivered yet, and what to do; why is a key of the words.
func (k *kit) still(why string) string {
	if !k.catalog.Has(k.lang, why+".is") {
		why = "still.waiting"
	}
	return k.with("label.still", args{"is": k.shared(why + ".is"), "do": k.shared(why + ".do")})
}
