package screen

import (
	"time"

	"fyne.io/fyne/v2"

	"bianmin/kiosk/journey"
	"bianmin/ui"
	"bianmin/ui/theme"
)

// staffTaps within staffTime on the point's name open the staff's door.
const (
	staffTaps = 5
	staffTime = 3 * time.Second
)

// chrome is what stays the same round every screen: header, steps, practice
// band, foot, overlay.
type chrome struct {
	kit    kit
	stack  *ui.Stack
	frames map[pills]*framed
	steps  *ui.StepBar
	band   *ui.Notice
	why    *ui.Text
	back   *ui.Button
	next   *ui.Button
	line   *ui.NetworkLine
	corner fyne.CanvasObject
	cover  *cover
	foot   fyne.CanvasObject
	made   footKey
}

// pills says which pills the header has: no pill stands where it would do nothing.
type pills struct{ help, leave bool }

type framed struct {
	frame  *ui.Frame
	header *ui.Header
}

// footKey is what the foot was composed of.
type footKey struct {
	left, middle, right *ui.Button
	why, line           bool
}

func newChrome(k kit, now func() time.Time) *chrome {
	c := &chrome{kit: k, frames: map[pills]*framed{}}
	w := k.words
	c.steps = ui.NewStepBar(k.look, []string{w.t("step.card"), w.t("step.form"), w.t("step.materials"), w.t("step.sign"), w.t("step.done")}, 1)
	c.band = ui.NewNotice(k.look, ui.Warn, w.t("practice.band"))
	c.why = ui.NewSecondary(k.look, "")
	c.back = ui.NewBigButton(k.look, w.t("button.back"), ui.Secondary, k.sends(journey.Back{}))
	c.next = ui.NewBigButton(k.look, w.t("next.question"), ui.Primary, k.sends(journey.Onward{}))
	c.line = ui.NewNetworkLine(k.look)
	margin, top := k.look.Size(theme.Margin), k.look.Size(theme.TopSpace)
	spot := ui.NewCornerButton(k.look.Size(theme.PillHeight), staffTaps, staffTime, now, k.sends(journey.OpenStaff{}))
	name := k.look.Px(220)
	c.corner = ui.NewInset(margin, top, k.size.Width-margin-name, k.size.Height-top-k.look.Size(theme.PillHeight), spot)
	c.cover = newCover(k)
	c.stack = ui.NewStack()
	return c
}

func (c *chrome) framed(which pills, s journey.State) *framed {
	f, ok := c.frames[which]
	if !ok {
		header := ui.NewHeader(c.kit.look, s.Point, c.pills(which)...)
		f = &framed{frame: ui.NewFrame(c.kit.look, header), header: header}
		f.frame.OnScroll(c.kit.sends(journey.Touch{}))
		c.frames[which] = f
	}
	return f
}

func (c *chrome) pills(which pills) []*ui.Button {
	k, w := c.kit, c.kit.words
	size := "header.large"
	if k.look.Large() {
		size = "header.normal"
	}
	all := []*ui.Button{
		ui.NewPill(k.look, w.t(size), ui.Plain, k.sends(journey.ToggleLarge{})),
		ui.NewPill(k.look, w.t("header.language"), ui.Plain, k.sends(journey.ToggleLanguage{})),
	}
	if which.help {
		all = append(all, ui.NewPill(k.look, w.t("header.help"), ui.Plain, k.sends(journey.Help{Open: true})))
	}
	if which.leave {
		all = append(all, ui.NewPill(k.look, w.t("header.leave"), ui.Secondary, k.sends(journey.Leave{})))
	}
	return all
}

// show draws everything round a screen, and the screen in it.
func (c *chrome) show(s journey.State, p *parts) {
	which := pills{help: true, leave: true}
	switch s.Screen {
	case journey.Goodbye:
		which = pills{}
	case journey.Attract, journey.Submitting:
		which.leave = false
	}
	f := c.framed(which, s)
	f.header.SetPoint(s.Point)
	clock := ""
	if !s.Now.IsZero() {
		clock = c.kit.words.clock(s.Now)
	}
	f.header.SetClock(clock)
	f.frame.SetLowReach(s.LowReach)
	c.showNetwork(s.Network)
	frame := ui.Parts{Head: p.head, Body: p.body, Foot: c.footOf(s, p), Across: p.across, Pinned: p.pinned}
	if s.Step != journey.StepNone {
		c.steps.SetStep(s.Step)
		frame.Steps = c.steps
	}
	if s.Practice && s.Screen != journey.OutOfService { // nothing can be practised there
		frame.Band = c.band
	}
	f.frame.Set(frame)
	c.cover.show(s)
	c.stack.Set(f.frame, c.corner, c.cover.overlay)
	ui.Relayout(c.stack)
}

func (c *chrome) footOf(s journey.State, p *parts) fyne.CanvasObject {
	key := footKey{left: p.left, middle: p.middle, right: p.right, line: p.line}
	if key.left == nil && s.Back {
		key.left = c.back
	}
	if key.right == nil && s.Next != nil {
		key.right = c.next
		c.next.SetLabel(c.kit.words.message(s.Next.Label))
		c.next.SetEnabled(s.Next.Enabled)
		key.why = !s.Next.Enabled && !p.ownWhy && s.Next.Why.Key != ""
		c.why.SetText(c.kit.words.message(s.Next.Why))
	}
	if key != c.made || c.foot == nil {
		c.made = key
		c.foot = c.compose(key)
	}
	return c.foot
}

func (c *chrome) compose(key footKey) fyne.CanvasObject {
	var rows []fyne.CanvasObject
	if key.why {
		rows = append(rows, c.why)
	}
	if key.line {
		rows = append(rows, c.line)
	}
	if buttons := c.buttons(key); buttons != nil {
		rows = append(rows, buttons)
	}
	if len(rows) == 0 {
		return nil
	}
	return ui.NewColumn(c.kit.look.Size(theme.Gap), rows...)
}

// buttons stands back at the left and onward at the right, always in the same places.
func (c *chrome) buttons(key footKey) fyne.CanvasObject {
	var row []fyne.CanvasObject
	if key.left != nil && key.middle != nil {
		row = append(row, ui.NewSized(c.kit.look.Px(220), 0, key.left), key.middle)
	} else if key.left != nil {
		row = append(row, key.left)
	} else if key.middle != nil {
		row = append(row, key.middle)
	}
	switch {
	case key.right != nil:
		row = append(row, ui.NewShare(1, key.right))
	case len(row) == 0:
		return nil
	default:
		row = append(row, ui.NewSpring())
	}
	return ui.NewRow(c.kit.look.Px(32), row...).Stretch()
}

// showNetwork keeps the network line quiet and true.
func (c *chrome) showNetwork(n journey.Network) {
	w := c.kit.words
	switch {
	case n.Online && n.Waiting > 0:
		c.line.Set(ui.Calm, w.count("network.sending", n.Waiting)+w.space(), w.t("network.sending-more"))
	case n.Online:
		c.line.Set(ui.Good, w.t("network.online")+w.space(), w.t("network.online-more"))
	case n.Waiting > 0:
		c.line.Set(ui.Warn, w.t("network.offline")+w.space(), w.count("network.offline-waiting", n.Waiting))
	default:
		c.line.Set(ui.Warn, w.t("network.offline")+w.space(), w.t("network.offline-more"))
	}
}
