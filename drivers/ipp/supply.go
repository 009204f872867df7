package ipp

import (
	"strconv"
	"strings"

	"github.com/OpenPrinting/goipp"

	"bianmin/core/receipt"
	"bianmin/drivers"
	"bianmin/drivers/link/bus"
)

// scarce is the level, in percent, from which down a supply counts as low where the printer itself says nothing.
const scarce = 10

// supply is one thing that a printer uses up, with what is left of it in percent.
type supply struct {
	kind  string
	level int
}

// about reads what a printer tells of itself beside its state: serial number, firmware and supplies. Many tell nothing.
func (s *said) about(attributes goipp.Attributes) {
	first := func(name string) string {
		if all := values(attributes, name); len(all) > 0 {
			return strings.TrimSpace(receipt.Clean(all[0]))
		}
		return ""
	}
	s.serial, s.firmware = first("printer-serial-number"), first("printer-firmware-string-version")
	if s.serial == "" {
		s.serial = bus.ParseID(first("printer-device-id")).Serial
	}
	levels := values(attributes, "marker-levels")
	for i, kind := range values(attributes, "marker-types") {
		if i < len(levels) {
			s.supplies = append(s.supplies, supplied(kind, levels[i], "100")...)
		}
	}
	for _, one := range values(attributes, "printer-supply") {
		said := fields(one)
		s.supplies = append(s.supplies, supplied(said["type"], said["level"], said["maxcapacity"])...)
	}
}

// fields reads "index=1;type=toner;maxcapacity=100;level=75;" (PWG 5100.13).
func fields(said string) map[string]string {
	all := map[string]string{}
	for field := range strings.SplitSeq(said, ";") {
		if name, value, found := strings.Cut(field, "="); found {
			all[strings.ToLower(strings.TrimSpace(name))] = strings.TrimSpace(value)
		}
	}
	return all
}

// supplied is a supply that colours paper and whose level is told; none otherwise. Levels below 0 are words for "unknown".
func supplied(kind, level, most string) []supply {
	left, err1 := strconv.Atoi(level)
	all, err2 := strconv.Atoi(most)
	if err1 != nil || err2 != nil || left < 0 || all <= 0 || left > all || !colours(kind) {
		return nil
	}
	percent := left * 100 / all
	if percent == 0 && left > 0 {
		percent = 1
	}
	return []supply{{kind, percent}}
}

// colours tells whether a supply is one that a page needs: "toner", "toner-cartridge", "ink", "inkCartridge"; not the box for what is left over.
func colours(kind string) bool {
	return strings.HasPrefix(kind, "toner") || strings.HasPrefix(kind, "ink")
}

// toner is the scarcest of the supplies; "" where the printer tells of none.
func (s said) toner() drivers.Toner {
	has := func(reasons ...string) bool {
		for _, reason := range reasons {
			if _, there := s.severity(reason); there {
				return true
			}
		}
		return false
	}
	if has("toner-empty", "marker-supply-empty") {
		return drivers.TonerOut
	}
	var toner drivers.Toner
	least := 101
	for _, one := range s.supplies {
		least = min(least, one.level)
	}
	switch {
	case least == 0:
		toner = drivers.TonerOut
	case least <= scarce:
		toner = drivers.TonerLow
	case least <= 100:
		toner = drivers.TonerFull
	}
	if toner != drivers.TonerOut && has("toner-low", "marker-supply-low") {
		return drivers.TonerLow
	}
	return toner
}
