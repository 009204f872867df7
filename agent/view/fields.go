package view

import (
	"fmt"
	"strconv"

	"fyne.io/fyne/v2"

	"bianmin/agent/desk"
	"bianmin/core/form"
	"bianmin/core/text"
	"bianmin/ui"
	dk "bianmin/ui/desk"
)

// labelWide is the room of a field's label.
const labelWide = 128

// Choices are drawn side by side up to this many signs in all; more become a list that is typed into.
const (
	mostChips     = 8
	mostChipSigns = 44
)

// fieldset draws a form's fields and keeps their widgets while the form changes.
type fieldset struct {
	*ui.Column
	kit    *kit
	fields map[string]*field
	shown  []string
	type_  func(path, text string)
	choose func(path string, value any)
}

// field is one field's widgets.
type field struct {
	kit      *kit
	path     string
	kind     form.Kind
	object   *dk.Labelled
	input    *dk.Input
	options  *dk.Options
	chooser  *dk.Chooser
	parts    *fieldset // address and table
	add      *dk.Button
	remove   []*dk.Button
	rows     *ui.Column
	codes    []string
	problem  string
	lastRows int
}

func newFieldset(k *kit, typed func(path, text string), choose func(path string, value any)) *fieldset {
	return &fieldset{Column: ui.NewColumn(10), kit: k, fields: map[string]*field{}, type_: typed, choose: choose}
}

// set shows the fields in their order, with the titles of their pages.
func (f *fieldset) set(views []desk.FieldView) {
	var objects []fyne.CanvasObject
	var paths []string
	for _, view := range views {
		one := f.field(view.Field.Name, view)
		if title := f.kit.local(view.Page); title != "" {
			paths = append(paths, "title:"+title)
			objects = append(objects, f.heading(title))
		}
		paths = append(paths, view.Field.Name)
		objects = append(objects, one.object)
	}
	if !same(paths, f.shown) {
		f.shown = paths
		f.Set(objects...)
	}
}

func (f *fieldset) heading(title string) fyne.CanvasObject {
	return ui.NewInset(0, 6, 0, 0, f.kit.strong(title))
}

// field gives the widgets of a path, made when it is first seen or its kind changed.
func (f *fieldset) field(path string, view desk.FieldView) *field {
	one, ok := f.fields[path]
	if !ok || one.kind != view.Field.Kind {
		one = f.make(path, view)
		f.fields[path] = one
		f.shown = nil
	}
	one.show(f, view)
	return one
}

// focus gives the keys to a field.
func (f *fieldset) focus(path string) fyne.Focusable {
	one, ok := f.fields[path]
	if !ok {
		for _, each := range f.fields {
			if each.parts != nil {
				if found := each.parts.focus(path); found != nil {
					return found
				}
			}
		}
		return nil
	}
	return f.kit.First(one.object)
}

