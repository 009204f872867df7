package seal

import (
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"slices"
)

const inheritedKeys = "inherited.key"

// AddInherited keeps predecessors' secrets in a keys folder, newest first; those that are there stay once.
func AddInherited(folder string, secrets ...[32]byte) error {
	known, err := loadInherited(folder)
	if err != nil {
		return err
	}
	all := known
	for _, secret := range slices.Backward(secrets) {
		if !slices.Contains(all, secret) {
			all = slices.Insert(all, 0, secret)
		}
	}
	if len(all) == len(known) {
		return nil
	}
	return errors.Join(saveInherited(folder, all), saveEscrow(folder))
}

func saveInherited(folder string, secrets [][32]byte) error {
	if len(secrets) == 0 {
		return nil
	}
	var content []byte
	for _, secret := range secrets {
		content = append(content, pem.EncodeToMemory(&pem.Block{Type: "TERMINAL SECRET", Bytes: secret[:]})...)
	}
	v, err := openVault(folder)
	if err != nil {
		return err
	}
	return v.write(inheritedKeys, content)
}

func loadInherited(folder string) ([][32]byte, error) {
	v, err := openVault(folder)
	if err != nil {
		return nil, err
	}
	return v.inherited()
}

func (v *vault) inherited() ([][32]byte, error) {
	rest, err := v.read(inheritedKeys)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read inherited secrets: %w", err)
	}
	var secrets [][32]byte
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "TERMINAL SECRET" || len(block.Bytes) != 32 {
			return nil, errors.New("read inherited secrets: not in their form")
		}
		secrets = append(secrets, [32]byte(block.Bytes))
	}
	if len(secrets) == 0 {
		return nil, errors.New("read inherited secrets: not in their form")
	}
	return secrets, nil
}
