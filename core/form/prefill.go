package form

import (
	"fmt"
	"slices"

	"bianmin/core/identity"
)

// fits tells which kinds of field a prefill source can fill.
var fits = map[Prefill][]Kind{
	FromCardName:    {KindText},
	FromCardNumber:  {KindIDNumber, KindText},
	FromCardSex:     {KindChoice},
	FromCardNation:  {KindChoice, KindText},
	FromCardBirth:   {KindDate},
	FromCardAddress: {KindText},
	FromPointRegion: {KindRegion, KindAddress},
	FromToday:       {KindDate},
}

func checkPrefill(f *Field, at string, faults *Faults) {
	if f.Prefill == "" {
		if f.Locked {
			faults.add(at+"/locked", "a locked field needs a prefill from the card")
		}
		return
	}
	allowed, ok := fits[f.Prefill]
	if !ok {
		faults.add(at+"/prefill", "%q is no source; sources are %s", f.Prefill, listed(Sources()))
		return
	}
	if !slices.Contains(allowed, f.Kind) {
		faults.add(at+"/prefill", "%q cannot fill a %s field, only %s", f.Prefill, f.Kind, listed(allowed))
	}
	if f.Locked && (f.Prefill == FromToday || f.Prefill == FromPointRegion) {
		faults.add(at+"/locked", "only what comes from the card can be locked")
	}
}

// Sources returns all prefill sources in alphabetical order.
func Sources() []Prefill {
	all := make([]Prefill, 0, len(fits))
	for source := range fits {
		all = append(all, source)
	}
	slices.Sort(all)
	return all
}

// Prefill returns the values that card, point and day give. Fields the sources say nothing about stay empty.
func (c *Checked) Prefill(env Env) Values {
	values := Values{}
	for _, e := range c.order {
		if value := prefilled(e.field, env); !empty(value) {
			values[e.field.Name] = value
		}
	}
	return values
}

// Locked tells whether the field's value comes from the card and cannot be
// changed by hand. A locked field the card says nothing about is open, so that nobody is stuck.
func (c *Checked) Locked(name string, env Env) bool {
	e, ok := c.byName[name]
	return ok && e.field.Locked && !empty(prefilled(e.field, env))
}

func prefilled(f *Field, env Env) any {
	switch f.Prefill {
	case FromToday:
		if env.Today.IsZero() {
			return nil
		}
		return env.Today.Format(dateLayout)
	case FromPointRegion:
		return pointRegion(f, env)
	}
	if env.Card == nil {
		return nil
	}
	card := env.Card
	switch f.Prefill {
	case FromCardName:
		return card.Name
	case FromCardNumber:
		return card.Number
	case FromCardBirth:
		return isoDate(card.Birth)
	case FromCardAddress:
		if card.NewAddress != "" {
			return card.NewAddress
		}
		return card.Address
	case FromCardSex:
		return option(f, string(card.Sex))
	case FromCardNation:
		if f.Kind == KindChoice {
			return option(f, string(card.Nation))
		}
		name, _ := card.Nation.Name()
		return name
	}
	return nil
}

// pointRegion leaves out a division outside the field's root.
func pointRegion(f *Field, env Env) any {
	if env.Region == "" {
		return nil
	}
	if env.Regions != nil {
		if _, known := env.Regions.Division(env.Region, f.Root); !known {
			return nil
		}
	}
	if f.Kind == KindAddress {
		return map[string]any{AddressRegion: env.Region}
	}
	return env.Region
}

func option(f *Field, code string) any {
	for _, o := range f.Options {
		if o.Code == code {
			return code
		}
	}
	return nil
}

func isoDate(d identity.Date) any {
	if d.IsZero() {
		return nil
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}
