package catalogue

import "bianmin/core/form"

var _ form.Regions = (*Catalogue)(nil)

// place of a division in the tree.
type division struct {
	region *Region
	parent *division
}

func (c *Catalogue) indexRegions() {
	c.divisions = map[string]*division{}
	var walk func(r *Region, parent *division)
	walk = func(r *Region, parent *division) {
		d := &division{region: r, parent: parent}
		c.divisions[r.Code] = d
		for i := range r.Children {
			walk(&r.Children[i], d)
		}
	}
	walk(&c.Region, nil)
}

// Find returns the division of that code.
func (c *Catalogue) Find(code string) (Region, bool) {
	d, ok := c.divisions[code]
	if !ok {
		return Region{}, false
	}
	return *d.region, true
}

// Division tells whether the code is a division at or below root ("" for the
// whole tree), and whether it has no divisions below it.
func (c *Catalogue) Division(code, root string) (leaf, known bool) {
	d, ok := c.divisions[code]
	if !ok {
		return false, false
	}
	for up := d; root != "" && up.region.Code != root; up = up.parent {
		if up.parent == nil {
			return false, false
		}
	}
	return len(d.region.Children) == 0, true
}

// Path returns the divisions from the outermost to that of the code; none when it is unknown.
func (c *Catalogue) Path(code string) []Region {
	var path []Region
	for d := c.divisions[code]; d != nil; d = d.parent {
		path = append([]Region{*d.region}, path...)
	}
	return path
}
