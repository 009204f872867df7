package usb

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Place says which device: its ids, and where several of one model may be plugged in, its serial number or its socket.
type Place struct {
	Vendor, Product uint16
	Serial          string // "" is any
	Port            string // the socket as the kernel writes it, "1-1.2"; "" is any
}

// form is VVVV:PPPP, then ":SERIAL" or "@PORT".
var form = regexp.MustCompile(`^([0-9a-fA-F]{4}):([0-9a-fA-F]{4})(?::([!-~]{1,126})|@([0-9]+-[0-9]+(?:\.[0-9]+){0,6}))?$`)

// ParsePlace reads "0400:c35a", "0400:c35a:SERIAL" or "0400:c35a@1-1.2".
func ParsePlace(name string) (Place, error) {
	m := form.FindStringSubmatch(name)
	if m == nil {
		return Place{}, fmt.Errorf("USB device %q: say VENDOR:PRODUCT, VENDOR:PRODUCT:SERIAL or VENDOR:PRODUCT@PORT", name)
	}
	vendor, _ := strconv.ParseUint(m[1], 16, 16) // the expression lets nothing else through
	product, _ := strconv.ParseUint(m[2], 16, 16)
	return Place{Vendor: uint16(vendor), Product: uint16(product), Serial: m[3], Port: m[4]}, nil
}

// String is the form that ParsePlace reads.
func (p Place) String() string {
	text := fmt.Sprintf("%04x:%04x", p.Vendor, p.Product)
	switch {
	case p.Serial != "":
		return text + ":" + p.Serial
	case p.Port != "":
		return text + "@" + p.Port
	}
	return text
}

// port is the socket as the kernel writes it.
func port(bus int, path []int) string {
	steps := make([]string, len(path))
	for i, step := range path {
		steps[i] = strconv.Itoa(step)
	}
	return fmt.Sprintf("%d-%s", bus, strings.Join(steps, "."))
}
