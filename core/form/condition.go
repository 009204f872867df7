package form

import (
	"fmt"
	"slices"
	"strings"
)

const maxConditionDepth = 8

// checkConditions wants every condition to name fields that are asked before
// it, with values they can have; a field that depends on itself through others is refused.
func (c *Checked) checkConditions(faults *Faults) {
	before := map[string]*entry{}
	for i := range c.form.Pages {
		page := &c.form.Pages[i]
		at := fmt.Sprintf("/pages/%d", i)
		checkCondition(page.When, at+"/when", c.byName, 0, faults)
		c.checkOrder(page.When, "", at+"/when", before, faults)
		for j := range page.Fields {
			field := &page.Fields[j]
			e := c.byName[field.Name]
			if e == nil || e.field != field {
				continue
			}
			below := fmt.Sprintf("%s/fields/%d", at, j)
			checkCondition(field.When, below+"/when", c.byName, 0, faults)
			c.checkOrder(field.When, field.Name, below+"/when", before, faults)
			c.checkColumnConditions(e, below, faults)
			before[field.Name] = e
		}
	}
}

func (c *Checked) checkColumnConditions(e *entry, at string, faults *Faults) {
	all, before := map[string]*entry{}, map[string]*entry{}
	for _, column := range e.columns {
		all[column.field.Name] = column
	}
	for k, column := range e.columns {
		below := fmt.Sprintf("%s/columns/%d/when", at, k)
		checkCondition(column.field.When, below, all, 0, faults)
		for _, name := range column.field.When.names() {
			if all[name] != nil && before[name] == nil {
				faults.add(below, "names %q, which is not asked before it", name)
			}
		}
		before[column.field.Name] = column
	}
}

// checkOrder tells cycles from mere forward references.
func (c *Checked) checkOrder(when *Condition, self, at string, before map[string]*entry, faults *Faults) {
	for _, name := range when.names() {
		if c.byName[name] == nil || before[name] != nil {
			continue
		}
		if way := c.wayTo(name, self, nil); self != "" && way != nil {
			faults.add(at, "goes round in a circle: %s", strings.Join(append([]string{self}, way...), " → "))
			continue
		}
		faults.add(at, "names %q, which is not asked before it", name)
	}
}

// wayTo follows conditions from one field to another; nil when there is no way.
func (c *Checked) wayTo(from, to string, seen []string) []string {
	if from == to {
		return []string{to}
	}
	e := c.byName[from]
	if e == nil || slices.Contains(seen, from) {
		return nil
	}
	seen = append(seen, from)
	for _, name := range append(e.field.When.names(), e.page.When.names()...) {
		if way := c.wayTo(name, to, seen); way != nil {
			return append([]string{from}, way...)
		}
	}
	return nil
}

// CheckCondition checks a condition that stands outside the form (of a
// material) against the form's fields. Pointers of the faults begin with at.
func (c *Checked) CheckCondition(when *Condition, at string) Faults {
	var faults Faults
	checkCondition(when, at, c.byName, 0, &faults)
	return faults
}

func checkCondition(when *Condition, at string, fields map[string]*entry, depth int, faults *Faults) {
	if when == nil {
		return
	}
	if depth > maxConditionDepth {
		faults.add(at, "is nested more than %d deep", maxConditionDepth)
		return
	}
	tests := 0
	for _, set := range []bool{when.Equals != nil, when.In != nil, when.Filled != nil, when.All != nil, when.Any != nil, when.Not != nil} {
		if set {
			tests++
		}
	}
	if tests != 1 {
		faults.add(at, "needs exactly one of equals, in, filled, all, any, not; it has %d", tests)
		return
	}
	ofField := when.Equals != nil || when.In != nil || when.Filled != nil
	if ofField != (when.Field != "") {
		faults.add(at+"/field", "goes with equals, in or filled, and only with them")
		return
	}
	if ofField {
		checkTest(when, at, fields[when.Field], faults)
		return
	}
	for i := range when.All {
		checkCondition(&when.All[i], fmt.Sprintf("%s/all/%d", at, i), fields, depth+1, faults)
	}
	for i := range when.Any {
		checkCondition(&when.Any[i], fmt.Sprintf("%s/any/%d", at, i), fields, depth+1, faults)
	}
	if len(when.All) == 0 && len(when.Any) == 0 && when.Not == nil {
		faults.add(at, "is an empty list")
	}
	checkCondition(when.Not, at+"/not", fields, depth+1, faults)
}

