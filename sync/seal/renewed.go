package seal

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"
)

// RenewedFile names the renewals of a terminal's certificates, in their order. It is what makes a renewal count: its private keys
// are in files of their own before, and the enrolment's files stay as they were.
const RenewedFile = "renewed.json"

// Renewal is a terminal's further set of certificates, for keys of its own.
type Renewal struct {
	Sign    string    `json:"sign"` // PEM, as are the next two
	Encrypt string    `json:"encrypt"`
	TLS     string    `json:"tls"`
	Compact []byte    `json:"compact"`
	At      time.Time `json:"at"` // platform's time
}

type renewedDocument struct {
	Version int       `json:"version"` // 1
	Sets    []Renewal `json:"sets"`
}

// Former are certificates that a terminal had before its present ones. What was sealed to them opens still.
type Former struct {
	Sign, Encrypt *smx509.Certificate
	key           *sm2.PrivateKey // belongs to Encrypt; nil on a disk whose keys were not opened
}

// ErrRenewal says that certificates are not a renewal of this terminal's.
var ErrRenewal = errors.New("these certificates are no renewal of this terminal's")

func loadRenewed(folder string) (d renewedDocument, err error) {
	d.Version = 1
	err = readBeside(folder, RenewedFile, &d, &d.Version)
	return d, err
}

// readBeside reads a file of JSON that lies beside the keys and is of version 1. One that is not there changes nothing.
func readBeside(folder, name string, document any, version *int) error {
	content, err := os.ReadFile(filepath.Join(folder, name)) // #nosec G304 -- our own folder
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	if err := json.Unmarshal(content, document); err != nil || *version != 1 {
		return fmt.Errorf("read %s: not in its form", name)
	}
	return nil
}

// renewedName is the file of a private key of the n-th renewal: "sign.key" becomes "sign-0001.key".
func renewedName(name string, n int) string {
	return fmt.Sprintf("%s-%04d.key", strings.TrimSuffix(name, ".key"), n)
}

// renewable are the keys that have certificates.
var renewable = []string{signKey, encryptKey, tlsKey}

// NextKeys gives the keys of the renewal to come, making those that are not there yet. Asked for again they are the same, so that a
// platform whose answer was lost gives the same certificates. Nothing uses them before Renew.
func NextKeys(folder string) (*Keys, error) {
	d, err := loadRenewed(folder)
	if err != nil {
		return nil, err
	}
	v, err := openVault(folder)
	if err != nil {
		return nil, err
	}
	n := len(d.Sets) + 1
	for _, name := range renewable {
		if err := v.provide(renewedName(name, n), name == tlsKey); err != nil {
			return nil, err
		}
	}
	return v.set(n)
}

// provide makes a key file that is not there.
func (v *vault) provide(name string, p256 bool) error {
	_, there, err := v.sealed(name)
	if err != nil {
		return err
	}
	if there {
		if err := os.Remove(v.path(name) + asideExt); !errors.Is(err, fs.ErrNotExist) { // one that was killed may have left it
			return err
		}
		return nil
	}
	var key any
	if p256 {
		key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	} else {
		key, err = sm2.GenerateKey(rand.Reader)
	}
	if err != nil {
		return fmt.Errorf("make %s: %w", name, err)
	}
	der, err := smx509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return fmt.Errorf("encode %s: %w", name, err)
	}
	defer clear(der)
	content, err := v.closed(name, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	if err != nil {
		return err
	}
	return newFile(v.path(name), content)
}

const asideExt = ".new"

// newFile is WriteFile for a file that is there only once: another process that was first keeps its own.
func newFile(path string, content []byte) error {
	aside := path + asideExt
	if err := WriteFile(aside, content); err != nil {
		return err
	}
	err := os.Link(aside, path)
	if errors.Is(err, fs.ErrExist) {
		err = nil
	}
	if err = errors.Join(err, os.Remove(aside)); err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	return SyncFolder(filepath.Dir(path))
}

// set reads the three keys of the n-th renewal; no secrets.
func (v *vault) set(n int) (*Keys, error) {
	var keys Keys
	var err error
	if keys.Sign, err = v.loadSM2(renewedName(signKey, n)); err != nil {
		return nil, err
	}
	if keys.Encrypt, err = v.loadSM2(renewedName(encryptKey, n)); err != nil {
		return nil, err
	}
	keys.TLS, err = v.loadP256(renewedName(tlsKey, n))
	return &keys, err
}

// Renew puts a renewal in force, in one step: before it the terminal has its present certificates, after it those. One that is here
// already changes nothing. Errors wrap ErrRenewal when they are not for this terminal and the keys of NextKeys, or would end before
// those that are here.
func Renew(folder string, fresh Renewal) error {
	d, err := loadRenewed(folder)
	if err != nil || slices.ContainsFunc(d.Sets, func(r Renewal) bool { return r.TLS == fresh.TLS }) {
		return err
	}
	here, err := loadIdentity(folder, d)
	if err != nil {
		return err
	}
	d.Sets = append(slices.Clone(d.Sets), fresh)
	then, err := loadIdentity(folder, d)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrRenewal, err)
	}
	for _, pair := range [][2]*smx509.Certificate{{here.SignCert, then.SignCert}, {here.EncryptCert, then.EncryptCert}} {
		if pair[0].Subject.SerialNumber != pair[1].Subject.SerialNumber {
			return fmt.Errorf("%w: they name another terminal", ErrRenewal)
		}
	}
	if then.Ends().Before(here.Ends()) {
		return fmt.Errorf("%w: they end before the present ones", ErrRenewal)
	}
	content, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return fmt.Errorf("encode %s: %w", RenewedFile, err)
	}
	return WriteFile(filepath.Join(folder, RenewedFile), content)
}

