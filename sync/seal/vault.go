package seal

import (
	"bytes"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"bianmin/sync/seal/chip"
)

// ErrChip says that a keys folder is sealed to a security chip that is not here, is another one, or was cleared. The keys
// cannot be had back; what they protected goes on at a successor.
var ErrChip = errors.New("the keys of this terminal are sealed to a security chip (TPM) that does not open them: it was cleared, is switched off, or the disk is in another machine")

const (
	chipFile    = "chip.json"
	sealedBlock = "SEALED KEY"
)

// keyFiles are the files of a keys folder that a chip protects.
var keyFiles = []string{signKey, encryptKey, tlsKey, secretKey, inheritedKeys}

// chipDocument is chip.json: the folder's key, in the keeping of a chip. No SM2 key can live in a TPM, which knows neither the curve
// nor SM3: the chip wraps the one key that the files are sealed with.
type chipDocument struct {
	Version int    `json:"version"`
	Device  string `json:"device"`
	Blob    []byte `json:"blob"`
}

// vault reads and writes the key files of one folder; the chip is asked once, and only when something is sealed.
type vault struct {
	folder   string
	document *chipDocument // nil without a chip
	key      *[16]byte
}

func openVault(folder string) (*vault, error) {
	v := &vault{folder: folder}
	content, err := os.ReadFile(v.path(chipFile))
	if errors.Is(err, fs.ErrNotExist) {
		return v, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", chipFile, err)
	}
	v.document = &chipDocument{}
	if err := json.Unmarshal(content, v.document); err != nil || v.document.Version != 1 {
		return nil, fmt.Errorf("read %s: not in its form", chipFile)
	}
	return v, nil
}

func (v *vault) path(name string) string { return filepath.Join(v.folder, name) }

// unlock gets the folder's key from the chip.
func (v *vault) unlock() error {
	if v.key != nil {
		return nil
	}
	if v.document == nil {
		return fmt.Errorf("%w: %s is missing", ErrChip, chipFile)
	}
	opened, err := chip.Open(v.document.Device)
	if errors.Is(err, chip.ErrNone) {
		return errors.Join(ErrChip, err)
	}
	if err != nil {
		return err
	}
	secret, err := opened.Release(v.document.Blob)
	err = errors.Join(err, opened.Close())
	if errors.Is(err, chip.ErrBlob) {
		return errors.Join(ErrChip, err)
	}
	if err != nil {
		return err
	}
	if len(secret) != 16 {
		return ErrChip
	}
	v.key = (*[16]byte)(secret)
	return nil
}

// read gives a key file as it is without a chip.
func (v *vault) read(name string) ([]byte, error) {
	text, err := os.ReadFile(v.path(name))
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil || block.Type != sealedBlock {
		return text, nil
	}
	if err := v.unlock(); err != nil {
		return nil, err
	}
	opened, err := OpenSealed(block.Bytes, *v.key)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	content, ok := bytes.CutPrefix(opened, []byte(name+"\n"))
	if !ok {
		return nil, fmt.Errorf("open %s: %w", name, ErrTampered)
	}
	return content, nil
}

// write writes a key file, sealed where a chip protects the folder.
func (v *vault) write(name string, content []byte) error {
	closed, err := v.closed(name, content)
	if err != nil {
		return err
	}
	return WriteFile(v.path(name), closed)
}

// closed is what a key file holds on the disk: the content, sealed where a chip protects the folder.
func (v *vault) closed(name string, content []byte) ([]byte, error) {
	if v.document == nil {
		return content, nil
	}
	if err := v.unlock(); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w, err := NewWriter(&out, *v.key)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(append([]byte(name+"\n"), content...)); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: sealedBlock, Bytes: out.Bytes()}), nil
}

// sealed tells whether a key file is sealed; false when it is not there.
func (v *vault) sealed(name string) (is, there bool, err error) {
	text, err := os.ReadFile(v.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return false, false, nil
	}
	block, _ := pem.Decode(text)
	return block != nil && block.Type == sealedBlock, true, err
}
