package enrol_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"bianmin/platform/platformtest"
	"bianmin/sync/enrol"
	"bianmin/sync/seal"
)

// TestNewerTrust: a trust bundle that says more than this program knows is believed, by network and at each start after; one of a
// newer form is named, and the code still serves when the program was renewed.
func TestNewerTrust(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	path := filepath.Join(p.Dir, "authority", "trust.json")
	plain, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	serve := func(content []byte) {
		t.Helper()
		p.Stop()
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		p.Serve(p.Addr)
	}
	serve(bytes.Replace(plain, []byte(`{"version":1,`), []byte(`{"version":2,"roots":[{"a":1}],`), 1))
	ticket, data := p.Ticket("QH0301", p.URL), t.TempDir()
	if _, err := enrol.Enrol(t.Context(), options(ticket, data)); !errors.Is(err, enrol.ErrNewer) {
		t.Errorf("a bundle of a newer form: %v", err)
	}
	serve(bytes.Replace(plain, []byte(`{"version":1,`), []byte(`{"version":1,"successor":"x","more":{"b":[2]},`), 1))
	renewed := p.Ticket("QH0302", p.URL)
	ticket.Fingerprint = renewed.Fingerprint // what the program understands now
	if _, err := enrol.Enrol(t.Context(), options(ticket, data)); err != nil {
		t.Fatalf("a bundle that says more: %v", err)
	}
	id, err := seal.LoadIdentity(filepath.Join(data, "keys"))
	if err != nil || id.Trust.Fingerprint() != renewed.Fingerprint {
		t.Errorf("at the next start: %v", err)
	}
}
