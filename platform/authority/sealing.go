package authority

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"

	"bianmin/sync/seal"
)

// pair is a certificate of the platform's own with its key.
type pair struct {
	name        string // of its files, without ending
	certificate *smx509.Certificate
	key         *sm2.PrivateKey
}

const sealingName = "sealing"

// pairs reads all pairs of a name: the first, and those of rotations in their order. A pair counts once its certificate is there,
// which is written last.
func (a *Authority) pairs(name string) ([]pair, error) {
	paths, err := filepath.Glob(a.path(name + "*.pem"))
	if err != nil {
		return nil, err
	}
	slices.Sort(paths) // sealing.pem, sealing-0001.pem … : "." is behind "-", so the first is put in front below
	var all []pair
	for _, path := range paths {
		r := pair{name: strings.TrimSuffix(filepath.Base(path), ".pem")}
		if r.certificate, err = readCertificate(path); err != nil {
			return nil, err
		}
		if r.key, err = readSM2Key(strings.TrimSuffix(path, ".pem") + ".key"); err != nil {
			return nil, err
		}
		if r.name == name {
			all = slices.Insert(all, 0, r)
		} else {
			all = append(all, r)
		}
	}
	if len(all) == 0 || all[0].name != name {
		return nil, fmt.Errorf("read %s.pem: %w", name, os.ErrNotExist)
	}
	return all, nil
}

func (a *Authority) loadSealing() error {
	all, err := a.pairs(sealingName)
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.recipients = all
	return nil
}

func (a *Authority) current() pair {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.recipients[len(a.recipients)-1]
}

// SealingKey belongs to SealingCertificate.
func (a *Authority) SealingKey() *sm2.PrivateKey { return a.current().key }

// SealingCertificate is the certificate that is given out for sealing now; what was sealed to an earlier one opens by Recipient.
func (a *Authority) SealingCertificate() *smx509.Certificate { return a.current().certificate }

// Rotated tells whether another certificate is given out for sealing than at the beginning.
func (a *Authority) Rotated() bool { return a.current().name != sealingName }

// SealingKeys are all keys that something may be sealed to, the newest first.
func (a *Authority) SealingKeys() (keys []*sm2.PrivateKey) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, r := range slices.Backward(a.recipients) {
		keys = append(keys, r.key)
	}
	return keys
}

// Recipient gives the pair that a CMS message is sealed to, whenever that was; the present one for anything else. A pair that
// another process made meanwhile is found too.
func (a *Authority) Recipient(sealed []byte) (*smx509.Certificate, *sm2.PrivateKey) {
	serial := seal.RecipientOf(sealed)
	if r, ok := a.find(serial); ok {
		return r.certificate, r.key
	}
	if serial != "" && a.loadSealing() == nil {
		if r, ok := a.find(serial); ok {
			return r.certificate, r.key
		}
	}
	r := a.current()
	return r.certificate, r.key
}

func (a *Authority) find(serial string) (pair, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	i := slices.IndexFunc(a.recipients, func(r pair) bool { return hex.EncodeToString(r.certificate.SerialNumber.Bytes()) == serial })
	if i < 0 {
		return pair{}, false
	}
	return a.recipients[i], true
}

// RotateSealing makes a new pair for sealing. From now on its certificate is given out, to terminals with the answer to their next
// heartbeat; every earlier key stays, because terminals hold packets that were sealed to it. Broken off at any point, the earlier pair counts.
func (a *Authority) RotateSealing() error {
	if err := a.loadSealing(); err != nil {
		return err
	}
	a.mu.Lock()
	n := len(a.recipients)
	a.mu.Unlock()
	// Terminals take only what is newer.
	from := a.now().Add(-early)
	if before := a.SealingCertificate().NotBefore.Add(time.Second); from.Before(before) {
		from = before
	}
	usage := smx509.KeyUsageKeyEncipherment | smx509.KeyUsageDataEncipherment | smx509.KeyUsageKeyAgreement
	if err := a.add(sealingName, n, usage, from); err != nil {
		return err
	}
	return a.loadSealing()
}

// add makes the n-th pair of a name beside those that are there. The key is durable before the certificate names it: broken off at any
// point, the pair is not there, and the next call makes it anew under the same name.
func (a *Authority) add(name string, n int, usage smx509.KeyUsage, from time.Time) error {
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	m := maker{dir: a.dir, now: a.now()}
	template, err := m.template(subject(a.environment, "platform "+name), ownYears)
	if err != nil {
		return err
	}
	template.KeyUsage, template.NotBefore = usage, from
	certificate, err := m.issueSM2(template, a.signRoot, key, a.signRootKey)
	if err != nil {
		return err
	}
	if err := m.keep(fmt.Sprintf("%s-%04d", name, n), certificate, key); err != nil {
		return err
	}
	return syncDir(a.dir)
}
