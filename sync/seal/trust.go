package seal

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"
)

// TrustVersion is the version of the trust bundle this code writes and reads.
const TrustVersion = 1

// ErrNewerTrust says that a trust bundle needs a newer program.
var ErrNewerTrust = errors.New("this trust bundle is of a newer form")

// trustDocument is the trust bundle as the platform serves it (GET /v1/trust)
// and as it lies in keys/trust.json. Its fingerprint is SM3 of the exact bytes.
type trustDocument struct {
	Version     int    `json:"version"`
	Environment string `json:"environment"` // "demo" or "production"
	SigningRoot string `json:"signingRoot"` // PEM: SM2 root that issues terminals' and the platform's certificates
	TLSRoot     string `json:"tlsRoot"`     // PEM: P-256 root of TLS, server and clients
}

// Trust is a parsed trust bundle: the roots a terminal believes.
type Trust struct {
	Environment string
	SigningRoot *smx509.Certificate
	TLSRoot     *x509.Certificate
	Raw         []byte // the bundle's exact bytes
}

// Fingerprint is SM3 of the bundle's bytes in hex, as the enrolment string carries it.
func (t *Trust) Fingerprint() string { return Digest(t.Raw) }

// ParseTrust reads a bundle. It does not judge the roots: compare the fingerprint for that.
func ParseTrust(raw []byte) (*Trust, error) {
	var document trustDocument
	if err := json.Unmarshal(raw, &document); err != nil { // a newer platform may say more
		return nil, fmt.Errorf("parse trust bundle: %w", err)
	}
	if document.Version > TrustVersion {
		return nil, fmt.Errorf("%w: version %d, known is %d", ErrNewerTrust, document.Version, TrustVersion)
	}
	if document.Version != TrustVersion {
		return nil, fmt.Errorf("trust bundle version %d is not known", document.Version)
	}
	trust := &Trust{Environment: document.Environment, Raw: bytes.Clone(raw)}
	var err error
	if trust.SigningRoot, err = parseSM2(document.SigningRoot); err != nil {
		return nil, fmt.Errorf("trust bundle, root of signatures: %w", err)
	}
	if trust.TLSRoot, err = parseTLS(document.TLSRoot); err != nil {
		return nil, fmt.Errorf("trust bundle, TLS root: %w", err)
	}
	return trust, nil
}

func pemBlock(text []byte, kind string) ([]byte, error) {
	block, _ := pem.Decode(text)
	if block == nil || block.Type != kind {
		return nil, fmt.Errorf("no PEM block %q", kind)
	}
	return block.Bytes, nil
}

func parseSM2(text string) (*smx509.Certificate, error) {
	der, err := pemBlock([]byte(text), "CERTIFICATE")
	if err != nil {
		return nil, err
	}
	certificate, err := smx509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	if key, ok := certificate.PublicKey.(*ecdsa.PublicKey); !ok || !sm2.IsSM2PublicKey(key) {
		return nil, errors.New("not an SM2 certificate")
	}
	return certificate, nil
}

func parseTLS(text string) (*x509.Certificate, error) {
	der, err := pemBlock([]byte(text), "CERTIFICATE")
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// ParsePublicKey reads an SM2 public key from PEM ("PUBLIC KEY").
func ParsePublicKey(text []byte) (*ecdsa.PublicKey, error) {
	der, err := pemBlock(text, "PUBLIC KEY")
	if err != nil {
		return nil, err
	}
	parsed, err := smx509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, err
	}
	key, ok := parsed.(*ecdsa.PublicKey)
	if !ok || !sm2.IsSM2PublicKey(key) {
		return nil, errors.New("not an SM2 public key")
	}
	return key, nil
}

// EncodePublicKey writes an SM2 public key as PEM ("PUBLIC KEY").
func EncodePublicKey(key *ecdsa.PublicKey) ([]byte, error) {
	der, err := smx509.MarshalPKIXPublicKey(key)
	if err != nil {
		return nil, fmt.Errorf("encode public key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), nil
}

// EncodeCertificate writes a certificate's DER bytes as PEM ("CERTIFICATE").
func EncodeCertificate(der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// SM2Key is the public key of an SM2 certificate; nil when it holds another kind.
func SM2Key(certificate *smx509.Certificate) *ecdsa.PublicKey {
	key, ok := certificate.PublicKey.(*ecdsa.PublicKey)
	if !ok || !sm2.IsSM2PublicKey(key) {
		return nil
	}
	return key
}