func (f *fieldset) make(path string, view desk.FieldView) *field {
	k, field := f.kit, &field{kit: f.kit, path: path, kind: view.Field.Kind}
	var control fyne.CanvasObject
	switch {
	case view.Field.Kind == form.KindYesNo:
		field.codes = []string{"yes", "no"}
		field.options = dk.NewOptions(k.Kit, path, []dk.Option{{Code: "yes", Label: k.shared("button.yes")}, {Code: "no", Label: k.shared("button.no")}}, false,
			func(code string) { f.choose(path, code == "yes") })
		control = field.options
	case view.Field.Kind == form.KindChoice && chips(k, view.Field):
		field.options = dk.NewOptions(k.Kit, path, optionsOf(k, view.Field), false, func(code string) { f.choose(path, code) })
		control = field.options
	case view.Field.Kind == form.KindManyChoice:
		field.options = dk.NewOptions(k.Kit, path, optionsOf(k, view.Field), true, func(code string) { f.toggle(field, code) })
		control = field.options
	case view.Field.Kind == form.KindChoice:
		field.chooser = dk.NewChooser(k.Kit, path, k.t("label.choose"), nil, func(code string) { f.choose(path, code) })
		field.chooser.SetOptions(optionsOf(k, view.Field))
		field.input, control = field.chooser.Input(), field.chooser
	case view.Field.Kind == form.KindRegion:
		field.chooser = dk.NewChooser(k.Kit, path, k.t("label.region"), func(text string) { f.type_(path, text) }, func(code string) { f.choose(path, code) })
		field.input, control = field.chooser.Input(), field.chooser
	case view.Field.Kind == form.KindAddress:
		field.parts = newFieldset(k, f.type_, f.choose)
		control = field.parts.Column
	case view.Field.Kind == form.KindTable:
		control = field.makeTable(f)
	default:
		field.input = dk.NewInput(k.Kit, path, k.hint(view.Field), func(text string) { f.type_(path, text) }, nil)
		control = field.input
	}
	label := k.local(view.Field.Label)
	if unit := k.local(view.Field.Unit); unit != "" {
		label = k.with("label.with-unit", args{"label": label, "unit": unit})
	}
	if view.Field.Optional {
		label = k.with("label.optional", args{"label": label})
	}
	field.object = dk.NewLabelled(k.Kit, label, labelWide, control)
	field.object.SetHint(k.local(view.Field.Hint))
	if field.input != nil && field.chooser == nil {
		field.input.OnLeave(func() { field.tell(); ui.Relayout(k.Root) })
	}
	return field
}

// hint is what stands in an empty field.
func (k *kit) hint(f form.Field) string {
	if f.Kind == form.KindDate {
		return k.t("label.date-hint")
	}
	return ""
}

func chips(k *kit, f form.Field) bool {
	signs := 0
	for _, option := range f.Options {
		signs += len([]rune(k.local(option.Label)))
	}
	return len(f.Options) <= mostChips && signs <= mostChipSigns
}

func optionsOf(k *kit, f form.Field) (out []dk.Option) {
	for _, option := range f.Options {
		out = append(out, dk.Option{Code: option.Code, Label: k.local(option.Label)})
	}
	return out
}

// toggle sends all picked codes; what goes alone is the form's to settle.
func (f *fieldset) toggle(one *field, code string) {
	var codes []any
	had := false
	for _, each := range one.codes {
		if each == code {
			had = true
			continue
		}
		codes = append(codes, each)
	}
	if !had {
		codes = append(codes, code)
	}
	f.choose(one.path, codes)
}

// makeTable is the rows of a table with a button for one more.
func (one *field) makeTable(f *fieldset) fyne.CanvasObject {
	k := f.kit
	one.parts = newFieldset(k, f.type_, f.choose)
	one.rows = ui.NewColumn(10)
	one.add = dk.NewButton(k.Kit, "add:"+one.path, k.t("button.add-row"), "", dk.Outlined, k.sends(desk.AddRow{Field: one.path})).Low()
	return ui.NewColumn(10, one.rows, k.row(one.add, ui.NewSpring()))
}

func (one *field) show(f *fieldset, view desk.FieldView) {
	k := f.kit
	one.problem = k.message(view.Problem)
	one.tell()
	switch {
	case one.kind == form.KindTable:
		one.showRows(f, view)
	case one.kind == form.KindAddress:
		one.showAddress(view)
	case one.options != nil:
		one.showOptions(view)
	case one.chooser != nil && one.kind == form.KindChoice:
		one.chooser.Set(optionWords(k, view.Field, view.Value))
	case one.chooser != nil:
		one.showRegion(view)
	default:
		one.input.Set(text.Shown(shownText(view)))
	}
	if one.input != nil {
		one.input.SetBad(one.problem != "" && !one.input.Busy())
		note := ""
		if view.From != "" {
			note = k.t("from." + view.From)
		}
		one.input.SetLocked(view.Locked, note)
	}
	if one.options != nil {
		one.options.SetEnabled(!view.Locked)
	}
}

