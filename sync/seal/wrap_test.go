package seal_test

import (
	"bytes"
	"errors"
	"testing"

	"bianmin/sync/seal"
)

var cheap = seal.Cost{Time: 1, Memory: 64, Threads: 1}

func TestCardKeysDependOnEveryField(t *testing.T) {
	secret := [32]byte{1}
	fields := []string{"99010219500101001X", "王小丫", "望河县公安局", "20100101-长期"}
	base := seal.DeriveCardKeys(secret, cheap, fields...)
	if again := seal.DeriveCardKeys(secret, cheap, fields...); again != base {
		t.Error("the same card gives other keys")
	}
	for i := range fields {
		changed := append([]string{}, fields...)
		changed[i] += "1"
		if got := seal.DeriveCardKeys(secret, cheap, changed...); got.Tag == base.Tag || got.Wrap == base.Wrap {
			t.Errorf("field %d does not count", i)
		}
	}
	moved := seal.DeriveCardKeys(secret, cheap, fields[0]+fields[1], "", fields[2], fields[3])
	if moved.Tag == base.Tag {
		t.Error("borders of fields do not count")
	}
	if other := seal.DeriveCardKeys([32]byte{2}, cheap, fields...); other.Tag == base.Tag || other.Wrap == base.Wrap {
		t.Error("the terminal's secret does not count")
	}
}

func TestWrappedCaseKeys(t *testing.T) {
	key, err := seal.NewCaseKey()
	if err != nil {
		t.Fatal(err)
	}
	wrap := [16]byte{7}
	wrapped, err := seal.WrapKey(key, wrap, "case")
	if err != nil {
		t.Fatal(err)
	}
	got, err := seal.UnwrapKey(wrapped, wrap, "case")
	if err != nil || !got.Equal(key) {
		t.Fatalf("unwrap: %v", err)
	}
	if _, err := seal.UnwrapKey(wrapped, [16]byte{8}, "case"); !errors.Is(err, seal.ErrUnwrap) {
		t.Errorf("wrong key: %v", err)
	}
	if _, err := seal.UnwrapKey(wrapped, wrap, "other"); !errors.Is(err, seal.ErrUnwrap) {
		t.Errorf("wrong case: %v", err)
	}
	if _, err := seal.UnwrapKey(wrapped[:5], wrap, "case"); !errors.Is(err, seal.ErrUnwrap) {
		t.Errorf("cut short: %v", err)
	}
	recovery, err := seal.NewCaseKey()
	if err != nil {
		t.Fatal(err)
	}
	kept, err := seal.WrapKeyTo(key, &recovery.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := seal.UnwrapKeyWith(kept, recovery); err != nil || !got.Equal(key) {
		t.Errorf("recovery: %v", err)
	}
	if _, err := seal.UnwrapKeyWith(kept, key); !errors.Is(err, seal.ErrUnwrap) {
		t.Errorf("wrong recovery key: %v", err)
	}
}

func TestSealTo(t *testing.T) {
	key, err := seal.NewCaseKey()
	if err != nil {
		t.Fatal(err)
	}
	content := []byte("摘要 summary")
	sealed, err := seal.SealTo(content, &key.PublicKey, "case")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := seal.OpenWith(sealed, key, "case"); err != nil || !bytes.Equal(got, content) {
		t.Fatalf("opened %q, %v", got, err)
	}
	if _, err := seal.OpenWith(sealed, key, "other"); !errors.Is(err, seal.ErrTampered) {
		t.Errorf("other context: %v", err)
	}
	for i := range sealed {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		if _, err := seal.OpenWith(changed, key, "case"); !errors.Is(err, seal.ErrTampered) {
			t.Errorf("byte %d: %v", i, err)
		}
		if _, err := seal.OpenWith(sealed[:i], key, "case"); !errors.Is(err, seal.ErrTampered) {
			t.Errorf("cut at %d: %v", i, err)
		}
	}
}