func checkTest(when *Condition, at string, e *entry, faults *Faults) {
	if e == nil {
		faults.add(at+"/field", "%q is no field of the form", when.Field)
		return
	}
	if when.Filled != nil {
		return
	}
	wanted, where := when.In, at+"/in"
	if when.Equals != nil {
		wanted, where = []any{when.Equals}, at+"/equals"
	}
	if len(wanted) == 0 {
		faults.add(where, "is an empty list")
	}
	for _, value := range wanted {
		switch e.field.Kind {
		case KindChoice, KindManyChoice:
			code, _ := value.(string)
			if !slices.ContainsFunc(e.field.Options, func(o Option) bool { return o.Code == code }) {
				faults.add(where, "%v is no option of %q", value, when.Field)
			}
		case KindYesNo:
			if _, ok := value.(bool); !ok {
				faults.add(where, "%q is a yes-no field: say true or false", when.Field)
			}
		case KindNumber:
			if _, ok := number(value); !ok {
				faults.add(where, "%q is a number field", when.Field)
			}
		case KindTable, KindAddress:
			faults.add(where, "a %s can only be tested with filled", e.field.Kind)
		default:
			if _, ok := value.(string); !ok {
				faults.add(where, "%q has text as its value", when.Field)
			}
		}
	}
}

// names are the fields a condition looks at.
func (when *Condition) names() []string {
	if when == nil {
		return nil
	}
	var all []string
	if when.Field != "" {
		all = append(all, when.Field)
	}
	for i := range when.All {
		all = append(all, when.All[i].names()...)
	}
	for i := range when.Any {
		all = append(all, when.Any[i].names()...)
	}
	return append(all, when.Not.names()...)
}

// Holds tells whether a condition is true of the values; nil always is. Fields
// that are not shown count as empty. Of a many-choice field, equals and in ask
// whether the code is among the chosen ones.
func (c *Checked) Holds(when *Condition, values Values) bool {
	return holds(when, func(name string) any {
		e := c.byName[name]
		if e == nil || !c.shown(e, values, 0) {
			return nil
		}
		return values[name]
	})
}

// shown tells whether a field is asked at all. Conditions cannot go in circles
// (Compile refuses them); the depth only guards against a form made by hand.
func (c *Checked) shown(e *entry, values Values, depth int) bool {
	if depth > len(c.order) {
		return false
	}
	value := func(name string) any {
		other := c.byName[name]
		if other == nil || !c.shown(other, values, depth+1) {
			return nil
		}
		return values[name]
	}
	return holds(e.page.When, value) && holds(e.field.When, value)
}

func holds(when *Condition, value func(string) any) bool {
	switch {
	case when == nil:
		return true
	case when.All != nil:
		for i := range when.All {
			if !holds(&when.All[i], value) {
				return false
			}
		}
		return true
	case when.Any != nil:
		for i := range when.Any {
			if holds(&when.Any[i], value) {
				return true
			}
		}
		return false
	case when.Not != nil:
		return !holds(when.Not, value)
	case when.Filled != nil:
		return *when.Filled == !empty(value(when.Field))
	case when.Equals != nil:
		return has(value(when.Field), when.Equals)
	}
	got := value(when.Field)
	return slices.ContainsFunc(when.In, func(wanted any) bool { return has(got, wanted) })
}

// has compares a value, or each member of a list of values.
func has(value, wanted any) bool {
	if list, ok := value.([]any); ok {
		return slices.ContainsFunc(list, func(member any) bool { return same(member, wanted) })
	}
	return same(value, wanted)
}

func same(a, b any) bool {
	if x, ok := number(a); ok {
		y, ok := number(b)
		return ok && x == y
	}
	switch a := a.(type) {
	case string:
		b, ok := b.(string)
		return ok && a == b
	case bool:
		b, ok := b.(bool)
		return ok && a == b
	}
	return false
}
