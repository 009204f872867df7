package succession_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"bianmin/internal/smalldisk"
	"bianmin/packaging/stick"
	"bianmin/packaging/succession"
	"bianmin/sync/seal"
)

// TestSpoiledStick pulls the stick, fills it and makes it read-only in the middle of an operation. None may say that it
// succeeded, nothing may be written where the stick was, and the same command ends it once the stick is well.
func TestSpoiledStick(t *testing.T) {
	for _, c := range []struct{ what, point string }{
		{"backup", "backup-copied"},
		{"backup", "backup-manifest"},
		{"restore", "restore-found"},
		{"restore", "restore-read"},
		{"restore", "restore-verified"},
		{"restore", "restore-opened"},
		{"restore", "restore-taken"},
		{"retire", "retire-closed"},
		{"retire", "retire-marked"},
		{"retire", "retire-erased"},
	} {
		t.Run(c.point, func(t *testing.T) {
			t.Parallel()
			w := newPair(t)
			data := w.old
			if c.what != "backup" {
				w.do(t, "backup")
			}
			switch c.what {
			case "restore":
				data = w.fresh
			case "retire":
				w.do(t, "restore")
			}
			cmd := exec.CommandContext(t.Context(), os.Args[0])
			cmd.Env = append(os.Environ(), fmt.Sprintf("%s=spoil-%s %s %s %s 0", childVariable, c.what, data, w.stick, c.point))
			smalldisk.Alone(cmd)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			switch c.what {
			case "retire":
				if left, err := os.ReadDir(w.old); err != nil || len(left) > 0 {
					t.Errorf("the old machine still holds %v, %v", left, err)
				}
				w.mustBeRetired(t)
			case "backup":
				w.do(t, "restore")
			}
			nothingLeft(t, w.old, w.fresh, w.stick)
			w.mustWait(t)
		})
	}
}

// emptyMountPoints names folders under /media where no stick is: nothing may be written there.
func emptyMountPoints(ctx context.Context, what string, m succession.Machine) error {
	if err := smalldisk.Mount("/media", diskSize); err != nil {
		return err
	}
	defer smalldisk.Unmount("/media")
	for _, folder := range []string{"/media/technician", "/media/technician/BIANMIN"} {
		if err := os.MkdirAll(folder+"/out", 0o700); err != nil {
			return err
		}
		if err := act(ctx, what, m, folder); !errors.Is(err, stick.ErrNone) {
			return fmt.Errorf("%s with the empty %s: it says %w", what, folder, err)
		}
		if err := filepath.WalkDir("/media", func(path string, entry os.DirEntry, err error) error {
			if err == nil && !entry.IsDir() {
				return fmt.Errorf("%s was written", path)
			}
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

// bad is a stick in a mount namespace of its own, that is spoiled and mended.
type bad struct{ disk, mounted string }

func (b bad) plug() error {
	if err := os.MkdirAll(b.mounted, 0o700); err != nil {
		return err
	}
	return syscall.Mount(b.disk, b.mounted, "", syscall.MS_BIND, "")
}

const (
	diskSize = "8m"
	filler   = "filler"
)

func (b bad) spoil(how string) error {
	switch how {
	case "unmounted":
		smalldisk.Unmount(b.mounted)
	case "removed":
		smalldisk.Unmount(b.mounted)
		return os.Remove(b.mounted)
	case "read-only":
		return smalldisk.Remount(b.disk, diskSize, syscall.MS_RDONLY)
	case "full":
		if err := os.WriteFile(filepath.Join(b.disk, filler), make([]byte, 16<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
			return fmt.Errorf("it cannot be filled: %w", err)
		}
	}
	return nil
}

func (b bad) mend(how string) error {
	switch how {
	case "read-only":
		return smalldisk.Remount(b.disk, diskSize, 0)
	case "full":
		return os.Remove(filepath.Join(b.disk, filler))
	}
	if left, err := os.ReadDir(b.mounted); len(left) > 0 {
		return fmt.Errorf("%s: written where the stick was: %v, %w", how, left, err)
	}
	return b.plug()
}

// spoil is the child's part of TestSpoiledStick.
func spoil(ctx context.Context, what string, m succession.Machine, folder, point string) error {
	if err := smalldisk.Private(); err != nil {
		return err
	}
	if err := emptyMountPoints(ctx, what, m); err != nil {
		return err
	}
	b := bad{disk: folder + ".disk", mounted: folder + ".mounted"}
	if err := os.Mkdir(b.disk, 0o700); err != nil {
		return err
	}
	if err := smalldisk.Mount(b.disk, diskSize); err != nil {
		return err
	}
	defer smalldisk.Unmount(b.disk)
	if err := os.CopyFS(b.disk, os.DirFS(folder)); err != nil {
		return err
	}
	if err := b.plug(); err != nil {
		return err
	}
	defer smalldisk.Unmount(b.mounted)
	ways := []string{"unmounted", "removed", "read-only", "full"}
	if reads := slices.Index(succession.RestorePoints, point); reads >= 0 && reads < slices.Index(succession.RestorePoints, "restore-page") {
		ways = ways[:2] // reading needs neither room nor leave to write
	}
	for _, how := range ways {
		if err := spoilOnce(ctx, what, m, b, point, how); err != nil {
			return fmt.Errorf("%s at %s: %w", how, point, err)
		}
	}
	if err := act(ctx, what, m, b.mounted); err != nil {
		return fmt.Errorf("with a good stick: %w", err)
	}
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	return os.CopyFS(folder, os.DirFS(b.disk))
}

var said = map[string]string{"unmounted": "was pulled", "removed": "was pulled", "read-only": "cannot be written", "full": "no room left"}

func spoilOnce(ctx context.Context, what string, m succession.Machine, b bad, point, how string) error {
	var spoiling error
	m.Step = func(passed string) {
		if passed == point {
			spoiling = b.spoil(how)
		}
	}
	if _, err := os.Stat(filepath.Join(m.Data, "retiring.json")); err == nil && point == "retire-marked" { // this step is behind it
		m.Step(point)
	}
	err := act(ctx, what, m, b.mounted)
	if spoiling != nil {
		return spoiling
	}
	if err == nil || !strings.Contains(err.Error(), said[how]) {
		return fmt.Errorf("it says %w", err)
	}
	if what == "retire" {
		if err := afterSpoiledRetire(ctx, m, b, point, how); err != nil {
			return err
		}
	}
	return b.mend(how)
}

// afterSpoiledRetire looks whether the keys are there, or else the certificate, also after the same command without its stick.
func afterSpoiledRetire(ctx context.Context, m succession.Machine, b bad, point, how string) error {
	_, err := seal.LoadIdentity(filepath.Join(m.Data, "keys"))
	if point != "retire-erased" {
		if err != nil {
			return fmt.Errorf("it was erased with a bad stick: %w", err)
		}
		return nil
	}
	m.Step = nil
	if err := act(ctx, "retire", m, b.mounted); err == nil || !strings.Contains(err.Error(), said[how]) {
		return fmt.Errorf("again without a good stick it says %w", err)
	}
	for _, ending := range []string{".json", ".pdf"} {
		if _, err := os.Stat(filepath.Join(m.Data, "erasure-"+terminal+"A"+ending)); err != nil {
			return fmt.Errorf("the certificate is not kept: %w", err)
		}
	}
	return nil
}
