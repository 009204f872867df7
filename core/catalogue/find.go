package catalogue

import (
	"slices"
	"sort"

	"bianmin/core/form"
	"bianmin/core/text"
)

// Audiences.
const (
	AudiencePerson       = "person"
	AudienceOrganisation = "organisation"
)

func (c *Catalogue) index() {
	c.byCode = make(map[string]*Item, len(c.Items))
	for _, item := range c.Items {
		c.byCode[item.Code] = item
	}
	c.indexRegions()
}

// Item returns the item of that code.
func (c *Catalogue) Item(code string) (*Item, bool) {
	item, ok := c.byCode[code]
	return item, ok
}

// Form returns the item's form ready for use; nil for an unknown code.
func (c *Catalogue) Form(code string) *form.Checked { return c.forms[code] }

// InCategory returns the items of one category in the catalogue's order; "" returns all.
func (c *Catalogue) InCategory(code string) []*Item {
	return c.filter(func(item *Item) bool { return code == "" || slices.Contains(item.Categories, code) })
}

// ByAudience returns the items for "person" or "organisation".
func (c *Catalogue) ByAudience(audience string) []*Item {
	return c.filter(func(item *Item) bool { return slices.Contains(item.Audience, audience) })
}

// ByLifeEvent returns the items of one life event.
func (c *Catalogue) ByLifeEvent(event string) []*Item {
	return c.filter(func(item *Item) bool { return slices.Contains(item.LifeEvents, event) })
}

// ByDepartment returns the items of a department, by its credit code, those it takes part in included.
func (c *Catalogue) ByDepartment(creditCode string) []*Item {
	return c.filter(func(item *Item) bool {
		return item.Department.CreditCode == creditCode || slices.ContainsFunc(item.Partners, func(d Department) bool { return d.CreditCode == creditCode })
	})
}

// Departments returns the departments that have items of their own, in order of first appearance.
func (c *Catalogue) Departments() []Department {
	var all []Department
	for _, item := range c.Items {
		if !slices.ContainsFunc(all, func(d Department) bool { return d.CreditCode == item.Department.CreditCode }) {
			all = append(all, item.Department)
		}
	}
	return all
}

// LifeEvents returns all life events that items name, sorted.
func (c *Catalogue) LifeEvents() []string {
	var all []string
	for _, item := range c.Items {
		for _, event := range item.LifeEvents {
			if !slices.Contains(all, event) {
				all = append(all, event)
			}
		}
	}
	sort.Strings(all)
	return all
}

// Category returns the category of that code.
func (c *Catalogue) Category(code string) (Category, bool) {
	i := slices.IndexFunc(c.Categories, func(category Category) bool { return category.Code == code })
	if i < 0 {
		return Category{}, false
	}
	return c.Categories[i], true
}

// NeededMaterials returns the materials that these answers call for, in the guide's order.
func (c *Catalogue) NeededMaterials(item *Item, values form.Values) []Material {
	checked := c.forms[item.Code]
	var needed []Material
	for _, material := range item.Materials {
		if checked == nil || checked.Holds(material.When, values) {
			needed = append(needed, material)
		}
	}
	return needed
}

// Words returns the names people type most at this terminal: of its divisions,
// items and departments. The keyboard learns them.
func (c *Catalogue) Words() []string {
	var words []string
	add := func(word string) {
		if word != "" && !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	var walk func(r Region)
	walk = func(r Region) {
		add(r.Name[text.Chinese])
		for _, child := range r.Children {
			walk(child)
		}
	}
	walk(c.Region)
	for _, item := range c.Items {
		add(item.ShortName[text.Chinese])
		add(item.Department.ShortName[text.Chinese])
		for _, word := range item.Keywords {
			add(word)
		}
	}
	return words
}

func (c *Catalogue) filter(keep func(*Item) bool) []*Item {
	var kept []*Item
	for _, item := range c.Items {
		if keep(item) {
			kept = append(kept, item)
		}
	}
	return kept
}
