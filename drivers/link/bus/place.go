package bus

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Place says which device: its ids or that it is a printer, and where several fit, its serial number or its socket.
type Place struct {
	Vendor, Product uint16
	Printer         bool   // whatever has an interface of the printer class; no ids then
	Serial          string // "" is any
	Port            string // the socket as the kernel writes it, "1-1.2"; "" is any
}

// form is VVVV:PPPP or "printer", then ":SERIAL" or "@PORT". Serial numbers hold letters, digits and what makers put between them.
var form = regexp.MustCompile(`^(?:([0-9a-fA-F]{4}):([0-9a-fA-F]{4})|printer)(?::([!-~]{1,126})|@([0-9]+-[0-9]+(?:\.[0-9]+){0,6}))?$`)

// ParsePlace reads "0400:c35a", "0400:c35a:SERIAL", "0400:c35a@1-1.2", and the same with "printer" for the ids.
func ParsePlace(name string) (Place, error) {
	m := form.FindStringSubmatch(name)
	if m == nil {
		return Place{}, fmt.Errorf("USB device %q: say VENDOR:PRODUCT or printer, then :SERIAL or @PORT where there are several", name)
	}
	p := Place{Printer: m[1] == "", Serial: m[3], Port: m[4]}
	if !p.Printer {
		vendor, _ := strconv.ParseUint(m[1], 16, 16) // the expression lets nothing else through
		product, _ := strconv.ParseUint(m[2], 16, 16)
		p.Vendor, p.Product = uint16(vendor), uint16(product)
	}
	return p, nil
}

// String is the form that ParsePlace reads.
func (p Place) String() string {
	text := "printer"
	if !p.Printer {
		text = fmt.Sprintf("%04x:%04x", p.Vendor, p.Product)
	}
	switch {
	case p.Serial != "":
		return text + ":" + p.Serial
	case p.Port != "":
		return text + "@" + p.Port
	}
	return text
}

// Is tells whether a device with these ids, interface classes and socket can be the one; its serial number is another question.
func (p Place) Is(vendor, product uint16, printer bool, port string) bool {
	if p.Port != "" && p.Port != port {
		return false
	}
	if p.Printer {
		return printer
	}
	return p.Vendor == vendor && p.Product == product
}

// Port is the socket as the kernel writes it, from the bus's number and the sockets on the way.
func Port(bus int, path []int) string {
	steps := make([]string, len(path))
	for i, step := range path {
		steps[i] = strconv.Itoa(step)
	}
	return fmt.Sprintf("%d-%s", bus, strings.Join(steps, "."))
}
