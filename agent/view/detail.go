package view

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"bianmin/agent/desk"
	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/text"
	"bianmin/ui"
	dk "bianmin/ui/desk"
	"bianmin/ui/theme"
)

// detail is the chosen case beside a list.
type detail struct {
	kit     *kit
	root    fyne.CanvasObject
	title   *ui.Text
	number  *ui.Text
	badge   *dk.Badge
	alarm   *dk.Panel
	alarmed *ui.Column
	facts   *facts
	moments *ui.Column
	past    *ui.Text
	buttons *dk.Flow
	busy    *ui.Text
	scroll  *dk.Scroll
	empty   *ui.Text
	shown   casefile.Number
	actions []desk.CaseAction
	acts    map[desk.CaseAction]*dk.Button
	lines   []fact
	points  []string
}

// actionKeys are the keys of what is done most.
var actionKeys = map[desk.CaseAction]string{
	desk.ActCorrect: "F6", desk.ActNotice: "F7", desk.ActReceipt: "F8", desk.ActDeliver: "F6", desk.ActRepair: "F6", desk.ActFee: "F9", desk.ActUrge: "F10",
}

// onward are the actions that move a case on: the first of them is the filled button.
var onward = []desk.CaseAction{desk.ActCorrect, desk.ActRepair, desk.ActDeliver, desk.ActResume, desk.ActClose}

func newDetail(k *kit) *detail {
	d := &detail{kit: k, acts: map[desk.CaseAction]*dk.Button{}}
	d.title, d.number, d.badge = k.title(""), k.quiet(""), dk.NewBadge(k.Kit, ui.Calm, "")
	d.alarmed = ui.NewColumn(2)
	d.alarm = dk.NewPanel(k.Kit, 16, d.alarmed).Toned(ui.Bad)
	d.facts = newFacts(k, 76)
	d.past = k.strong(k.t("label.past"))
	d.moments = ui.NewColumn(10)
	d.buttons = dk.NewFlow(k.Kit)
	d.busy = k.text(theme.DeskSmallText, theme.InkQuiet, "")
	d.empty = k.text(theme.DeskBodyText, theme.InkQuiet, k.t("empty.detail"))
	d.scroll = dk.NewScroll(k.Kit, ui.NewColumn(18, d.alarm, ui.NewColumn(10, d.past, d.moments), d.facts.Column))
	d.root = dk.NewPanel(k.Kit, 28, ui.NewColumn(16, ui.NewColumn(6, k.tight(d.title, d.number), d.badge), d.empty, d.scroll, d.busy, d.buttons))
	return d
}

func (d *detail) show(s desk.State, view *desk.CasesView) {
	k, file := d.kit, view.Detail
	none := file == nil
	d.empty.Hidden = !none
	d.scroll.Hidden, d.buttons.Hidden = none, none
	d.badge.Hidden = none
	d.title.SetText("")
	d.number.SetText("")
	d.busy.SetText("")
	if none {
		d.shown = ""
		return
	}
	if file.Number != d.shown {
		d.shown = file.Number
		d.scroll.ToTop()
	}
	d.title.SetText(text.Shown(file.Person) + " · " + file.ItemName)
	d.number.SetText(d.subtitle(file))
	tone, state := k.state(file.CaseLine)
	d.badge.Set(tone, state)
	d.showAlarm(view, file)
	d.facts.set(d.about(file, s)...)
	d.showMoments(file, s)
	d.busy.SetText(busyWords(k, view.Busy))
	d.showActions(view.Actions, view.Busy != "")
}

func busyWords(k *kit, busy string) string {
	if busy == "" {
		return ""
	}
	return k.or("busy", busy)
}

func (d *detail) subtitle(file *agency.CaseFile) string {
	parts := []string{string(file.Number)}
	if file.Agent != "" {
		parts = append(parts, d.kit.with("label.agent", args{"name": file.Agent}))
	}
	return strings.Join(parts, " · ")
}

// showAlarm tells what must be corrected, or why the case was refused.
func (d *detail) showAlarm(view *desk.CasesView, file *agency.CaseFile) {
	k := d.kit
	var lines []string
	switch {
	case file.Notice != nil && file.State == casefile.StateCorrection:
		lines = append(lines, k.count("label.notice", len(file.Notice.Points)))
		for _, point := range file.Notice.Points {
			lines = append(lines, k.named(view.Names[point.ID], point.Text))
		}
	case file.Reason != "" && (file.Refused || file.State == casefile.StateRefused || file.State == casefile.StateRejected):
		lines = append(lines, k.t("label.refused-reason"), file.Reason)
	}
	d.alarm.Hidden = len(lines) == 0
	if same(lines, d.points) {
		return
	}
	d.points = lines
	var rows []fyne.CanvasObject
	for i, line := range lines {
		kind := theme.DeskBodyText
		if i == 0 {
			kind = theme.DeskBodyBold
		} else if file.Notice != nil {
			line = strconv.Itoa(i) + "　" + line
		}
		rows = append(rows, k.text(kind, theme.BadText, line))
	}
	d.alarmed.Set(rows...)
}

