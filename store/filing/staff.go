package filing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"bianmin/store"
	"bianmin/store/terminal"
	"bianmin/sync/wire"
)

// StaffAccount is one account known offline.
type StaffAccount struct{ ID, Name string }

// takeStaff takes the accounts of the enrolment (keys/staff.json) into a store
// that has none; later ones come with the sender.
func (f *Filing) takeStaff(ctx context.Context, opened *store.Store) error {
	known, err := opened.Staff(ctx)
	if err != nil || len(known) > 0 {
		return err
	}
	content, err := os.ReadFile(filepath.Join(f.options.Folder, "keys", "staff.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the staff accounts: %w", err)
	}
	var accounts []wire.Staff
	if err := json.Unmarshal(content, &accounts); err != nil {
		return fmt.Errorf("read the staff accounts: %w", err)
	}
	staff := make([]store.Staff, 0, len(accounts))
	for _, a := range accounts {
		staff = append(staff, store.Staff(a))
	}
	return opened.SetStaff(ctx, staff)
}

// StaffAccounts lists the technicians the platform named.
func (f *Filing) StaffAccounts(ctx context.Context) ([]StaffAccount, error) {
	opened, _, err := f.Opened(ctx)
	if err != nil {
		return nil, err
	}
	if err := f.takeStaff(ctx, opened); err != nil {
		return nil, terminal.Coded(err)
	}
	staff, err := opened.Staff(ctx)
	if err != nil {
		return nil, terminal.Coded(err)
	}
	accounts := make([]StaffAccount, 0, len(staff))
	for _, a := range staff {
		accounts = append(accounts, StaffAccount{ID: a.ID, Name: a.Name})
	}
	return accounts, nil
}

// StaffSignIn checks a PIN offline. locked is the time until another try is allowed.
func (f *Filing) StaffSignIn(ctx context.Context, account, pin string) (ok bool, locked time.Duration, err error) {
	opened, _, err := f.Opened(ctx)
	if err != nil {
		return false, 0, err
	}
	ok, locked, err = opened.SignIn(ctx, account, pin)
	return ok, locked, terminal.Coded(err)
}
