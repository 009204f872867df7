package chip

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/google/go-tpm/tpm2"
)

// Seal gives secret (1 to MaxSecret bytes) into the chip's keeping under a PIN
// and returns the blob to store: it opens on this chip alone, and only with the
// PIN. ErrGuard when the chip's lock-out is too weak for a PIN.
func (c *Chip) Seal(pin string, secret []byte) ([]byte, error) {
	if len(secret) == 0 || len(secret) > MaxSecret || pin == "" {
		return nil, fmt.Errorf("seal in the security chip: a PIN and 1 to %d bytes are needed", MaxSecret)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.harden(); err != nil {
		return nil, err
	}
	return c.create(tpm2.TPMSSensitiveCreate{
		UserAuth: tpm2.TPM2BAuth{Buffer: []byte(pin)},
		Data:     tpm2.NewTPMUSensitiveCreate(&tpm2.TPM2BSensitiveData{Buffer: secret}),
	}, tpm2.TPMAObject{FixedTPM: true, FixedParent: true, UserWithAuth: true}) // NoDA stays off: wrong PINs count towards the chip's lock-out
}

// create makes a sealed object under the chip's root key and gives its blob.
func (c *Chip) create(sensitive tpm2.TPMSSensitiveCreate, attributes tpm2.TPMAObject) ([]byte, error) {
	root, done, err := c.root()
	if err != nil {
		return nil, err
	}
	defer done()
	made, err := tpm2.Create{
		ParentHandle: tpm2.AuthHandle{Handle: root.ObjectHandle, Name: root.Name, Auth: root.session(nil, tpm2.AESEncryption(keyBits, tpm2.EncryptIn))},
		InSensitive:  tpm2.TPM2BSensitiveCreate{Sensitive: &sensitive},
		InPublic: tpm2.New2B(tpm2.TPMTPublic{
			Type: tpm2.TPMAlgKeyedHash, NameAlg: tpm2.TPMAlgSHA256, ObjectAttributes: attributes,
		}),
	}.Execute(c.tpm)
	if err != nil {
		return nil, fmt.Errorf("seal in the security chip: %w", err)
	}
	return join(tpm2.Marshal(made.OutPublic), tpm2.Marshal(made.OutPrivate)), nil
}

// Unseal gives back what Seal took: ErrPIN for a wrong PIN, which the chip has
// counted, ErrLocked while it takes none, ErrBlob for another chip's or a damaged blob.
func (c *Chip) Unseal(pin string, blob []byte) ([]byte, error) {
	public, private, err := split(blob)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	root, done, err := c.root()
	if err != nil {
		return nil, err
	}
	defer done()
	loaded, err := tpm2.Load{
		ParentHandle: tpm2.AuthHandle{Handle: root.ObjectHandle, Name: root.Name, Auth: root.session(nil, tpm2.AESEncryption(keyBits, tpm2.EncryptIn))},
		InPrivate:    *private, InPublic: *public,
	}.Execute(c.tpm)
	if err != nil {
		return nil, foreign(err)
	}
	defer c.flush(loaded.ObjectHandle)
	opened, err := tpm2.Unseal{
		ItemHandle: tpm2.AuthHandle{Handle: loaded.ObjectHandle, Name: loaded.Name, Auth: root.session([]byte(pin), tpm2.AESEncryption(keyBits, tpm2.EncryptOut))},
	}.Execute(c.tpm)
	switch {
	case errors.Is(err, tpm2.TPMRCAuthFail):
		return nil, ErrPIN
	case errors.Is(err, tpm2.TPMRCLockout):
		return nil, ErrLocked
	case err != nil:
		return nil, fmt.Errorf("open with the security chip: %w", err)
	}
	return opened.OutData.Buffer, nil
}

// foreign says what a chip that does not load a blob means: that the blob is another's or damaged; or, where it only warns or does
// not answer, nothing about the blob.
func foreign(err error) error {
	var code tpm2.TPMRC
	if !errors.As(err, &code) || code.IsWarning() {
		return fmt.Errorf("open with the security chip: %w", err)
	}
	return errors.Join(ErrBlob, err)
}

// parent is the chip's storage root key; the same on one chip each time it is made.
type parent struct {
	*tpm2.CreatePrimaryResponse
	public *tpm2.TPMTPublic
}

func (c *Chip) root() (parent, func(), error) {
	made, err := tpm2.CreatePrimary{PrimaryHandle: tpm2.TPMRHOwner, InPublic: tpm2.New2B(tpm2.ECCSRKTemplate)}.Execute(c.tpm)
	if err != nil {
		return parent{}, nil, fmt.Errorf("make the security chip's root key: %w", err)
	}
	public, err := made.OutPublic.Contents()
	if err != nil {
		c.flush(made.ObjectHandle)
		return parent{}, nil, fmt.Errorf("read the security chip's root key: %w", err)
	}
	return parent{made, public}, func() { c.flush(made.ObjectHandle) }, nil
}

// session carries secrets enciphered between processor and chip, whose wires are in the open.
func (p parent) session(auth []byte, way tpm2.AuthOption) tpm2.Session {
	return tpm2.HMAC(tpm2.TPMAlgSHA256, nonceSize, tpm2.Auth(auth), tpm2.Salted(p.ObjectHandle, *p.public), way)
}

const (
	nonceSize = 16
	keyBits   = 128
)

func (c *Chip) flush(handle tpm2.TPMHandle) {
	_, _ = tpm2.FlushContext{FlushHandle: handle}.Execute(c.tpm) // a handle that stays is dropped by the resource manager
}

func join(public, private []byte) []byte {
	out := binary.BigEndian.AppendUint16(nil, uint16(len(public))) // #nosec G115 -- a TPM2B
	return append(append(out, public...), private...)
}

func split(blob []byte) (*tpm2.TPM2BPublic, *tpm2.TPM2BPrivate, error) {
	if len(blob) < 2 {
		return nil, nil, ErrBlob
	}
	n := int(binary.BigEndian.Uint16(blob))
	if len(blob) < 2+n {
		return nil, nil, ErrBlob
	}
	public, err := tpm2.Unmarshal[tpm2.TPM2BPublic](blob[2 : 2+n])
	if err != nil {
		return nil, nil, ErrBlob
	}
	private, err := tpm2.Unmarshal[tpm2.TPM2BPrivate](blob[2+n:])
	if err != nil {
		return nil, nil, ErrBlob
	}
	return public, private, nil
}
