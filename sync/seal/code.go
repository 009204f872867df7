package seal

import (
	"crypto/ecdsa"
	"errors"
	"fmt"
	"time"

	"bianmin/core/receipt"

	"github.com/emmansun/gmsm/sm2"
)

// SignCertificate signs a compact certificate with the platform's root key.
func SignCertificate(certificate receipt.Certificate, root *sm2.PrivateKey) (receipt.Certificate, error) {
	content, err := certificate.SignedBytes()
	if err != nil {
		return receipt.Certificate{}, fmt.Errorf("compact certificate: %w", err)
	}
	signature, err := Sign(root, content)
	if err != nil {
		return receipt.Certificate{}, fmt.Errorf("compact certificate: %w", err)
	}
	copy(certificate.Signature[:], signature)
	return certificate, nil
}

// VerifyCertificate checks that root signed a compact certificate; ErrSignature when not.
func VerifyCertificate(certificate receipt.Certificate, root *ecdsa.PublicKey) error {
	content, err := certificate.SignedBytes()
	if err != nil {
		return err
	}
	return Verify(root, content, certificate.Signature[:])
}

// SignCode signs a receipt code with the terminal's key and puts its compact
// certificate into it. It gives the text of the QR.
func (i *Identity) SignCode(code receipt.Code) (string, error) {
	code.Certificate = i.compact
	content, err := code.SignedBytes()
	if err != nil {
		return "", fmt.Errorf("receipt code: %w", err)
	}
	signature, err := Sign(i.Keys.Sign, content)
	if err != nil {
		return "", fmt.Errorf("receipt code: %w", err)
	}
	copy(code.Signature[:], signature)
	return code.Encode()
}

// ErrCodeTime says that a receipt was signed outside the validity of its terminal's certificate.
var ErrCodeTime = errors.New("the receipt's time is outside its certificate's validity")

// codeSlack is how far a terminal's clock may be off its certificate's validity.
const codeSlack = 48 * time.Hour

// VerifyCode reads a receipt's QR and verifies it offline: root signed the
// compact certificate, the certificate's key signed the code, and the code was
// made within the certificate's validity (two days of grace for clocks).
func VerifyCode(text string, root *ecdsa.PublicKey) (receipt.Code, error) {
	code, err := receipt.DecodeCode(text)
	if err != nil {
		return receipt.Code{}, err
	}
	if err := VerifyCertificate(code.Certificate, root); err != nil {
		return receipt.Code{}, fmt.Errorf("receipt code, certificate: %w", err)
	}
	key, err := ParseKey(code.Certificate.Key[:])
	if err != nil {
		return receipt.Code{}, fmt.Errorf("receipt code: %w", err)
	}
	content, err := code.SignedBytes()
	if err != nil {
		return receipt.Code{}, err
	}
	if err := Verify(key, content, code.Signature[:]); err != nil {
		return receipt.Code{}, fmt.Errorf("receipt code: %w", err)
	}
	if code.Time.Before(code.Certificate.NotBefore.Add(-codeSlack)) || code.Time.After(code.Certificate.NotAfter.Add(codeSlack)) {
		return receipt.Code{}, ErrCodeTime
	}
	return code, nil
}
