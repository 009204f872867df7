package authority

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"

	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

const (
	rootYears   = 20
	ownYears    = 10 // the platform's signing and sealing certificates
	serverYears = 2

	// early is how long before its making a certificate begins: terminals' clocks are not exact.
	early = time.Hour
)

// create makes roots and the platform's own certificates in a folder beside
// Dir, syncs it and renames it into place, so that a crash leaves all or nothing.
func create(o Options) error {
	parent := filepath.Dir(o.Dir)
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(parent, ".authority-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp) // nothing is left of it after the rename
	m := maker{dir: tmp, now: o.Now()}
	trust := wire.Trust{Version: wire.Version, Environment: o.Environment}
	if err := m.signatures(&trust); err != nil {
		return err
	}
	if err := m.tlsRoot(&trust); err != nil {
		return err
	}
	bundle, err := json.Marshal(trust)
	if err != nil {
		return err
	}
	if err := writeFile(filepath.Join(tmp, "trust.json"), bundle, 0o644); err != nil {
		return err
	}
	if err := syncDir(tmp); err != nil {
		return err
	}
	if err := os.Rename(tmp, o.Dir); err != nil && !errors.Is(err, os.ErrExist) { // another process was first: its authority counts
		return err
	}
	return syncDir(parent)
}

type maker struct {
	dir string
	now time.Time
}

func subject(environment, role string) pkix.Name {
	return pkix.Name{Country: []string{"CN"}, Organization: []string{"bianmin " + environment}, CommonName: role}
}

// signatures makes the SM2 root and under it the platform's signing and sealing certificates.
func (m maker) signatures(trust *wire.Trust) error {
	rootKey, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	template, err := m.template(subject(trust.Environment, "signing root"), rootYears)
	if err != nil {
		return err
	}
	template.IsCA, template.BasicConstraintsValid = true, true
	template.KeyUsage = smx509.KeyUsageCertSign | smx509.KeyUsageCRLSign
	root, err := m.issueSM2(template, template, rootKey, rootKey)
	if err != nil {
		return err
	}
	trust.SigningRoot = PEM(root)
	if err := m.keep("sign-root", root, rootKey); err != nil {
		return err
	}
	for _, own := range []struct {
		name  string
		usage smx509.KeyUsage
	}{
		{"signing", smx509.KeyUsageDigitalSignature | smx509.KeyUsageContentCommitment},
		{"sealing", smx509.KeyUsageKeyEncipherment | smx509.KeyUsageDataEncipherment | smx509.KeyUsageKeyAgreement},
	} {
		key, err := sm2.GenerateKey(rand.Reader)
		if err != nil {
			return err
		}
		template, err := m.template(subject(trust.Environment, "platform "+own.name), ownYears)
		if err != nil {
			return err
		}
		template.KeyUsage = own.usage
		certificate, err := m.issueSM2(template, root, key, rootKey)
		if err != nil {
			return err
		}
		if err := m.keep(own.name, certificate, key); err != nil {
			return err
		}
	}
	return nil
}

func (m maker) issueSM2(template, parent *smx509.Certificate, key, parentKey *sm2.PrivateKey) (*smx509.Certificate, error) {
	der, err := smx509.CreateCertificate(rand.Reader, template, parent, key.Public(), parentKey)
	if err != nil {
		return nil, fmt.Errorf("issue an SM2 certificate: %w", err)
	}
	return smx509.ParseCertificate(der)
}

func (m maker) keep(name string, certificate *smx509.Certificate, key *sm2.PrivateKey) error {
	der, err := smx509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	if err := errors.Join(writeFile(filepath.Join(m.dir, name+".key"), encodePEM("PRIVATE KEY", der), 0o600), syncDir(m.dir)); err != nil {
		return err
	}
	return writeFile(filepath.Join(m.dir, name+".pem"), encodePEM("CERTIFICATE", certificate.Raw), 0o644)
}

// tlsRoot makes the P-256 root: Go's TLS cannot use SM2.
func (m maker) tlsRoot(trust *wire.Trust) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	template, err := m.tlsTemplate(subject(trust.Environment, "TLS root"), rootYears)
	if err != nil {
		return err
	}
	template.IsCA, template.BasicConstraintsValid = true, true
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return fmt.Errorf("issue the TLS root: %w", err)
	}
	trust.TLSRoot = seal.EncodeCertificate(der)
	return keepTLS(m.dir, "tls-root", der, key)
}

func keepTLS(dir, name string, der []byte, key *ecdsa.PrivateKey) error {
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	if err := writeFile(filepath.Join(dir, name+".key"), encodePEM("PRIVATE KEY", pkcs8), 0o600); err != nil {
		return err
	}
	return writeFile(filepath.Join(dir, name+".pem"), encodePEM("CERTIFICATE", der), 0o644)
}

func (m maker) template(name pkix.Name, years int) (*smx509.Certificate, error) {
	serial, err := newSerial()
	if err != nil {
		return nil, err
	}
	return &smx509.Certificate{
		SerialNumber: serial, Subject: name,
		NotBefore: m.now.Add(-early), NotAfter: m.now.AddDate(years, 0, 0),
	}, nil
}

func (m maker) tlsTemplate(name pkix.Name, years int) (*x509.Certificate, error) {
	serial, err := newSerial()
	if err != nil {
		return nil, err
	}
	return &x509.Certificate{
		SerialNumber: serial, Subject: name,
		NotBefore: m.now.Add(-early), NotAfter: m.now.AddDate(years, 0, 0),
	}, nil
}

// newSerial gives a positive serial number of 16 random bytes.
func newSerial() (*big.Int, error) {
	var b [16]byte
	if _, err := rand.Read(b[:]); err != nil {
		return nil, fmt.Errorf("draw a serial number: %w", err)
	}
	b[0] = b[0]&0x7f | 0x40
	return new(big.Int).SetBytes(b[:]), nil
}

// ensureServer loads the server certificate, issuing a new one when it is
// missing, expires within 30 days or does not cover a host.
func (a *Authority) ensureServer(hosts []string) error {
	hosts = append([]string{"localhost", "127.0.0.1", "::1"}, hosts...)
	pair, err := tls.LoadX509KeyPair(a.path("server.pem"), a.path("server.key"))
	if err == nil && covers(pair.Leaf, hosts) && a.now().AddDate(0, 0, 30).Before(pair.Leaf.NotAfter) {
		a.server = pair
		return nil
	}
	m := maker{dir: a.dir, now: a.now()}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	template, err := m.tlsTemplate(subject(a.environment, "platform"), serverYears)
	if err != nil {
		return err
	}
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.tlsRoot, key.Public(), a.tlsRootKey)
	if err != nil {
		return fmt.Errorf("issue the server certificate: %w", err)
	}
	if err := keepTLS(a.dir, "server", der, key); err != nil {
		return err
	}
	a.server, err = tls.LoadX509KeyPair(a.path("server.pem"), a.path("server.key"))
	return err
}

func covers(certificate *x509.Certificate, hosts []string) bool {
	for _, host := range hosts {
		if certificate.VerifyHostname(host) != nil {
			return false
		}
	}
	return true
}
