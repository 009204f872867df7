package desk

import (
	"fmt"
	"strconv"
	"strings"

	"bianmin/core/catalogue"
	"bianmin/core/form"
	"bianmin/core/identity"
	"bianmin/core/text"
)

// fieldViews are the form's fields that are asked now, in order, all pages as one list.
func (a *accept) fieldViews(set *catalogue.Catalogue, lang text.Lang) []FieldView {
	problems := map[string]Message{}
	for _, p := range a.problems() {
		if _, twice := problems[p.Field]; !twice {
			problems[p.Field] = Message{Key: "form.problem." + p.Code, Args: p.Details}
		}
	}
	for path, message := range a.wrong {
		problems[path] = message
	}
	visible := map[string]bool{}
	for _, field := range a.checked.Visible(a.values) {
		visible[field.Name] = true
	}
	var views []FieldView
	for _, page := range a.checked.Form().Pages {
		title := page.Title
		for _, field := range page.Fields {
			if !visible[field.Name] {
				continue
			}
			view := a.fieldView(set, lang, field, field.Name, a.values[field.Name], problems)
			view.Page, title = title, nil
			view.From = a.from[field.Name]
			if view.From == "card" && a.principal != nil && a.principal.Kind == identity.Social {
				view.From = "social-card"
			}
			view.Locked = a.checked.Locked(field.Name, a.env)
			views = append(views, view)
		}
	}
	return views
}

// fieldView is one box. Its problem is told once it was typed in, or filing was tried.
func (a *accept) fieldView(set *catalogue.Catalogue, lang text.Lang, field form.Field, path string, value any, problems map[string]Message) FieldView {
	view := FieldView{Field: field, Value: value, Choices: a.choices[path], Shown: a.shownText(set, lang, field, path, value)}
	if a.asked || a.left[path] {
		view.Problem = problems[path]
	}
	switch field.Kind {
	case form.KindTable:
		rows, _ := value.([]any)
		for i, row := range rows {
			cells, _ := row.(map[string]any)
			var line []FieldView
			for _, column := range a.checked.VisibleColumns(field.Name, cells) {
				below := fmt.Sprintf("%s.%d.%s", path, i+1, column.Name)
				line = append(line, a.fieldView(set, lang, column, below, cells[column.Name], problems))
			}
			view.Rows = append(view.Rows, line)
		}
	case form.KindAddress:
		view.Rows = [][]FieldView{a.addressViews(set, lang, field, path, value)}
	}
	return view
}

// addressViews are the two boxes of an address: its division and the rest.
func (a *accept) addressViews(set *catalogue.Catalogue, lang text.Lang, field form.Field, path string, value any) []FieldView {
	parts, _ := value.(map[string]any)
	var views []FieldView
	for _, part := range []struct {
		name string
		kind form.Kind
	}{{form.AddressRegion, form.KindRegion}, {form.AddressDetail, form.KindText}} {
		own := form.Field{Name: part.name, Kind: part.kind, Root: field.Root, Label: field.Label}
		below := path + "." + part.name
		view := FieldView{Field: own, Value: parts[part.name], Choices: a.choices[below], Shown: a.shownText(set, lang, own, below, parts[part.name])}
		view.Problem = a.wrong[below]
		views = append(views, view)
	}
	return views
}

// shownText is what stands in the box: what was typed while it cannot be read, the value in people's words otherwise.
func (a *accept) shownText(set *catalogue.Catalogue, lang text.Lang, field form.Field, path string, value any) string {
	if typed, ok := a.typed[path]; ok && (value == nil || field.Kind == form.KindText || field.Kind == form.KindPhone) {
		return typed
	}
	return shownValue(set, lang, field, value)
}

// shownValue writes a value as it stands in a box; yes and no are shown by their options alone.
func shownValue(set *catalogue.Catalogue, lang text.Lang, field form.Field, value any) string {
	switch v := value.(type) {
	case string:
		switch field.Kind {
		case form.KindChoice:
			return optionName(field, lang, v)
		case form.KindRegion:
			if set != nil {
				if name := regionName(set, v).In(lang); name != "" {
					return name
				}
			}
		}
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []any:
		var names []string
		for _, each := range v {
			if code, ok := each.(string); ok {
				names = append(names, optionName(field, lang, code))
			}
		}
		return strings.Join(names, "、")
	case map[string]any:
		code, _ := v[form.AddressRegion].(string)
		detail, _ := v[form.AddressDetail].(string)
		if set == nil {
			return code + detail
		}
		return regionName(set, code).In(lang) + detail
	}
	return ""
}

func optionName(field form.Field, lang text.Lang, code string) string {
	for _, o := range field.Options {
		if o.Code == code {
			return o.Label.In(lang)
		}
	}
	return code
}
