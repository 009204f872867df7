package succession

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"bianmin/sync/enrol"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// OfferedError says that the stick must go to the old machine next.
type OfferedError struct{ Offer string }

func (e *OfferedError) Error() string {
	return fmt.Sprintf("this machine is enrolled and its offer lies in %s: plug the stick into the old machine, run provision backup --final there, and then the same command here again", e.Offer)
}

// Replace makes this machine the successor in one go: it enrols it with the
// ticket, unless that was done before, and takes over what from holds: a stick,
// or the data folder of the old machine's disk, which is closed and copied
// first. Run again, it goes on where it was interrupted.
func (m Machine) Replace(ctx context.Context, ticket wire.Ticket, from string) ([]Taken, error) {
	if _, err := m.identity(); errors.Is(err, seal.ErrNotEnrolled) {
		if m.Chip != "" {
			if err := enrol.Guard(m.Data, m.Chip); err != nil {
				return nil, err
			}
		}
		if _, err := enrol.Enrol(ctx, enrol.Options{Ticket: ticket, Data: m.Data, Software: m.Software, Now: m.Now}); err != nil {
			return nil, err
		}
	} else if err != nil {
		return nil, err
	}
	m.step("replace-enrolled")
	return m.TakeOver(ctx, from)
}

// TakeOver is Replace on a machine that is enrolled.
func (m Machine) TakeOver(ctx context.Context, from string) ([]Taken, error) {
	stick := from
	if IsData(from) {
		stick = m.Between()
		if err := m.copyOld(ctx, from, stick); err != nil {
			return nil, err
		}
	}
	taken, err := m.Restore(ctx, stick)
	if errors.Is(err, ErrNoBackup) {
		offered, err := m.Offer(stick)
		if err != nil {
			return nil, err
		}
		return nil, &OfferedError{Offer: offered}
	}
	return taken, err
}

// IsData tells whether a folder is a machine's data folder and no stick.
func IsData(folder string) bool {
	_, err := os.Stat(filepath.Join(folder, keysFolder, "terminal.json"))
	return err == nil
}

// Between is where the backup of an old disk lies while it is taken over; it stands for the stick, and holds the receipt afterwards.
func (m Machine) Between() string { return filepath.Join(m.Data, "replace") }

// copyOld closes the old machine's data and copies them, sealed like any backup. The old keys sign where they lie; where the old
// machine's security chip kept them they open nowhere any more, and this machine signs.
func (m Machine) copyOld(ctx context.Context, data, stick string) (err error) {
	old := m
	old.Data = data
	if old.heir, err = m.identity(); err != nil {
		return err
	}
	unlock, err := old.alone()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	if err := os.MkdirAll(stick, 0o700); err != nil {
		return roomless(explain(err), m.Data, ErrFull)
	}
	if _, err := m.Offer(stick); err != nil {
		return err
	}
	_, err = old.backupTo(ctx, stick, true)
	if full := (*fullError)(nil); errors.As(err, &full) { // the folder between is this machine's own
		return roomless(err, stick, ErrFull)
	}
	return roomless(err, data, ErrOldFull)
}
