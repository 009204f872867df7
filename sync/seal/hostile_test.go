package seal_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"bianmin/internal/chance"
	"bianmin/sync/seal"
	"bianmin/sync/seal/sealtest"
)

// TestHostileMessages holds the opener to its word under damage of every kind
// the far side or the wire can do: the right content or ErrOpen, never a panic.
// A SM2 signature has random length, so a fixed stride once met the byte that
// made the CMS library read beyond its input only on some runs.
func TestHostileMessages(t *testing.T) {
	authority := sealtest.New(t)
	identity := authority.Enrol(t, filepath.Join(t.TempDir(), "keys"), "QH0301", "A")
	at := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	content := []byte("a manifest 清单")
	signed, err := seal.SignCMS(content, identity.SignCert, identity.Keys.Sign)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := seal.Envelope(signed, identity.PlatformEncrypt)
	if err != nil {
		t.Fatal(err)
	}
	openers := map[string]struct {
		message []byte
		open    func([]byte) ([]byte, error)
	}{
		"signed": {signed, func(m []byte) ([]byte, error) {
			got, _, err := seal.VerifyCMS(m, authority.Root, at)
			return got, err
		}},
		"sealed": {sealed, func(m []byte) ([]byte, error) {
			got, _, err := seal.OpenCMS(m, authority.Encrypt, authority.EncryptKey, authority.Root, at)
			return got, err
		}},
	}
	for name, opener := range openers {
		try := func(what string, m []byte) {
			t.Helper()
			defer func() {
				if cause := recover(); cause != nil {
					t.Fatalf("%s, %s: panic: %v\n%x", name, what, cause, m)
				}
			}()
			got, err := opener.open(m)
			if err == nil && !bytes.Equal(got, content) {
				t.Fatalf("%s, %s: other content was believed\n%x", name, what, m)
			}
			if err != nil && !errors.Is(err, seal.ErrOpen) {
				t.Fatalf("%s, %s: %v", name, what, err)
			}
		}
		t.Run(name+" with one byte changed", func(t *testing.T) {
			for i := range opener.message {
				for _, change := range []byte{0x01, 0x20, 0x80, 0xff} {
					m := bytes.Clone(opener.message)
					m[i] ^= change
					try(fmt.Sprintf("byte %d ^ %#x", i, change), m)
				}
				for _, value := range []byte{0x00, 0x1f, 0x30, 0x80, 0x84, 0xff} {
					m := bytes.Clone(opener.message)
					m[i] = value
					try(fmt.Sprintf("byte %d = %#x", i, value), m)
				}
			}
		})
		t.Run(name+" cut short", func(t *testing.T) {
			for i := range opener.message {
				try(fmt.Sprintf("%d bytes", i), opener.message[:i:i])
			}
		})
		t.Run(name+" with several changes", func(t *testing.T) {
			seed := chance.Seed(t)
			random := rand.New(rand.NewPCG(seed, 1))
			for range 2000 {
				try("random", mangle(random, opener.message))
			}
		})
	}
	t.Run("nested without end", func(t *testing.T) {
		deep := bytes.Repeat([]byte{0x30, 0x80}, 1<<20)
		if _, _, err := seal.VerifyCMS(deep, authority.Root, at); !errors.Is(err, seal.ErrOpen) {
			t.Errorf("err = %v", err)
		}
	})
}

// mangle changes, removes, doubles and inserts a few stretches of a message.
func mangle(random *rand.Rand, message []byte) []byte {
	m := bytes.Clone(message)
	for range 1 + random.IntN(4) {
		from := random.IntN(len(m))
		to := min(len(m), from+1+random.IntN(8))
		switch random.IntN(4) {
		case 0:
			m[from] = byte(random.Uint32())
		case 1:
			if to-from < len(m) {
				m = append(m[:from:from], m[to:]...)
			}
		case 2:
			m = append(m[:to:to], m[from:]...)
		case 3:
			m = append(m[:from:from], append([]byte{byte(random.Uint32())}, m[from:]...)...)
		}
	}
	return m
}

// FuzzOpenCMS looks for a message that makes the opener panic; the seeds are a
// signed and a sealed message.
func FuzzOpenCMS(f *testing.F) {
	authority := sealtest.New(f)
	identity := authority.Enrol(f, filepath.Join(f.TempDir(), "keys"), "QH0301", "A")
	at := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	signed, err := seal.SignCMS([]byte("content"), identity.SignCert, identity.Keys.Sign)
	if err != nil {
		f.Fatal(err)
	}
	sealed, err := seal.Envelope(signed, identity.PlatformEncrypt)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(signed)
	f.Add(sealed)
	f.Fuzz(func(t *testing.T, message []byte) {
		if _, _, err := seal.VerifyCMS(message, authority.Root, at); err != nil && !errors.Is(err, seal.ErrOpen) {
			t.Error(err)
		}
		if _, _, err := seal.OpenCMS(message, authority.Encrypt, authority.EncryptKey, authority.Root, at); err != nil && !errors.Is(err, seal.ErrOpen) {
			t.Error(err)
		}
	})
}
