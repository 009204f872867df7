package office_test

import (
	"errors"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"bianmin/core/agency"
	"bianmin/store/office"
	"bianmin/sync/seal/chip"
)

// emulator starts swtpm, a TPM 2.0 in software, and opens it.
func emulator(t *testing.T) *chip.Chip {
	t.Helper()
	dir := t.TempDir()
	socket := filepath.Join(dir, "tpm.sock")
	process := exec.CommandContext(t.Context(), "swtpm", "socket", "--tpm2", "--tpmstate", "dir="+dir,
		"--server", "type=unixio,path="+socket, "--flags", "not-need-init,startup-clear")
	must(t, process.Start())
	t.Cleanup(func() { _, _ = process.Process.Kill(), process.Wait() })
	for range 200 {
		if c, err := chip.Open(socket); err == nil {
			if _, err = c.Guard(); err == nil {
				t.Cleanup(func() { _ = c.Close() })
				return c
			}
			_ = c.Close()
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("swtpm does not answer")
	return nil
}

// TestPIN: with a security chip six digits open the book, and on another PC they open nothing.
func TestPIN(t *testing.T) {
	p := newPoint(t)
	tpm := emulator(t)
	with := func(c office.Chip) func(*office.Options) { return func(o *office.Options) { o.Chip = c } }
	o := p.open(t, with(tpm))
	for _, weak := range []string{"123456", "654321", "000000", "12345", "1234567"} {
		wantRefused(t, weak, o.Activate(t.Context(), li, code, weak, nil), agency.WeakSecret)
	}
	must(t, o.Activate(t.Context(), li, code, "830417", nil))
	must(t, o.Activate(t.Context(), wang, code, wangSecret, nil)) // a passphrase is as good as ever
	guard, err := tpm.Guard()
	must(t, err)
	years := guard.Guessing(1_000_000).Hours() / 24 / 365.25
	t.Logf("trying every PIN on this chip takes %.1f years", years)
	if years < 10 {
		t.Errorf("trying every PIN takes %.1f years, less than 10", years)
	}
	lines, err := o.Accounts(t.Context())
	must(t, err)
	if !lines[0].PIN || lines[1].PIN {
		t.Errorf("%+v", lines)
	}
	for _, wrong := range []string{"830418", "830417 ", "passphrase of mine"} {
		_, err := o.SignOn(t.Context(), li, wrong)
		if (wrong == "830417 ") != (err == nil) || (err != nil && !errors.Is(err, agency.ErrSecret)) {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	filed := submit(t, signOn(t, o, li, "830417"), zhang)
	must(t, o.Close())

	for name, other := range map[string]office.Chip{"another chip": emulator(t), "no chip": nil} {
		o := p.open(t, with(other))
		if _, err := o.SignOn(t.Context(), li, "830417"); err == nil || errors.Is(err, agency.ErrSecret) {
			t.Errorf("%s: %v", name, err)
		}
		must(t, o.Close())
	}
	if file, err := signOn(t, p.open(t, with(tpm)), li, "830417").Case(t.Context(), filed.Number); err != nil || file.Person != zhang.Name {
		t.Errorf("%+v, %v", file.CaseLine, err)
	}
}
