package succession

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"bianmin/packaging/provision/asuser"
)

// owned runs do and gives what it made in the data folder to whom the folder
// belongs: root may write the technician's stick, the terminal's user may not.
func owned(data string, do func() error) error {
	return errors.Join(do(), own(data))
}

func own(data string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	owner, found, err := asuser.Of(data)
	if err != nil || !found || owner.User == 0 {
		return err
	}
	return filepath.WalkDir(data, func(path string, _ fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) { // a journal that came and went
			return nil
		}
		if err != nil {
			return err
		}
		if err := os.Lchown(path, int(owner.User), int(owner.Group)); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	})
}
