package office

import (
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"bianmin/core/agency"
	"bianmin/store"
	"bianmin/sync/seal"
	"bianmin/sync/seal/chip"

	"github.com/emmansun/gmsm/sm2"
)

const (
	saltSize = 16
	chipSize = 32 // bytes of the secret a chip keeps
	pinSize  = 6
	chipLock = 10 * time.Minute // after which a locked chip allows one more try
)

// checkSecret judges a new secret and gives the wrap it is for.
func (o *Office) checkSecret(secret string, account agency.Account) (string, error) {
	if o.options.Chip != nil && isPIN(secret) {
		return store.WrapPIN, checkPIN(secret)
	}
	return store.WrapSecret, agency.CheckSecret(secret, account)
}

func isPIN(secret string) bool {
	for _, r := range secret {
		if r < '0' || r > '9' {
			return false
		}
	}
	return len(secret) == pinSize
}

// checkPIN refuses the PINs a thief tries within the chip's few free tries: one digit six times, or a plain run.
func checkPIN(pin string) error {
	step := int(pin[1]) - int(pin[0])
	if step < -1 || step > 1 {
		return nil
	}
	for i := 1; i < len(pin); i++ {
		if int(pin[i])-int(pin[i-1]) != step {
			return nil
		}
	}
	return refuse(agency.WeakSecret)
}

// wrapKey wraps an account's private key by a secret.
func (o *Office) wrapKey(self *seal.Identity, kind string, k *store.AgentKeys, key *sm2.PrivateKey, secret string) error {
	cost := o.options.SecretCost
	k.Wrap, k.Time, k.Memory, k.Threads = kind, cost.Time, cost.Memory, cost.Threads
	k.Salt, k.Chip = make([]byte, saltSize), nil
	if _, err := rand.Read(k.Salt); err != nil {
		return fmt.Errorf("make a salt: %w", err)
	}
	pepper := self.Keys.Secret[:]
	if kind == store.WrapPIN {
		kept := make([]byte, chipSize)
		if _, err := rand.Read(kept); err != nil {
			return fmt.Errorf("make a secret for the chip: %w", err)
		}
		var err error
		if k.Chip, err = o.options.Chip.Seal(secret, kept); errors.Is(err, chip.ErrGuard) {
			return refuse(agency.WeakSecret) // six digits are too few for this chip
		} else if err != nil {
			return fmt.Errorf("seal with the chip: %w", err)
		}
		pepper = append(append([]byte(nil), pepper...), kept...)
	}
	var err error
	k.Wrapped, err = seal.WrapKey(key, seal.DeriveSecretKey(secret, k.Salt, pepper, cost), "account "+k.Account)
	return err
}

// unwrapKey opens an account's private key: agency.ErrSecret when the secret is not the account's.
func (o *Office) unwrapKey(self *seal.Identity, k store.AgentKeys, secret string) (*sm2.PrivateKey, error) {
	pepper := self.Keys.Secret[:]
	switch k.Wrap {
	case store.WrapSecret:
		return unwrapWith(self, k, secret)
	case store.WrapPIN:
		if o.options.Chip == nil && len(self.Keys.Inherited) > 0 {
			return nil, agency.ErrSecret // its chip stayed in the PC this one succeeded: only recovery opens it
		}
		if o.options.Chip == nil {
			return nil, errors.New("the account's key is kept by a security chip that is not there")
		}
		if !isPIN(secret) {
			return nil, agency.ErrSecret
		}
		kept, err := o.options.Chip.Unseal(secret, k.Chip)
		switch {
		case errors.Is(err, ErrPIN):
			return nil, agency.ErrSecret
		case errors.Is(err, ErrChipLocked):
			return nil, &agency.LockedError{Left: chipLock}
		case err != nil && len(self.Keys.Inherited) > 0:
			return nil, agency.ErrSecret // sealed by the chip of the PC this one succeeded
		case err != nil:
			return nil, fmt.Errorf("open with the chip: %w", err)
		}
		pepper = append(append([]byte(nil), pepper...), kept...)
	default:
		return nil, fmt.Errorf("the account's key is wrapped as %q, which this version does not know", k.Wrap)
	}
	return unwrapBy(k, secret, pepper)
}

// unwrapWith tries this PC's secret first, then those of the PCs it succeeded.
func unwrapWith(self *seal.Identity, k store.AgentKeys, secret string) (*sm2.PrivateKey, error) {
	key, err := unwrapBy(k, secret, self.Keys.Secret[:])
	for _, inherited := range self.Keys.Inherited {
		if !errors.Is(err, agency.ErrSecret) {
			break
		}
		key, err = unwrapBy(k, secret, inherited[:])
	}
	return key, err
}

func unwrapBy(k store.AgentKeys, secret string, pepper []byte) (*sm2.PrivateKey, error) {
	wrap := seal.DeriveSecretKey(secret, k.Salt, pepper, seal.Cost{Time: k.Time, Memory: k.Memory, Threads: k.Threads})
	key, err := seal.UnwrapKey(k.Wrapped, wrap, "account "+k.Account)
	if errors.Is(err, seal.ErrUnwrap) {
		return nil, agency.ErrSecret
	}
	return key, err
}

// bookKeys are the symmetric keys under an account's key.
type bookKeys struct {
	box    *seal.Box
	lookup [32]byte // HMAC-SM3 over ID numbers
}

const bookKeySize = 16 + 32

func newBookKeys(public []byte, account string) ([]byte, error) {
	content := make([]byte, bookKeySize)
	if _, err := rand.Read(content); err != nil {
		return nil, fmt.Errorf("make book keys: %w", err)
	}
	defer clear(content)
	key, err := seal.ParseKey(public)
	if err != nil {
		return nil, err
	}
	return seal.SealTo(content, key, "book "+account)
}

func openBookKeys(sealed []byte, key *sm2.PrivateKey, account string) (bookKeys, error) {
	content, err := seal.OpenWith(sealed, key, "book "+account)
	if err != nil || len(content) != bookKeySize {
		return bookKeys{}, fmt.Errorf("open book keys: %w", errors.Join(err, seal.ErrTampered))
	}
	defer clear(content)
	var keys bookKeys
	copy(keys.lookup[:], content[16:])
	keys.box, err = seal.NewBox([16]byte(content[:16]))
	return keys, err
}
