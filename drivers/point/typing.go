package point

import (
	"cmp"
	"slices"

	"bianmin/drivers/link/evdev"
	"bianmin/drivers/pack"
)

// Typing gives what types and no pack knows: keyboards of people, and code readers of makers nobody has written of. None is opened; which is which
// only a person can say. root is the folder in which "sys" lies, "/" but for tests.
func Typing(root string, packs pack.Packs) ([]Attached, error) {
	all, err := typing(root, packs)
	return slices.DeleteFunc(all, func(a Attached) bool { return a.Pack != nil }), err
}

// typing gives all that types.
func typing(root string, packs pack.Packs) (all []Attached, err error) {
	nodes, err := evdev.List(root)
	if err != nil {
		return nil, err
	}
	for _, n := range nodes {
		if n.Types {
			all = append(all, onInput(n, packs.OfInput(n), nodes))
		}
	}
	return all, nil
}

// onInput names one that plays keyboard. One with lights must be named alone (package evdev), for ids would fit the keyboard that somebody plugs in.
func onInput(n evdev.Node, known *pack.Pack, all []evdev.Node) Attached {
	a := Attached{Pack: known, Vendor: n.Vendor, Product: n.Product, Model: n.Name, Serial: n.Serial, Port: n.Port}
	if known != nil {
		a.Role, a.Model = known.Role, cmp.Or(n.Name, known.Name.En)
	}
	twins, alone := 0, true
	for _, o := range all {
		if o.Types && o.Vendor == n.Vendor && o.Product == n.Product {
			twins++
			alone = alone && (o.Path == n.Path || o.Serial != n.Serial)
		}
	}
	if n.Lights || known == nil {
		twins = max(twins, 2)
	}
	a.Link = "evdev:" + name(n.Vendor, n.Product, n.Serial, n.Port, twins, alone)
	return a
}
