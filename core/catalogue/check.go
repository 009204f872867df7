package catalogue

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"bianmin/core/form"
	"bianmin/core/text"
)

// Levels of divisions and of powers, outermost first.
var levels = []string{"state", "province", "city", "county", "town", "village"}

var (
	codeForm     = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
	divisionForm = regexp.MustCompile(`^[0-9]{12}$`)
	phoneForm    = regexp.MustCompile(`^[0-9][0-9-]{2,17}$`)
)

const codeRule = "a code has 1 to 64 letters, digits, dots, dashes or underscores"

// checkMain checks catalogue.json by itself.
func (l *loader) checkMain(c *Catalogue) {
	k := &checker{loader: l, file: mainFile}
	if c.Format != FormatVersion {
		k.tell("/format", "must be %d", FormatVersion)
	}
	k.need(c.Version, "/version")
	k.date(c.Published, "/published")
	l.checkRegion(&c.Region, "/region", -1, map[string]string{})
	k.filled(len(c.Categories), "/categories")
	seen := map[string]bool{}
	for i, category := range c.Categories {
		at := fmt.Sprintf("/categories/%d", i)
		k.code(category.Code, at+"/code")
		if seen[category.Code] {
			k.tell(at+"/code", "%q is there twice", category.Code)
		}
		seen[category.Code] = true
		k.words(category.Name, at+"/name")
		k.words(category.Summary, at+"/summary")
	}
	k.calendar(c.Holidays)
}

func (l *loader) checkRegion(r *Region, at string, above int, seen map[string]string) {
	k := &checker{loader: l, file: mainFile}
	if !divisionForm.MatchString(r.Code) {
		k.tell(at+"/code", "%q: a division's code has 12 digits", r.Code)
	} else if first, twice := seen[r.Code]; twice {
		k.tell(at+"/code", "%q is already the code of %s", r.Code, first)
	}
	seen[r.Code] = at
	k.words(r.Name, at+"/name")
	level := slices.Index(levels, r.Level)
	switch {
	case level < 0:
		k.tell(at+"/level", "%q is none of %s", r.Level, strings.Join(levels, ", "))
	case level <= above:
		k.tell(at+"/level", "%q does not lie below %q", r.Level, levels[above])
	}
	if level > above {
		above = level
	}
	if above == len(levels)-1 && len(r.Children) > 0 {
		k.tell(at+"/children", "a village has no divisions below it")
		return
	}
	for i := range r.Children {
		l.checkRegion(&r.Children[i], fmt.Sprintf("%s/children/%d", at, i), above, seen)
	}
}

func (k *checker) calendar(c Calendar) {
	for i, day := range c.Resting {
		k.date(day, fmt.Sprintf("/calendar/resting/%d", i))
	}
	for i, day := range c.Working {
		at := fmt.Sprintf("/calendar/working/%d", i)
		date, ok := k.date(day, at)
		if slices.Contains(c.Resting, day) {
			k.tell(at, "%s is listed as resting too", day)
		}
		if ok && date.Weekday() != time.Saturday && date.Weekday() != time.Sunday {
			k.tell(at, "%s is no weekend day: weekdays are working days without being listed", day)
		}
	}
}

// checkTogether checks what only shows when all files are read.
func (l *loader) checkTogether(c *Catalogue) {
	for i, category := range c.Categories {
		if !slices.ContainsFunc(c.Items, func(item *Item) bool { return slices.Contains(item.Categories, category.Code) }) {
			l.tell(mainFile, fmt.Sprintf("/categories/%d", i), "no item is in category %q", category.Code)
		}
	}
	l.checkPackages(c)
}

// checkPackages wants every package's items to be there, each in one package, and their forms to make one.
func (l *loader) checkPackages(c *Catalogue) {
	k := &checker{loader: l, file: mainFile}
	codes, taken := map[string]bool{}, map[string]string{}
	for i, p := range c.Packages {
		at := fmt.Sprintf("/packages/%d", i)
		k.code(p.Code, at+"/code")
		if codes[p.Code] {
			k.tell(at+"/code", "%q is there twice", p.Code)
		}
		codes[p.Code] = true
		k.words(p.Name, at+"/name")
		k.maybe(p.Summary, at+"/summary")
		if len(p.Items) < 2 {
			k.tell(at+"/items", "needs at least two items")
		}
		var forms []form.Form
		for j, code := range p.Items {
			below := fmt.Sprintf("%s/items/%d", at, j)
			item := slices.IndexFunc(c.Items, func(item *Item) bool { return item.Code == code })
			switch {
			case item < 0:
				k.tell(below, "%q is no item of this catalogue", code)
			case taken[code] != "":
				k.tell(below, "%q is in package %q already", code, taken[code])
			case c.forms[code] != nil: // a form that is not sound was told with its item
				forms = append(forms, c.Items[item].Form)
			}
			taken[code] = p.Code
		}
		if len(forms) == len(p.Items) && len(forms) > 1 {
			k.oneForm(forms, at+"/items")
		}
	}
}

// oneForm tells why forms do not make one.
func (k *checker) oneForm(forms []form.Form, at string) {
	merged, err := form.Merge(forms[0], forms[1:]...)
	if err != nil {
		k.tell(at, "%v", err)
		return
	}
	if _, err := form.Compile(merged); err != nil {
		k.tell(at, "the form of all items together: %v", err)
	}
}

// checker tells what is wrong in one file.
type checker struct {
	loader    *loader
	file      string
	catalogue *Catalogue // nil when there is none to compare with
}

func (k *checker) tell(at, format string, args ...any) { k.loader.tell(k.file, at, format, args...) }

func (k *checker) need(s, at string) {
	if strings.TrimSpace(s) == "" {
		k.tell(at, "is missing or empty")
	}
}

func (k *checker) filled(n int, at string) {
	if n == 0 {
		k.tell(at, "is missing or empty: at least one is needed")
	}
}

func (k *checker) code(s, at string) {
	if !codeForm.MatchString(s) {
		k.tell(at, "%q: %s", s, codeRule)
	}
}

func (k *checker) words(t text.Local, at string) {
	if strings.TrimSpace(t[text.Chinese]) == "" {
		k.tell(at, "needs words in Chinese (\"zh\")")
	}
}

// maybe checks a text that may be left out, but not given without Chinese.
func (k *checker) maybe(t text.Local, at string) {
	if len(t) > 0 {
		k.words(t, at)
	}
}

func (k *checker) oneOf(s, at string, allowed ...string) {
	if !slices.Contains(allowed, s) {
		k.tell(at, "%q is none of %s", s, strings.Join(allowed, ", "))
	}
}

func (k *checker) between(n, least, most int, at string) {
	if n < least || n > most {
		k.tell(at, "%d is not between %d and %d", n, least, most)
	}
}

func (k *checker) date(s, at string) (time.Time, bool) {
	date, err := time.Parse(dateLayout, s)
	if err != nil {
		k.tell(at, "%q is no date like 2026-01-31", s)
	}
	return date, err == nil
}

func (k *checker) phone(s, at string) {
	if !phoneForm.MatchString(s) {
		k.tell(at, "%q is no phone number: digits and dashes only", s)
	}
}
