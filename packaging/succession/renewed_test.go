package succession_test

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/platform/platformtest"
	"bianmin/sync/channel"
	"bianmin/sync/renew"
	"bianmin/sync/seal"
)

// renewIn has a machine renew its certificates, as its sender would after years.
func renewIn(t *testing.T, p *platformtest.Platform, data string) {
	t.Helper()
	keys := filepath.Join(data, "keys")
	identity, err := seal.LoadIdentity(keys)
	if err != nil {
		t.Fatal(err)
	}
	client := channel.New(channel.Options{Root: identity.Trust.TLSRoot, Certificate: &identity.TLSCert, Times: func() []time.Time { return []time.Time{time.Now()} }})
	defer client.CloseIdleConnections()
	renewer := renew.Renewer{Folder: keys, Identity: identity, Client: client, URL: p.URL, Log: slog.New(slog.NewTextHandler(t.Output(), nil))}
	renewer.Heard(t.Context(), renew.Due(identity).Add(time.Hour))
	after, err := seal.LoadIdentity(keys)
	if err != nil || len(after.Former) != len(identity.Former)+1 {
		t.Fatalf("not renewed: %v", err)
	}
}

// TestRenewedMachines moves a queue between machines that both renewed their certificates: the old one between its cases, the new one between what it laid
// onto the stick and what comes back on it, which is sealed to its earlier key.
func TestRenewedMachines(t *testing.T) {
	w := &pair{p: platformtest.Start(t, platformtest.Options{}), old: t.TempDir(), fresh: t.TempDir(), stick: t.TempDir()}
	enrolIn(t, w.p, terminal, w.old)
	file := func(i int) {
		f := desk(t, w.old)
		w.filed = append(w.filed, mustFile(t, f, i))
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for i := range waiting - 1 {
		file(i + 1)
	}
	renewIn(t, w.p, w.old)
	file(waiting)
	enrolIn(t, w.p, terminal, w.fresh)
	if _, err := machine(w.fresh).Offer(w.stick); err != nil {
		t.Fatal(err)
	}
	renewIn(t, w.p, w.fresh)
	if made, err := machine(w.old).Backup(t.Context(), w.stick, true); err != nil || made.Waiting != waiting {
		t.Fatalf("%+v, %v", made, err)
	}
	for round := range 2 {
		taken, err := machine(w.fresh).Restore(t.Context(), w.stick)
		if err != nil || len(taken) != 1 || taken[0].Packets != waiting*(1-round) {
			t.Fatalf("round %d: %+v, %v", round, taken, err)
		}
	}
	w.mustArrive(t)
	// What it files from now on, with its later key, arrives as well.
	after := desk(t, w.fresh)
	next := mustFile(t, after, waiting+1)
	send(t, w.fresh, drained(t, after))
	cases, err := after.Cases(t.Context(), person(waiting+1))
	if err != nil || len(cases) != 1 || cases[0].Number != next.Number || cases[0].State != casefile.StateAccepted {
		t.Errorf("%+v, %v", cases, err)
	}
}
