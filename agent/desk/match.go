package desk

import (
	"slices"
	"strconv"
	"strings"

	"bianmin/core/catalogue"
	"bianmin/core/form"
	"bianmin/core/text"
)

// mostChoices is how many divisions are offered at once.
const mostChoices = 12

// readings are the pinyin of a character, none without data.
func (m *machine) readings(r rune) []string {
	if m.options.Readings == nil {
		return nil
	}
	return m.options.Readings(r)
}

// sounds tells whether letters are a name's beginning by pinyin: initials, whole readings, or a mix.
func (m *machine) sounds(name, letters string) bool {
	if letters == "" {
		return true
	}
	runes := []rune(name)
	if len(runes) == 0 {
		return false
	}
	if rest, ok := strings.CutPrefix(letters, strings.ToLower(string(runes[0]))); ok && m.sounds(string(runes[1:]), rest) {
		return true
	}
	for _, sound := range m.readings(runes[0]) {
		if strings.HasPrefix(sound, letters) {
			return true
		}
		if rest, ok := strings.CutPrefix(letters, sound); ok && m.sounds(string(runes[1:]), rest) {
			return true
		}
		if sound[0] == letters[0] && m.sounds(string(runes[1:]), letters[1:]) {
			return true
		}
	}
	return false
}

// pickOption finds the option that was typed: its number, code, name, or the beginning of its name or
// pinyin. Only what fits one option alone is taken.
func (m *machine) pickOption(options []form.Option, typed string) (string, bool) {
	typed = strings.ToLower(halfWidth(strings.TrimSpace(typed)))
	if typed == "" {
		return "", false
	}
	byNumber := func() (string, bool) {
		if n, err := strconv.Atoi(typed); err == nil && n >= 1 && n <= len(options) {
			return options[n-1].Code, true
		}
		return "", false
	}
	for _, o := range options {
		if strings.EqualFold(o.Label[text.Chinese], typed) || strings.EqualFold(o.Label[text.English], typed) {
			return o.Code, true
		}
	}
	if code, ok := byNumber(); ok {
		return code, true
	}
	for _, fits := range []func(o form.Option) bool{
		func(o form.Option) bool { return strings.EqualFold(o.Code, typed) },
		func(o form.Option) bool {
			return strings.HasPrefix(o.Label[text.Chinese], typed) || strings.HasPrefix(strings.ToLower(o.Label[text.English]), typed)
		},
		func(o form.Option) bool { return m.sounds(o.Label[text.Chinese], typed) },
		func(o form.Option) bool { return strings.Contains(o.Label[text.Chinese], typed) },
	} {
		var found []string
		for _, o := range options {
			if fits(o) {
				found = append(found, o.Code)
			}
		}
		if len(found) == 1 {
			return found[0], true
		}
		if len(found) > 1 {
			return "", false
		}
	}
	return "", false
}

// findRegions finds the divisions without divisions below them that fit: by code or its beginning, by
// name, by pinyin initials, below root.
func (m *machine) findRegions(set *catalogue.Catalogue, root, typed string) []catalogue.Region {
	typed = strings.ToLower(halfWidth(strings.TrimSpace(typed)))
	if typed == "" {
		return nil
	}
	top := set.Region
	if r, ok := set.Find(root); ok && root != "" {
		top = r
	}
	digits := strings.Trim(typed, "0123456789") == ""
	var leaves []catalogue.Region
	var walk func(r catalogue.Region, within bool)
	walk = func(r catalogue.Region, within bool) {
		fits := within
		switch {
		case digits:
			fits = fits || strings.HasPrefix(r.Code, strings.TrimRight(typed, "0")) && strings.HasPrefix(r.Code, typed[:min(len(typed), 12)]) || len(r.Children) == 0 && strings.HasSuffix(r.Code, typed)
		default:
			fits = fits || strings.Contains(strings.ToLower(r.Name[text.Chinese]), typed) || m.sounds(r.Name[text.Chinese], typed) ||
				strings.HasPrefix(strings.ToLower(r.Name[text.English]), typed)
		}
		if len(r.Children) == 0 && fits {
			leaves = append(leaves, r)
		}
		for _, child := range r.Children {
			walk(child, fits && r.Code != top.Code)
		}
	}
	walk(top, false)
	exact := slices.IndexFunc(leaves, func(r catalogue.Region) bool { return r.Code == typed || r.Name[text.Chinese] == typed })
	if exact >= 0 {
		return leaves[exact : exact+1]
	}
	return leaves
}

func regionChoices(set *catalogue.Catalogue, regions []catalogue.Region) []Choice {
	var choices []Choice
	for _, r := range regions[:min(len(regions), mostChoices)] {
		choices = append(choices, Choice{Code: r.Code, Label: regionName(set, r.Code)})
	}
	return choices
}

// regionName writes a division with those above it, the outermost left out.
func regionName(set *catalogue.Catalogue, code string) text.Local {
	path := set.Path(code)
	if len(path) > 1 {
		path = path[1:]
	}
	var zh, en []string
	for _, r := range path {
		zh = append(zh, r.Name.In(text.Chinese))
		en = append([]string{r.Name.In(text.English)}, en...)
	}
	return text.Local{text.Chinese: strings.Join(zh, ""), text.English: strings.Join(en, ", ")}
}
