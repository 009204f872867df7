package seal

import (
	"crypto/cipher"
	"crypto/ecdsa"
	"crypto/hmac"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm4"
	"golang.org/x/crypto/argon2"
)

// Cost of argon2id, the second recommended choice of RFC 9106: 3 passes over 64 MiB.
// It is paid once per card and session.
const (
	argonTime    = 3
	argonMemory  = 64 << 10 // KiB
	argonThreads = 2
)

// Cost is the work of argon2id.
type Cost struct {
	Time    uint32
	Memory  uint32 // KiB
	Threads uint8
}

// CardCost is the work that turns a card into keys.
func CardCost() Cost { return Cost{Time: argonTime, Memory: argonMemory, Threads: argonThreads} }

// CardKeys are what a person's card and the terminal's secret come to: a tag to
// find the person's cases by and a key that unwraps their keys. Neither can be
// had from the disk without the card's data.
type CardKeys struct {
	Tag  [32]byte // looks up; says nothing about the person
	Wrap [16]byte // SM4 key that wraps the private halves of the person's case keys
}

// DeriveCardKeys derives the keys of a card. The fields are what the card says
// (number, name, issuer, validity); the secret is the terminal's.
func DeriveCardKeys(secret [32]byte, cost Cost, fields ...string) CardKeys {
	var content []byte
	for _, field := range fields {
		content = append(content, byte(len(field)>>8), byte(len(field)))
		content = append(content, field...)
	}
	salt := mac(secret[:], "bianmin card salt v1", nil)
	master := argon2.IDKey(content, salt, cost.Time, cost.Memory, cost.Threads, 32)
	clear(content)
	var keys CardKeys
	copy(keys.Tag[:], mac(master, "bianmin card tag v1", secret[:]))
	copy(keys.Wrap[:], mac(master, "bianmin card wrap v1", secret[:]))
	clear(master)
	return keys
}

// mac is HMAC-SM3 of a label and content.
func mac(key []byte, label string, content []byte) []byte {
	h := hmac.New(NewHash, key)
	h.Write([]byte(label))
	h.Write([]byte{0})
	h.Write(content)
	return h.Sum(nil)
}

// NewCaseKey makes the key pair of one case.
func NewCaseKey() (*sm2.PrivateKey, error) {
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a case key: %w", err)
	}
	return key, nil
}

// WrapKey wraps a case's private key under a card's wrap key: 12-byte nonce,
// SM4-GCM of the 32-byte scalar, bound to context (the case number).
func WrapKey(key *sm2.PrivateKey, wrap [16]byte, context string) ([]byte, error) {
	aead, err := newGCM(wrap)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, aead.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return nil, fmt.Errorf("wrap a case key: %w", err)
	}
	scalar := key.D.FillBytes(make([]byte, 32))
	defer clear(scalar)
	return aead.Seal(nonce, nonce, scalar, []byte(context)), nil
}

// ErrUnwrap says that a wrapped key is not this card's, or is damaged.
var ErrUnwrap = errors.New("the case key cannot be unwrapped")

// UnwrapKey opens what WrapKey made, or gives ErrUnwrap.
func UnwrapKey(wrapped []byte, wrap [16]byte, context string) (*sm2.PrivateKey, error) {
	aead, err := newGCM(wrap)
	if err != nil {
		return nil, err
	}
	if len(wrapped) < aead.NonceSize() {
		return nil, ErrUnwrap
	}
	scalar, err := aead.Open(nil, wrapped[:aead.NonceSize()], wrapped[aead.NonceSize():], []byte(context))
	if err != nil {
		return nil, ErrUnwrap
	}
	defer clear(scalar)
	key, err := sm2.NewPrivateKey(scalar)
	if err != nil {
		return nil, ErrUnwrap
	}
	return key, nil
}

func newGCM(key [16]byte) (cipher.AEAD, error) {
	block, err := sm4.NewCipher(key[:])
	if err != nil {
		return nil, fmt.Errorf("SM4: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("SM4-GCM: %w", err)
	}
	return aead, nil
}

// WrapKeyTo wraps a case's private key to a public key, the point's recovery
// key: SM2 encryption (GB/T 32918.4, ASN.1) of the 32-byte scalar.
func WrapKeyTo(key *sm2.PrivateKey, recovery *ecdsa.PublicKey) ([]byte, error) {
	scalar := key.D.FillBytes(make([]byte, 32))
	defer clear(scalar)
	wrapped, err := sm2.EncryptASN1(rand.Reader, recovery, scalar)
	if err != nil {
		return nil, fmt.Errorf("wrap a case key to the recovery key: %w", err)
	}
	return wrapped, nil
}

// UnwrapKeyWith opens what WrapKeyTo made with the recovery key, or gives ErrUnwrap.
func UnwrapKeyWith(wrapped []byte, recovery *sm2.PrivateKey) (*sm2.PrivateKey, error) {
	scalar, err := sm2.Decrypt(recovery, wrapped)
	if err != nil {
		return nil, ErrUnwrap
	}
	defer clear(scalar)
	key, err := sm2.NewPrivateKey(scalar)
	if err != nil {
		return nil, ErrUnwrap
	}
	return key, nil
}

// SealTo seals content to a public key with nobody signed on: 2 bytes length of
// the SM2-encrypted SM4 key, that key, 12-byte nonce, SM4-GCM of the content
// bound to context.
func SealTo(content []byte, public *ecdsa.PublicKey, context string) ([]byte, error) {
	key, err := NewKey()
	if err != nil {
		return nil, err
	}
	wrapped, err := sm2.EncryptASN1(rand.Reader, public, key[:])
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	aead, err := newGCM(key)
	if err != nil {
		return nil, err
	}
	out := append([]byte{byte(len(wrapped) >> 8), byte(len(wrapped))}, wrapped...)
	nonce := make([]byte, aead.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return aead.Seal(append(out, nonce...), nonce, content, []byte(context)), nil
}

// OpenWith opens what SealTo made with the private half, or gives ErrTampered.
func OpenWith(sealed []byte, private *sm2.PrivateKey, context string) ([]byte, error) {
	if len(sealed) < 2 {
		return nil, ErrTampered
	}
	length := int(sealed[0])<<8 | int(sealed[1])
	if len(sealed) < 2+length+12 {
		return nil, ErrTampered
	}
	content, err := sm2.Decrypt(private, sealed[2:2+length])
	if err != nil || len(content) != 16 {
		return nil, ErrTampered
	}
	aead, err := newGCM([16]byte(content))
	if err != nil {
		return nil, err
	}
	rest := sealed[2+length:]
	plain, err := aead.Open(nil, rest[:12], rest[12:], []byte(context))
	if err != nil {
		return nil, ErrTampered
	}
	return plain, nil
}
