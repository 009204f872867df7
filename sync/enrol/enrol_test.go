package enrol_test

import (
	"context"
	"crypto/tls"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bianmin/platform/platformtest"
	"bianmin/sync/enrol"
	"bianmin/sync/seal"
	"bianmin/sync/standing"
	"bianmin/sync/wire"
)

func options(ticket wire.Ticket, data string) enrol.Options {
	return enrol.Options{Ticket: ticket, Data: data, Software: "test", Now: time.Now}
}

func TestEnrol(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	p.Run("staff", "new", "--name", "韩技术员")
	data := t.TempDir()
	id, err := enrol.Enrol(t.Context(), options(p.Ticket("QH0301", p.URL), data))
	if err != nil {
		t.Fatal(err)
	}
	if id.Number != "QH0301" || id.Generation != "A" || id.Point != "柳树沟村便民服务点" || id.Region != "990301001201" ||
		id.Role != "kiosk" || id.Environment != "demo" || id.Platform != p.URL {
		t.Errorf("the terminal became %+v", id.Terminal)
	}
	again, err := seal.LoadIdentity(filepath.Join(data, "keys"))
	if err != nil || again.Number != id.Number || !again.Keys.Sign.Equal(id.Keys.Sign) {
		t.Errorf("the keys folder holds something else: %v", err)
	}
	staff, err := enrol.LoadStaff(filepath.Join(data, "keys"))
	if err != nil || len(staff) != 1 || staff[0].Name != "韩技术员" || len(staff[0].Hash) != 32 {
		t.Errorf("staff %+v, %v", staff, err)
	}
	info, err := os.Stat(filepath.Join(data, "keys"))
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("keys folder: %v, %v", info.Mode(), err)
	}
	entries, err := os.ReadDir(data)
	if err != nil || len(entries) != 1 {
		t.Errorf("the data folder holds %v, %v", entries, err)
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(t *testing.T, p *platformtest.Platform, o *enrol.Options)
		want   string
	}{
		{"unknown code", func(_ *testing.T, _ *platformtest.Platform, o *enrol.Options) { o.Ticket.Code = "0000-0000-0000-0000" }, "does not know this enrolment code"},
		{"wrong fingerprint", func(_ *testing.T, _ *platformtest.Platform, o *enrol.Options) {
			o.Ticket.Fingerprint = strings.Repeat("0", 64)
		}, "fingerprint"},
		{"another platform", func(t *testing.T, _ *platformtest.Platform, o *enrol.Options) {
			o.Ticket.URL = platformtest.Start(t, platformtest.Options{}).URL
		}, "fingerprint"},
		{"used code", func(t *testing.T, _ *platformtest.Platform, o *enrol.Options) {
			if _, err := enrol.Enrol(t.Context(), options(o.Ticket, t.TempDir())); err != nil {
				t.Fatal(err)
			}
		}, "has been used"},
		{"expired code", func(_ *testing.T, p *platformtest.Platform, o *enrol.Options) {
			o.Ticket = p.Ticket("QH0301", p.URL, "--valid", "1ns")
		}, "has expired"},
		{"enrolled already", func(t *testing.T, p *platformtest.Platform, o *enrol.Options) {
			if _, err := enrol.Enrol(t.Context(), options(p.Ticket("QH0309", p.URL), o.Data)); err != nil {
				t.Fatal(err)
			}
		}, "--replace"},
		{"nobody there", func(_ *testing.T, p *platformtest.Platform, _ *enrol.Options) { p.Stop() }, "fetch the trust bundle"},
		{"captive portal", func(_ *testing.T, p *platformtest.Platform, _ *enrol.Options) { p.Faults(`{action: captive-portal}`) }, "fingerprint"},
		{"portal after the bundle", func(_ *testing.T, p *platformtest.Platform, _ *enrol.Options) {
			p.Faults(`{match: {method: POST}, action: redirect}`)
		}, "not the platform"},
		{"tampered answer", func(_ *testing.T, p *platformtest.Platform, _ *enrol.Options) {
			p.Faults(`{match: {method: POST}, action: bad-signature}`)
		}, "does not fit"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := platformtest.Start(t, platformtest.Options{})
			o := options(p.Ticket("QH0301", p.URL), t.TempDir())
			c.change(t, p, &o)
			id, err := enrol.Enrol(t.Context(), o)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Enrol gives %v, %v; want an error with %q", id, err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), o.Ticket.Code) {
				t.Errorf("the error repeats the code: %v", err)
			}
		})
	}
}

// TestLostAnswer: the code is used up and the answer lost; the same terminal
// gets the same certificates, another terminal does not.
func TestLostAnswer(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	o := options(p.Ticket("QH0301", p.URL), t.TempDir())
	p.Faults(`{match: {method: POST}, action: drop-after-accept}`)
	if _, err := enrol.Enrol(t.Context(), o); err == nil {
		t.Fatal("enrolled although the answer was lost")
	}
	p.Faults()
	if _, err := enrol.Enrol(t.Context(), options(o.Ticket, t.TempDir())); err == nil || !strings.Contains(err.Error(), "has been used") {
		t.Errorf("another terminal with the used code: %v", err)
	}
	id, err := enrol.Enrol(t.Context(), o)
	if err != nil || id.Generation != "A" {
		t.Fatalf("second try: %+v, %v", id, err)
	}
}

