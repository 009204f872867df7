package places

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"bianmin/drivers/pack"
)

// typists tells whether the rule for readers that play keyboard names a maker.
func typists(rules, vendor string) bool {
	for line := range strings.Lines(rules) {
		if strings.HasPrefix(line, `SUBSYSTEM=="input"`) && strings.Contains(line, vendor) {
			return true
		}
	}
	return false
}

// TestRules: a device that a pack knows by its ids alone may be opened by the service, because a udev rule says so; printers are covered by their class.
func TestRules(t *testing.T) {
	rules, err := os.ReadFile("../deb/files/60-bianmin.rules")
	if err != nil {
		t.Fatal(err)
	}
	packs, err := Packs(t.TempDir())
	if err != nil || len(packs) == 0 {
		t.Fatalf("%d packs, %v", len(packs), err)
	}
	for _, p := range packs {
		for _, m := range p.Match {
			vendor, product, ids := strings.Cut(m.USB, ":")
			rule := fmt.Sprintf(`ATTR{idVendor}==%q, ATTR{idProduct}==%q, GROUP="dialout"`, vendor, product)
			if ids && p.Role == "reader" && p.Link == pack.LinkUSB && !strings.Contains(string(rules), rule) {
				t.Errorf("%s: no rule for %s", p.ID, m.USB)
			}
			if m.Vendor != "" && !typists(string(rules), m.Vendor) {
				t.Errorf("%s: no rule for what %s types on", p.ID, m.Vendor)
			}
		}
	}
}
