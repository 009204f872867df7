package screen

import (
	"time"

	"fyne.io/fyne/v2"

	"bianmin/kiosk/journey"
	"bianmin/ui"
)

// cover is the overlay over any screen: help, leaving, the idle countdown.
type cover struct {
	kit      kit
	overlay  *ui.Overlay
	lines    [2]*ui.Text
	phone    *ui.Text
	reach    *ui.Button
	content  map[string]fyne.CanvasObject
	onScreen string
}

func newCover(k kit) *cover {
	c := &cover{kit: k, content: map[string]fyne.CanvasObject{}}
	c.overlay = ui.NewOverlay(k.look, ui.NewSpace(0, 0))
	c.build()
	return c
}

// build makes the contents once; show only changes words.
func (c *cover) build() {
	k, w := c.kit, c.kit.words
	c.phone = ui.NewTitle(k.look, "")
	c.reach = ui.NewButton(k.look, w.t("overlay.help.reach-on"), ui.Plain, k.sends(journey.ToggleLowReach{}))
	c.content["help"] = k.column(
		ui.NewTitle(k.look, w.t("overlay.help.title")),
		ui.NewBody(k.look, w.t("overlay.help.person")),
		k.tight(ui.NewBody(k.look, w.t("overlay.help.phone")), c.phone),
		ui.NewQuiet(k.look, w.t("overlay.help.keep")),
		c.reach,
		ui.NewBigButton(k.look, w.t("overlay.help.close"), ui.Primary, k.sends(journey.Help{})),
	)
	c.lines[0] = ui.NewBody(k.look, "")
	c.content["leave"] = k.column(
		ui.NewTitle(k.look, w.t("overlay.leave.title")),
		c.lines[0],
		ui.NewSpace(0, k.look.Px(12)),
		ui.NewBigButton(k.look, w.t("overlay.leave.stay"), ui.Primary, k.sends(journey.Stay{})),
		ui.NewBigButton(k.look, w.t("overlay.leave.go"), ui.Secondary, k.sends(journey.LeaveNow{})),
	)
	c.lines[1] = ui.NewBody(k.look, "")
	c.content["idle"] = k.column(
		ui.NewTitle(k.look, w.t("overlay.idle.title")),
		c.lines[1],
		ui.NewSpace(0, k.look.Px(12)),
		ui.NewBigButton(k.look, w.t("overlay.idle.stay"), ui.Primary, k.sends(journey.Stay{})),
		ui.NewBigButton(k.look, w.t("overlay.idle.go"), ui.Secondary, k.sends(journey.LeaveNow{})),
	)
}

func (c *cover) show(s journey.State) {
	if s.Overlay == nil {
		c.overlay.Hide()
		c.onScreen = ""
		return
	}
	w := c.kit.words
	c.overlay.SetLowReach(s.LowReach)
	switch o := s.Overlay; o.Kind {
	case "help":
		c.phone.SetText(o.Phone)
		c.reach.SetLabel(w.t(map[bool]string{false: "overlay.help.reach-on", true: "overlay.help.reach-off"}[s.LowReach]))
	case "leave":
		c.lines[0].SetText(w.t(leaveWords(o)))
	case "idle":
		line := w.count("overlay.idle.line", int(o.Left/time.Second))
		if o.Filed && !o.Working {
			line = w.count("overlay.idle.filed", int(o.Left/time.Second))
		}
		c.lines[1].SetText(line)
	}
	if s.Overlay.Kind != c.onScreen {
		c.onScreen = s.Overlay.Kind
		c.overlay.Set(c.content[s.Overlay.Kind])
	}
	c.overlay.Show()
}

func leaveWords(o *journey.Overlay) string {
	switch {
	case o.Working:
		return "overlay.leave.working"
	case o.Filed:
		return "overlay.leave.filed"
	}
	return "overlay.leave.nothing"
}
