package bus

import (
	"slices"
	"strings"
)

// ID is what a printer says of itself (IEEE 1284 device id).
type ID struct {
	Maker, Model string
	Serial       string
	Commands     []string // the languages it understands
}

// ParseID reads "MFG:…;MDL:…;CMD:…;" with the long and the short keys; what it does not know is left out.
func ParseID(said string) (id ID) {
	for field := range strings.SplitSeq(said, ";") {
		key, value, _ := strings.Cut(field, ":")
		value = Clean(value)
		switch strings.ToUpper(strings.TrimSpace(key)) {
		case "MFG", "MANUFACTURER":
			id.Maker = value
		case "MDL", "MODEL":
			id.Model = value
		case "SN", "SERN", "SERIALNUMBER":
			id.Serial = value
		case "CMD", "COMMAND SET":
			for command := range strings.SplitSeq(value, ",") {
				if command = strings.TrimSpace(command); command != "" {
					id.Commands = append(id.Commands, command)
				}
			}
		}
	}
	return id
}

// Understands tells whether the printer names a language, in any letters.
func (id ID) Understands(command string) bool {
	return slices.ContainsFunc(id.Commands, func(c string) bool { return strings.EqualFold(c, command) })
}
