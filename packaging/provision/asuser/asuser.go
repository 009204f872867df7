// Package asuser lets a command that was started by root go on as the user whom a terminal's data belong to, so that
// it leaves no file behind that the terminal's programs cannot open, and can do no more than they.
package asuser

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// Owner is whom a folder belongs to.
type Owner struct {
	User, Group uint32
	Groups      []uint32 // the further ones of the user
}

// Of finds the owner of a folder; false when there is no such folder.
func Of(folder string) (Owner, bool, error) {
	info, err := os.Stat(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return Owner{}, false, nil
	}
	if err != nil {
		return Owner{}, false, fmt.Errorf("look whose the data folder is: %w", err)
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return Owner{}, false, fmt.Errorf("look whose %s is: not told", folder)
	}
	o := Owner{User: stat.Uid, Group: stat.Gid}
	if u, err := user.LookupId(strconv.FormatUint(uint64(o.User), 10)); err == nil {
		o.Groups = groups(u)
	}
	return o, true, nil
}

func groups(u *user.User) (all []uint32) {
	ids, err := u.GroupIds()
	if err != nil {
		return nil
	}
	for _, id := range ids {
		if n, err := strconv.ParseUint(id, 10, 32); err == nil {
			all = append(all, uint32(n))
		}
	}
	return all
}

// Do runs work with the rights of whom a folder belongs to, when root called and the folder is another's, and takes
// root's rights back afterwards. It counts for the whole process: nothing else may run beside it. Whoever may not look
// into the folder is refused with fs.ErrPermission: what they would see of it, nothing at all, is wrong.
func Do(folder string, work func() error) (err error) {
	owner, found, err := Of(folder)
	if err != nil {
		return err
	}
	if os.Geteuid() != 0 && found {
		if _, err := os.ReadDir(folder); errors.Is(err, fs.ErrPermission) {
			return fmt.Errorf("look into the data folder: %w", err)
		}
	}
	if os.Geteuid() != 0 || !found || owner.User == 0 {
		return work()
	}
	before, err := syscall.Getgroups()
	if err != nil {
		return fmt.Errorf("take the terminal's user's rights: %w", err)
	}
	further := make([]int, 0, len(owner.Groups))
	for _, group := range owner.Groups {
		further = append(further, int(group))
	}
	const same = -1
	if err := errors.Join(syscall.Setgroups(further), syscall.Setresgid(same, int(owner.Group), same), syscall.Setresuid(same, int(owner.User), same)); err != nil {
		return fmt.Errorf("take the terminal's user's rights: %w", err)
	}
	defer func() {
		back := errors.Join(syscall.Setresuid(same, 0, same), syscall.Setresgid(same, 0, same), syscall.Setgroups(before))
		if back != nil {
			err = errors.Join(err, fmt.Errorf("take root's rights back: %w", back))
		}
	}()
	return work()
}

// Give makes the folder, closed to others, for the user of a name where the system knows him and root calls.
func Give(folder, name string) error {
	if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	u, err := user.Lookup(name)
	if os.Geteuid() != 0 || err != nil {
		return nil
	}
	uid, err1 := strconv.Atoi(u.Uid)
	gid, err2 := strconv.Atoi(u.Gid)
	if err := errors.Join(err1, err2); err != nil {
		return fmt.Errorf("give the data folder to %s: %w", name, err)
	}
	if err := os.Chown(folder, uid, gid); err != nil {
		return fmt.Errorf("give the data folder to %s: %w", name, err)
	}
	return nil
}
