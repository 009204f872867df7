package text

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"sort"
	"strings"
	"sync"
)

// Key is an argument that is itself a key: its words are put in, in the same language.
type Key string

// words are the forms of one entry. Most have only other.
type words struct {
	other  string
	one    string // when plural is set and counts exactly one
	plural string // the placeholder that counts, "" for entries without forms
}

// Catalog is every word people read, by language and key. It never changes
// after Load and is safe for use by several goroutines.
type Catalog struct {
	entries map[Lang]map[string]words
	mutex   sync.Mutex
	missing map[string]bool
}

// Load reads the JSON files of each language from the root of fsys: zh.json, en.json,
// and those of one front-end or area beside them, zh-desk.json … A key stands in one file only. Objects nest, their names joined by dots are the keys; an object with the name
// "plural" holds the forms "one" and "other" of one entry. The error names file and key.
func Load(fsys fs.FS) (*Catalog, error) {
	names, err := fs.Glob(fsys, "*.json")
	if err != nil {
		return nil, fmt.Errorf("list word files: %w", err)
	}
	c := &Catalog{entries: map[Lang]map[string]words{}, missing: map[string]bool{}}
	for _, name := range names {
		content, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("read word file: %w", err)
		}
		var tree map[string]any
		if err := json.Unmarshal(content, &tree); err != nil {
			return nil, fmt.Errorf("word file %s: %w", name, err)
		}
		flat := map[string]words{}
		if err := flatten(flat, "", tree); err != nil {
			return nil, fmt.Errorf("word file %s: %w", name, err)
		}
		lang, _, _ := strings.Cut(strings.TrimSuffix(path.Base(name), ".json"), "-")
		if c.entries[Lang(lang)] == nil {
			c.entries[Lang(lang)] = map[string]words{}
		}
		for key, entry := range flat {
			if _, twice := c.entries[Lang(lang)][key]; twice {
				return nil, fmt.Errorf("word file %s: %s stands in another file too", name, key)
			}
			c.entries[Lang(lang)][key] = entry
		}
	}
	if len(c.entries[Chinese]) == 0 {
		return nil, errors.New("word files: no zh.json with words")
	}
	return c, nil
}

func flatten(into map[string]words, prefix string, tree map[string]any) error {
	if plural, ok := tree["plural"]; ok {
		w := words{}
		for name, field := range map[string]*string{"plural": &w.plural, "one": &w.one, "other": &w.other} {
			s, ok := tree[name].(string)
			if !ok || s == "" {
				return fmt.Errorf("%s: plural entry (%v) lacks %q", prefix, plural, name)
			}
			*field = s
		}
		into[prefix] = w
		return nil
	}
	for name, value := range tree {
		key := name
		if prefix != "" {
			key = prefix + "." + name
		}
		switch v := value.(type) {
		case string:
			if v == "" {
				return fmt.Errorf("%s: empty", key)
			}
			into[key] = words{other: v}
		case map[string]any:
			if err := flatten(into, key, v); err != nil {
				return err
			}
		default:
			return fmt.Errorf("%s: neither words nor a group", key)
		}
	}
	return nil
}

// T gives the words for key in lang, with args in their {placeholders}. A key that
// lang lacks is taken from Chinese; one that Chinese lacks too shows as 【key】 and is
// kept for Missing. A placeholder without an argument stays as it is.
func (c *Catalog) T(lang Lang, key string, args map[string]any) string {
	w, ok := c.entries[lang][key]
	if !ok {
		w, ok = c.entries[Chinese][key]
	}
	if !ok {
		c.mutex.Lock()
		c.missing[key] = true
		c.mutex.Unlock()
		return "【" + key + "】"
	}
	template := w.other
	if w.plural != "" && fmt.Sprint(args[w.plural]) == "1" {
		template = w.one
	}
	return c.fill(lang, template, args)
}

func (c *Catalog) fill(lang Lang, template string, args map[string]any) string {
	if !strings.Contains(template, "{") {
		return template
	}
	var b strings.Builder
	for template != "" {
		start := strings.IndexByte(template, '{')
		end := strings.IndexByte(template, '}')
		if start < 0 || end < start {
			break
		}
		b.WriteString(template[:start])
		value, ok := args[template[start+1:end]]
		if ok {
			b.WriteString(c.format(lang, value))
		} else {
			b.WriteString(template[start : end+1])
		}
		template = template[end+1:]
	}
	b.WriteString(template)
	return b.String()
}

func (c *Catalog) format(lang Lang, value any) string {
	switch v := value.(type) {
	case string:
		return v
	case Local:
		return v.In(lang)
	case Key:
		return c.T(lang, string(v), nil)
	default:
		return fmt.Sprint(v)
	}
}

// Has tells whether lang itself has words for key.
func (c *Catalog) Has(lang Lang, key string) bool {
	_, ok := c.entries[lang][key]
	return ok
}

// Languages lists the languages loaded, in alphabetical order.
func (c *Catalog) Languages() []Lang {
	var langs []Lang
	for lang := range c.entries {
		langs = append(langs, lang)
	}
	slices.Sort(langs)
	return langs
}

// Keys lists the keys of lang, sorted.
func (c *Catalog) Keys(lang Lang) []string {
	var keys []string
	for key := range c.entries[lang] {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

// Templates gives the unfilled forms of an entry: one, or two where it counts; nil when lang lacks it.
func (c *Catalog) Templates(lang Lang, key string) []string {
	w, ok := c.entries[lang][key]
	switch {
	case !ok:
		return nil
	case w.plural != "":
		return []string{w.one, w.other}
	default:
		return []string{w.other}
	}
}

// Missing lists the keys asked for so far that no language has, sorted.
func (c *Catalog) Missing() []string {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	var keys []string
	for key := range c.missing {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

// Derive makes a catalogue that also has the language to, whose every template is
// change of from's: a pseudo-language for checking layouts, for example.
func (c *Catalog) Derive(from, to Lang, change func(template string) string) *Catalog {
	d := &Catalog{entries: map[Lang]map[string]words{}, missing: map[string]bool{}}
	for lang, entries := range c.entries {
		d.entries[lang] = entries
	}
	derived := map[string]words{}
	for key, w := range c.entries[from] {
		w.other = change(w.other)
		if w.one != "" {
			w.one = change(w.one)
		}
		derived[key] = w
	}
	d.entries[to] = derived
	return d
}

// Placeholders lists the names in a template's braces, sorted, each once.
func Placeholders(template string) []string {
	var names []string
	for {
		start := strings.IndexByte(template, '{')
		if start < 0 {
			break
		}
		end := strings.IndexByte(template[start:], '}')
		if end < 0 {
			break
		}
		names = append(names, template[start+1:start+end])
		template = template[start+end+1:]
	}
	sort.Strings(names)
	return slices.Compact(names)
}
