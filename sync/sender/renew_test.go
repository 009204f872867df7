package main

import (
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/platform/platformtest"
	"bianmin/sync/channel"
	"bianmin/sync/enrol"
	"bianmin/sync/linkstate"
	"bianmin/sync/renew"
	"bianmin/sync/seal"
)

const year = 365 * 24 * time.Hour

// ahead is a world whose platform's clock can be put ahead.
type ahead struct {
	*world
	p  *platformtest.Platform
	by *atomic.Int64
}

func newAhead(t *testing.T) ahead {
	t.Helper()
	a := ahead{by: new(atomic.Int64), world: newWorld(t)}
	a.p = platformtest.Start(t, platformtest.Options{Now: func() time.Time { return time.Now().Add(time.Duration(a.by.Load())) }})
	if _, err := enrol.Enrol(t.Context(), enrol.Options{Ticket: a.p.Ticket("QH0301", a.p.URL), Data: a.terminal, Software: "test", Now: time.Now}); err != nil {
		t.Fatal(err)
	}
	a.open()
	return a
}

// later starts the platform anew at a time so far from now.
func (a ahead) later(by time.Duration) {
	a.p.Stop()
	a.by.Store(int64(by))
	a.p.Serve(a.p.Addr)
}

func (a ahead) keys() string { return filepath.Join(a.terminal, "keys") }

func (a ahead) identity() *seal.Identity {
	a.t.Helper()
	identity, err := seal.LoadIdentity(a.keys())
	if err != nil {
		a.t.Fatal(err)
	}
	return identity
}

// reopen opens the desk as the kiosk does after each session.
func (a ahead) reopen() {
	a.t.Helper()
	if err := a.desk.Close(); err != nil {
		a.t.Fatal(err)
	}
	a.earlier = map[casefile.Number]bool{}
	for _, f := range a.all {
		a.earlier[f.Number] = true
	}
	a.open()
}

// accepted wants the platform to hold these cases, each once and accepted.
func (a ahead) accepted() {
	a.t.Helper()
	states := map[string]string{}
	for _, c := range a.p.Cases() {
		states[c.Case] = c.State
	}
	for _, f := range a.all {
		if states[string(f.Number)] != "accepted" {
			a.t.Errorf("case %s is %q", f.Number, states[string(f.Number)])
		}
	}
	if len(states) != len(a.all) {
		a.t.Errorf("the platform holds %d cases, %d were filed", len(states), len(a.all))
	}
}

// TestCertificatesRenewed: the sender asks by itself, once, when a third of five years is left; not a day before. What was sealed and signed before
// goes out after it, and so does what is sealed with the new keys; number, generation and what people's cards open stay.
func TestCertificatesRenewed(t *testing.T) {
	t.Parallel()
	a := newAhead(t)
	before := a.identity()
	due := time.Until(renew.Due(before))
	if due < 3*year || due > 4*year {
		t.Fatalf("due in %v", due)
	}
	a.later(due - 24*time.Hour)
	sender := a.startSender("")
	a.all = append(a.all, a.file(20_000))
	await(t, "the case from long before", a.drained)
	if after := a.identity(); len(after.Former) != 0 || !after.SignCert.Equal(before.SignCert) {
		t.Fatal("they were renewed too early")
	}
	sender.kill()
	a.all = append(a.all, a.file(20_000)) // sealed with the keys that are left behind
	a.later(due + time.Hour)
	sender = a.startSender("")
	await(t, "the renewal", func() bool { return len(a.identity().Former) == 1 })
	await(t, "the case from before", a.drained)
	after := a.identity()
	switch {
	case after.Number != before.Number || after.Generation != before.Generation || after.Keys.Secret != before.Keys.Secret:
		t.Errorf("it became %+v", after.Terminal)
	case after.Keys.Sign.Equal(before.Keys.Sign) || after.Keys.Encrypt.Equal(before.Keys.Encrypt) || after.Keys.TLS.Equal(before.Keys.TLS):
		t.Error("a key is the one before")
	case after.Ends().Sub(before.Ends()) < 3*year:
		t.Errorf("they end on %v, before on %v", after.Ends(), before.Ends())
	case after.SignCert.NotBefore.After(time.Now()):
		t.Error("they are not valid now: a platform whose clock was wrong would leave the terminal without any")
	}
	a.reopen()
	a.all = append(a.all, a.file(20_000))
	await(t, "the case from after", a.drained)
	a.accepted()
	if got := a.status(after); got != http.StatusOK {
		t.Errorf("the new certificate is answered %d", got)
	}
	if got := a.status(before); got != http.StatusOK {
		t.Errorf("the earlier certificate, days later, is answered %d: a disk may not have kept what it said", got)
	}
	sender.kill()
	a.later(due + 32*24*time.Hour)
	if got := a.status(before); got != http.StatusForbidden {
		t.Errorf("the earlier certificate, a month later, is answered %d", got)
	}
	if got := a.status(after); got != http.StatusOK {
		t.Errorf("the new certificate, a month later, is answered %d", got)
	}
}

