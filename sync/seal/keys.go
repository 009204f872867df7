package seal

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"
)

// Keys are a terminal's own private keys and its secret. They are made on the
// terminal and never leave its keys folder.
type Keys struct {
	Sign    *sm2.PrivateKey
	Encrypt *sm2.PrivateKey
	TLS     *ecdsa.PrivateKey // P-256, for TLS client authentication
	Secret  [32]byte          // enters the wrapping of case keys beside the card's data
	// Inherited are the secrets of the machines this one succeeded, newest first: what was wrapped there is opened
	// with them and wrapped anew with Secret. They are no keys of this terminal and sign or open nothing else.
	Inherited [][32]byte
}

// Generate makes fresh keys.
func Generate() (*Keys, error) {
	var keys Keys
	var err error
	if keys.Sign, err = sm2.GenerateKey(rand.Reader); err != nil {
		return nil, fmt.Errorf("make the signing key: %w", err)
	}
	if keys.Encrypt, err = sm2.GenerateKey(rand.Reader); err != nil {
		return nil, fmt.Errorf("make the encryption key: %w", err)
	}
	if keys.TLS, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return nil, fmt.Errorf("make the TLS key: %w", err)
	}
	if _, err = rand.Read(keys.Secret[:]); err != nil {
		return nil, fmt.Errorf("make the terminal secret: %w", err)
	}
	return &keys, nil
}

// Requests are the PKCS#10 requests of an enrolment, DER.
type Requests struct {
	Sign    []byte // SM2
	Encrypt []byte // SM2
	TLS     []byte // P-256
}

// Requests makes the three certificate requests under the given common name
// (the terminal number or the enrolment code; the platform decides the subject).
func (k *Keys) Requests(name string) (Requests, error) {
	var requests Requests
	var err error
	subject := pkix.Name{CommonName: name}
	template := &smx509.CertificateRequest{Subject: subject, SignatureAlgorithm: smx509.SM2WithSM3}
	if requests.Sign, err = smx509.CreateCertificateRequest(rand.Reader, template, k.Sign); err != nil {
		return Requests{}, fmt.Errorf("request a signing certificate: %w", err)
	}
	if requests.Encrypt, err = smx509.CreateCertificateRequest(rand.Reader, template, k.Encrypt); err != nil {
		return Requests{}, fmt.Errorf("request an encryption certificate: %w", err)
	}
	if requests.TLS, err = x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: subject}, k.TLS); err != nil {
		return Requests{}, fmt.Errorf("request a TLS certificate: %w", err)
	}
	return requests, nil
}

const (
	signKey    = "sign.key"
	encryptKey = "encrypt.key"
	tlsKey     = "tls.key"
	secretKey  = "secret.key"
)

// Save writes the keys into folder (0700), each file 0600, synced and renamed
// into place; sealed, where the folder has a chip (UseChip). Files that are there are replaced.
func (k *Keys) Save(folder string) error {
	if err := makeFolder(folder); err != nil {
		return err
	}
	v, err := openVault(folder)
	if err != nil {
		return err
	}
	// First, for LoadKeys cannot miss them: a save that breaks off leaves no keys rather than keys without them.
	if err := saveInherited(folder, k.Inherited); err != nil {
		return err
	}
	for name, key := range map[string]any{signKey: k.Sign, encryptKey: k.Encrypt, tlsKey: k.TLS} {
		der, err := smx509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			return fmt.Errorf("encode %s: %w", name, err)
		}
		content := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
		if err := v.write(name, content); err != nil {
			return err
		}
	}
	content := pem.EncodeToMemory(&pem.Block{Type: "TERMINAL SECRET", Bytes: k.Secret[:]})
	return v.write(secretKey, content)
}

func makeFolder(folder string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("make the keys folder: %w", err)
	}
	if err := os.Chmod(folder, 0o700); err != nil { // #nosec G302 -- a folder needs its x bit
		return fmt.Errorf("close the keys folder to others: %w", err)
	}
	return nil
}

// LoadKeys reads what Save wrote. The error wraps fs.ErrNotExist when there are none, ErrChip when the chip that keeps them does not open them.
func LoadKeys(folder string) (*Keys, error) {
	var keys Keys
	v, err := openVault(folder)
	if err != nil {
		return nil, err
	}
	if keys.Sign, err = v.loadSM2(signKey); err != nil {
		return nil, err
	}
	if keys.Encrypt, err = v.loadSM2(encryptKey); err != nil {
		return nil, err
	}
	if keys.TLS, err = v.loadP256(tlsKey); err != nil {
		return nil, err
	}
	text, err := v.read(secretKey)
	if err != nil {
		return nil, fmt.Errorf("read terminal secret: %w", err)
	}
	secret, err := pemBlock(text, "TERMINAL SECRET")
	if err != nil || len(secret) != len(keys.Secret) {
		return nil, errors.New("read terminal secret: not in its form")
	}
	copy(keys.Secret[:], secret)
	if keys.Inherited, err = v.inherited(); err != nil {
		return nil, err
	}
	return &keys, nil
}

func (v *vault) loadPKCS8(name string) (any, error) {
	text, err := v.read(name)
	if err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	der, err := pemBlock(text, "PRIVATE KEY")
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	key, err := smx509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, fmt.Errorf("read %s: not in its form", name)
	}
	return key, nil
}

func (v *vault) loadP256(name string) (*ecdsa.PrivateKey, error) {
	parsed, err := v.loadPKCS8(name)
	if err != nil {
		return nil, err
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok || key.Curve != elliptic.P256() {
		return nil, fmt.Errorf("read %s: not a P-256 key", name)
	}
	return key, nil
}

func (v *vault) loadSM2(name string) (*sm2.PrivateKey, error) {
	parsed, err := v.loadPKCS8(name)
	if err != nil {
		return nil, err
	}
	key, ok := parsed.(*sm2.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("read %s: not an SM2 key", name)
	}
	return key, nil
}

// WriteFile writes a private file (0600) so that after a power cut there is
// either the old or the new content: temporary file, fsync, rename, fsync of the folder.
func WriteFile(path string, content []byte) (err error) {
	folder := filepath.Dir(path)
	file, err := os.CreateTemp(folder, "."+filepath.Base(path)+".*") // created 0600
	if err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(file.Name())
		}
	}()
	_, err = file.Write(content)
	if err == nil {
		err = file.Sync()
	}
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err == nil {
		err = SyncFolder(folder)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	return nil
}

// SyncFolder makes renames within a folder durable.
func SyncFolder(path string) error {
	folder, err := os.Open(path) // #nosec G304 -- our own folders
	if err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	err = folder.Sync()
	if closing := folder.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	return nil
}
