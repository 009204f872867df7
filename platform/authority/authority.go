// Package authority is the platform's certification authority and the holder of
// its keys: an SM2 root for signatures and sealing, a P-256 root for TLS. It
// must not know packets, requests or the database.
package authority

import (
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"

	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// Options say where the authority's keys lie and how it is made at first start.
type Options struct {
	Dir         string           // made when it does not exist
	Environment string           // "demo" or "production"; counts only when the authority is made
	Hosts       []string         // names and addresses the server certificate must cover, beside localhost
	Now         func() time.Time // required
}

// Authority issues certificates and signs answers. Safe for concurrent use after Open.
type Authority struct {
	dir string
	now func() time.Time

	bundle      []byte // exact bytes of the trust bundle
	environment string

	signRoot    *smx509.Certificate
	signRootKey *sm2.PrivateKey
	tlsRoot     *x509.Certificate
	tlsRootKey  *ecdsa.PrivateKey

	server tls.Certificate

	mu         sync.Mutex
	recipients []pair // what is and was sealed to, in their order
	signers    []pair // what answers are, were and will be signed with, in their order
	looked     time.Time
}

// ErrNone is returned by Load when the folder holds no authority yet.
var ErrNone = errors.New("no authority in this folder yet")

// Open loads the authority of o.Dir, making it first when there is none. The
// server certificate is issued anew when it is old or does not cover o.Hosts.
func Open(o Options) (*Authority, error) {
	a, err := Load(o)
	if errors.Is(err, ErrNone) {
		if err := create(o); err != nil {
			return nil, fmt.Errorf("make the certification authority: %w", err)
		}
		a, err = Load(o)
	}
	if err != nil {
		return nil, err
	}
	return a, a.ensureServer(o.Hosts)
}

// Load reads an existing authority without changing anything; ErrNone when there is none.
func Load(o Options) (*Authority, error) {
	a := &Authority{dir: o.Dir, now: o.Now}
	bundle, err := os.ReadFile(a.path("trust.json"))
	if errors.Is(err, os.ErrNotExist) {
		return nil, ErrNone
	}
	if err != nil {
		return nil, fmt.Errorf("read the trust bundle: %w", err)
	}
	var trust wire.Trust
	if err := json.Unmarshal(bundle, &trust); err != nil {
		return nil, fmt.Errorf("read the trust bundle: %w", err)
	}
	a.bundle, a.environment = bundle, trust.Environment
	steps := []func() error{
		func() (err error) { a.signRoot, err = readCertificate(a.path("sign-root.pem")); return },
		func() (err error) { a.signRootKey, err = readSM2Key(a.path("sign-root.key")); return },
		a.loadSigning,
		a.loadSealing,
		a.loadTLS,
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, fmt.Errorf("load the certification authority: %w", err)
		}
	}
	return a, nil
}

func (a *Authority) path(name string) string { return filepath.Join(a.dir, name) }

func (a *Authority) loadTLS() error {
	root, err := tls.LoadX509KeyPair(a.path("tls-root.pem"), a.path("tls-root.key"))
	if err != nil {
		return err
	}
	key, ok := root.PrivateKey.(*ecdsa.PrivateKey)
	if !ok {
		return errors.New("the TLS root's key is not an elliptic-curve key")
	}
	a.tlsRoot, a.tlsRootKey = root.Leaf, key
	return nil
}

// Bundle is the trust bundle: serve these bytes unchanged.
func (a *Authority) Bundle() []byte { return a.bundle }

// Environment is "demo" or "production".
func (a *Authority) Environment() string { return a.environment }

// Fingerprint is SM3 of the bundle in hex, as it stands in enrolment strings.
func (a *Authority) Fingerprint() string {
	return seal.Digest(a.bundle)
}

// SigningRoot certifies the terminals' SM2 keys.
func (a *Authority) SigningRoot() *smx509.Certificate { return a.signRoot }

// SignAnswer signs the exact bytes of an answer's body: SM2 with SM3 and the
// standard's default identity, r‖s, base64.
func (a *Authority) SignAnswer(body []byte) (string, error) {
	raw, err := seal.Sign(a.signer().key, body)
	if err != nil {
		return "", fmt.Errorf("sign an answer: %w", err)
	}
	return base64.StdEncoding.EncodeToString(raw), nil
}

// Seal signs content with the key of answers and seals it to a terminal's
// certificate, or to the platform's own when to is nil.
func (a *Authority) Seal(content []byte, to *smx509.Certificate) ([]byte, error) {
	if to == nil {
		to = a.SealingCertificate()
	}
	by := a.signer()
	sealed, err := seal.SealCMS(content, by.certificate, by.key, to)
	if err != nil {
		return nil, fmt.Errorf("seal the platform's word: %w", err)
	}
	return sealed, nil
}

// Open opens what Seal made for the platform itself; seal.ErrOpen when it is anybody else's.
func (a *Authority) Open(sealed []byte) ([]byte, error) {
	certificate, key := a.Recipient(sealed)
	content, signer, err := seal.OpenCMS(sealed, certificate, key, a.signRoot, time.Time{})
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(a.Signers(), signer.Equal) {
		return nil, seal.ErrOpen
	}
	return content, nil
}

// TLSConfig is the server's side of the terminals' connections: TLS 1.3,
// HTTP/1.1, client certificates of this authority verified when given.
func (a *Authority) TLSConfig() *tls.Config {
	pool := x509.NewCertPool()
	pool.AddCert(a.tlsRoot)
	return &tls.Config{
		MinVersion:   tls.VersionTLS13,
		Certificates: []tls.Certificate{a.server},
		ClientAuth:   tls.VerifyClientCertIfGiven,
		ClientCAs:    pool,
		NextProtos:   []string{"http/1.1"},
		Time:         a.now,
	}
}

// PageTLSConfig is the server's side of browsers' connections: the same certificate, and nobody is asked for one.
func (a *Authority) PageTLSConfig() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{a.server}, Time: a.now}
}
