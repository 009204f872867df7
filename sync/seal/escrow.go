package seal

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/emmansun/gmsm/sm2"
)

const (
	escrowFile    = "escrow.json"
	escrowContext = "bianmin escrow"
)

// Escrow is a terminal's secrets (no private key of it) for the two custodians of its point, beside keys that a security chip
// keeps: with a dead machine its chip is lost, and without the secrets no card and no passphrase opens what lies on the disk.
type Escrow struct {
	Version    int    `json:"version"`
	ByRecovery []byte `json:"byRecovery"` // private half of a key pair, to the point's recovery key
	Secrets    []byte `json:"secrets"`    // JSON, to the public half
}

// saveEscrow lays the secrets beside keys that a chip keeps; nothing where they lie in files, or before the recovery key is known.
func saveEscrow(folder string) error {
	v, err := openVault(folder)
	if err != nil || v.document == nil {
		return err
	}
	text, err := os.ReadFile(v.path("recovery.pub"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read recovery key: %w", err)
	}
	recovery, err := ParsePublicKey(text)
	if err != nil {
		return fmt.Errorf("read recovery key: %w", err)
	}
	keys, err := LoadKeys(folder)
	if err != nil {
		return err
	}
	secrets, err := json.Marshal(append([][32]byte{keys.Secret}, keys.Inherited...))
	if err != nil {
		return fmt.Errorf("write the escrow: %w", err)
	}
	defer clear(secrets)
	pair, err := NewCaseKey()
	if err != nil {
		return err
	}
	escrow := Escrow{Version: 1}
	if escrow.ByRecovery, err = WrapKeyTo(pair, recovery); err != nil {
		return err
	}
	if escrow.Secrets, err = SealTo(secrets, &pair.PublicKey, escrowContext); err != nil {
		return err
	}
	content, err := json.Marshal(escrow)
	if err != nil {
		return fmt.Errorf("write the escrow: %w", err)
	}
	return WriteFile(v.path(escrowFile), content)
}

// LoadEscrow reads what saveEscrow laid into a keys folder; nil when there is none.
func LoadEscrow(folder string) (*Escrow, error) {
	content, err := os.ReadFile((&vault{folder: folder}).path(escrowFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var escrow Escrow
	if err != nil || json.Unmarshal(content, &escrow) != nil || escrow.Version != 1 {
		return nil, fmt.Errorf("read %s: %w", escrowFile, errors.Join(err, errors.New("not in its form")))
	}
	return &escrow, nil
}

// Open gives the secrets, with the key that the custodians unwrapped.
func (e Escrow) Open(key *sm2.PrivateKey) ([][32]byte, error) {
	content, err := OpenWith(e.Secrets, key, escrowContext)
	if err != nil {
		return nil, err
	}
	defer clear(content)
	var secrets [][32]byte
	if err := json.Unmarshal(content, &secrets); err != nil || len(secrets) == 0 {
		return nil, ErrUnwrap
	}
	return secrets, nil
}
