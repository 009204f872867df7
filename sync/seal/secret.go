package seal

import (
	"crypto/cipher"
	"crypto/rand"
	"fmt"

	"golang.org/x/crypto/argon2"
)

// Cost of turning a person's secret into a key: about a second on a PC that is
// ten years old. It is paid at each sign-on and by a thief at each guess.
const (
	secretTime    = 6
	secretMemory  = 128 << 10 // KiB
	secretThreads = 2
)

// SecretCost is the work that turns a person's secret into a key.
func SecretCost() Cost { return Cost{Time: secretTime, Memory: secretMemory, Threads: secretThreads} }

// DeriveSecretKey turns a secret a person remembers into an SM4 key. salt is
// the account's own; pepper is what the machine adds (the terminal's secret, and
// what a security chip gives), so that neither disk nor secret is enough alone.
func DeriveSecretKey(secret string, salt, pepper []byte, cost Cost) [16]byte {
	content := []byte(secret)
	master := argon2.IDKey(content, mac(pepper, "bianmin secret salt v1", salt), cost.Time, cost.Memory, cost.Threads, 32)
	clear(content)
	var key [16]byte
	copy(key[:], mac(master, "bianmin secret wrap v1", pepper))
	clear(master)
	return key
}

// Tag is HMAC-SM3 of content under a key: it finds what it was made of again
// and says nothing about it to others.
func Tag(key [32]byte, content string) [32]byte {
	return [32]byte(mac(key[:], "bianmin tag v1", []byte(content)))
}

// Box seals and opens under one SM4 key. Any number of goroutines may use it.
type Box struct{ aead cipher.AEAD }

// NewBox makes a box of a key.
func NewBox(key [16]byte) (*Box, error) {
	aead, err := newGCM(key)
	return &Box{aead: aead}, err
}

// Seal seals content bound to context: 12-byte nonce, SM4-GCM.
func (b *Box) Seal(content []byte, context string) ([]byte, error) {
	nonce := make([]byte, b.aead.NonceSize(), b.aead.NonceSize()+len(content)+b.aead.Overhead())
	if _, err := rand.Read(nonce); err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return b.aead.Seal(nonce, nonce, content, []byte(context)), nil
}

// Open opens what Seal made, or gives ErrTampered.
func (b *Box) Open(sealed []byte, context string) ([]byte, error) {
	n := b.aead.NonceSize()
	if len(sealed) < n {
		return nil, ErrTampered
	}
	content, err := b.aead.Open(nil, sealed[:n], sealed[n:], []byte(context))
	if err != nil {
		return nil, ErrTampered
	}
	return content, nil
}

// CodeBox makes the box that a one-time code opens. The code is 80 random bits, so a guess need not be made costly; the
// little that it costs is against a code that somebody shortened.
func CodeBox(code string, salt []byte) (*Box, error) {
	return NewBox(DeriveSecretKey(code, salt, nil, Cost{Time: 2, Memory: 19 << 10, Threads: 1}))
}
