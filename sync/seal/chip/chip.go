// Package chip keeps a secret in the machine's security chip (TPM 2.0): behind
// a PIN, whose wrong tries the chip itself counts until it locks, so that six digits are
// enough; or for the machine alone. It must not know accounts, and never keeps a PIN or a secret.
package chip

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/google/go-tpm/tpm2"
	"github.com/google/go-tpm/tpm2/transport"
	"github.com/google/go-tpm/tpm2/transport/linuxtpm"
	"github.com/google/go-tpm/tpm2/transport/linuxudstpm"
)

// DefaultPath is the chip behind the kernel's resource manager.
const DefaultPath = "/dev/tpmrm0"

// MaxSecret is the longest secret in bytes that a chip keeps.
const MaxSecret = 128

// The lock-out asked of the chip: a few slips are forgiven at once, then one
// more try each interval. All 10^6 PINs would then take 19 years.
const (
	wantTries    = 10
	wantInterval = 10 * time.Minute
	wantRecovery = 24 * time.Hour
)

// Errors of the chip.
var (
	ErrNone   = errors.New("this machine has no security chip")
	ErrPIN    = errors.New("the PIN is wrong")
	ErrLocked = errors.New("the security chip is locked after wrong PINs")
	ErrBlob   = errors.New("the sealed secret is not this chip's or is damaged")
	// ErrGuard says that the chip forgives wrong PINs too fast and does not let us change it: take a passphrase.
	ErrGuard = errors.New("the security chip does not guard a PIN well enough")
)

// Chip is one TPM 2.0. Safe for concurrent use.
type Chip struct {
	mu  sync.Mutex
	tpm transport.TPMCloser
}

// Open opens the chip at path: a device file, or the socket of an emulator.
// It gives ErrNone when there is nothing.
func Open(path string) (*Chip, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNone
	}
	if err != nil {
		return nil, fmt.Errorf("open the security chip: %w", err)
	}
	open := linuxtpm.Open
	if info.Mode()&os.ModeSocket != 0 {
		open = linuxudstpm.Open
	}
	tpm, err := open(path)
	if err != nil {
		return nil, fmt.Errorf("open the security chip: %w", err)
	}
	return &Chip{tpm: tpm}, nil
}

// Close closes the chip.
func (c *Chip) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.tpm.Close()
}

// Guard is how the chip guards against guessing.
type Guard struct {
	Tries    int           // wrong PINs before it locks
	Interval time.Duration // until one more is forgiven
}

// Guessing is the time that trying so many PINs on the chip takes; there is no other way to try one.
func (g Guard) Guessing(pins int64) time.Duration {
	return time.Duration(max(0, pins-int64(g.Tries))) * g.Interval
}

// Guard asks the chip for its present lock-out.
func (c *Chip) Guard() (Guard, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.guard()
}

func (c *Chip) guard() (Guard, error) {
	tries, err := c.property(tpm2.TPMPTMaxAuthFail)
	if err != nil {
		return Guard{}, err
	}
	seconds, err := c.property(tpm2.TPMPTLockoutInterval)
	if err != nil {
		return Guard{}, err
	}
	return Guard{Tries: int(tries), Interval: time.Duration(seconds) * time.Second}, nil
}

func (c *Chip) property(property tpm2.TPMPT) (uint32, error) {
	answer, err := tpm2.GetCapability{Capability: tpm2.TPMCapTPMProperties, Property: uint32(property), PropertyCount: 1}.Execute(c.tpm)
	if err != nil {
		return 0, fmt.Errorf("ask the security chip: %w", err)
	}
	list, err := answer.CapabilityData.Data.TPMProperties()
	if err != nil || len(list.TPMProperty) == 0 || list.TPMProperty[0].Property != property {
		return 0, errors.Join(errors.New("the security chip does not tell its lock-out"), err)
	}
	return list.TPMProperty[0].Value, nil
}

// harden sets the lock-out where the machine's owner left that to us, and gives ErrGuard when what is in force is too weak.
func (c *Chip) harden() error {
	_, sendErr := c.tpm.Send(lockoutParameters(wantTries, wantInterval, wantRecovery)) // refused where the owner has set a password
	guard, err := c.guard()
	if err != nil {
		return errors.Join(err, sendErr)
	}
	if guard.Tries < 1 || guard.Tries > 2*wantTries || guard.Interval < wantInterval {
		return ErrGuard
	}
	return nil
}

// lockoutParameters is the command TPM2_DictionaryAttackParameters (TPM 2.0 part 3, 25.3)
// under the empty lock-out password; the library has no type for it.
func lockoutParameters(tries uint32, interval, recovery time.Duration) []byte {
	const (
		sessions      = 0x8002
		command       = 0x0000013A
		lockoutHandle = 0x4000000A
		password      = 0x40000009
	)
	out := binary.BigEndian.AppendUint16(nil, sessions)
	out = binary.BigEndian.AppendUint32(out, 0) // length, below
	out = binary.BigEndian.AppendUint32(out, command)
	out = binary.BigEndian.AppendUint32(out, lockoutHandle)
	out = binary.BigEndian.AppendUint32(out, 9) // authorisation: handle, no nonce, no attributes, empty password
	out = binary.BigEndian.AppendUint32(out, password)
	out = append(out, 0, 0, 0, 0, 0)
	out = binary.BigEndian.AppendUint32(out, tries)
	out = binary.BigEndian.AppendUint32(out, uint32(interval/time.Second)) // #nosec G115 -- minutes
	out = binary.BigEndian.AppendUint32(out, uint32(recovery/time.Second)) // #nosec G115 -- a day
	binary.BigEndian.PutUint32(out[2:], uint32(len(out)))                  // #nosec G115 -- 39 bytes
	return out
}
