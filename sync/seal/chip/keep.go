package chip

import (
	"errors"
	"fmt"

	"github.com/google/go-tpm/tpm2"
)

// Keep gives secret (1 to MaxSecret bytes) into the chip's keeping without a PIN: the blob opens on this chip alone, for whoever can
// speak to it. Wrong PINs of others do not lock it, and no measurement of the machine is asked, so that a new kernel opens it too.
func (c *Chip) Keep(secret []byte) ([]byte, error) {
	if len(secret) == 0 || len(secret) > MaxSecret {
		return nil, fmt.Errorf("keep in the security chip: 1 to %d bytes are needed", MaxSecret)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.create(tpm2.TPMSSensitiveCreate{
		Data: tpm2.NewTPMUSensitiveCreate(&tpm2.TPM2BSensitiveData{Buffer: secret}),
	}, tpm2.TPMAObject{FixedTPM: true, FixedParent: true, UserWithAuth: true, NoDA: true})
}

// Release gives back what Keep took; ErrBlob for another chip's, one from before the chip was cleared, or a damaged blob.
func (c *Chip) Release(blob []byte) ([]byte, error) {
	secret, err := c.Unseal("", blob)
	if errors.Is(err, ErrPIN) {
		return nil, errors.Join(ErrBlob, err)
	}
	return secret, err
}
