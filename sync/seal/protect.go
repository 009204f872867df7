package seal

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"bianmin/sync/seal/chip"
)

// Protection says what keeps a keys folder's private keys.
type Protection string

// Kinds of protection.
const (
	ByFile Protection = "file" // files that only the service's user reads
	ByChip Protection = "chip" // sealed with a key that a security chip keeps
	ByBoth Protection = "half" // a migration that was broken off: some are sealed
)

// ProtectionOf tells how the keys of a folder are kept; the chip is not asked.
func ProtectionOf(folder string) (Protection, error) {
	v, err := openVault(folder)
	if err != nil {
		return "", err
	}
	names, err := keyFilesOf(folder)
	if err != nil {
		return "", err
	}
	sealed, plain := 0, 0
	for _, name := range names {
		is, there, err := v.sealed(name)
		switch {
		case err != nil:
			return "", fmt.Errorf("read %s: %w", name, err)
		case is:
			sealed++
		case there:
			plain++
		}
	}
	switch {
	case sealed == 0:
		return ByFile, nil
	case plain == 0:
		return ByChip, nil
	}
	return ByBoth, nil
}

// UseChip lets a folder's keys be sealed from now on with a key that the chip at device keeps; keys that are there stay as they are.
// chip.ErrNone where there is no chip.
func UseChip(folder, device string) error {
	v, err := openVault(folder)
	if err != nil {
		return err
	}
	if v.document != nil {
		return v.unlock()
	}
	opened, err := chip.Open(device)
	if err != nil {
		return err
	}
	document, err := newDocument(opened, device)
	if err = errors.Join(err, opened.Close()); err != nil {
		return err
	}
	if err := makeFolder(folder); err != nil {
		return err
	}
	return WriteFile(v.path(chipFile), document)
}

// newDocument gives a fresh key into the chip's keeping and looks whether it comes back.
func newDocument(c *chip.Chip, device string) ([]byte, error) {
	key, err := NewKey()
	if err != nil {
		return nil, err
	}
	blob, err := c.Keep(key[:])
	if err != nil {
		return nil, err
	}
	if back, err := c.Release(blob); err != nil || [16]byte(back) != key {
		return nil, errors.Join(errors.New("the security chip does not give back what it was given"), err)
	}
	return json.Marshal(chipDocument{Version: 1, Device: device, Blob: blob})
}

// Protect seals the keys of a folder with a key in the chip's keeping, one file after the other; broken off at any point, each file
// is whole, plain or sealed, and the next call goes on. What the plain files held is overwritten. step is called between; may be nil.
func Protect(folder, device string, step func(file string)) error {
	if err := UseChip(folder, device); err != nil {
		return err
	}
	v, err := openVault(folder)
	if err != nil {
		return err
	}
	if err := errors.Join(v.sweep(), saveEscrow(folder)); err != nil { // before any key depends on the chip
		return err
	}
	names, err := keyFilesOf(folder)
	if err != nil {
		return err
	}
	for _, name := range names {
		if step != nil {
			step(name)
		}
		is, there, err := v.sealed(name)
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		if is || !there {
			continue
		}
		if err := v.replace(name, v); err != nil {
			return fmt.Errorf("seal %s: %w", name, err)
		}
	}
	return nil
}

// Unprotect puts the keys back into plain files, before a chip is exchanged or cleared on purpose. Broken off, the next call goes on.
func Unprotect(folder string, step func(file string)) error {
	v, err := openVault(folder)
	if err != nil || v.document == nil {
		return err
	}
	if err := v.sweep(); err != nil {
		return err
	}
	bare := &vault{folder: folder}
	names, err := keyFilesOf(folder)
	if err != nil {
		return err
	}
	for _, name := range names {
		if step != nil {
			step(name)
		}
		is, _, err := v.sealed(name)
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		if !is {
			continue
		}
		if err := v.replace(name, bare); err != nil {
			return fmt.Errorf("open %s: %w", name, err)
		}
	}
	for _, name := range []string{escrowFile, chipFile} {
		if err := os.Remove(v.path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("forget the security chip: %w", err)
		}
	}
	return SyncFolder(folder)
}

// sweep takes away what a migration that was killed had half written.
func (v *vault) sweep() error {
	names, err := keyFilesOf(v.folder)
	if err != nil {
		return err
	}
	for _, name := range append([]string{chipFile, escrowFile}, names...) {
		left, err := filepath.Glob(v.path("." + name + ".*"))
		if err != nil {
			return err
		}
		for _, path := range left {
			if err := errors.Join(Scribble(path), os.Remove(path)); err != nil {
				return err
			}
		}
	}
	return nil
}

// replace writes a key file anew as the vault to does, reads it back, and then overwrites the blocks of the file that was there.
func (v *vault) replace(name string, to *vault) (err error) {
	content, err := v.read(name)
	if err != nil {
		return err
	}
	defer clear(content)
	before, err := os.OpenFile(v.path(name), os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, before.Close()) }()
	if err := to.write(name, content); err != nil {
		return err
	}
	fresh, err := openVault(v.folder) // asks the chip anew
	if err != nil {
		return err
	}
	back, err := fresh.read(name)
	defer clear(back)
	if err != nil || string(back) != string(content) {
		return errors.Join(errors.New("what was written does not come back"), err, WriteFile(v.path(name), content))
	}
	return scribble(before)
}
