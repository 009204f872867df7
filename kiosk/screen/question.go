package screen

import (
	"fmt"

	"fyne.io/fyne/v2"

	"bianmin/core/form"
	"bianmin/kiosk/journey"
	"bianmin/ui"
	"bianmin/ui/theme"
)

// question asks one field of the form. Each kind of field has its editor,
// built when it is first needed.
type question struct {
	parts
	kit      kit
	progress *ui.Text
	title    *ui.Text
	hint     *ui.Text
	top      *ui.Column
	editors  map[string]editor
}

// editor is the control for one kind of field.
type editor interface {
	// show draws the field that is asked; key names it, so that another field begins anew.
	show(key string, view *journey.QuestionView)
	// head stands below the question (what is typed), body is touched; either may be nil.
	head() fyne.CanvasObject
	body() fyne.CanvasObject
	// extra is a button beside back; nil: none.
	extra() *ui.Button
}

func newQuestion(k kit) page {
	q := &question{kit: k, editors: map[string]editor{}}
	q.progress = ui.NewSecondary(k.look, "")
	q.title = ui.NewTitle(k.look, "")
	q.hint = ui.NewText(k.look, theme.BodyText, theme.InkSecondary, "")
	q.top = ui.NewColumn(k.look.Size(theme.HalfGap))
	q.head = q.top
	q.ownWhy = true
	return q
}

func (q *question) show(s journey.State) {
	view, w := s.Question, q.kit.words
	asked := view
	q.progress.SetText(w.with("question.progress", args{"item": view.ItemName, "n": view.Index, "total": view.Total}))
	if view.Column != nil {
		asked = view.Column
		q.progress.SetText(w.with("question.row-progress", args{"row": view.Row, "n": asked.Index, "total": asked.Total}))
	}
	title := w.local(asked.Field.Ask)
	if title == "" {
		title = w.local(asked.Field.Label)
	}
	q.title.SetText(title)
	q.hint.SetText(q.hintOf(s, asked))
	e := q.editor(asked)
	e.show(fmt.Sprintf("%d %s %d", s.Serial, asked.Field.Name, view.Row), asked)
	top := []fyne.CanvasObject{q.progress, q.title}
	if q.hint.Text() != "" {
		top = append(top, q.hint)
	}
	if head := e.head(); head != nil {
		top = append(top, ui.NewSpace(0, 0), head)
	}
	q.top.Set(top...)
	q.body, q.middle = e.body(), e.extra()
	_, q.pinned = e.(*typing)
}

func (q *question) hintOf(s journey.State, asked *journey.QuestionView) string {
	w := q.kit.words
	hint := w.local(asked.Field.Hint)
	if asked.Locked {
		return w.t("question.from-card") + w.t("question.from-card-wrong")
	}
	if asked.Optional && s.Next != nil && s.Next.Enabled && empty(asked.Value) {
		hint += w.with("question.optional", args{"next": w.message(s.Next.Label)})
	}
	return hint
}

func empty(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	}
	return false
}

// editor gives the control for a field.
func (q *question) editor(view *journey.QuestionView) editor {
	name, make := q.pick(view)
	e, ok := q.editors[name]
	if !ok {
		e = make(q.kit)
		q.editors[name] = e
	}
	return e
}

func (q *question) pick(view *journey.QuestionView) (string, func(kit) editor) {
	if view.Locked {
		return "locked", newLocked
	}
	switch view.Field.Kind {
	case form.KindNumber:
		return "number", newNumberTyping
	case form.KindPhone:
		return "phone", newPhoneTyping
	case form.KindIDNumber:
		return "id", newIDTyping
	case form.KindCreditCode:
		return "credit", newCreditTyping
	case form.KindDate:
		return "date", newDateEditor
	case form.KindChoice, form.KindManyChoice, form.KindYesNo:
		return "choice", newChoiceEditor
	case form.KindRegion:
		return "region", newRegionEditor
	case form.KindAddress:
		if leafChosen(view) {
			return "address", newAddressTyping
		}
		return "region", newRegionEditor
	case form.KindTable:
		return "table", newTableEditor
	}
	return "text", newTextTyping
}

// locked shows a value from the card.
type locked struct{ box *ui.InputBox }

func newLocked(k kit) editor {
	l := &locked{box: ui.NewInputBox(k.look, "", nil)}
	l.box.SetLocked(true)
	return l
}

func (l *locked) show(_ string, view *journey.QuestionView) { l.box.SetText(asText(view.Value)) }

func (l *locked) head() fyne.CanvasObject { return l.box }

func (l *locked) body() fyne.CanvasObject { return nil }

func (l *locked) extra() *ui.Button { return nil }
