package authority

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"

	"bianmin/core/receipt"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// TerminalYears is how long a terminal's certificates last; the registry tells people by it when they end (EnrolledYears).
const TerminalYears = 5

// ErrRequest says that a certificate request is not what it should be.
var ErrRequest = errors.New("the certificate request is not valid")

// Terminal names whom certificates are issued to.
type Terminal struct {
	Number      string // 6 characters
	Generation  string // one letter
	Point       string
	Region      string
	Role        string
	Environment string
}

// Requests are the terminal's three PKCS#10 requests in PEM.
type Requests struct{ Sign, Encrypt, TLS string }

// Issued is what came of them.
type Issued struct {
	Sign, Encrypt, TLS *smx509.Certificate
	SignKey            *ecdsa.PublicKey
	NotBefore          time.Time
	NotAfter           time.Time
}

// Keys parses the requests, checks that each proves possession of its key, and
// gives the three public keys in PKIX form. Errors wrap ErrRequest.
func (r Requests) Keys() (sign, encrypt, tls []byte, err error) {
	var keys [3][]byte
	for i, part := range []struct {
		pem string
		sm2 bool
	}{{r.Sign, true}, {r.Encrypt, true}, {r.TLS, false}} {
		request, err := parseRequest(part.pem, part.sm2)
		if err != nil {
			return nil, nil, nil, err
		}
		keys[i] = request.RawSubjectPublicKeyInfo
	}
	return keys[0], keys[1], keys[2], nil
}

func parseRequest(text string, wantSM2 bool) (*smx509.CertificateRequest, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, fmt.Errorf("%w: no PEM block", ErrRequest)
	}
	request, err := smx509.ParseCertificateRequest(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRequest, err)
	}
	if err := request.CheckSignature(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRequest, err)
	}
	key, ok := request.PublicKey.(*ecdsa.PublicKey)
	if !ok || sm2.IsSM2PublicKey(key) != wantSM2 || key.Curve.Params().BitSize != 256 {
		return nil, fmt.Errorf("%w: wrong kind of key", ErrRequest)
	}
	return request, nil
}

// Issue certifies a terminal's keys. Whatever subject the requests ask for is
// ignored: the authority says who the terminal is. Errors wrap ErrRequest when the requests are at fault.
func (a *Authority) Issue(who Terminal, requests Requests) (Issued, error) {
	return a.IssueFrom(who, requests, a.now().Add(-early))
}

// IssueFrom is Issue with the moment from which the certificates are valid. A renewal is valid from where those before it were: so no clock of
// ours that was wrong when it was issued leaves a terminal without any, once it is set right.
func (a *Authority) IssueFrom(who Terminal, requests Requests, from time.Time) (Issued, error) {
	out := Issued{NotBefore: from.Truncate(time.Second), NotAfter: a.now().AddDate(TerminalYears, 0, 0).Truncate(time.Second)}
	for _, part := range []struct {
		to    **smx509.Certificate
		pem   string
		name  string
		usage smx509.KeyUsage
	}{
		{&out.Sign, requests.Sign, "sign", smx509.KeyUsageDigitalSignature | smx509.KeyUsageContentCommitment},
		{&out.Encrypt, requests.Encrypt, "encrypt", smx509.KeyUsageKeyEncipherment | smx509.KeyUsageDataEncipherment | smx509.KeyUsageKeyAgreement},
	} {
		request, err := parseRequest(part.pem, true)
		if err != nil {
			return Issued{}, err
		}
		serial, err := newSerial()
		if err != nil {
			return Issued{}, err
		}
		template := &smx509.Certificate{
			SerialNumber: serial, Subject: terminalSubject(who, part.name), KeyUsage: part.usage,
			NotBefore: out.NotBefore, NotAfter: out.NotAfter,
		}
		der, err := smx509.CreateCertificate(rand.Reader, template, a.signRoot, request.PublicKey, a.signRootKey)
		if err != nil {
			return Issued{}, fmt.Errorf("issue a terminal's %s certificate: %w", part.name, err)
		}
		if *part.to, err = smx509.ParseCertificate(der); err != nil {
			return Issued{}, err
		}
	}
	var ok bool
	if out.SignKey, ok = out.Sign.PublicKey.(*ecdsa.PublicKey); !ok {
		return Issued{}, ErrRequest
	}
	return out, a.issueTLS(who, requests.TLS, &out)
}

func (a *Authority) issueTLS(who Terminal, text string, out *Issued) error {
	request, err := parseRequest(text, false)
	if err != nil {
		return err
	}
	serial, err := newSerial()
	if err != nil {
		return err
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: terminalSubject(who, "tls"),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		NotBefore: out.NotBefore, NotAfter: out.NotAfter,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.tlsRoot, request.PublicKey, a.tlsRootKey)
	if err != nil {
		return fmt.Errorf("issue a terminal's tls certificate: %w", err)
	}
	out.TLS, err = smx509.ParseCertificate(der)
	return err
}

func terminalSubject(who Terminal, use string) pkix.Name {
	return pkix.Name{
		Country: []string{"CN"}, Organization: []string{"bianmin " + who.Environment},
		OrganizationalUnit: []string{who.Region}, Locality: []string{who.Point},
		CommonName: who.Number + who.Generation + " " + use, SerialNumber: who.Number + who.Generation,
	}
}

// PEM writes a certificate.
func PEM(certificate *smx509.Certificate) string {
	return string(encodePEM("CERTIFICATE", certificate.Raw))
}

// Compact makes and signs the compact certificate that receipts carry.
func (a *Authority) Compact(who Terminal, issued Issued) ([]byte, error) {
	compact := receipt.Certificate{
		Terminal: who.Number, Generation: who.Generation, NotBefore: issued.NotBefore, NotAfter: issued.NotAfter,
	}
	copy(compact.Key[:], seal.CompressKey(issued.SignKey))
	signed, err := seal.SignCertificate(compact, a.signRootKey)
	if err != nil {
		return nil, err
	}
	return signed.MarshalBinary()
}

// Certificates are the platform's own, as terminals get them.
func (a *Authority) Certificates() wire.PlatformCertificates {
	return wire.PlatformCertificates{Sign: PEM(a.signer().certificate), Encrypt: PEM(a.SealingCertificate())}
}

// RecoveryKey gives the public half, in PEM, of a point's recovery key, making
// the pair at the first call. The private half waits in the authority's folder
// until it is divided between the county's two custodians (SplitRecovery). point is any name; it becomes a digest.
func (a *Authority) RecoveryKey(region, point string) (string, error) {
	if err := os.MkdirAll(a.path("recovery"), 0o700); err != nil {
		return "", fmt.Errorf("recovery key: %w", err)
	}
	path := a.recoveryPath(region, point)
	if public, err := os.ReadFile(publicPath(path)); err == nil {
		return string(public), nil
	}
	key, err := readSM2Key(path)
	if errors.Is(err, os.ErrNotExist) {
		key, err = makeRecoveryKey(path)
	}
	if err != nil {
		return "", fmt.Errorf("recovery key: %w", err)
	}
	public, err := seal.EncodePublicKey(&key.PublicKey)
	if err != nil {
		return "", fmt.Errorf("recovery key: %w", err)
	}
	return string(public), nil
}

func makeRecoveryKey(path string) (*sm2.PrivateKey, error) {
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := smx509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	if err := writeFile(path, encodePEM("PRIVATE KEY", der), 0o600); err != nil {
		return nil, err
	}
	return key, errors.Join(syncDir(filepath.Dir(path)), syncDir(filepath.Dir(filepath.Dir(path))))
}
