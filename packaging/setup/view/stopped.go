package view

import (
	"fyne.io/fyne/v2"

	"bianmin/packaging/setup/stage"
	dk "bianmin/ui/desk"
)

// opening waits for the rights.
type opening struct {
	kit  *kit
	top  *prompt
	root fyne.CanvasObject
}

func newOpening(k *kit) page {
	p := &opening{kit: k, top: newPrompt(k, nil)}
	p.root = newFilled(k, p.top)
	return p
}

func (p *opening) body() fyne.CanvasObject { return p.root }

func (p *opening) buttons() []fyne.CanvasObject { return nil }

func (p *opening) first() fyne.Focusable { return nil }

func (p *opening) show(stage.State) { p.top.say(p.kit.t("busy.opening"), "") }

// stopped says that it cannot go on by itself.
type stopped struct {
	kit   *kit
	top   *prompt
	root  fyne.CanvasObject
	again *dk.Button
}

func newStopped(k *kit) page {
	p := &stopped{kit: k, top: newPrompt(k, nil), again: k.button("again", "Return", dk.Filled, k.sends(stage.Again{}))}
	p.root = newFilled(k, p.top)
	return p
}

func (p *stopped) body() fyne.CanvasObject { return p.root }

func (p *stopped) buttons() []fyne.CanvasObject { return []fyne.CanvasObject{p.again} }

func (p *stopped) first() fyne.Focusable { return p.again }

func (p *stopped) show(s stage.State) { p.top.say(p.kit.problem(s.Problem), s.Detail) }
