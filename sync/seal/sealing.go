package seal

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/emmansun/gmsm/smx509"
)

const sealingFile = "platform-encrypt.crt"

// SaveSealing takes over the certificate that the platform says packets are to be sealed to from now on, when it is another than
// the one here. It must be under the signing root, for the same name as the one here and for nothing but sealing, and newer: a terminal's
// certificate, or one that the platform has left behind, is refused. Programs that seal packets read it with the identity.
func SaveSealing(folder string, identity *Identity, text string) error {
	fresh, err := parseSM2(text)
	if err != nil {
		return fmt.Errorf("read the platform's certificate for sealing: %w", err)
	}
	path := filepath.Join(folder, sealingFile)
	known, err := os.ReadFile(path) // #nosec G304 -- our own folder
	if err != nil {
		return fmt.Errorf("read %s: %w", sealingFile, err)
	}
	held, err := parseSM2(string(known))
	if err != nil {
		return fmt.Errorf("read %s: %w", sealingFile, err)
	}
	if held.Equal(fresh) {
		return nil
	}
	switch {
	case fresh.CheckSignatureFrom(identity.Trust.SigningRoot) != nil:
		return errors.New("it is not the root's")
	case !bytes.Equal(fresh.RawSubject, held.RawSubject) || fresh.KeyUsage&smx509.KeyUsageKeyEncipherment == 0 || fresh.KeyUsage&smx509.KeyUsageDigitalSignature != 0:
		return errors.New("it is not the platform's for sealing")
	case !fresh.NotBefore.After(held.NotBefore):
		return errors.New("it is not newer than the one here")
	}
	return WriteFile(path, []byte(EncodeCertificate(fresh.Raw)))
}
