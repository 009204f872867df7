// Package records lets a command work on the machine's records beside kiosk, desk and sender: never while a new version is
// on trial, and without a file of root's left in the data folder. It must not know what the work is.
package records

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"bianmin/packaging/provision/asuser"
	"bianmin/packaging/settings"
	"bianmin/packaging/update/trial"
	"bianmin/store"
	"bianmin/store/cut"
	"bianmin/sync/seal"
)

// patience is how long a command waits for an updater that is at work.
const patience = time.Minute

// Machine is an enrolled machine whose records are open.
type Machine struct {
	Settings settings.Settings
	Identity *seal.Identity
	Store    *store.Store
}

// Open opens the records that a configuration file names, and closes them after the work. seal.ErrNotEnrolled says that there are none yet.
func Open(ctx context.Context, config string, work func(m Machine) error) (err error) {
	set, err := settings.Read(config)
	if err != nil {
		return err
	}
	release, err := trial.Enter(ctx, set.Update.State, set.Data, patience)
	if err != nil {
		return err
	}
	end, err := asuser.Owning(set.Data)
	if err != nil {
		return errors.Join(err, release())
	}
	defer func() { err = errors.Join(err, release(), end()) }()
	identity, err := seal.LoadIdentity(filepath.Join(set.Data, "keys"))
	if err != nil {
		return err
	}
	s, err := store.Open(ctx, store.Options{Folder: set.Data, Clock: store.SystemClock, Check: store.CheckNone, CommitPoint: cut.Point})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return work(Machine{Settings: set, Identity: identity, Store: s})
}
