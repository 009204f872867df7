package seal

import (
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"bianmin/core/receipt"
	"bianmin/sync/wire"

	"github.com/emmansun/gmsm/smx509"
)

// Terminal is what the platform said this terminal is; keys/terminal.json.
type Terminal struct {
	Version     int       `json:"version"`    // 1
	Number      string    `json:"terminal"`   // e.g. "QH0301"
	Generation  string    `json:"generation"` // one letter, never used twice for a number
	Point       string    `json:"point"`      // service point's name
	Region      string    `json:"region"`     // administrative division code, 12 digits
	Role        string    `json:"role"`       // "kiosk" or "agent"
	Environment string    `json:"environment"`
	Platform    string    `json:"platform"` // base URL
	Enrolled    time.Time `json:"enrolled"` // platform's time
	Compact     []byte    `json:"compact"`  // compact certificate for receipt codes
}

// Credentials are what the platform gives at enrolment, saved beside the keys.
type Credentials struct {
	Terminal Terminal
	// Certificates of the terminal, PEM.
	Sign, Encrypt, TLS string
	// Certificates of the platform, PEM: it signs answers with one, packets are sealed to the other.
	PlatformSign, PlatformEncrypt string
	Recovery                      string // PEM: public half of the point's recovery key (SM2)
	Trust                         []byte // the trust bundle's exact bytes
}

// Identity is an enrolled terminal: its keys, certificates and trust.
type Identity struct {
	Terminal
	Keys        *Keys
	SignCert    *smx509.Certificate
	EncryptCert *smx509.Certificate
	TLSCert     tls.Certificate
	Former      []Former  // certificates before the present ones, oldest first
	Issued      time.Time // when the present certificates were issued, by the platform's time
	Trust       *Trust

	PlatformSign    *smx509.Certificate   // the platform signs its answers with it, or will soon
	PlatformSigns   []*smx509.Certificate // it and those before it, oldest first: what they signed counts
	PlatformEncrypt *smx509.Certificate   // manifests are sealed to it
	Recovery        *ecdsa.PublicKey      // case keys are wrapped to it besides the card
	Speaks          *wire.Speaks          // what the platform understands; nil is the first version

	compact receipt.Certificate
}

// ErrNotEnrolled says that a keys folder holds no finished enrolment.
var ErrNotEnrolled = errors.New("this terminal is not enrolled")

// SaveCredentials writes what the platform gave into the keys folder.
// terminal.json is written last: it is what makes an enrolment finished.
func SaveCredentials(folder string, credentials Credentials) error {
	if credentials.Terminal.Version == 0 {
		credentials.Terminal.Version = 1
	}
	terminal, err := json.MarshalIndent(credentials.Terminal, "", "  ")
	if err != nil {
		return fmt.Errorf("encode terminal.json: %w", err)
	}
	files := []struct {
		name    string
		content []byte
	}{
		{"trust.json", credentials.Trust},
		{"sign.crt", []byte(credentials.Sign)},
		{"encrypt.crt", []byte(credentials.Encrypt)},
		{"tls.crt", []byte(credentials.TLS)},
		{"platform-sign.crt", []byte(credentials.PlatformSign)},
		{"platform-encrypt.crt", []byte(credentials.PlatformEncrypt)},
		{"recovery.pub", []byte(credentials.Recovery)},
		{"terminal.json", terminal},
	}
	for _, file := range files {
		if file.name == "terminal.json" { // what the custodians need of a dead machine is there before it counts as enrolled
			if err := saveEscrow(folder); err != nil {
				return err
			}
		}
		if err := WriteFile(filepath.Join(folder, file.name), file.content); err != nil {
			return err
		}
	}
	return nil
}

// LoadIdentity reads and checks an enrolled terminal's keys folder: certificates
// belong to the keys and come from the trust bundle's roots, and the compact
// certificate is this terminal's. It gives ErrNotEnrolled when there is none, ErrChip when a security chip keeps the keys and does not open them.
func LoadIdentity(folder string) (*Identity, error) {
	renewed, err := loadRenewed(folder)
	if err != nil {
		return nil, err
	}
	return loadIdentity(folder, renewed)
}

func loadIdentity(folder string, renewed renewedDocument) (*Identity, error) {
	identity, err := loadPublic(folder, renewed)
	if err != nil {
		return nil, err
	}
	if identity.Keys, err = LoadKeys(folder); err != nil {
		return nil, err
	}
	if err := identity.takeKeys(folder, len(renewed.Sets)); err != nil {
		return nil, err
	}
	if err := identity.loadTLS(folder, renewed.Sets); err != nil {
		return nil, err
	}
	return identity, identity.checkKeys()
}

// LoadPublic is LoadIdentity without the private keys and the TLS certificate: who a terminal is, on a disk whose keys do not open.
func LoadPublic(folder string) (*Identity, error) {
	renewed, err := loadRenewed(folder)
	if err != nil {
		return nil, err
	}
	return loadPublic(folder, renewed)
}

