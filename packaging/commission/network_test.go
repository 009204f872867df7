package commission

import (
	"context"
	"net"
	"net/netip"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/lan"
	sim "bianmin/drivers/sim/escl"
	"bianmin/drivers/sim/mdns"
	"bianmin/packaging/settings"
)

// TestNetworkIsShownNotUsed: what is on the network is shown, and none of it gets into the configuration unless the technician chooses it;
// a scanner that is chosen is met, so that its certificate is kept. What is configured is not looked for.
func TestNetworkIsShownNotUsed(t *testing.T) {
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
	defer func() { _ = far.Close() }()
	at := netip.MustParseAddrPort(far.Address())
	r, err := mdns.Start(*on,
		mdns.Service{Kind: "_uscans._tcp", Name: "Office", Host: "scanner", Port: at.Port(), Address: at.Addr(), Text: []string{"ty=Simulated Scanner", "rs=eSCL"}},
		mdns.Service{Kind: "_ipp._tcp", Name: "Printer", Host: "printer", Port: 631, Address: at.Addr(), Text: []string{"ty=P", "rp=ipp/print"}},
		mdns.Service{Kind: "_ipps._tcp", Name: "Printer", Host: "printer", Port: 631, Address: at.Addr(), Text: []string{"ty=P", "rp=ipp/print"}},
	)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	options := lan.Options{Wait: time.Second, Interfaces: []net.Interface{*on}}
	link := "escls://" + far.Address() + "/eSCL"
	mine := func(found []Finding) (all []Finding) { // another test's responder may answer too
		for _, f := range found {
			if f.Name == link || f.Role == drivers.RoleDocument && f.Model == "P" {
				all = append(all, f)
			}
		}
		return all
	}
	s := &search{root: "/", now: time.Now, devices: map[string]any{}}
	s.network(t.Context(), options)
	found := mine(s.found)
	if len(found) != 2 || found[0].Name != link || found[1].Role != drivers.RoleDocument || !found[0].Network || !found[0].Second || len(s.devices) != 0 {
		t.Fatalf("%+v, %v", s.found, s.devices)
	}
	s.correct(t.Context(), s.devices, map[string]string{string(drivers.RoleScanner): link})
	entry, _ := s.devices[string(drivers.RoleScanner)].(map[string]any)
	if kept, _ := entry["certificate"].(string); entry["link"] != link || len(kept) != len("sha256:")+64 {
		t.Errorf("chosen: %v", entry)
	}
	s = &search{root: "/", now: time.Now, devices: map[string]any{}, settings: settings.Settings{Devices: settings.Devices{Scanner: &settings.Scanner{SANE: "test:0"}}}}
	s.network(t.Context(), options)
	if found := mine(s.found); len(found) != 1 || found[0].Role != drivers.RoleDocument {
		t.Errorf("one is configured: %+v", s.found)
	}
}