// status asks for updates as an identity, at the platform's own time.
func (a ahead) status(id *seal.Identity) int {
	a.t.Helper()
	now := func() []time.Time { return []time.Time{time.Now().Add(time.Duration(a.by.Load()))} }
	client := channel.New(channel.Options{Root: id.Trust.TLSRoot, Certificate: &id.TLSCert, Times: now})
	defer client.CloseIdleConnections()
	request, err := http.NewRequestWithContext(a.t.Context(), http.MethodGet, a.p.URL+"/v1/updates?nonce="+strings.Repeat("0f", 16), nil)
	if err != nil {
		a.t.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		a.t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil {
		a.t.Fatal(err)
	}
	return response.StatusCode
}

// TestRenewalKilled kills the sender at each step of a renewal: the terminal has the certificates before or those after, never neither, and the next
// start ends it with one set. What waited goes out.
func TestRenewalKilled(t *testing.T) {
	t.Parallel()
	for _, point := range renew.Points {
		t.Run(point, func(t *testing.T) {
			t.Parallel()
			a := newAhead(t)
			before := a.identity()
			a.all = append(a.all, a.file(20_000))
			a.later(4 * year)
			sender := a.startSender(point + ":1")
			<-sender.done
			if status, ok := sender.cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGKILL {
				t.Fatalf("not killed at %s: %v\n%s", point, sender.cmd.ProcessState, sender.err.String())
			}
			between := a.identity() // it opens whole, whatever was killed
			if switched := len(between.Former) == 1; switched != (point == renew.PointSwitched) {
				t.Errorf("switched: %t", switched)
			}
			made, _ := os.ReadFile(filepath.Join(a.keys(), "sign-0001.key"))
			a.startSender("")
			await(t, "the renewal", func() bool { return len(a.identity().Former) == 1 })
			await(t, "the case", a.drained)
			after := a.identity()
			if kept, err := os.ReadFile(filepath.Join(a.keys(), "sign-0001.key")); err != nil || string(kept) != string(made) || len(made) == 0 {
				t.Errorf("the keys were made twice: %v", err)
			}
			if after.SignCert.Equal(before.SignCert) {
				t.Error("the certificate is the one before")
			}
			left, err := filepath.Glob(filepath.Join(a.keys(), "*-0002*"))
			if err != nil || len(left) > 0 {
				t.Errorf("there is more than one renewal: %v, %v", left, err)
			}
			a.accepted()
		})
	}
}

// TestRenewalWaitsForAnswer: an answer that is lost, or not the platform's, changes nothing; the same keys get the same certificates.
func TestRenewalWaitsForAnswer(t *testing.T) {
	t.Parallel()
	a := newAhead(t)
	a.later(4 * year)
	a.p.Faults(`{match: {path: "/v1/renewals"}, action: drop-after-accept, times: 1}`)
	first := a.startSender("")
	await(t, "the keys", func() bool { _, err := os.Stat(filepath.Join(a.keys(), "tls-0001.key")); return err == nil })
	await(t, "the lost answer", func() bool { return strings.Contains(first.err.String(), "not renewed yet") })
	if len(a.identity().Former) != 0 {
		t.Fatal("it was renewed")
	}
	first.kill() // the wait is in memory: the next start asks at once
	a.p.Faults(`{match: {path: "/v1/renewals"}, action: bad-signature, times: 1}`)
	second := a.startSender("")
	await(t, "the forged answer", func() bool { return strings.Contains(second.err.String(), "not renewed yet") })
	if len(a.identity().Former) != 0 {
		t.Fatal("a forgery renewed it")
	}
	second.kill()
	a.p.Faults()
	a.startSender("")
	await(t, "the renewal", func() bool { return len(a.identity().Former) == 1 })
}

// TestOlderPlatformRenewsNothing: it answers 404, is not asked again for a day, and everything else goes on.
func TestOlderPlatformRenewsNothing(t *testing.T) {
	t.Parallel()
	a := newAhead(t)
	identity := a.identity()
	var asked atomic.Int64
	older := http.Client{Transport: trip(func(r *http.Request) (*http.Response, error) {
		asked.Add(1)
		return &http.Response{StatusCode: http.StatusNotFound, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
	})}
	log := new(said)
	renewer := renew.Renewer{Folder: a.keys(), Identity: identity, Client: &older, URL: a.p.URL, Log: slog.New(slog.NewTextHandler(log, nil))}
	for range 5 {
		renewer.Heard(t.Context(), time.Now().Add(4*year))
	}
	if asked.Load() != 1 || len(a.identity().Former) != 0 {
		t.Errorf("it was asked %d times\n%s", asked.Load(), log)
	}
	renewer.Heard(t.Context(), time.Now().Add(-30*year)) // a platform with a clock of long ago
	if asked.Load() != 1 {
		t.Error("it was asked by a clock of long ago")
	}
}

type trip func(*http.Request) (*http.Response, error)

func (f trip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestClockJumpsRenewNothing: this machine's own clock, ten years off to either side, has no part in it.
func TestClockJumpsRenewNothing(t *testing.T) {
	t.Parallel()
	a := newAhead(t)
	for _, off := range []time.Duration{-10 * year, 10 * year} {
		a.all = append(a.all, a.file(100))
		if err := a.desk.Store().Observe(t.Context(), time.Now().Add(off)); err != nil {
			t.Fatal(err)
		}
		sender := a.startSender("")
		await(t, "the case", a.drained)
		sender.kill()
		if left, err := filepath.Glob(filepath.Join(a.keys(), "*-0001*")); err != nil || len(left) > 0 {
			t.Errorf("%v off: it was renewed: %v, %v", off, left, err)
		}
	}
}

// TestExpired: a terminal that was off for six years is told that its certificate is over, and not that there is no link, although the platform's own
// certificate does not fit its clock either. Its cases stay. Enrolled anew, they arrive.
func TestExpired(t *testing.T) {
	t.Parallel()
	a := newAhead(t)
	a.all = append(a.all, a.file(20_000))
	a.later(6 * year)
	sender := a.startSender("")
	await(t, "the reason", func() bool {
		state, err := linkstate.Load(a.terminal, time.Now())
		return err == nil && state.Why == string(channel.Own)
	})
	sender.kill()
	if c := a.counts(); c.Waiting != 1 || c.Refused != 0 {
		t.Errorf("the queue: %+v", c)
	}
	soon := time.Now().Add(6 * year)
	o := enrol.Options{Ticket: a.p.Ticket("QH0301", a.p.URL), Data: a.terminal, Software: "test", Replace: true, Now: func() time.Time { return soon }}
	if _, err := enrol.Enrol(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	a.startSender("")
	await(t, "the case", a.drained)
	a.accepted()
	if got := a.identity().Generation; got != "B" {
		t.Errorf("it is generation %s", got)
	}
}
