package ipp_test

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/OpenPrinting/goipp"

	"bianmin/drivers"
	"bianmin/drivers/ipp"
	"bianmin/drivers/sim/document"
)

func placeOf(t *testing.T, link string) netip.AddrPort {
	t.Helper()
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	place, err := netip.ParseAddrPort(u.Host)
	if err != nil {
		t.Fatal(err)
	}
	return place
}

func spooler(t *testing.T) *document.Server {
	t.Helper()
	s, err := document.StartServer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// TestFindReal: a real CUPS with and without queues, and real printers beside it. A printer behind a queue is given once; the
// link that is found prints, and CUPS is followed to the job's end.
func TestFindReal(t *testing.T) {
	cups := spooler(t)
	places := ipp.Places{CUPS: netip.MustParseAddrPort(cups.Address())}
	if found, err := ipp.Find(t.Context(), places, ipp.Options{}); err != nil || len(found) != 0 {
		t.Fatalf("a CUPS without a queue: %+v, %v", found, err)
	}
	behind, alone := plugIn(t), plugIn(t)
	places.USB = []netip.AddrPort{placeOf(t, behind.Link()), placeOf(t, alone.Link()), netip.MustParseAddrPort("127.0.0.1:1")}
	found, err := ipp.Find(t.Context(), places, ipp.Options{})
	if err != nil || len(found) != 2 || found[0].Link != behind.Link() || found[1].Link != alone.Link() || found[0].Status.Model == "" || !found[0].PDF {
		t.Fatalf("two cables: %+v, %v", found, err)
	}
	if err := cups.AddQueue(t.Context(), "a4", strings.Replace(behind.Link(), "127.0.0.1", "localhost", 1)); err != nil {
		t.Fatal(err)
	}
	if err := cups.AddQueue(t.Context(), "archive", behind.Link()); err != nil {
		t.Fatal(err)
	}
	if err := cups.SetDefault(t.Context(), "a4"); err != nil {
		t.Fatal(err)
	}
	found, err = ipp.Find(t.Context(), places, ipp.Options{})
	if err != nil || len(found) != 3 {
		t.Fatalf("two queues and a cable: %+v, %v", found, err)
	}
	first := found[0]
	if first.Name != "a4" || !first.Default || !first.PDF || first.Link != cups.Link("a4") || first.Status.Condition != drivers.Online || first.Status.Model == "" {
		t.Errorf("the default queue: %+v", first)
	}
	for _, f := range found[1:] {
		if f.Link == behind.Link() || f.Default {
			t.Errorf("also %+v", f)
		}
	}
	report, err := open(t, first.Link, ipp.Options{Poll: 20 * time.Millisecond}).Print(t.Context(), "测试页", page(t))
	if err != nil || report.Outcome != drivers.Printed {
		t.Errorf("printed by the queue: %+v, %v", report, err)
	}
	if files, err := behind.Printed(); err != nil || len(files) != 1 {
		t.Errorf("%d sheets, %v", len(files), err)
	}
	if err := alone.SetPaper(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	found, err = ipp.Find(t.Context(), places, ipp.Options{})
	if err != nil || len(found) != 3 {
		t.Fatal(found, err)
	}
	for _, f := range found {
		if f.Link == alone.Link() && f.Status.Fault != drivers.FaultPaperOut {
			t.Errorf("without paper: %+v", f.Status)
		}
	}
}

// TestFindNoCUPS: what does not listen, or talks something else, is no printer; another machine is not asked.
func TestFindNoCUPS(t *testing.T) {
	nobody := ipp.Places{CUPS: netip.MustParseAddrPort("127.0.0.1:1"), USB: []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:2"), netip.MustParseAddrPort("192.0.2.1:60000")}}
	if found, err := ipp.Find(t.Context(), nobody, quick()); err != nil || found != nil {
		t.Errorf("nothing listens: %+v, %v", found, err)
	}
	if _, err := ipp.Find(t.Context(), ipp.Places{CUPS: netip.MustParseAddrPort("192.0.2.1:631")}, quick()); err == nil {
		t.Error("another machine was asked")
	}
	f := newFake(t)
	f.raw = func(w http.ResponseWriter, _ goipp.Op) bool { _, _ = w.Write([]byte("<html>")); return true }
	web := placeOf(t, f.link())
	if found, err := ipp.Find(t.Context(), ipp.Places{CUPS: web, USB: []netip.AddrPort{web}}, quick()); drivers.FaultOf(err) != drivers.FaultProtocol || found != nil {
		t.Errorf("a web page: %+v, %v", found, err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	silent := netip.MustParseAddrPort(listener.Addr().String())
	begun := time.Now()
	if found, err := ipp.Find(t.Context(), ipp.Places{USB: []netip.AddrPort{silent}}, quick()); err != nil || found != nil || time.Since(begun) > 2*time.Second {
		t.Errorf("silence: %+v, %v", found, err)
	}
}

// TestFindUnfit: a printer that takes no PDF is given, last, and told apart.
func TestFindUnfit(t *testing.T) {
	raster, pdf := newFake(t), newFake(t)
	raster.formats = []string{"image/urf"}
	found, err := ipp.Find(t.Context(), ipp.Places{USB: []netip.AddrPort{placeOf(t, raster.link()), placeOf(t, pdf.link())}}, quick())
	if err != nil || len(found) != 2 || !found[0].PDF || found[1].PDF || found[1].Link != raster.link() {
		t.Errorf("%+v, %v", found, err)
	}
}
