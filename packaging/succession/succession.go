// Package succession moves what a machine holds to the machine that takes its
// place: a sealed backup on a stick, taken over under the platform's succession
// order, and the old machine's end. Private keys never leave their machine. It
// must not know case rules, screens or SQL.
package succession

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"bianmin/packaging/stick"
	"bianmin/store"
	"bianmin/store/room"
	"bianmin/sync/seal"
)

// Machine is the terminal this runs on.
type Machine struct {
	Data     string // the data folder
	Software string // version, noted in what is written
	Now      func() time.Time
	// Step is called with the name of each point where being killed must lose nothing; nil in production.
	Step func(name string)
	// Chip is the security chip that is to keep the keys of an enrolment, where there is one; "" for none.
	Chip string
	// heir signs for a machine whose keys do not open: its disk lies in the heir.
	heir *seal.Identity
}

func (m Machine) step(name string) {
	if m.Step != nil {
		m.Step(name)
	}
}

// Points where a killed process must lose nothing, in the order they are passed.
var (
	BackupPoints  = []string{"backup-closed", "backup-copied", "backup-store", "backup-page", "backup-manifest", "backup-listed"}
	RestorePoints = []string{"restore-found", "restore-read", "restore-verified", "restore-opened", "restore-page", "restore-linked", store.PointInheritBefore, store.PointInheritAfter, "restore-taken", "restore-receipt"}
	RetirePoints  = []string{"retire-closed", "retire-signed", "retire-told", "retire-marked", "retire-keys", "retire-erased", "retire-certified"}
)

// What can be wrong, in sentences for the technician.
var (
	ErrNoBackup   = errors.New("there is no backup of this terminal here: is it the right stick?")
	ErrUnfinished = errors.New("the backup here was not finished: run provision backup on the old machine again")
	ErrOther      = errors.New("the backup here is another terminal's: is it the right stick?")
	ErrDamaged    = errors.New("the backup here is damaged: run provision backup on the old machine again, on another stick if it happens twice")
	ErrOrder      = errors.New("this machine has no order to take that terminal's place: enrol it with a new code for the same terminal number and point")
	ErrNotSaved   = errors.New("the stick does not keep what is written to it")
)

const keysFolder = "keys"

func (m Machine) keys() string { return filepath.Join(m.Data, keysFolder) }

// identity loads who this machine is.
func (m Machine) identity() (*seal.Identity, error) {
	identity, err := seal.LoadIdentity(m.keys())
	if err != nil {
		return nil, fmt.Errorf("the machine's keys: %w", err)
	}
	return identity, nil
}

// name is what a terminal and generation are called in files: QH0301A.
func name(terminal, generation string) string { return terminal + generation }

const prefix = "bianmin-"

// folderOf is where a terminal's backup lies on a stick.
func folderOf(stick, terminal, generation string) string {
	return filepath.Join(stick, prefix+name(terminal, generation))
}

// place writes a file below a folder so that it is there whole or not at all.
func place(in stick.Folder, target string, write func(io.Writer) error) error {
	err := in.Place(target, write)
	if room.Full(err) {
		return &fullError{folder: in, err: err}
	}
	return explain(err)
}

// explain says what a spoilt or vanished stick is; what is full is for roomless to say.
func explain(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.EROFS):
		return fmt.Errorf("the stick cannot be written to: %w", err)
	case errors.Is(err, syscall.EIO), errors.Is(err, syscall.ENODEV), errors.Is(err, syscall.ENXIO):
		return fmt.Errorf("the stick or disk was pulled or is broken: %w", err)
	}
	return err
}

// removeParts removes what interrupted writes left in a folder, at any depth.
func removeParts(folder string) error {
	err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasPrefix(entry.Name(), stick.PartPrefix) {
			return err
		}
		return os.Remove(path)
	})
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}
