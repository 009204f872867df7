package seal_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bianmin/internal/softchip"
	"bianmin/sync/seal"
	"bianmin/sync/seal/sealtest"
)

// renewal certifies the next keys of a folder.
func renewal(t *testing.T, a *sealtest.Authority, folder string, who seal.Terminal) seal.Renewal {
	t.Helper()
	keys, err := seal.NextKeys(folder)
	if err != nil {
		t.Fatal(err)
	}
	c, err := a.Authority.Certify(keys, who)
	if err != nil {
		t.Fatal(err)
	}
	return seal.Renewal{Sign: c.Sign, Encrypt: c.Encrypt, TLS: c.TLS, Compact: c.Terminal.Compact, At: time.Now()}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// renewTwice renews twice, and looks each time that everything sealed since the enrolment opens.
func renewTwice(t *testing.T, folder string) {
	t.Helper()
	a := sealtest.New(t)
	first := a.Enrol(t, folder, "QH0301", "A")
	var sealed, wrapped [][]byte
	current := first
	for round := range 3 {
		content, err := seal.SealCMS([]byte{byte(round)}, a.Sign, a.SignKey, current.EncryptCert)
		must(t, err)
		sealed = append(sealed, content)
		key, err := seal.NewCaseKey()
		must(t, err)
		one, err := seal.WrapKeyTo(key, &current.Keys.Encrypt.PublicKey)
		must(t, err)
		wrapped = append(wrapped, one)
		for i, message := range sealed {
			if opened, signer, err := current.Open(message); err != nil || opened[0] != byte(i) || !signer.Equal(a.Sign) {
				t.Errorf("round %d: what was sealed in round %d: %v", round, i, err)
			}
			if _, err := current.UnwrapKey(wrapped[i]); err != nil {
				t.Errorf("round %d: what was wrapped in round %d: %v", round, i, err)
			}
		}
		if len(current.Former) != round || len(current.Signers()) != round+1 || current.Keys.Secret != first.Keys.Secret {
			t.Errorf("round %d: %d former certificates", round, len(current.Former))
		}
		if round == 2 {
			break
		}
		fresh := renewal(t, a, folder, first.Terminal)
		if again := renewal(t, a, folder, first.Terminal); again.Sign == fresh.Sign { // another certificate of the same keys
			t.Error("the authority gives one certificate twice")
		}
		if here, err := seal.LoadIdentity(folder); err != nil || !here.SignCert.Equal(current.SignCert) {
			t.Fatalf("keys that nobody certified are in force: %v", err)
		}
		must(t, seal.Renew(folder, fresh))
		must(t, seal.Renew(folder, fresh)) // a second time it is no news
		before := current
		current, err = seal.LoadIdentity(folder)
		must(t, err)
		if current.SignCert.Equal(before.SignCert) || current.Keys.Sign.Equal(before.Keys.Sign) || current.TLSCert.Leaf.Equal(before.TLSCert.Leaf) {
			t.Error("the present ones are those before")
		}
		if public, err := seal.LoadPublic(folder); err != nil || !public.SignCert.Equal(current.SignCert) {
			t.Errorf("without the keys: %v", err)
		}
	}
	foreign, err := seal.SealCMS([]byte("x"), a.Sign, a.SignKey, a.Encrypt)
	must(t, err)
	if _, _, err := current.Open(foreign); !errors.Is(err, seal.ErrOpen) {
		t.Errorf("what was sealed to somebody else: %v", err)
	}
}

// TestRenewedKeysOpenEverything: in files, and in a chip's keeping, where no key of a renewal is ever in clear.
func TestRenewedKeysOpenEverything(t *testing.T) {
	t.Run("files", func(t *testing.T) { renewTwice(t, filepath.Join(t.TempDir(), "keys")) })
	t.Run("chip", func(t *testing.T) {
		folder, socket := filepath.Join(t.TempDir(), "keys"), softchip.Start(t)
		must(t, seal.UseChip(folder, socket))
		renewTwice(t, folder)
		want(t, folder, seal.ByChip)
		if names := inClear(t, folder); len(names) > 0 {
			t.Errorf("in clear: %v", names)
		}
		softchip.Clear(t, socket)
		if _, err := seal.LoadIdentity(folder); !errors.Is(err, seal.ErrChip) {
			t.Errorf("a cleared chip: %v", err)
		}
	})
	t.Run("given to a chip later", func(t *testing.T) {
		folder, socket := filepath.Join(t.TempDir(), "keys"), softchip.Start(t)
		renewTwice(t, folder)
		if names := inClear(t, folder); len(names) < 9 {
			t.Fatalf("only %v are in clear", names) // the test would not see them
		}
		must(t, seal.Protect(folder, socket, nil))
		want(t, folder, seal.ByChip)
		if names := inClear(t, folder); len(names) > 0 {
			t.Errorf("in clear: %v", names)
		}
		if id, err := seal.LoadIdentity(folder); err != nil || len(id.Former) != 2 {
			t.Errorf("they do not come back: %v", err)
		}
		must(t, seal.Unprotect(folder, nil))
		want(t, folder, seal.ByFile)
		softchip.Clear(t, socket)
		if id, err := seal.LoadIdentity(folder); err != nil || len(id.Former) != 2 {
			t.Errorf("taken back, they do not open: %v", err)
		}
	})
}

// inClear lists all files of a folder that hold a private key in clear.
func inClear(t *testing.T, folder string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	must(t, err)
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		must(t, err)
		if strings.Contains(string(content), "BEGIN PRIVATE KEY") || strings.Contains(string(content), "TERMINAL SECRET") {
			names = append(names, entry.Name())
		}
	}
	return names
}

// TestRenewalOfSomebodyElse: certificates for other keys, of another terminal or generation, of another authority, shorter than the present ones, or
// torn are refused, and the present ones stay.
func TestRenewalOfSomebodyElse(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "keys")
	a, foreign := sealtest.New(t), sealtest.New(t)
	id := a.Enrol(t, folder, "QH0301", "A")
	good := renewal(t, a, folder, id.Terminal)
	other, elder := id.Terminal, id.Terminal
	other.Number, elder.Generation = "QH0302", "B"
	keys, err := seal.Generate()
	must(t, err)
	c, err := a.Authority.Certify(keys, id.Terminal)
	must(t, err)
	wrong := func(change func(*seal.Renewal)) seal.Renewal { r := good; change(&r); return r }
	for name, bad := range map[string]seal.Renewal{
		"of another terminal":      renewal(t, a, folder, other),
		"of another generation":    renewal(t, a, folder, elder),
		"of another authority":     renewal(t, foreign, folder, id.Terminal),
		"for a foreign sign key":   wrong(func(r *seal.Renewal) { r.Sign = c.Sign }),
		"for a foreign key":        wrong(func(r *seal.Renewal) { r.Encrypt = c.Encrypt }),
		"for a foreign TLS key":    wrong(func(r *seal.Renewal) { r.TLS = c.TLS }),
		"with another compact one": wrong(func(r *seal.Renewal) { r.Compact = id.Compact }),
		"torn":                     wrong(func(r *seal.Renewal) { r.TLS = r.TLS[:len(r.TLS)/2] }),
		"empty":                    {},
	} {
		if err := seal.Renew(folder, bad); !errors.Is(err, seal.ErrRenewal) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if here, err := seal.LoadIdentity(folder); err != nil || len(here.Former) != 0 || !here.SignCert.Equal(id.SignCert) {
		t.Fatalf("the present ones did not stay: %v", err)
	}
	must(t, seal.Renew(folder, good))
}