func TestReplaceGivesNewGeneration(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	data := t.TempDir()
	first, err := enrol.Enrol(t.Context(), options(p.Ticket("QH0301", p.URL), data))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"B", "C"} {
		o := options(p.Ticket("QH0301", p.URL), data)
		o.Replace = true
		id, err := enrol.Enrol(t.Context(), o)
		if err != nil || id.Generation != want {
			t.Fatalf("got %+v, %v; want generation %s", id, err, want)
		}
		if id.Keys.Secret != first.Keys.Secret {
			t.Error("the terminal secret changed: cases filed before no longer open with the card")
		}
		if id.Keys.Sign.Equal(first.Keys.Sign) || id.Keys.TLS.Equal(first.Keys.TLS) {
			t.Error("a private key moved to the next generation")
		}
	}
	old := client(first)
	defer old.CloseIdleConnections()
	response, err := old.Get(p.URL + "/v1/time?nonce=" + strings.Repeat("0", 32))
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	response, err = old.Head(p.URL + "/v1/packets/" + strings.Repeat("0", 32))
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusForbidden {
		t.Errorf("the replaced generation gets %d", response.StatusCode)
	}
}

func client(id *seal.Identity) *http.Client {
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{
		InsecureSkipVerify: true, Certificates: []tls.Certificate{id.TLSCert},
	}}}
}

// TestInterrupted stops an enrolment at every request and after it; the next call finishes it.
func TestInterrupted(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	data := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	o := options(p.Ticket("QH0301", p.URL), data)
	if _, err := enrol.Enrol(ctx, o); err == nil {
		t.Fatal("enrolled without a request")
	}
	id, err := enrol.Enrol(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	// A crash between the two renames of a replacement: the new keys lie beside, the old ones are away.
	for _, step := range [][2]string{{"keys", "keys.next"}} {
		if err := os.Rename(filepath.Join(data, step[0]), filepath.Join(data, step[1])); err != nil {
			t.Fatal(err)
		}
	}
	again, err := enrol.Enrol(t.Context(), o)
	if err != nil || !again.Keys.Sign.Equal(id.Keys.Sign) {
		t.Errorf("after the crash: %v", err)
	}
}

// TestWrongClock: a terminal whose clock was never set, or is years ahead, can still be enrolled.
func TestWrongClock(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	for number, year := range map[string]int{"QH0301": 1970, "QH0302": 2036} {
		o := options(p.Ticket(number, p.URL), t.TempDir())
		o.Now = func() time.Time { return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC) }
		id, err := enrol.Enrol(t.Context(), o)
		if err != nil {
			t.Errorf("in %d: %v", year, err)
			continue
		}
		if age := time.Since(id.Enrolled); age < -time.Minute || age > time.Minute {
			t.Errorf("in %d: enrolled at %v", year, id.Enrolled)
		}
	}
}

// TestGuessingIsLimited: codes cannot be tried at will.
func TestGuessingIsLimited(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	o := options(p.Ticket("QH0301", p.URL), t.TempDir())
	right := o.Ticket.Code
	o.Ticket.Code = "0000-0000-0000-0000"
	var err error
	for range 20 {
		if _, err = enrol.Enrol(t.Context(), o); err != nil && strings.Contains(err.Error(), "too many attempts") {
			break
		}
	}
	if err == nil || !strings.Contains(err.Error(), "too many attempts") {
		t.Fatalf("after 20 wrong codes: %v", err)
	}
	o.Ticket.Code = right
	if _, err = enrol.Enrol(t.Context(), o); err == nil || !strings.Contains(err.Error(), "too many attempts") {
		t.Errorf("the right code while locked: %v", err)
	}
}

// TestSettingsComeAlong: what the province set is there, signed, before the terminal's first start, for each generation its own.
func TestSettingsComeAlong(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	p.Run("settings", "set", "retention.days", "30", "--all")
	o := options(p.Ticket("QH0301", p.URL), t.TempDir())
	p.Faults(`{match: {method: POST}, action: drop-after-accept}`)
	if _, err := enrol.Enrol(t.Context(), o); err == nil {
		t.Fatal("enrolled although the answer was lost")
	}
	p.Faults()
	p.Run("settings", "set", "retention.days", "31", "--all")
	holds := func(id *seal.Identity, number int64, days string) {
		t.Helper()
		r, err := standing.Load(filepath.Join(o.Data, "keys"), standing.Of(id))
		if err != nil || r.Number != number || r.Values["retention.days"] != days {
			t.Fatalf("generation %s holds %+v, %v", id.Generation, r, err)
		}
	}
	id, err := enrol.Enrol(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	holds(id, 2, "31")
	p.Run("settings", "set", "retention.days", "32", "--terminal", "QH0301")
	o.Ticket, o.Replace = p.Ticket("QH0301", p.URL), true
	if id, err = enrol.Enrol(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	holds(id, 3, "32")
}
