package seal

import (
	"bytes"
	"crypto/ecdsa"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/emmansun/gmsm/smx509"
)

// SignersFile holds the certificates by which the platform signs answers, or did, beside that of the enrolment.
const SignersFile = "signers.json"

// Signers are the keys that the platform signs answers with, or did: what it signed is evidence for as long as anybody asks.
type Signers []*ecdsa.PublicKey

// Verify checks a signature by any of them.
func (s Signers) Verify(content, signature []byte) error {
	err := errors.New("nobody is believed")
	for _, key := range slices.Backward(s) {
		if err = Verify(key, content, signature); err == nil {
			return nil
		}
	}
	return err
}

type signersDocument struct {
	Version      int      `json:"version"` // 1
	Certificates []string `json:"certificates"`
}

func loadSigners(folder string) (d signersDocument, err error) {
	d.Version = 1
	err = readBeside(folder, SignersFile, &d, &d.Version)
	return d, err
}

// loadPlatform reads what the platform signs and signed answers with.
func (i *Identity) loadPlatform(folder string) error {
	first, err := i.loadSM2Certificate(folder, "platform-sign.crt")
	if err != nil {
		return err
	}
	later, err := loadSigners(folder)
	if err != nil {
		return err
	}
	i.PlatformSigns = []*smx509.Certificate{first}
	for _, text := range later.Certificates {
		c, err := i.readSM2Certificate(SignersFile, text)
		if err != nil {
			return err
		}
		i.PlatformSigns = append(i.PlatformSigns, c)
	}
	slices.SortStableFunc(i.PlatformSigns, func(a, b *smx509.Certificate) int { return a.NotBefore.Compare(b.NotBefore) })
	i.PlatformSign = i.PlatformSigns[len(i.PlatformSigns)-1]
	return nil
}

// Believed are the keys by which this terminal knows the platform's word.
func (i *Identity) Believed() (all Signers) {
	for _, c := range i.PlatformSigns {
		all = append(all, SM2Key(c))
	}
	return all
}

// IsPlatform tells whether a certificate is one that the platform signs or signed answers with.
func (i *Identity) IsPlatform(c *smx509.Certificate) bool {
	return slices.ContainsFunc(i.PlatformSigns, c.Equal)
}

// signs tells whether a certificate is one by which the platform signs, will sign or signed answers: it is under the signing root, in the platform's own
// name, for signing only. Who said so does not matter then: only the root's key makes one.
func (i *Identity) signs(fresh *smx509.Certificate) error {
	switch {
	case fresh.CheckSignatureFrom(i.Trust.SigningRoot) != nil:
		return errors.New("it is not the root's")
	case !bytes.Equal(fresh.RawSubject, i.PlatformSign.RawSubject) || fresh.IsCA ||
		fresh.KeyUsage&smx509.KeyUsageDigitalSignature == 0 || fresh.KeyUsage&smx509.KeyUsageKeyEncipherment != 0:
		return errors.New("it is not the platform's for answers")
	}
	return nil
}

// Learn believes, for as long as this identity lives, those certificates for answers that prove themselves; others are passed over.
func (i *Identity) Learn(certificates []string) {
	for _, text := range certificates {
		fresh, err := parseSM2(text)
		if err == nil && !i.IsPlatform(fresh) && i.signs(fresh) == nil {
			i.PlatformSigns = append(i.PlatformSigns, fresh)
		}
	}
}

// SaveSigners is SaveSigner for all that came along with something on a stick, and Learn: what does not prove itself is passed over.
func SaveSigners(folder string, identity *Identity, certificates []string) error {
	identity.Learn(certificates)
	for _, c := range identity.PlatformSigns {
		if _, err := SaveSigner(folder, identity, EncodeCertificate(c.Raw)); err != nil {
			return err
		}
	}
	return nil
}

// SaveSigner takes over a certificate by which the platform signs answers, now, soon or once, and tells whether it is news. Those that are here
// stay. Programs read it with the identity.
func SaveSigner(folder string, identity *Identity, text string) (bool, error) {
	fresh, err := parseSM2(text)
	if err != nil {
		return false, fmt.Errorf("read the platform's certificate for answers: %w", err)
	}
	here, err := loadSigners(folder)
	if err != nil {
		return false, err
	}
	known := &Identity{Trust: identity.Trust} // as it stands on the disk: another program may have been quicker
	if err := known.loadPlatform(folder); err != nil {
		return false, err
	}
	if known.IsPlatform(fresh) {
		return false, nil
	}
	if err := known.signs(fresh); err != nil {
		return false, err
	}
	here.Certificates = append(here.Certificates, EncodeCertificate(fresh.Raw))
	content, err := json.MarshalIndent(here, "", "  ")
	if err != nil {
		return false, fmt.Errorf("encode %s: %w", SignersFile, err)
	}
	return true, WriteFile(filepath.Join(folder, SignersFile), content)
}