// keyFilesOf are all files of private keys of a folder, those of renewals too.
func keyFilesOf(folder string) ([]string, error) {
	names := slices.Clone(keyFiles)
	for _, name := range renewable {
		paths, err := filepath.Glob(filepath.Join(folder, strings.TrimSuffix(name, ".key")+"-[0-9][0-9][0-9][0-9].key"))
		if err != nil {
			return nil, err
		}
		for _, path := range paths {
			names = append(names, filepath.Base(path))
		}
	}
	return names, nil
}

// formerOf gives the certificates before the present ones, oldest first: the enrolment's and those of all renewals but the last.
func (i *Identity) formerOf(folder string, sets []Renewal) error {
	if len(sets) == 0 {
		return nil
	}
	sign, err := i.loadSM2Certificate(folder, "sign.crt")
	if err != nil {
		return err
	}
	encrypt, err := i.loadSM2Certificate(folder, "encrypt.crt")
	if err != nil {
		return err
	}
	i.Former = append(i.Former, Former{Sign: sign, Encrypt: encrypt})
	for _, set := range sets[:len(sets)-1] {
		if sign, err = i.readSM2Certificate("a renewed certificate", set.Sign); err != nil {
			return err
		}
		if encrypt, err = i.readSM2Certificate("a renewed certificate", set.Encrypt); err != nil {
			return err
		}
		i.Former = append(i.Former, Former{Sign: sign, Encrypt: encrypt})
	}
	return nil
}

// takeKeys puts the present set's keys in the place of the enrolment's, which go on to open what was sealed to them.
func (i *Identity) takeKeys(folder string, sets int) error {
	if sets == 0 {
		return nil
	}
	v, err := openVault(folder)
	if err != nil {
		return err
	}
	i.Former[0].key = i.Keys.Encrypt
	for n := 1; n < sets; n++ {
		if i.Former[n].key, err = v.loadSM2(renewedName(encryptKey, n)); err != nil {
			return err
		}
	}
	for _, f := range i.Former {
		if !f.key.PublicKey.Equal(SM2Key(f.Encrypt)) {
			return errors.New("an earlier certificate does not belong to its key")
		}
	}
	fresh, err := v.set(sets)
	if err != nil {
		return err
	}
	i.Keys.Sign, i.Keys.Encrypt, i.Keys.TLS = fresh.Sign, fresh.Encrypt, fresh.TLS
	return nil
}

// Ends is when the first of the present certificates ends.
func (i *Identity) Ends() time.Time {
	end := i.SignCert.NotAfter
	if i.EncryptCert.NotAfter.Before(end) {
		end = i.EncryptCert.NotAfter
	}
	if leaf := i.TLSCert.Leaf; leaf != nil && leaf.NotAfter.Before(end) {
		end = leaf.NotAfter
	}
	return end
}

// Recipient gives certificate and key that a CMS message is sealed to, a former one's too; the present ones for anything else.
func (i *Identity) Recipient(sealed []byte) (*smx509.Certificate, *sm2.PrivateKey) {
	if len(i.Former) > 0 {
		serial := RecipientOf(sealed)
		for _, f := range i.Former {
			if hex.EncodeToString(f.Encrypt.SerialNumber.Bytes()) == serial {
				return f.Encrypt, f.key
			}
		}
	}
	return i.EncryptCert, i.Keys.Encrypt
}

// Open opens what was sealed to this terminal, now or before a renewal, as OpenCMS does; when the signer was valid is the caller's to judge.
func (i *Identity) Open(sealed []byte) ([]byte, *smx509.Certificate, error) {
	certificate, key := i.Recipient(sealed)
	return OpenCMS(sealed, certificate, key, i.Trust.SigningRoot, time.Time{})
}

// UnwrapKey opens a key that was wrapped to this terminal, now or before a renewal.
func (i *Identity) UnwrapKey(wrapped []byte) (*sm2.PrivateKey, error) {
	key, err := UnwrapKeyWith(wrapped, i.Keys.Encrypt)
	for _, f := range slices.Backward(i.Former) {
		if err == nil {
			break
		}
		key, err = UnwrapKeyWith(wrapped, f.key)
	}
	return key, err
}

// Encrypts gives this terminal's certificate for encryption with that serial, in hex; nil when it never had one.
func (i *Identity) Encrypts(serial string) *smx509.Certificate {
	for _, c := range i.all(func(f Former) *smx509.Certificate { return f.Encrypt }, i.EncryptCert) {
		if hex.EncodeToString(c.SerialNumber.Bytes()) == serial {
			return c
		}
	}
	return nil
}

// Signers are this terminal's signing certificates, the present one first.
func (i *Identity) Signers() []*smx509.Certificate {
	return i.all(func(f Former) *smx509.Certificate { return f.Sign }, i.SignCert)
}

func (i *Identity) all(of func(Former) *smx509.Certificate, present *smx509.Certificate) []*smx509.Certificate {
	all := []*smx509.Certificate{present}
	for _, f := range slices.Backward(i.Former) {
		all = append(all, of(f))
	}
	return all
}
