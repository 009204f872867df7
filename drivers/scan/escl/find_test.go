package escl_test

import (
	"net/netip"
	"testing"

	"bianmin/drivers/scan/escl"
	sim "bianmin/drivers/sim/escl"
)

// TestFind: of the places that are named those with a scanner are found; the link opens it.
func TestFind(t *testing.T) {
	r := start(t, sim.Options{Serial: "F-7"})
	there := netip.MustParseAddrPort(r.far.Address())
	found := escl.Find(t.Context(), []netip.AddrPort{netip.AddrPortFrom(there.Addr(), 1), there}, escl.Options{})
	if len(found) != 1 || found[0].Serial != "F-7" || found[0].Model != "Simulated Scanner" {
		t.Fatalf("%+v", found)
	}
	s, err := escl.Open(t.Context(), found[0].Link, escl.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
