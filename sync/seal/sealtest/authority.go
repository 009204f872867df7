// Package sealtest enrols terminals in tests: a throw-away authority with fresh
// keys. It must never be imported by a program that is shipped.
package sealtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"math/big"
	"testing"
	"time"

	"bianmin/core/receipt"
	"bianmin/sync/seal"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"
)

// Authority is a province made for one test.
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
	Trust      []byte
	Enrolled   time.Time // the platform's time at the next enrolment

	environment         string
	notBefore, notAfter time.Time
}

// New makes a demo province whose certificates are valid from 2020 to 2040.
func New(t testing.TB) *Authority {
	t.Helper()
	return NewIn(t, "demo")
}

// NewIn makes a province of an environment, "demo" or "production".
func NewIn(t testing.TB, environment string) *Authority {
	t.Helper()
	a := &Authority{
		environment: environment,
		notBefore:   time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC),
		notAfter:    time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC),
		Enrolled:    time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	a.RootKey, a.SignKey, a.EncryptKey, a.Recovery = sm2Key(t), sm2Key(t), sm2Key(t), sm2Key(t)
	root := a.template(t, "test root")
	root.IsCA, root.BasicConstraintsValid, root.KeyUsage = true, true, smx509.KeyUsageCertSign
	a.Root = a.issue(t, root, root, &a.RootKey.PublicKey)
	a.Sign = a.issue(t, a.template(t, "test platform, answers"), a.Root, &a.SignKey.PublicKey)
	a.Encrypt = a.issue(t, a.template(t, "test platform, packets"), a.Root, &a.EncryptKey.PublicKey)
	a.makeTLS(t)
	var err error
	a.Trust, err = json.Marshal(map[string]any{
		"version": seal.TrustVersion, "environment": environment,
		"signingRoot": seal.EncodeCertificate(a.Root.Raw), "tlsRoot": seal.EncodeCertificate(a.TLSRoot.Raw),
	})
	must(t, err)
	return a
}

// Enrol makes a terminal's keys folder as an enrolment would, and loads it.
func (a *Authority) Enrol(t testing.TB, folder, terminal, generation string) *seal.Identity {
	t.Helper()
	keys, err := seal.Generate()
	must(t, err)
	must(t, keys.Save(folder))
	return a.Certify(t, folder, keys, terminal, generation)
}

// Certify gives keys that are in folder a (new) generation.
func (a *Authority) Certify(t testing.TB, folder string, keys *seal.Keys, terminal, generation string) *seal.Identity {
	t.Helper()
	name := terminal + generation
	sign := a.issue(t, a.template(t, name), a.Root, &keys.Sign.PublicKey)
	encrypt := a.issue(t, a.template(t, name), a.Root, &keys.Encrypt.PublicKey)
	leaf := &x509.Certificate{
		SerialNumber: serial(t), Subject: pkix.Name{CommonName: name}, NotBefore: a.notBefore, NotAfter: a.notAfter,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	client, err := x509.CreateCertificate(rand.Reader, leaf, a.TLSRoot, &keys.TLS.PublicKey, a.TLSKey)
	must(t, err)
	compact, err := seal.SignCertificate(receipt.Certificate{
		Terminal: terminal, Generation: generation, Key: [33]byte(seal.CompressKey(&keys.Sign.PublicKey)),
		NotBefore: a.notBefore, NotAfter: a.notAfter,
	}, a.RootKey)
	must(t, err)
	encoded, err := compact.MarshalBinary()
	must(t, err)
	recovery, err := seal.EncodePublicKey(&a.Recovery.PublicKey)
	must(t, err)
	must(t, seal.SaveCredentials(folder, seal.Credentials{
		Terminal: seal.Terminal{
			Number: terminal, Generation: generation, Point: "柳树沟村便民服务点", Region: "990102103004",
			Role: "kiosk", Environment: a.environment, Platform: "https://127.0.0.1:1", Enrolled: a.Enrolled, Compact: encoded,
		},
		Sign: seal.EncodeCertificate(sign.Raw), Encrypt: seal.EncodeCertificate(encrypt.Raw), TLS: seal.EncodeCertificate(client),
		PlatformSign: seal.EncodeCertificate(a.Sign.Raw), PlatformEncrypt: seal.EncodeCertificate(a.Encrypt.Raw),
		Recovery: string(recovery), Trust: a.Trust,
	}))
	identity, err := seal.LoadIdentity(folder)
	must(t, err)
	return identity
}

func (a *Authority) makeTLS(t testing.TB) {
	t.Helper()
	var err error
	a.TLSKey, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{
		SerialNumber: serial(t), Subject: pkix.Name{CommonName: "test TLS root"}, NotBefore: a.notBefore, NotAfter: a.notAfter,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &a.TLSKey.PublicKey, a.TLSKey)
	must(t, err)
	a.TLSRoot, err = x509.ParseCertificate(der)
	must(t, err)
}

func (a *Authority) template(t testing.TB, name string) *smx509.Certificate {
	t.Helper()
	return &smx509.Certificate{
		SerialNumber: serial(t), Subject: pkix.Name{CommonName: name}, NotBefore: a.notBefore, NotAfter: a.notAfter,
		SignatureAlgorithm: smx509.SM2WithSM3,
	}
}

func (a *Authority) issue(t testing.TB, template, parent *smx509.Certificate, key *ecdsa.PublicKey) *smx509.Certificate {
	t.Helper()
	der, err := smx509.CreateCertificate(rand.Reader, template, parent, key, a.RootKey)
	must(t, err)
	certificate, err := smx509.ParseCertificate(der)
	must(t, err)
	return certificate
}

func sm2Key(t testing.TB) *sm2.PrivateKey {
	t.Helper()
	key, err := sm2.GenerateKey(rand.Reader)
	must(t, err)
	return key
}

func serial(t testing.TB) *big.Int {
	t.Helper()
	n, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	must(t, err)
	return n.Add(n, big.NewInt(1))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
