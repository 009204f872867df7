package lan

import (
	"net/netip"
	"strings"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"bianmin/drivers/sim/mdns"
)

// FuzzAnswers has a network say anything: what is kept of it is bounded, of the network itself, and can stand in a line and in a link.
func FuzzAnswers(f *testing.F) {
	question := dnsmessage.Message{}
	for _, kind := range kinds {
		question.Questions = append(question.Questions, dnsmessage.Question{Name: dnsmessage.MustNewName(string(kind) + ".local."), Type: dnsmessage.TypePTR, Class: dnsmessage.ClassINET})
	}
	here := netip.MustParsePrefix("192.0.2.5/24")
	device := mdns.Service{Kind: "_uscan._tcp", Name: "A", Host: "a", Port: 80, Address: netip.MustParseAddr("192.0.2.9"), Text: []string{"ty=M", "rs=eSCL"}}
	printer := device
	printer.Kind, printer.Text = "_ipp._tcp", []string{"rp=a/../b", "ty=\x00\xff"}
	good := mdns.Answer(question, device, printer)
	for _, seed := range [][]byte{good, good[:len(good)-7], append(good[:12:12], 0xc0, 0x0c), nil} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, packet []byte) {
		told := newAnswers(here)
		told.take(packet, netip.MustParseAddr("192.0.2.9"))
		for _, d := range told.devices() {
			link := d.Link()
			if !here.Contains(d.Address.Addr()) || strings.ContainsAny(d.Name+d.Model+link, "\n\r\x1b\x07\x00") || strings.Contains(link, "/.") || len(link) > 150 || strings.ContainsAny(link, " ?#@%") {
				t.Errorf("%q %q %q", d.Name, d.Model, link)
			}
		}
		if len(told.instances)+len(told.services)+len(told.addresses)+len(told.texts) > 4*mostRecords {
			t.Error("more is kept than may be")
		}
		if n := len(told.questions(true)); n > 40 {
			t.Errorf("%d questions", n)
		}
		stranger := newAnswers(here)
		if stranger.take(packet, netip.MustParseAddr("203.0.113.1")); len(stranger.instances) > 0 {
			t.Error("a stranger is believed")
		}
	})
}