func loadPublic(folder string, renewed renewedDocument) (*Identity, error) {
	content, err := os.ReadFile(filepath.Join(folder, "terminal.json")) // #nosec G304 -- our own folder
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotEnrolled
	}
	if err != nil {
		return nil, fmt.Errorf("read terminal.json: %w", err)
	}
	identity := &Identity{}
	if err := json.Unmarshal(content, &identity.Terminal); err != nil {
		return nil, fmt.Errorf("read terminal.json: %w", err)
	}
	raw, err := os.ReadFile(filepath.Join(folder, "trust.json")) // #nosec G304 -- our own folder
	if err != nil {
		return nil, fmt.Errorf("read trust bundle: %w", err)
	}
	if identity.Trust, err = ParseTrust(raw); err != nil {
		return nil, err
	}
	if identity.PlatformEncrypt, err = identity.loadSM2Certificate(folder, sealingFile); err != nil {
		return nil, err
	}
	if err := identity.loadPlatform(folder); err != nil {
		return nil, err
	}
	if err := identity.loadOwn(folder, renewed.Sets); err != nil {
		return nil, err
	}
	recovery, err := os.ReadFile(filepath.Join(folder, "recovery.pub")) // #nosec G304 -- our own folder
	if err != nil {
		return nil, fmt.Errorf("read recovery key: %w", err)
	}
	if identity.Recovery, err = ParsePublicKey(recovery); err != nil {
		return nil, fmt.Errorf("read recovery key: %w", err)
	}
	identity.Speaks = LoadSpeaks(folder)
	return identity, identity.check()
}

// loadOwn reads the terminal's own certificates for signing and encryption: the enrolment's, or the last renewal's.
func (i *Identity) loadOwn(folder string, sets []Renewal) (err error) {
	if err := i.formerOf(folder, sets); err != nil {
		return err
	}
	if len(sets) > 0 {
		last := sets[len(sets)-1]
		i.Compact, i.Issued = last.Compact, last.At
		if i.SignCert, err = i.readSM2Certificate("the renewed certificate for signing", last.Sign); err != nil {
			return err
		}
		i.EncryptCert, err = i.readSM2Certificate("the renewed certificate for encryption", last.Encrypt)
		return err
	}
	i.Issued = i.Enrolled
	if i.SignCert, err = i.loadSM2Certificate(folder, "sign.crt"); err != nil {
		return err
	}
	i.EncryptCert, err = i.loadSM2Certificate(folder, "encrypt.crt")
	return err
}

func (i *Identity) loadSM2Certificate(folder, name string) (*smx509.Certificate, error) {
	text, err := os.ReadFile(filepath.Join(folder, name)) // #nosec G304 -- our own folder
	if err != nil {
		return nil, fmt.Errorf("read certificate: %w", err)
	}
	return i.readSM2Certificate(name, string(text))
}

func (i *Identity) readSM2Certificate(name, text string) (*smx509.Certificate, error) {
	certificate, err := parseSM2(text)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if err := certificate.CheckSignatureFrom(i.Trust.SigningRoot); err != nil {
		return nil, fmt.Errorf("%s is not the root's: %w", name, err)
	}
	return certificate, nil
}

func (i *Identity) loadTLS(folder string, sets []Renewal) error {
	text, err := os.ReadFile(filepath.Join(folder, "tls.crt")) // #nosec G304 -- our own folder
	if err != nil {
		return fmt.Errorf("read certificate: %w", err)
	}
	if len(sets) > 0 {
		text = []byte(sets[len(sets)-1].TLS)
	}
	leaf, err := parseTLS(string(text))
	if err != nil {
		return fmt.Errorf("read tls.crt: %w", err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(i.Trust.TLSRoot)
	// The clock may be wrong, so validity is not judged here but by the platform.
	options := x509.VerifyOptions{Roots: roots, CurrentTime: leaf.NotBefore, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
	if _, err := leaf.Verify(options); err != nil {
		return fmt.Errorf("tls.crt is not the TLS root's: %w", err)
	}
	if !i.Keys.TLS.PublicKey.Equal(leaf.PublicKey) {
		return errors.New("tls.crt does not belong to tls.key")
	}
	i.TLSCert = tls.Certificate{Certificate: [][]byte{leaf.Raw}, PrivateKey: i.Keys.TLS, Leaf: leaf}
	return nil
}

func (i *Identity) checkKeys() error {
	if !i.Keys.Sign.PublicKey.Equal(SM2Key(i.SignCert)) {
		return errors.New("sign.crt does not belong to sign.key")
	}
	if !i.Keys.Encrypt.PublicKey.Equal(SM2Key(i.EncryptCert)) {
		return errors.New("encrypt.crt does not belong to encrypt.key")
	}
	return nil
}

func (i *Identity) check() error {
	if i.Environment != i.Trust.Environment {
		return errors.New("terminal.json: the environment is not the trust bundle's")
	}
	var compact receipt.Certificate
	if err := compact.UnmarshalBinary(i.Compact); err != nil {
		return fmt.Errorf("terminal.json: %w", err)
	}
	if err := VerifyCertificate(compact, SM2Key(i.Trust.SigningRoot)); err != nil {
		return fmt.Errorf("terminal.json, compact certificate: %w", err)
	}
	if compact.Terminal != i.Number || compact.Generation != i.Generation || compact.Key != [PublicKeySize]byte(CompressKey(SM2Key(i.SignCert))) {
		return errors.New("terminal.json: the compact certificate is another terminal's")
	}
	i.compact = compact
	return nil
}