// tell says what is wrong once nobody types in the field.
func (one *field) tell() {
	if one.object == nil {
		return
	}
	if one.input != nil && one.input.Busy() {
		one.object.SetProblem("")
		return
	}
	one.object.SetProblem(one.problem)
	if one.input != nil {
		one.input.SetBad(one.problem != "")
	}
}

func shownText(view desk.FieldView) string {
	if view.Shown != "" {
		return view.Shown
	}
	switch v := view.Value.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return ""
}

func optionWords(k *kit, f form.Field, value any) string {
	code, _ := value.(string)
	for _, option := range f.Options {
		if option.Code == code && code != "" {
			return k.local(option.Label)
		}
	}
	return ""
}

func (one *field) showOptions(view desk.FieldView) {
	switch v := view.Value.(type) {
	case bool:
		code := "no"
		if v {
			code = "yes"
		}
		one.options.Set(code)
	case string:
		one.options.Set(v)
	case []any:
		one.codes = nil
		for _, each := range v {
			if code, ok := each.(string); ok {
				one.codes = append(one.codes, code)
			}
		}
		one.options.Set(one.codes...)
	default:
		if one.kind == form.KindManyChoice {
			one.codes = nil
		}
		one.options.Set()
	}
}

func (one *field) showRegion(view desk.FieldView) {
	var options []dk.Option
	for _, choice := range view.Choices {
		options = append(options, dk.Option{Code: choice.Code, Label: one.kit.local(choice.Label)})
	}
	one.chooser.Set(shownText(view))
	one.chooser.SetOptions(options)
}

func (one *field) showAddress(view desk.FieldView) {
	if len(view.Rows) == 0 {
		return
	}
	var objects []fyne.CanvasObject
	for _, part := range view.Rows[0] {
		part.Locked = part.Locked || view.Locked
		sub := one.parts.field(one.path+"."+part.Field.Name, part)
		sub.object.SetLabel("")
		if part.Field.Kind == form.KindText {
			sub.input.SetHint(one.kit.t("label.address-detail"))
		}
		objects = append(objects, subject(sub))
	}
	if one.parts.shown == nil {
		one.parts.shown = []string{one.path}
		one.parts.Set(objects...)
	}
}

// subject is a field without its label.
func subject(f *field) fyne.CanvasObject {
	if f.chooser != nil {
		return f.chooser
	}
	return f.input
}

func (one *field) showRows(f *fieldset, view desk.FieldView) {
	k := f.kit
	one.add.SetEnabled(!view.Locked && (view.Field.MaxRows == 0 || len(view.Rows) < view.Field.MaxRows))
	var objects []fyne.CanvasObject
	var paths []string
	for i, row := range view.Rows {
		n := i + 1
		for len(one.remove) < n {
			at := len(one.remove) + 1
			name := fmt.Sprintf("remove:%s.%d", one.path, at)
			one.remove = append(one.remove, dk.NewButton(k.Kit, name, k.t("button.remove-row"), "", dk.Quiet, k.sends(desk.RemoveRow{Field: one.path, Row: at})).Low())
		}
		cells := []fyne.CanvasObject{k.row(k.strong(k.count("label.row", n)), ui.NewSpring(), one.remove[i])}
		for _, cell := range row {
			path := fmt.Sprintf("%s.%d.%s", one.path, n, cell.Field.Name)
			paths = append(paths, path)
			cells = append(cells, one.parts.field(path, cell).object)
		}
		objects = append(objects, dk.NewPanel(k.Kit, 14, ui.NewColumn(8, cells...)))
	}
	if !same(paths, one.parts.shown) || one.lastRows != len(view.Rows) {
		one.lastRows = len(view.Rows)
		one.parts.shown = append([]string{}, paths...)
		one.rows.Set(objects...)
	}
}