func (d *detail) about(file *agency.CaseFile, s desk.State) []fact {
	k := d.kit
	due := k.due(file.CaseLine)
	if file.Due != "" {
		due = k.with("label.in-brackets", args{"before": due, "text": file.Due})
	}
	facts := []fact{{k.t("column.due"), due}, {k.t("label.department"), file.Department}}
	if file.Official != "" {
		facts = append(facts, fact{k.t("label.official"), file.Official})
	}
	if file.NoticeDue != "" && file.State == casefile.StateCorrection {
		facts = append(facts, fact{k.t("label.correct-by"), file.NoticeDue})
	}
	if d := file.Submission.Delegation; d != nil {
		facts = append(facts, fact{k.t("label.delegate"), text.Shown(d.Delegate.Name)})
	}
	if o := file.Outcome; o != nil {
		facts = append(facts, fact{k.t("label.result"), o.Result}, fact{k.t("label.bring"), o.Bring})
	}
	here := 0
	for _, held := range file.Custody.Held {
		if held.Here() {
			here += max(1, held.Count)
		}
	}
	if here > 0 {
		facts = append(facts, fact{k.t("label.papers-here"), k.count("label.sheets", here)})
	}
	var fen int64
	for _, fee := range file.Fees {
		fen += fee.Fen
	}
	if len(file.Fees) > 0 {
		facts = append(facts, fact{k.t("label.fees-taken"), k.money(fen)})
	}
	for _, branch := range file.Branch {
		words := k.or("branch", branch.State)
		if branch.Text != "" {
			words += " · " + branch.Text
		}
		facts = append(facts, fact{branch.Department, words})
	}
	return facts
}

func (d *detail) showMoments(file *agency.CaseFile, s desk.State) {
	k := d.kit
	var lines []fact
	for i := len(file.Moments) - 1; i >= 0; i-- {
		m := file.Moments[i]
		words := k.or("case-kind", string(m.Kind))
		if m.Kind == casefile.Papers {
			words, m.Text = k.or("paper-step", m.Text), ""
		}
		if m.Payment != nil {
			words = k.payment(*m.Payment)
		}
		if m.Text != "" {
			words = k.with("label.with-text", args{"what": words, "text": text.Shown(m.Text)})
		}
		if m.By != "" {
			words = k.with("label.by", args{"who": text.Shown(m.By), "what": words})
		}
		if m.State == "queued" {
			words += k.t("label.not-sent")
		}
		lines = append(lines, fact{k.moment(m.At, s.Now), words})
	}
	d.past.Hidden = len(lines) == 0
	if same(lines, d.lines) {
		return
	}
	d.lines = lines
	var rows []fyne.CanvasObject
	for _, line := range lines {
		rows = append(rows, newPair(k, 92, k.body(line.label), k.body(line.value)))
	}
	d.moments.Set(rows...)
}

func (d *detail) showActions(actions []desk.CaseAction, busy bool) {
	if !same(actions, d.actions) {
		d.actions = append([]desk.CaseAction(nil), actions...)
		first := d.onward(actions)
		var buttons []fyne.CanvasObject
		add := func(action desk.CaseAction, rank dk.Rank) {
			button, ok := d.acts[action]
			if !ok {
				button = dk.NewButton(d.kit.Kit, "act:"+string(action), d.kit.t("act."+string(action)), actionKeys[action], rank, d.kit.sends(desk.Act{Action: action}))
				d.acts[action] = button
			}
			button.SetRank(rank)
			button.SetLow(len(actions) > 4)
			buttons = append(buttons, button)
		}
		if first != "" {
			add(first, dk.Filled)
		}
		for _, action := range actions {
			if action != first {
				add(action, dk.Outlined)
			}
		}
		d.buttons.Set(buttons...)
	}
	for _, action := range actions {
		d.acts[action].SetEnabled(!busy)
	}
}

func (d *detail) onward(actions []desk.CaseAction) desk.CaseAction {
	for _, each := range onward {
		for _, action := range actions {
			if action == each {
				return action
			}
		}
	}
	return ""
}
