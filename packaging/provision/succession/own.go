package succession

import (
	"errors"

	"bianmin/packaging/provision/asuser"
)

// owned runs do and gives what it made in the data folder to whom the folder
// belongs: root may write the technician's stick, the terminal's user may not.
func owned(data string, do func() error) error {
	end, err := asuser.Owning(data)
	if err != nil {
		return err
	}
	return errors.Join(do(), end())
}
