// Package seal holds a terminal's keys and everything done with them: SM2
// signatures, CMS envelopes (GB/T 35275), sealed attachments, wrapped case keys
// and receipt codes. It must not know the store, the wire or the screen.
package seal

import (
	"encoding/hex"
	"hash"

	"github.com/emmansun/gmsm/sm3"
)

// Size is the length in bytes of an SM3 digest.
const Size = sm3.Size

// Sum is SM3 (GB/T 32905) of content.
func Sum(content []byte) [Size]byte { return sm3.Sum(content) }

// Digest is SM3 of content in 64 lower-case hex characters.
func Digest(content []byte) string {
	sum := sm3.Sum(content)
	return hex.EncodeToString(sum[:])
}

// NewHash is a running SM3.
func NewHash() hash.Hash { return sm3.New() }
