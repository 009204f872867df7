package desk

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"bianmin/core/form"
	"bianmin/core/text"
)

func (m *machine) fieldEvent(w *shift, event Event) bool {
	switch event.(type) {
	case SetField, ChooseField, AddRow, RemoveRow:
	default:
		return false
	}
	a := m.editable(w)
	if a == nil {
		return true
	}
	switch event := event.(type) {
	case SetField:
		m.typeInto(a, event.Path, event.Text)
	case ChooseField:
		m.chooseInto(a, event.Path, event.Value)
	case AddRow:
		a.addRow(event.Field)
	case RemoveRow:
		a.removeRow(event.Field, event.Row)
	}
	a.focus = ""
	return true
}

// fieldAt finds the field of a path: "phone", "rows.2.name", "address.region", "address.detail".
func (a *accept) fieldAt(path string) (field form.Field, part string, ok bool) {
	steps := strings.Split(path, ".")
	field, ok = a.checked.Field(steps[0])
	switch {
	case !ok:
		return field, "", false
	case field.Kind == form.KindTable && len(steps) == 3:
		field, ok = a.checked.Field(steps[0] + "." + steps[2])
		return field, "", ok
	case field.Kind == form.KindAddress && len(steps) == 2:
		return field, steps[1], steps[1] == form.AddressRegion || steps[1] == form.AddressDetail
	}
	return field, "", len(steps) == 1
}

// typeInto sets a field's value as typed. What cannot be read stays in the box with its problem, and the value is empty.
func (m *machine) typeInto(a *accept, path, typed string) {
	field, part, ok := a.fieldAt(path)
	name, _, _ := strings.Cut(path, ".")
	if !ok || a.checked.Locked(name, a.env) {
		return
	}
	delete(a.wrong, path)
	delete(a.choices, path)
	a.left[path] = true
	a.typed[path] = typed
	var value any
	switch {
	case strings.TrimSpace(typed) == "":
		delete(a.typed, path)
	case part == form.AddressRegion:
		value = m.typedRegion(a, path, field.Root, typed)
	case part == form.AddressDetail, field.Kind == form.KindAddress:
		value = strings.TrimSpace(typed)
	default:
		value = m.typedValue(a, path, field, typed)
	}
	if field.Kind == form.KindAddress {
		if part == "" {
			part = form.AddressDetail
		}
		value = a.addressWith(name, part, value)
		path = name
	}
	a.put(path, value)
}

// typedValue reads what was typed by the field's kind; nil when it cannot be read.
func (m *machine) typedValue(a *accept, path string, field form.Field, typed string) any {
	switch field.Kind {
	case form.KindDate:
		date, problem := readDate(typed, m.today)
		if problem != "" {
			a.wrong[path] = Message{Key: "desk.problem." + problem}
			return nil
		}
		return date
	case form.KindYesNo:
		if yes, ok := readYesNo(typed); ok {
			return yes
		}
		a.wrong[path] = Message{Key: "desk.problem.yes-no"}
	case form.KindNumber:
		if n, ok := readNumber(typed, field.Unit[text.Chinese], field.Unit[text.English]); ok {
			return n
		}
		a.wrong[path] = Message{Key: "form.problem." + form.ProblemNumber}
	case form.KindChoice:
		if code, ok := m.pickOption(field.Options, typed); ok {
			return code
		}
		a.wrong[path] = Message{Key: "desk.problem.choice"}
	case form.KindManyChoice:
		return m.typedChoices(a, path, field, typed)
	case form.KindRegion:
		return m.typedRegion(a, path, field.Root, typed)
	case form.KindIDNumber, form.KindCreditCode:
		return strings.ToUpper(strings.ReplaceAll(halfWidth(strings.TrimSpace(typed)), " ", ""))
	case form.KindPhone:
		return strings.NewReplacer(" ", "").Replace(halfWidth(strings.TrimSpace(typed)))
	case form.KindText:
		return strings.TrimSpace(typed)
	}
	return nil
}

