// Package mint makes an authority on the spot: roots, a platform's certificates
// and a recovery key whose private halves live in memory only. Practice mode and
// tests enrol by it; it must not write files, and no real platform knows its roots.
package mint

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"fmt"
	"math/big"
	"time"

	"bianmin/core/receipt"
	"bianmin/sync/seal"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"
)

// Options are what an authority says of itself. All are required.
type Options struct {
	Environment         string
	Name                string // begins the common names of its certificates
	NotBefore, NotAfter time.Time
}

// Authority is a province that exists in this process only.
type Authority struct {
	Root       *smx509.Certificate
	RootKey    *sm2.PrivateKey
	TLSRoot    *x509.Certificate
	TLSKey     *ecdsa.PrivateKey
	Sign       *smx509.Certificate
	SignKey    *sm2.PrivateKey
	Encrypt    *smx509.Certificate
	EncryptKey *sm2.PrivateKey
	Recovery   *sm2.PrivateKey
	Trust      []byte // the trust bundle's exact bytes

	options Options
}

// New makes an authority with fresh keys.
func New(o Options) (*Authority, error) {
	a := &Authority{options: o}
	for _, key := range []**sm2.PrivateKey{&a.RootKey, &a.SignKey, &a.EncryptKey, &a.Recovery} {
		made, err := sm2.GenerateKey(rand.Reader)
		if err != nil {
			return nil, fmt.Errorf("make an authority's key: %w", err)
		}
		*key = made
	}
	if err := a.makeSigning(); err != nil {
		return nil, err
	}
	if err := a.makeTLS(); err != nil {
		return nil, err
	}
	trust, err := json.Marshal(map[string]any{
		"version": seal.TrustVersion, "environment": o.Environment,
		"signingRoot": seal.EncodeCertificate(a.Root.Raw), "tlsRoot": seal.EncodeCertificate(a.TLSRoot.Raw),
	})
	if err != nil {
		return nil, fmt.Errorf("write a trust bundle: %w", err)
	}
	a.Trust = trust
	return a, nil
}

func (a *Authority) makeSigning() error {
	root, err := a.template(a.options.Name + " root")
	if err != nil {
		return err
	}
	root.IsCA, root.BasicConstraintsValid, root.KeyUsage = true, true, smx509.KeyUsageCertSign
	if a.Root, err = a.issue(root, root, &a.RootKey.PublicKey); err != nil {
		return err
	}
	if a.Sign, err = a.named(a.options.Name+" platform, answers", &a.SignKey.PublicKey); err != nil {
		return err
	}
	a.Encrypt, err = a.named(a.options.Name+" platform, packets", &a.EncryptKey.PublicKey)
	return err
}

// Certify gives keys a terminal's credentials. Of who, Compact is made here and Environment is the authority's.
func (a *Authority) Certify(keys *seal.Keys, who seal.Terminal) (seal.Credentials, error) {
	name := who.Number + who.Generation
	sign, err := a.named(name, &keys.Sign.PublicKey)
	if err != nil {
		return seal.Credentials{}, err
	}
	encrypt, err := a.named(name, &keys.Encrypt.PublicKey)
	if err != nil {
		return seal.Credentials{}, err
	}
	client, err := a.client(name, &keys.TLS.PublicKey)
	if err != nil {
		return seal.Credentials{}, err
	}
	compact, err := seal.SignCertificate(receipt.Certificate{
		Terminal: who.Number, Generation: who.Generation, Key: [33]byte(seal.CompressKey(&keys.Sign.PublicKey)),
		NotBefore: a.options.NotBefore, NotAfter: a.options.NotAfter,
	}, a.RootKey)
	if err != nil {
		return seal.Credentials{}, err
	}
	if who.Compact, err = compact.MarshalBinary(); err != nil {
		return seal.Credentials{}, fmt.Errorf("encode a compact certificate: %w", err)
	}
	recovery, err := seal.EncodePublicKey(&a.Recovery.PublicKey)
	if err != nil {
		return seal.Credentials{}, err
	}
	who.Environment = a.options.Environment
	return seal.Credentials{
		Terminal: who,
		Sign:     seal.EncodeCertificate(sign.Raw), Encrypt: seal.EncodeCertificate(encrypt.Raw), TLS: seal.EncodeCertificate(client),
		PlatformSign: seal.EncodeCertificate(a.Sign.Raw), PlatformEncrypt: seal.EncodeCertificate(a.Encrypt.Raw),
		Recovery: string(recovery), Trust: a.Trust,
	}, nil
}

// Forget overwrites the private halves: nobody can issue, answer or open by this authority any more.
func (a *Authority) Forget() {
	for _, key := range []*sm2.PrivateKey{a.RootKey, a.SignKey, a.EncryptKey, a.Recovery} {
		clear(key.D.Bits())
	}
	clear(a.TLSKey.D.Bits()) //nolint:staticcheck // the key is of no use afterwards, that is the aim
	a.RootKey, a.SignKey, a.EncryptKey, a.Recovery, a.TLSKey = nil, nil, nil, nil, nil
}

func (a *Authority) makeTLS() error {
	var err error
	if a.TLSKey, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return fmt.Errorf("make an authority's TLS key: %w", err)
	}
	number, err := serial()
	if err != nil {
		return err
	}
	template := &x509.Certificate{
		SerialNumber: number, Subject: pkix.Name{CommonName: a.options.Name + " TLS root"},
		NotBefore: a.options.NotBefore, NotAfter: a.options.NotAfter,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &a.TLSKey.PublicKey, a.TLSKey)
	if err != nil {
		return fmt.Errorf("issue a TLS root: %w", err)
	}
	if a.TLSRoot, err = x509.ParseCertificate(der); err != nil {
		return fmt.Errorf("issue a TLS root: %w", err)
	}
	return nil
}

// client issues a TLS client's certificate, DER.
func (a *Authority) client(name string, key *ecdsa.PublicKey) ([]byte, error) {
	number, err := serial()
	if err != nil {
		return nil, err
	}
	leaf := &x509.Certificate{
		SerialNumber: number, Subject: pkix.Name{CommonName: name}, NotBefore: a.options.NotBefore, NotAfter: a.options.NotAfter,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, a.TLSRoot, key, a.TLSKey)
	if err != nil {
		return nil, fmt.Errorf("issue a client certificate: %w", err)
	}
	return der, nil
}

func (a *Authority) template(name string) (*smx509.Certificate, error) {
	number, err := serial()
	if err != nil {
		return nil, err
	}
	return &smx509.Certificate{
		SerialNumber: number, Subject: pkix.Name{CommonName: name}, NotBefore: a.options.NotBefore, NotAfter: a.options.NotAfter,
		SignatureAlgorithm: smx509.SM2WithSM3,
	}, nil
}

// named issues a certificate under the root.
func (a *Authority) named(name string, key *ecdsa.PublicKey) (*smx509.Certificate, error) {
	template, err := a.template(name)
	if err != nil {
		return nil, err
	}
	return a.issue(template, a.Root, key)
}

func (a *Authority) issue(template, parent *smx509.Certificate, key *ecdsa.PublicKey) (*smx509.Certificate, error) {
	der, err := smx509.CreateCertificate(rand.Reader, template, parent, key, a.RootKey)
	if err != nil {
		return nil, fmt.Errorf("issue a certificate: %w", err)
	}
	certificate, err := smx509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("issue a certificate: %w", err)
	}
	return certificate, nil
}

func serial() (*big.Int, error) {
	n, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, fmt.Errorf("draw a serial number: %w", err)
	}
	return n.Add(n, big.NewInt(1)), nil
}
