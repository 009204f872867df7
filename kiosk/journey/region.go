package journey

import (
	"maps"
	"slices"

	"bianmin/core/catalogue"
	"bianmin/core/form"
)

// top is the division a region picker starts from.
func (d *draft) top(field form.Field) catalogue.Region {
	if field.Root != "" {
		if region, ok := d.set.Find(field.Root); ok {
			return region
		}
	}
	return d.set.Region
}

// regionPath is the way to the division the asked value names, below the top.
func (d *draft) regionPath() []string {
	field := d.field()
	code := regionOf(field, d.value())
	if code == "" {
		return nil
	}
	path := d.set.Path(code)
	at := slices.IndexFunc(path, func(r catalogue.Region) bool { return r.Code == d.top(field).Code })
	var codes []string
	for _, region := range path[at+1:] {
		codes = append(codes, region.Code)
	}
	return codes
}

// regionOf is the division code inside a region or address value.
func regionOf(field form.Field, value any) string {
	switch field.Kind {
	case form.KindRegion:
		code, _ := value.(string)
		return code
	case form.KindAddress:
		parts, _ := value.(map[string]any)
		code, _ := parts[form.AddressRegion].(string)
		return code
	}
	return ""
}

// place takes an answer to a region or address question: a division's code goes
// one deeper, an address's parts come as a map, nil begins anew.
func (d *draft) place(field form.Field, value any) {
	switch value := value.(type) {
	case nil:
		d.regions = nil
		d.keepRegion(field)
	case string:
		d.choose(field, value)
	case map[string]any:
		if field.Kind == form.KindAddress {
			d.keepAddress(value)
		}
	}
}

// choose takes a division that is offered at this depth.
func (d *draft) choose(field form.Field, code string) {
	here := d.here(field)
	if !slices.ContainsFunc(here.Children, func(r catalogue.Region) bool { return r.Code == code }) {
		return
	}
	d.regions = append(slices.Clone(d.regions), code)
	d.keepRegion(field)
}

// here is the deepest division chosen so far.
func (d *draft) here(field form.Field) catalogue.Region {
	if len(d.regions) > 0 {
		if region, ok := d.set.Find(d.regions[len(d.regions)-1]); ok {
			return region
		}
	}
	return d.top(field)
}

// keepRegion keeps the division as the value once nothing lies below it.
func (d *draft) keepRegion(field form.Field) {
	var code any
	if here := d.here(field); len(d.regions) > 0 && len(here.Children) == 0 {
		code = here.Code
	}
	if field.Kind == form.KindRegion {
		d.put(code)
		return
	}
	address := map[string]any{}
	if before, ok := d.value().(map[string]any); ok {
		if detail, ok := before[form.AddressDetail]; ok {
			address[form.AddressDetail] = detail
		}
	}
	if code != nil {
		address[form.AddressRegion] = code
	}
	d.raw = nil
	d.keepOrEmpty(address)
}

// keepAddress takes the written part of an address; the division is chosen, not written.
func (d *draft) keepAddress(parts map[string]any) {
	address := map[string]any{}
	if code := regionOf(d.field(), d.value()); code != "" {
		address[form.AddressRegion] = code
	}
	if detail, ok := parts[form.AddressDetail].(string); ok && detail != "" {
		address[form.AddressDetail] = detail
	}
	if d.keepOrEmpty(address) {
		d.raw = maps.Clone(parts)
	}
}

func (d *draft) keepOrEmpty(address map[string]any) bool {
	if len(address) == 0 {
		return d.put(nil)
	}
	return d.put(address)
}

func (m *machine) regionUp() {
	d := m.draft
	field := d.field()
	if len(d.regions) == 0 || (field.Kind != form.KindRegion && field.Kind != form.KindAddress) {
		return
	}
	if d.checked.Locked(d.at, d.env) {
		return
	}
	d.regions = slices.Clone(d.regions[:len(d.regions)-1])
	d.keepRegion(field)
}

func (d *draft) drawRegions(v *QuestionView) {
	for _, code := range d.regions {
		if region, ok := d.set.Find(code); ok {
			v.Chosen = append(v.Chosen, regionLine(region))
		}
	}
	here := d.here(v.Field)
	for _, child := range here.Children {
		v.Regions = append(v.Regions, regionLine(child))
	}
}

func regionLine(r catalogue.Region) RegionLine {
	return RegionLine{Code: r.Code, Name: r.Name, Leaf: len(r.Children) == 0}
}