func (m *machine) typedChoices(a *accept, path string, field form.Field, typed string) any {
	var codes []any
	for _, each := range strings.FieldsFunc(typed, func(r rune) bool { return strings.ContainsRune(" ,，、;；", r) }) {
		code, ok := m.pickOption(field.Options, each)
		if !ok {
			a.wrong[path] = Message{Key: "desk.problem.choice"}
			return nil
		}
		if !slices.Contains(codes, any(code)) {
			codes = append(codes, code)
		}
	}
	return codes
}

// typedRegion takes the one division that fits, and offers those that could be meant.
func (m *machine) typedRegion(a *accept, path, root, typed string) any {
	set := m.options.Catalogue()
	found := m.findRegions(set, root, typed)
	switch len(found) {
	case 0:
		a.wrong[path] = Message{Key: "form.problem." + form.ProblemRegion}
	case 1:
		return found[0].Code
	default:
		a.choices[path] = regionChoices(set, found)
		a.wrong[path] = Message{Key: "desk.problem.region-several", Args: map[string]any{"n": len(found)}}
	}
	return nil
}

// chooseInto sets a value that was picked, not typed.
func (m *machine) chooseInto(a *accept, path string, value any) {
	field, part, ok := a.fieldAt(path)
	name, _, _ := strings.Cut(path, ".")
	if !ok || a.checked.Locked(name, a.env) {
		return
	}
	delete(a.wrong, path)
	delete(a.choices, path)
	delete(a.typed, path)
	a.left[path] = true
	if field.Kind == form.KindAddress && part != "" {
		value, path = a.addressWith(name, part, value), name
	}
	if field.Kind == form.KindManyChoice {
		value = field.Settled(a.values[name], value)
	}
	a.put(path, value)
}

func (a *accept) addressWith(name, part string, value any) any {
	address := map[string]any{}
	if before, ok := a.values[name].(map[string]any); ok {
		for k, v := range before {
			address[k] = v
		}
	}
	delete(address, part)
	if value != nil && value != "" {
		address[part] = value
	}
	if len(address) == 0 {
		return nil
	}
	return address
}

func (a *accept) put(path string, value any) {
	values, err := a.checked.Set(a.values, path, value, a.env)
	if err != nil {
		return
	}
	a.values = values
	name, _, _ := strings.Cut(path, ".")
	delete(a.from, name)
	a.changed()
}

func (a *accept) rows(name string) []any {
	rows, _ := a.values[name].([]any)
	return rows
}

func (a *accept) addRow(name string) {
	field, ok := a.checked.Field(name)
	if !ok || field.Kind != form.KindTable || len(a.rows(name)) >= field.MaxRows {
		return
	}
	a.put(name, append(slices.Clone(a.rows(name)), map[string]any{}))
}

// removeRow takes out row number row, from 1; what stands in the boxes of the rows behind it moves up.
func (a *accept) removeRow(name string, row int) {
	rows := a.rows(name)
	if row < 1 || row > len(rows) {
		return
	}
	for _, boxes := range []map[string]string{a.typed} {
		moveRows(boxes, name, row)
	}
	moveRows(a.wrong, name, row)
	moveRows(a.choices, name, row)
	moveRows(a.left, name, row)
	a.put(name, slices.Delete(slices.Clone(rows), row-1, row))
}

func moveRows[T any](boxes map[string]T, name string, row int) {
	moved := map[string]T{}
	for path, value := range boxes {
		steps := strings.Split(path, ".")
		if len(steps) != 3 || steps[0] != name {
			continue
		}
		n, err := strconv.Atoi(steps[1])
		if err != nil || n < row {
			continue
		}
		delete(boxes, path)
		if n > row {
			moved[fmt.Sprintf("%s.%d.%s", name, n-1, steps[2])] = value
		}
	}
	for path, value := range moved {
		boxes[path] = value
	}
}
