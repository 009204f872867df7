package seal

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"

	"github.com/emmansun/gmsm/sm2"
)

// SignatureSize is the length in bytes of an SM2 signature as r||s.
const SignatureSize = 64

// PublicKeySize is the length in bytes of a compressed SM2 public key.
const PublicKeySize = 33

// ErrSignature says that a signature does not fit content and key.
var ErrSignature = errors.New("the signature does not fit")

// Sign signs content with SM2 and SM3 under the default user id
// (GB/T 32918.2, "1234567812345678") and gives r||s, 32 bytes each.
func Sign(key *sm2.PrivateKey, content []byte) ([]byte, error) {
	der, err := key.Sign(rand.Reader, content, sm2.DefaultSM2SignerOpts)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	var pair struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &pair); err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	signature := make([]byte, SignatureSize)
	pair.R.FillBytes(signature[:32])
	pair.S.FillBytes(signature[32:])
	return signature, nil
}

// Verify checks an r||s signature; it gives ErrSignature when it does not fit.
func Verify(key *ecdsa.PublicKey, content, signature []byte) error {
	if key == nil || len(signature) != SignatureSize {
		return ErrSignature
	}
	der, err := asn1.Marshal(struct{ R, S *big.Int }{
		new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:]),
	})
	if err != nil || !sm2.VerifyASN1WithSM2(key, nil, content, der) {
		return ErrSignature
	}
	return nil
}

// CompressKey writes an SM2 public key in 33 bytes.
func CompressKey(key *ecdsa.PublicKey) []byte {
	return elliptic.MarshalCompressed(sm2.P256(), key.X, key.Y) //nolint:staticcheck // the one way to compress a point of the SM2 curve
}

// ParseKey reads an SM2 public key of 33 bytes.
func ParseKey(compressed []byte) (*ecdsa.PublicKey, error) {
	if len(compressed) != PublicKeySize {
		return nil, fmt.Errorf("SM2 public key of %d bytes, want %d", len(compressed), PublicKeySize)
	}
	x, y := elliptic.UnmarshalCompressed(sm2.P256(), compressed)
	if x == nil {
		return nil, errors.New("SM2 public key is not a point of the curve")
	}
	return &ecdsa.PublicKey{Curve: sm2.P256(), X: x, Y: y}, nil
}
