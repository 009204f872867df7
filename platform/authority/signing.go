package authority

import (
	"slices"
	"time"

	"github.com/emmansun/gmsm/smx509"

	"bianmin/sync/seal"
)

const (
	signingName = "signing"
	// looksAgain is how often a running platform looks for a pair that was made beside it.
	looksAgain = time.Minute
)

func (a *Authority) loadSigning() error {
	all, err := a.pairs(signingName)
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.signers = all
	return nil
}

// signer is the pair that answers are signed with now: the last made whose certificate is valid already. What a rotation made beside a
// running platform is found within a minute, long before it is used.
func (a *Authority) signer() pair {
	now := a.now()
	a.mu.Lock()
	old := !a.looked.IsZero() && now.Sub(a.looked).Abs() >= looksAgain
	if old || a.looked.IsZero() {
		a.looked = now
	}
	a.mu.Unlock()
	if old {
		_ = a.loadSigning() // what was read before serves on; a minute later it is tried again
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, p := range slices.Backward(a.signers) {
		if !now.Before(p.certificate.NotBefore) {
			return p
		}
	}
	return a.signers[0]
}

// Signers are all certificates that answers are, were or will be signed with, oldest first.
func (a *Authority) Signers() (all []*smx509.Certificate) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, p := range a.signers {
		all = append(all, p.certificate)
	}
	return all
}

// Signed lists Signers in PEM for what travels on a stick; none before the first rotation.
func (a *Authority) Signed() (all []string) {
	signers := a.Signers()
	if len(signers) == 1 {
		return nil
	}
	for _, c := range signers {
		all = append(all, PEM(c))
	}
	return all
}

// Believed are the keys of Signers.
func (a *Authority) Believed() (all seal.Signers) {
	for _, c := range a.Signers() {
		all = append(all, seal.SM2Key(c))
	}
	return all
}

// NextSigner is the newest certificate for answers, in PEM, once there was a rotation; "" before.
func (a *Authority) NextSigner() string {
	a.signer() // looks for one that was made meanwhile
	all := a.Signers()
	if len(all) == 1 {
		return ""
	}
	return PEM(all[len(all)-1])
}

// RotateSigning makes a new pair for answers, with which the platform signs from so long from now on: until then terminals hear of it in answers
// that the pair before signs. Every earlier pair stays: what it signed is evidence.
func (a *Authority) RotateSigning(after time.Duration) (*smx509.Certificate, error) {
	if err := a.loadSigning(); err != nil {
		return nil, err
	}
	all := a.Signers()
	from := a.now().Add(after).Truncate(time.Second)
	if err := a.add(signingName, len(all), smx509.KeyUsageDigitalSignature|smx509.KeyUsageContentCommitment, from); err != nil {
		return nil, err
	}
	if err := a.loadSigning(); err != nil {
		return nil, err
	}
	all = a.Signers()
	return all[len(all)-1], nil
}
