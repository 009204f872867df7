package device_test

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"testing"

	sim "bianmin/drivers/sim/escl"
	"bianmin/drivers/sim/mdns"
)

// TestNetwork: the network is looked at only when asked; what is there is shown with what to write down, and asked by probe alone.
func TestNetwork(t *testing.T) {
	on, err := net.InterfaceByName("lo")
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := sim.Certificate()
	if err != nil {
		t.Fatal(err)
	}
	far, err := sim.Start(context.WithoutCancel(t.Context()), sim.Options{TLS: certificate})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = far.Close() })
	at := netip.MustParseAddrPort(far.Address())
	r, err := mdns.Start(*on, mdns.Service{Kind: "_uscans._tcp", Name: "Office", Host: "scanner", Port: at.Port(), Address: at.Addr(), Text: []string{"ty=As told", "rs=eSCL"}},
		mdns.Service{Kind: "_ipps._tcp", Name: "Printer", Host: "printer", Port: 631, Address: at.Addr()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	root := t.TempDir()
	link := "escls://" + far.Address() + "/eSCL"
	if out, err := run(t, "list", "--root", root); err != nil || strings.Contains(out, link) {
		t.Errorf("not asked: %v\n%s", err, out)
	}
	if out, err := run(t, "list", "--root", root, "--network=lo", "--timeout=5s"); err != nil || !strings.Contains(out, link+"  As told") || strings.Contains(out, "sha256:") || !strings.Contains(out, "not supported yet") {
		t.Errorf("list: %v\n%s", err, out)
	}
	if out, err := run(t, "probe", "--root", root, "--network=lo", "--timeout=5s"); err != nil || !strings.Contains(out, link+"  Simulated Scanner  SIM-0001  sha256:") {
		t.Errorf("probe: %v\n%s", err, out)
	}
	if out, err := run(t, "list", "--root", root, "--network=nothing", "--json"); err != nil || !strings.Contains(out, "network: nothing") {
		t.Errorf("an interface that is not there: %v\n%s", err, out)
	}
}
