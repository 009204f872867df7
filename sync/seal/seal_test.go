package seal_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bianmin/core/receipt"
	"bianmin/sync/seal"
	"bianmin/sync/seal/sealtest"

	"github.com/emmansun/gmsm/pkcs7"
)

func TestDigestIsSM3(t *testing.T) {
	// GB/T 32905 example 1.
	const want = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
	if got := seal.Digest([]byte("abc")); got != want {
		t.Errorf("Digest(abc) = %s, want %s", got, want)
	}
}

func TestSignatures(t *testing.T) {
	keys, err := seal.Generate()
	if err != nil {
		t.Fatal(err)
	}
	content := []byte("content")
	for range 50 { // short r and s come up once in 256
		signature, err := seal.Sign(keys.Sign, content)
		if err != nil {
			t.Fatal(err)
		}
		if len(signature) != seal.SignatureSize {
			t.Fatalf("signature of %d bytes", len(signature))
		}
		if err := seal.Verify(&keys.Sign.PublicKey, content, signature); err != nil {
			t.Fatal(err)
		}
		signature[10] ^= 1
		if err := seal.Verify(&keys.Sign.PublicKey, content, signature); !errors.Is(err, seal.ErrSignature) {
			t.Fatalf("changed signature: %v", err)
		}
	}
	key, err := seal.ParseKey(seal.CompressKey(&keys.Sign.PublicKey))
	if err != nil || !key.Equal(&keys.Sign.PublicKey) {
		t.Errorf("compressed key does not come back: %v", err)
	}
}

func TestKeysFolder(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "keys")
	if _, err := seal.LoadIdentity(folder); !errors.Is(err, seal.ErrNotEnrolled) {
		t.Fatalf("empty folder: %v", err)
	}
	authority := sealtest.New(t)
	identity := authority.Enrol(t, folder, "QH0301", "A")
	if identity.Number != "QH0301" || identity.Generation != "A" || identity.Trust.Environment != "demo" {
		t.Errorf("identity is %+v", identity.Terminal)
	}
	info, err := os.Stat(folder)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("folder mode %v, %v", info.Mode(), err)
	}
	err = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if info, err := entry.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, %v", entry.Name(), info.Mode(), err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestIdentityRefusesForeignParts(t *testing.T) {
	own, foreign := sealtest.New(t), sealtest.New(t)
	for _, name := range []string{"sign.crt", "encrypt.crt", "tls.crt", "platform-sign.crt", "platform-encrypt.crt", "trust.json", "terminal.json", "sign.key", "tls.key"} {
		t.Run(name, func(t *testing.T) {
			folder, other := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b")
			own.Enrol(t, folder, "QH0301", "A")
			foreign.Enrol(t, other, "QH0301", "A")
			content, err := os.ReadFile(filepath.Join(other, name))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := seal.LoadIdentity(folder); err == nil {
				t.Errorf("a foreign %s was accepted", name)
			}
		})
	}
}

func TestIdentityKeepsToItsEnvironment(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "keys")
	sealtest.New(t).Enrol(t, folder, "QH0301", "A")
	path := filepath.Join(folder, "terminal.json")
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	content = bytes.Replace(content, []byte(`"demo"`), []byte(`"production"`), 1)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := seal.LoadIdentity(folder); err == nil {
		t.Error("a demo enrolment passes for production")
	}
}

