package near

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Devices sign their certificates themselves: no authority stands behind them and the name in them means little. So a device is
// known by the one certificate that was seen when it was set up.

// CertificateError is a device that shows a certificate which is not the one that is kept of it.
type CertificateError struct {
	Shown string // fingerprint of what it shows
	Kept  string // fingerprint of what is kept, "" for none
}

func (e *CertificateError) Error() string {
	if e.Kept == "" {
		return "the device shows the certificate " + e.Shown + ", and none is kept of it"
	}
	return "the device shows the certificate " + e.Shown + " and not " + e.Kept
}

// ErrFingerprint says that a word is no certificate's fingerprint.
var ErrFingerprint = errors.New(`a certificate's fingerprint is "sha256:" and 64 hexadecimal digits`)

const fingerprintKind = "sha256:"

// Fingerprint brings a certificate's fingerprint as people write it into the form in which it is kept and compared.
func Fingerprint(said string) (string, error) {
	digits, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(said)), fingerprintKind)
	digits = strings.NewReplacer(":", "", " ", "").Replace(digits)
	if raw, err := hex.DecodeString(digits); !ok || err != nil || len(raw) != sha256.Size {
		return "", ErrFingerprint
	}
	return fingerprintKind + digits, nil
}

// Secure has the client believe a device that shows the certificate with the fingerprint, and no other; with "" none. What
// goes wrong then is a *CertificateError.
func Secure(client *http.Client, fingerprint string) {
	transport, ok := client.Transport.(*http.Transport)
	if !ok {
		panic("near: not a client of this package")
	}
	transport.TLSClientConfig = &tls.Config{
		MinVersion:         tls.VersionTLS12,
		InsecureSkipVerify: true, // #nosec G402 -- VerifyConnection compares the certificate itself
		VerifyConnection: func(state tls.ConnectionState) error {
			if len(state.PeerCertificates) == 0 {
				return errors.New("the device shows no certificate")
			}
			sum := sha256.Sum256(state.PeerCertificates[0].Raw)
			if shown := fingerprintKind + hex.EncodeToString(sum[:]); shown != fingerprint {
				return fmt.Errorf("trust the device: %w", &CertificateError{Shown: shown, Kept: fingerprint})
			}
			return nil
		},
	}
}

// garbled tells whether an error is of TLS that makes no sense, and not of the way.
func garbled(err error) bool {
	var record tls.RecordHeaderError
	var alert tls.AlertError
	said := err.Error()
	return errors.As(err, &record) || errors.As(err, &alert) || strings.Contains(said, "tls: ") || strings.Contains(said, "gave HTTP response to HTTPS client")
}
