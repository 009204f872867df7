package escl_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/near"
	"bianmin/drivers/scan/escl"
	sim "bianmin/drivers/sim/escl"
)

var quick = escl.Options{DPI: 75, Answer: 5 * time.Second, Page: 10 * time.Second, Poll: 10 * time.Millisecond}

// secure is a simulated scanner over TLS.
func secure(t *testing.T, options sim.Options) *sim.Scanner {
	t.Helper()
	if options.TLS == nil {
		options.TLS = shown
	}
	far, err := sim.Start(context.WithoutCancel(t.Context()), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := far.Close(); err != nil {
			t.Error(err)
		}
	})
	return far
}

// TestFirstMeeting: a scanner over TLS is refused while nothing is kept of it, taken at its word when it is met, and known again.
func TestFirstMeeting(t *testing.T) {
	far := secure(t, sim.Options{Duplex: true})
	link := "escls://" + far.Address() + "/eSCL"
	if _, err := escl.Open(t.Context(), link, quick); drivers.FaultOf(err) != drivers.FaultCertificate {
		t.Fatalf("nothing kept: %v", err)
	}
	met, err := escl.Meet(t.Context(), link, quick)
	if err != nil {
		t.Fatal(err)
	}
	if met.Link() != link || met.Certificate() != kept() {
		t.Errorf("met %s, %s", met.Link(), met.Certificate())
	}
	options := quick
	options.Certificate = strings.ToUpper(met.Certificate())
	again, err := escl.Open(t.Context(), link, options)
	if err != nil {
		t.Fatal(err)
	}
	far.Feed(sim.Sheet{Bars: 1, Back: 2})
	r := &rig{far: far, scanner: again}
	if got := r.sides(t); got != [2]int{1, 2} {
		t.Errorf("sides %v", got)
	}
	if err := errors.Join(met.Close(), again.Close()); err != nil {
		t.Error(err)
	}
}

// TestChangedCertificate: whoever shows another certificate gets no order, whether from the beginning or in the middle.
func TestChangedCertificate(t *testing.T) {
	other, err := sim.Certificate()
	if err != nil {
		t.Fatal(err)
	}
	far := secure(t, sim.Options{})
	options := quick
	options.Certificate = kept()
	scanner, err := escl.Open(t.Context(), "escls://"+far.Address(), options)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = scanner.Close() }()
	if err := far.Close(); err != nil {
		t.Fatal(err)
	}
	stranger := secure(t, sim.Options{TLS: other, At: far.Address()})
	stranger.Lay(sim.Sheet{Bars: 1})
	var told *near.CertificateError
	if _, err := scanner.Scan(t.Context(), drivers.ScanOptions{}); drivers.FaultOf(err) != drivers.FaultCertificate || !errors.As(err, &told) || told.Kept != kept() {
		t.Errorf("scan: %v", err)
	}
	if status, err := scanner.Status(t.Context()); err == nil || status.Fault != drivers.FaultCertificate {
		t.Errorf("status %+v, %v", status, err)
	}
	for name, open := range map[string]func(context.Context, string, escl.Options) (*escl.Scanner, error){"open": escl.Open, "meet": escl.Meet} {
		if _, err := open(t.Context(), "escls://"+far.Address(), options); drivers.FaultOf(err) != drivers.FaultCertificate {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := len(stranger.Orders()); n != 0 {
		t.Errorf("the stranger got %d orders", n)
	}
}

// TestSentToTLS: a scanner that sends us from the clear to TLS at its own host is followed; nobody is followed anywhere else.
func TestSentToTLS(t *testing.T) {
	far := secure(t, sim.Options{})
	for to, want := range map[string]drivers.Fault{
		"https://" + far.Address(): drivers.FaultNone, "https://" + strings.Replace(far.Address(), "127.0.0.1", "127.0.0.2", 1): drivers.FaultProtocol,
		"https://user@" + far.Address(): drivers.FaultProtocol, "http://" + far.Address(): drivers.FaultProtocol,
		"https://" + far.Address() + "/elsewhere?": drivers.FaultProtocol, "ftp://127.0.0.1": drivers.FaultProtocol, "https://[": drivers.FaultProtocol,
	} {
		clear, err := sim.Start(context.WithoutCancel(t.Context()), sim.Options{Redirect: to})
		if err != nil {
			t.Fatal(err)
		}
		met, err := escl.Meet(t.Context(), "escl://"+clear.Address(), quick)
		if drivers.FaultOf(err) != want {
			t.Errorf("%s: %v, want the fault %q", to, err, want)
		}
		if err == nil {
			if met.Link() != "escls://"+far.Address()+"/eSCL" || met.Certificate() != kept() {
				t.Errorf("met %s, %s", met.Link(), met.Certificate())
			}
			if _, err := met.Scan(t.Context(), drivers.ScanOptions{}); err != nil {
				t.Errorf("scan: %v", err)
			}
			_ = met.Close()
			// Nothing is kept of it: a machine that is set up without TLS does not begin to believe it by itself.
			if _, err := escl.Open(t.Context(), "escl://"+clear.Address(), quick); drivers.FaultOf(err) != drivers.FaultCertificate {
				t.Errorf("open: %v", err)
			}
		}
		if err := clear.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestEncryptionTakenAway: where a certificate is kept, a scanner that suddenly speaks in the clear is somebody else.
func TestEncryptionTakenAway(t *testing.T) {
	clear, err := sim.Start(context.WithoutCancel(t.Context()), sim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = clear.Close() }()
	options := quick
	options.Certificate = kept()
	for link, want := range map[string]drivers.Fault{"escl://": drivers.FaultCertificate, "escls://": drivers.FaultProtocol} {
		if _, err := escl.Open(t.Context(), link+clear.Address(), options); drivers.FaultOf(err) != want {
			t.Errorf("%s: %v, want %q", link, err, want)
		}
	}
}
