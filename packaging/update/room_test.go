package update_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"bianmin/internal/smalldisk"
	"bianmin/packaging/update"
	"bianmin/packaging/update/trial"
)

// TestFullAndReadOnlyDisk runs on small file systems of its own (tmpfs in a private mount namespace).
func TestFullAndReadOnlyDisk(t *testing.T) {
	w := ready(t)
	large := make([]byte, 100_000)
	_, err := rand.NewChaCha8([32]byte{}).Read(large)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(w.programs(w.in("built", "1.2.0"), "1.2.0"), "kiosk"), large, 0o755))
	_, err = w.platform.Add(w.in("built", "1.2.0"), "1.2.0", arch)
	must(t, err)
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"=room "+w.folder)
	smalldisk.Alone(cmd)
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, output)
	}
}

// onDisk puts a folder of the world on a file system of its own, with some KiB of room, for as long as do runs.
func onDisk(folder string, free int, flags uintptr, do func() error) error {
	aside := folder + ".aside"
	if err := os.Rename(folder, aside); err != nil {
		return err
	}
	if err := os.Mkdir(folder, 0o755); err != nil {
		return err
	}
	if err := smalldisk.Mount(folder, "64m"); err != nil {
		return fmt.Errorf("mount a tmpfs: %w", err)
	}
	defer func() {
		smalldisk.Unmount(folder)
		_ = os.Remove(folder)
		_ = os.Rename(aside, folder)
	}()
	if out, err := exec.Command("cp", "-a", aside+"/.", folder).CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	var stat syscall.Statfs_t
	if err := syscall.Statfs(folder, &stat); err != nil {
		return err
	}
	used := int(stat.Blocks-stat.Bfree) * int(stat.Bsize) / 1024
	if err := smalldisk.Remount(folder, fmt.Sprintf("%dk", used+free), flags); err != nil {
		return fmt.Errorf("remount: %w", err)
	}
	return do()
}

func room(folder string) error {
	if err := smalldisk.Private(); err != nil {
		return err
	}
	const generous = 8 << 10
	for _, c := range []struct {
		name, at string
		free     int // KiB
		flags    uintptr
		margin   int64 // of the updater; below nothing it lets the disk itself refuse
		do       func(u *update.Updater) error
		want     update.Code
	}{
		{"versions full", "prefix", 64, 0, 1, fetch(folder), update.NoRoom},
		{"versions full in the middle", "prefix", 64, 0, -1 << 40, fetch(folder), update.NoRoom},
		{"memory full", "state", 64, 0, 1, fetch(folder), update.NoRoom},
		{"memory full in the middle", "state", 64, 0, -1 << 40, fetch(folder), update.NoRoom},
		{"versions read-only", "prefix", generous, syscall.MS_RDONLY, 1, fetch(folder), update.ReadOnly},
		{"memory read-only", "state", generous, syscall.MS_RDONLY, 1, fetch(folder), update.ReadOnly},
		{"memory read-only at the wish", "state", generous, syscall.MS_RDONLY, 1, wish, update.ReadOnly},
		{"links read-only at the switch", "prefix", generous, syscall.MS_RDONLY, 1, change, update.ReadOnly},
		{"no room for the store's copy", "state", generous, 0, 16 << 20, change, update.NoRoom},
		{"no room for the store's copy in the middle", "state", 64, 0, -1 << 40, grown(folder), update.NoRoom},
	} {
		if err := os.RemoveAll(folder + "/state/archive"); err != nil { // what an earlier refusal left for the next try
			return err
		}
		u := terminalIn(folder, nil)
		u.Margin = c.margin
		err := onDisk(filepath.Join(folder, c.at), c.free, c.flags, func() error {
			if code := update.CodeOf(c.do(u)); code != c.want {
				return fmt.Errorf("code %q, want %q", code, c.want)
			}
			return old(u, folder)
		})
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	if err := onDisk(filepath.Join(folder, "state"), generous, 0, func() error { return decideWithoutRoom(folder) }); err != nil {
		return fmt.Errorf("no room for the notes of a trial: %w", err)
	}
	u := terminalIn(folder, nil)
	if err := live(context.Background(), u, folder, true); err != nil {
		return fmt.Errorf("with room again: %w", err)
	}
	if v, err := u.Running(); v != "1.1.0" {
		return fmt.Errorf("with room again %s runs: %w", v, err)
	}
	return nil
}

// old makes sure that the version before still may run, and does.
func old(u *update.Updater, folder string) error {
	if _, err := u.Launch(context.Background()); err != nil && update.CodeOf(err) != update.ReadOnly {
		return fmt.Errorf("the version that is there was not let start: %w", err)
	}
	if trial.Look(u.State).On {
		return errors.New("a trial is on")
	}
	if v, err := u.Running(); v != "1.0.0" || err != nil {
		return fmt.Errorf("%s runs: %w", v, err)
	}
	return kiosk(u, folder, true)
}

func fetch(folder string) func(*update.Updater) error {
	return func(u *update.Updater) error {
		offer, err := u.Check(context.Background(), update.Folder(folder+"/repository"))
		if err != nil {
			return err
		}
		return u.Fetch(context.Background(), update.Folder(folder+"/repository"), offer)
	}
}

func wish(u *update.Updater) error {
	_, err := u.Ask(false)
	return err
}

func change(u *update.Updater) error {
	if err := wish(u); err != nil {
		return err
	}
	outcome, err := u.Apply(context.Background())
	if err == nil {
		return fmt.Errorf("switched: %s", outcome)
	}
	return err
}

// grown switches with a store that is larger than the disk of its copy.
func grown(folder string) func(*update.Updater) error {
	return func(u *update.Updater) error {
		path := filepath.Join(folder, "data", "bianmin.db-wal")
		if err := os.WriteFile(path, make([]byte, 200_000), 0o600); err != nil {
			return err
		}
		return errors.Join(change(u), os.Remove(path))
	}
}

// decideWithoutRoom is a trial during which something else fills the disk to the last byte.
func decideWithoutRoom(folder string) error {
	u := terminalIn(folder, nil)
	if err := change(u); err == nil || !strings.Contains(err.Error(), "switched") {
		return err
	}
	for free, n := 1<<20, 0; free > 0; n++ {
		path := filepath.Join(u.State, fmt.Sprintf("filled-%d", n))
		if err := os.WriteFile(path, make([]byte, free), 0o600); err != nil {
			free /= 2
		}
	}
	for range u.Limit {
		if outcome, err := u.Launch(context.Background()); outcome != update.Again {
			return fmt.Errorf("%s: %w", outcome, err)
		}
	}
	if outcome, err := u.Launch(context.Background()); outcome != update.WentBack {
		return fmt.Errorf("%s: %w", outcome, err)
	}
	return old(u, folder)
}