func TestCMS(t *testing.T) {
	authority := sealtest.New(t)
	identity := authority.Enrol(t, filepath.Join(t.TempDir(), "keys"), "QH0301", "A")
	at := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	content := []byte("a manifest 清单")
	sealed, err := seal.SealCMS(content, identity.SignCert, identity.Keys.Sign, identity.PlatformEncrypt)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, content) {
		t.Error("the content is readable")
	}
	opened, signer, err := seal.OpenCMS(sealed, authority.Encrypt, authority.EncryptKey, authority.Root, at)
	if err != nil || !bytes.Equal(opened, content) {
		t.Fatalf("opened %q, %v", opened, err)
	}
	if !signer.Equal(identity.SignCert) {
		t.Error("another signer")
	}
	t.Run("oids of GB/T 35275", func(t *testing.T) {
		for name, oid := range map[string]string{
			"envelopedData": "060a2a811ccf550601040203", "data": "060a2a811ccf550601040201",
			"SM2-3": "06092a811ccf55018" + "22d03", "SM4-CBC": "06082a811ccf55016802",
		} {
			if !strings.Contains(hex.EncodeToString(sealed), oid) {
				t.Errorf("no OID of %s", name)
			}
		}
	})
	t.Run("wrong root", func(t *testing.T) {
		if _, _, err := seal.OpenCMS(sealed, authority.Encrypt, authority.EncryptKey, sealtest.New(t).Root, at); !errors.Is(err, seal.ErrOpen) {
			t.Errorf("err = %v", err)
		}
	})
	t.Run("expired", func(t *testing.T) {
		if _, _, err := seal.OpenCMS(sealed, authority.Encrypt, authority.EncryptKey, authority.Root, at.AddDate(50, 0, 0)); !errors.Is(err, seal.ErrOpen) {
			t.Errorf("err = %v", err)
		}
	})
	t.Run("any changed byte", func(t *testing.T) {
		for i := 0; i < len(sealed); i += 7 {
			changed := bytes.Clone(sealed)
			changed[i] ^= 0x20
			got, _, err := seal.OpenCMS(changed, authority.Encrypt, authority.EncryptKey, authority.Root, at)
			if err == nil && !bytes.Equal(got, content) {
				t.Fatalf("byte %d: other content was believed", i)
			}
		}
	})
	t.Run("unsigned", func(t *testing.T) {
		bare, err := seal.Envelope(content, authority.Encrypt)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := seal.OpenCMS(bare, authority.Encrypt, authority.EncryptKey, authority.Root, at); !errors.Is(err, seal.ErrOpen) {
			t.Errorf("err = %v", err)
		}
	})
	t.Run("message without a signer", func(t *testing.T) {
		message, err := pkcs7.NewSMSignedData(content)
		if err != nil {
			t.Fatal(err)
		}
		signed, err := message.Finish()
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := seal.VerifyCMS(signed, authority.Root, at); !errors.Is(err, seal.ErrOpen) {
			t.Errorf("err = %v", err)
		}
	})
}

func TestReceiptCode(t *testing.T) {
	authority := sealtest.New(t)
	identity := authority.Enrol(t, filepath.Join(t.TempDir(), "keys"), "QH0301", "A")
	code := receipt.Code{
		Case: "QH0301A-261122-0042-X", Item: "11990102MB0001000A3000149001", Digest: seal.Sum([]byte("event")),
		Time: time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC),
	}
	text, err := identity.SignCode(code)
	if err != nil {
		t.Fatal(err)
	}
	root := seal.SM2Key(authority.Root)
	got, err := seal.VerifyCode(text, root)
	if err != nil {
		t.Fatal(err)
	}
	if got.Case != code.Case || got.Item != code.Item || got.Digest != code.Digest || !got.Time.Equal(code.Time) {
		t.Errorf("code came back as %+v", got)
	}
	if _, err := seal.VerifyCode(text, seal.SM2Key(sealtest.New(t).Root)); !errors.Is(err, seal.ErrSignature) {
		t.Errorf("foreign root: %v", err)
	}
	got.Digest[0] ^= 1
	forged, err := got.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := seal.VerifyCode(forged, root); !errors.Is(err, seal.ErrSignature) {
		t.Errorf("changed digest: %v", err)
	}
	code.Time = time.Date(2050, 1, 1, 0, 0, 0, 0, time.UTC)
	late, err := identity.SignCode(code)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := seal.VerifyCode(late, root); !errors.Is(err, seal.ErrCodeTime) {
		t.Errorf("outside validity: %v", err)
	}
}
