package chip_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bianmin/internal/softchip"
	"bianmin/sync/seal/chip"
)

func open(t *testing.T, path string) *chip.Chip {
	t.Helper()
	c, err := chip.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func TestSeal(t *testing.T) {
	c := open(t, softchip.Start(t))
	secret := []byte("thirty-two bytes of a secret ...")
	blob, err := c.Seal("482915", secret)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(blob, secret) || bytes.Contains(blob, []byte("482915")) {
		t.Error("the blob tells what it holds")
	}
	for range 3 { // handles are given back
		got, err := c.Unseal("482915", blob)
		if err != nil || !bytes.Equal(got, secret) {
			t.Fatalf("opened %x, %v", got, err)
		}
	}
	for _, bad := range [][]byte{nil, {0}, {0xff, 0xff, 1}, blob[:len(blob)-1], append(bytes.Clone(blob[:40]), make([]byte, len(blob)-40)...)} {
		if _, err := c.Unseal("482915", bad); !errors.Is(err, chip.ErrBlob) {
			t.Errorf("%d damaged bytes: %v", len(bad), err)
		}
	}
	other := open(t, softchip.Start(t))
	if _, err := other.Unseal("482915", blob); !errors.Is(err, chip.ErrBlob) {
		t.Errorf("another chip: %v", err)
	}
	if _, err := c.Seal("482915", make([]byte, chip.MaxSecret+1)); err == nil {
		t.Error("too long a secret was taken")
	}
}

// TestLockout: the chip itself counts wrong PINs, then refuses the right one too,
// and says how long guessing all six digits would take.
func TestLockout(t *testing.T) {
	path := softchip.Start(t)
	c := open(t, path)
	blob, err := c.Seal("482915", []byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	guard, err := c.Guard()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(chip.Guard{Tries: 10, Interval: 10 * time.Minute}, guard); diff != "" {
		t.Errorf("lock-out: %s", diff)
	}
	const year = 365 * 24 * time.Hour
	years := guard.Guessing(1_000_000) / year
	t.Logf("all 6-digit PINs: %d years on the chip, and nowhere else", years)
	if years < 10 {
		t.Errorf("all PINs take %d years", years)
	}
	for range guard.Tries {
		if _, err := c.Unseal("000000", blob); !errors.Is(err, chip.ErrPIN) {
			t.Fatalf("a wrong PIN: %v", err)
		}
	}
	for _, pin := range []string{"000001", "482915"} {
		if _, err := c.Unseal(pin, blob); !errors.Is(err, chip.ErrLocked) {
			t.Errorf("locked chip: %v", err)
		}
	}
	if _, err := open(t, path).Unseal("482915", blob); !errors.Is(err, chip.ErrLocked) {
		t.Errorf("a new program forgives: %v", err)
	}
}

func TestWeakGuard(t *testing.T) {
	chip.Weaken(t, open(t, softchip.Start(t)))
}

func TestNoChip(t *testing.T) {
	if _, err := chip.Open(filepath.Join(t.TempDir(), "none")); !errors.Is(err, chip.ErrNone) {
		t.Errorf("err = %v", err)
	}
}

// TestKeep: without a PIN a blob opens on its chip, also when that is locked after wrong PINs, and on no other, nor once it is cleared.
func TestKeep(t *testing.T) {
	path := softchip.Start(t)
	c := open(t, path)
	secret := []byte("sixteen bytes :)")
	blob, err := c.Keep(secret)
	if err != nil {
		t.Fatal(err)
	}
	guarded, err := c.Seal("482915", secret)
	if err != nil {
		t.Fatal(err)
	}
	for range 11 {
		_, _ = c.Unseal("000000", guarded)
	}
	if _, err := c.Unseal("482915", guarded); !errors.Is(err, chip.ErrLocked) {
		t.Fatalf("the chip is not locked: %v", err)
	}
	for range 3 {
		if got, err := c.Release(blob); err != nil || !bytes.Equal(got, secret) {
			t.Fatalf("released %x, %v", got, err)
		}
	}
	for name, bad := range map[string][]byte{"behind a PIN": guarded, "cut": blob[:len(blob)-1], "nothing": nil} {
		if got, err := c.Release(bad); err == nil {
			t.Errorf("%s: released %x", name, got)
		}
	}
	if _, err := open(t, softchip.Start(t)).Release(blob); !errors.Is(err, chip.ErrBlob) {
		t.Errorf("another chip: %v", err)
	}
	softchip.Clear(t, path)
	if _, err := c.Release(blob); !errors.Is(err, chip.ErrBlob) {
		t.Errorf("a cleared chip: %v", err)
	}
}
