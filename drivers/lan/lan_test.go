package lan_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/net/dns/dnsmessage"

	"bianmin/drivers/lan"
	"bianmin/drivers/sim/mdns"
)

var here = netip.MustParseAddr("127.0.0.1")

// ours are those that this test told of: other tests' responders may hear the question too.
var ours = "-" + strconv.Itoa(os.Getpid())

// loopback is the one network that every machine has. Multicast stays in it.
func loopback(t *testing.T) []net.Interface {
	t.Helper()
	all, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	for _, on := range all {
		if on.Flags&net.FlagLoopback != 0 {
			return []net.Interface{on}
		}
	}
	t.Fatal("no loopback")
	return nil
}

func start(t *testing.T, services ...mdns.Service) *mdns.Responder {
	t.Helper()
	t.Cleanup(func() { goleak.VerifyNone(t) })
	r, err := mdns.Start(loopback(t)[0], services...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func look(t *testing.T, wait time.Duration) []lan.Found {
	t.Helper()
	found, err := lan.Look(t.Context(), lan.Options{Wait: wait, Interfaces: loopback(t)})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestLook: scanners and printers are found over real multicast, also those that tell each thing only when asked; their words can stand in
// a line and their links are links.
func TestLook(t *testing.T) {
	start(t,
		mdns.Service{Kind: "_uscan._tcp", Name: "便民站 scanner" + ours, Host: "One", Port: 80, Address: here, Text: []string{"ty=Maker S-1", "rs=eSCL", "txtvers=1"}},
		mdns.Service{Kind: "_uscans._tcp", Name: "Sparse" + ours, Host: "two", Port: 443, Address: here, Text: []string{"TY=Maker S-2", "rs=/scan/eSCL/"}, Sparse: true},
		mdns.Service{Kind: "_ipp._tcp", Name: "Printer\n\x1b[31m" + ours, Host: "three", Port: 631, Address: here, Text: []string{"ty=Maker\x07 P", "rp=../../etc"}},
		mdns.Service{Kind: "_ipps._tcp", Name: "Locked" + ours, Host: "three", Port: 631, Address: here, Text: []string{"rp=ipp/print"}},
		mdns.Service{Kind: "_http._tcp", Name: "Other", Host: "four", Port: 80, Address: here},
	)
	var said []string
	for _, f := range look(t, 1500*time.Millisecond) {
		if name, ok := strings.CutSuffix(f.Name, ours); ok {
			said = append(said, string(f.Kind)+"|"+name+"|"+f.Model+"|"+f.Link())
		}
	}
	want := []string{
		"_uscan._tcp|便民站 scanner|Maker S-1|escl://127.0.0.1:80/eSCL", "_uscans._tcp|Sparse|Maker S-2|escls://127.0.0.1:443/scan/eSCL",
		"_ipp._tcp|Printer [31m|Maker P|ipp://127.0.0.1:631/ipp/print", "_ipps._tcp|Locked||",
	}
	if strings.Join(said, "\n") != strings.Join(want, "\n") {
		t.Errorf("found\n%s\nwant\n%s", strings.Join(said, "\n"), strings.Join(want, "\n"))
	}
}

// TestHostileAnswers: a network that talks nonsense without end, tells of machines elsewhere and of very many devices ends in time, within
// bounds, and hides no device that was told of before.
func TestHostileAnswers(t *testing.T) {
	elsewhere := netip.MustParseAddr("198.51.100.7")
	var many []mdns.Service
	for i := range 200 {
		many = append(many, mdns.Service{Kind: "_ipp._tcp", Name: "n" + strings.Repeat("x", i%40) + string(rune('a'+i%26)) + string(rune('a'+i/26)), Host: "h", Port: uint16(1000 + i), Address: here})
	}
	r := start(t, mdns.Service{Kind: "_uscan._tcp", Name: "Good", Host: "good", Port: 80, Address: here}, mdns.Service{Kind: "_uscan._tcp", Name: "Elsewhere", Host: "far", Port: 80, Address: elsewhere})
	random := rand.New(rand.NewPCG(1, 2))
	var packets [][]byte
	question := dnsmessage.Message{Questions: []dnsmessage.Question{{Name: dnsmessage.MustNewName("_ipp._tcp.local."), Type: dnsmessage.TypePTR, Class: dnsmessage.ClassINET}}}
	for i := range 8 {
		if packet := mdns.Answer(question, many[i*25:(i+1)*25]...); packet != nil {
			packets = append(packets, packet, packet[:len(packet)/2])
		}
	}
	for range 300 {
		noise := make([]byte, random.IntN(600))
		for i := range noise {
			noise[i] = byte(random.UintN(256))
		}
		if len(noise) > 2 {
			noise[2] |= 0x80 // an answer
		}
		packets = append(packets, noise)
	}
	packets = append(packets, bytes.Repeat([]byte{0xc0, 0x0c}, 2000))
	r.Say(packets...)
	begun := time.Now()
	found := look(t, time.Second)
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
	if len(found) > 64 {
		t.Errorf("%d devices", len(found))
	}
	for _, f := range found {
		if f.Address.Addr() != here {
			t.Errorf("a machine elsewhere: %v", f)
		}
	}
	if len(found) == 0 {
		t.Error("nothing at all is found")
	}
}

// TestNoNetwork: a machine without a network says so at once.
func TestNoNetwork(t *testing.T) {
	if _, err := lan.Look(t.Context(), lan.Options{Interfaces: []net.Interface{}}); !errors.Is(err, lan.ErrNoNetwork) {
		t.Errorf("%v", err)
	}
}

// TestNobodyAnswers: an empty network ends in time, and was asked more than once.
func TestNobodyAnswers(t *testing.T) {
	r := start(t)
	begun := time.Now()
	look(t, 400*time.Millisecond)
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
	if r.Asked() < 2 {
		t.Errorf("asked %d times", r.Asked())
	}
}
