package publish

import (
	"crypto"
	"crypto/ed25519"
	"crypto/sha1" // #nosec G505 -- only as OpenPGP's name for a key
	"encoding/binary"
	"math/bits"
	"time"
)

// A stick is checked before any program of ours is on the machine, by what each Debian has: gpgv. So its signatures are
// OpenPGP's (RFC 4880, and EdDSA as GnuPG writes it), made with the same Ed25519 keys as the repository's lists.

const (
	tagSignature = 2
	tagKey       = 6
	tagUser      = 13
	eddsa        = 22
	hashSHA512   = 10
	binaryFile   = 0x00
	certificate  = 0x13
	keyUser      = "bianmin"
)

// curve is the object identifier of Ed25519, with its length.
var curve = []byte{9, 0x2b, 0x06, 0x01, 0x04, 0x01, 0xda, 0x47, 0x0f, 0x01}

// keyTime is the time of making that every key says: the key has none of its own, and its OpenPGP name depends on it.
var keyTime = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

// keyBody is a public key as OpenPGP writes it.
func keyBody(key ed25519.PublicKey) []byte {
	body := append(seconds([]byte{4}, keyTime), eddsa)
	return append(append(body, curve...), integer(append([]byte{0x40}, key...))...)
}

// keyring is a file of public keys for gpgv, each with a name that it gave itself, without which gpgv takes none. The same
// keys give the same bytes.
func keyring(keys []ed25519.PrivateKey) (ring []byte) {
	for _, key := range keys {
		public, _ := key.Public().(ed25519.PublicKey)
		body := keyBody(public)
		about := append([]byte{0x99}, counted(nil, len(body))...)
		about = append(append(about, body...), 0xb4)
		about = binary.BigEndian.AppendUint32(about, uint32(len(keyUser))) // #nosec G115 -- short
		about = append(about, keyUser...)
		ring = append(append(ring, packet(tagKey, body)...), packet(tagUser, []byte(keyUser))...)
		ring = append(ring, signed(key, certificate, about, keyTime, subpacket(27, []byte{0x03}))...) // it may certify and sign
	}
	return ring
}

// keyName is OpenPGP's fingerprint of a key.
func keyName(key ed25519.PublicKey) []byte {
	body := keyBody(key)
	sum := sha1.Sum(append([]byte{0x99, byte(len(body) >> 8), byte(len(body))}, body...)) // #nosec G401 G115 -- as the format wants it; short
	return sum[:]
}

// detached is a signature over a file's content, to lie beside it.
func detached(key ed25519.PrivateKey, content []byte, at time.Time) []byte {
	return signed(key, binaryFile, content, at, nil)
}

// signed is a signature's packet; more is said beside the time and the key's name.
func signed(key ed25519.PrivateKey, kind byte, content []byte, at time.Time, more []byte) []byte {
	public, _ := key.Public().(ed25519.PublicKey)
	name := keyName(public)
	said := append(subpacket(2, seconds(nil, at)), subpacket(33, append([]byte{4}, name...))...)
	said = append(said, more...)
	body := append(counted([]byte{4, kind, eddsa, hashSHA512}, len(said)), said...)
	h := crypto.SHA512.New()
	_, _ = h.Write(content) // a hash takes everything
	_, _ = h.Write(body)
	_, _ = h.Write(binary.BigEndian.AppendUint32([]byte{4, 0xff}, uint32(len(body)))) // #nosec G115 -- short
	digest := h.Sum(nil)
	signature := ed25519.Sign(key, digest)
	issuer := subpacket(16, name[12:])
	body = append(counted(body, len(issuer)), issuer...)
	body = append(body, digest[:2]...)
	return packet(tagSignature, append(append(body, integer(signature[:32])...), integer(signature[32:])...))
}

// packet is a packet in the new form; ours are all shorter than 192 bytes.
func packet(tag byte, body []byte) []byte {
	return append([]byte{0xc0 | tag, byte(len(body))}, body...) // #nosec G115 -- short
}

func subpacket(kind byte, body []byte) []byte {
	return append([]byte{byte(len(body) + 1), kind}, body...) // #nosec G115 -- short
}

func seconds(to []byte, t time.Time) []byte {
	return binary.BigEndian.AppendUint32(to, uint32(t.Unix())) // #nosec G115 -- until 2106
}

func counted(to []byte, n int) []byte {
	return binary.BigEndian.AppendUint16(append([]byte{}, to...), uint16(n)) // #nosec G115 -- short
}

// integer is a number behind the count of its bits, without leading zeros.
func integer(b []byte) []byte {
	for len(b) > 0 && b[0] == 0 {
		b = b[1:]
	}
	n := 0
	if len(b) > 0 {
		n = 8*(len(b)-1) + bits.Len8(b[0])
	}
	return append(counted(nil, n), b...)
}
