package seal

import (
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/emmansun/gmsm/pkcs"
	"github.com/emmansun/gmsm/pkcs7"
	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"
)

// ErrOpen says that an envelope cannot be opened or its signature does not fit.
// There is one error for every reason, so that an answer to it tells a stranger nothing.
var ErrOpen = errors.New("the envelope cannot be opened")

// SignCMS wraps content in a SignedData message of GB/T 35275 (SM2 with SM3,
// no attributes, the signer's certificate included).
func SignCMS(content []byte, certificate *smx509.Certificate, key *sm2.PrivateKey) ([]byte, error) {
	message, err := pkcs7.NewSMSignedData(content)
	if err != nil {
		return nil, fmt.Errorf("sign message: %w", err)
	}
	if err := message.SignWithoutAttr(certificate, key, pkcs7.SignerInfoConfig{}); err != nil {
		return nil, fmt.Errorf("sign message: %w", err)
	}
	signed, err := message.Finish()
	if err != nil {
		return nil, fmt.Errorf("sign message: %w", err)
	}
	return signed, nil
}

// Envelope seals content to the recipients in an EnvelopedData message of
// GB/T 35275: SM4-CBC under a fresh key, the key under SM2. It does not tell
// whether it was changed on the way; what it holds must be signed.
func Envelope(content []byte, recipients ...*smx509.Certificate) ([]byte, error) {
	if len(recipients) == 0 {
		return nil, errors.New("envelope without a recipient")
	}
	sealed, err := pkcs7.EncryptSM(pkcs.SM4CBC, content, recipients)
	if err != nil {
		return nil, fmt.Errorf("envelope: %w", err)
	}
	return sealed, nil
}

// SealCMS signs content and then envelopes the signed message.
func SealCMS(content []byte, certificate *smx509.Certificate, key *sm2.PrivateKey, recipients ...*smx509.Certificate) ([]byte, error) {
	signed, err := SignCMS(content, certificate, key)
	if err != nil {
		return nil, err
	}
	return Envelope(signed, recipients...)
}

// OpenCMS opens what SealCMS made with the recipient's certificate and key and
// checks that exactly one signer signed it, under a certificate that root
// issued and that was valid at the given time; the zero time leaves validity to
// the caller. It gives the content and the signer's certificate, or ErrOpen.
func OpenCMS(sealed []byte, certificate *smx509.Certificate, key *sm2.PrivateKey, root *smx509.Certificate, at time.Time) ([]byte, *smx509.Certificate, error) {
	if !isDER(sealed) {
		return nil, nil, ErrOpen
	}
	envelope, err := pkcs7.Parse(sealed)
	if err != nil {
		return nil, nil, ErrOpen
	}
	signed, err := envelope.Decrypt(certificate, key)
	if err != nil {
		return nil, nil, ErrOpen
	}
	return VerifyCMS(signed, root, at)
}

// RecipientOf gives the serial, in hex, of the certificate that a CMS message is sealed to; "" for anything else, and for several.
func RecipientOf(sealed []byte) string {
	if !isDER(sealed) {
		return ""
	}
	envelope, err := pkcs7.Parse(sealed)
	if err != nil {
		return ""
	}
	recipients, err := envelope.GetRecipients()
	if err != nil || len(recipients) != 1 || recipients[0].SerialNumber == nil {
		return ""
	}
	return hex.EncodeToString(recipients[0].SerialNumber.Bytes())
}

// VerifyCMS checks a SignedData message as OpenCMS does and gives its content
// and signer, or ErrOpen.
func VerifyCMS(signed []byte, root *smx509.Certificate, at time.Time) ([]byte, *smx509.Certificate, error) {
	if !isDER(signed) {
		return nil, nil, ErrOpen
	}
	message, err := pkcs7.Parse(signed)
	if err != nil {
		return nil, nil, ErrOpen
	}
	signer := message.GetOnlySigner()
	if signer == nil {
		return nil, nil, ErrOpen
	}
	if at.IsZero() {
		at = signer.NotBefore
	}
	pool := smx509.NewCertPool()
	pool.AddCert(root)
	if err := message.VerifyWithChainAtTime(pool, &at); err != nil {
		return nil, nil, ErrOpen
	}
	return message.Content, signer, nil
}
