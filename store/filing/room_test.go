package filing_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"bianmin/core/casefile"
	"bianmin/internal/smalldisk"
	"bianmin/store"
	"bianmin/store/filing"
)

// TestFullAndReadOnlyDisk runs on a small file system of its own (a tmpfs in a
// private mount namespace) that is filled, given room again, and made read-only.
func TestFullAndReadOnlyDisk(t *testing.T) {
	folder, _ := realPoint(t)
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"=room "+folder)
	smalldisk.Alone(cmd)
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, output)
	}
}

func room(source string) error {
	ctx := context.Background()
	if err := smalldisk.Private(); err != nil {
		return err
	}
	disk := source + "-disk"
	if err := os.Mkdir(disk, 0o700); err != nil {
		return err
	}
	defer func() { _ = os.Remove(disk) }()
	if err := smalldisk.Mount(disk, "4m"); err != nil {
		return err
	}
	defer smalldisk.Unmount(disk)
	if err := os.CopyFS(disk, os.DirFS(source)); err != nil {
		return err
	}
	f, err := filing.Open(ctx, filing.Options{Folder: disk, Cost: cheap, MinFree: 1})
	if err != nil {
		return err
	}
	filed, err := fillUp(ctx, f)
	if err != nil {
		return err
	}
	if err := smalldisk.Remount(disk, "16m", 0); err != nil {
		return err
	}
	if err := allThere(ctx, f, filed); err != nil {
		return err
	}
	if err := submitOnce(ctx, f, 20_000); err != nil {
		return fmt.Errorf("with room again: %w", err)
	}
	if err := lowOnRoom(ctx, f, disk); err != nil {
		return err
	}
	if f, err = unremovable(ctx, f, disk); err != nil {
		return err
	}
	return readOnly(ctx, f, disk)
}

// fillUp files until there is no room, in steps that meet different writes first.
func fillUp(ctx context.Context, f *filing.Filing) (filed int, err error) {
	for _, size := range []int{200_000, 20_000, 10} {
		for {
			err = submitOnce(ctx, f, size)
			if err != nil {
				break
			}
			filed++
		}
		if code := store.Code(err); code != casefile.DiskFull {
			return filed, fmt.Errorf("pages of %d bytes: code %q, want %q: %w", size, code, casefile.DiskFull, err)
		}
	}
	if filed < 5 {
		return filed, fmt.Errorf("only %d cases before the disk was full", filed)
	}
	return filed, nil
}

func submitOnce(ctx context.Context, f *filing.Filing, size int) error {
	page, err := f.Attach(ctx, "image/jpeg", bytes.Repeat([]byte("x"), size))
	if err != nil {
		return err
	}
	if _, err = fileOne(ctx, f, person("王小丫", "990102194501010027"), page, 0); err != nil {
		return errors.Join(err, f.Drop(ctx, page.Digest))
	}
	return nil
}

func allThere(ctx context.Context, f *filing.Filing, filed int) error {
	cases, err := f.Cases(ctx, person("王小丫", "990102194501010027"))
	if err != nil || len(cases) != filed {
		return fmt.Errorf("%d of %d cases are left: %w", len(cases), filed, err)
	}
	if _, err := f.Store().VerifyAudit(ctx); err != nil {
		return err
	}
	return nil
}

// lowOnRoom shows that a person is told before filling a form, not after: what was begun is finished with the room that is kept for it.
func lowOnRoom(ctx context.Context, f *filing.Filing, disk string) error {
	health, err := f.Health(ctx)
	if err != nil || health.Problem != "" {
		return fmt.Errorf("health %+v: %w", health, err)
	}
	careful, err := filing.Open(ctx, filing.Options{Folder: disk, Cost: cheap, MinFree: health.DiskFree + 1})
	if err != nil {
		return err
	}
	if code := store.Code(careful.Ready(ctx)); code != casefile.DiskFull {
		return fmt.Errorf("low on room: code %q", code)
	}
	if health, err := careful.Health(ctx); err != nil || health.Problem != casefile.DiskFull {
		return fmt.Errorf("low on room: health %+v: %w", health, err)
	}
	if err := reserve(ctx, careful, disk); err != nil {
		return err
	}
	page, err := careful.Attach(ctx, "image/jpeg", []byte("x"))
	if err != nil {
		return fmt.Errorf("low on room: a page of what was begun: %w", err)
	}
	filed, err := fileOne(ctx, careful, person("王小丫", "990102194501010027"), page, 0)
	if err != nil {
		return fmt.Errorf("low on room: the end of what was begun: %w", err)
	}
	if err := careful.Evaluate(ctx, filed, casefile.Evaluation{Level: 5, Times: 1}); err != nil {
		return fmt.Errorf("low on room: its rating: %w", err)
	}
	return careful.Close()
}

// reserve shows that the room that is kept is a setting, and 64 MiB without it; a word that is no number counts for nothing.
func reserve(ctx context.Context, f *filing.Filing, disk string) error {
	usual, err := filing.Open(ctx, filing.Options{Folder: disk, Cost: cheap})
	if err != nil {
		return err
	}
	for _, c := range []struct {
		words string
		want  casefile.Code
	}{{"", casefile.DiskFull}, {"1", ""}, {"15", casefile.DiskFull}, {"0", casefile.DiskFull}, {"much", casefile.DiskFull}} {
		if err := f.Store().SetSettings(ctx, map[string]string{store.SettingReserve: c.words}); err != nil {
			return err
		}
		if code := store.Code(usual.Ready(ctx)); code != c.want {
			return fmt.Errorf("%q megabytes of 16 are to be kept: code %q, want %q", c.words, code, c.want)
		}
	}
	return errors.Join(f.Store().SetSettings(ctx, nil), usual.Close())
}

func readOnly(ctx context.Context, f *filing.Filing, disk string) error {
	// An open file keeps a file system writable, so the store is opened anew.
	if err := f.Close(); err != nil {
		return err
	}
	if err := smalldisk.Remount(disk, "16m", syscall.MS_RDONLY); err != nil {
		return err
	}
	before, err := os.ReadFile(filepath.Join(disk, "bianmin.db"))
	if err != nil {
		return err
	}
	f, err = filing.Open(ctx, filing.Options{Folder: disk, Cost: cheap, MinFree: 1})
	if err != nil {
		return err
	}
	if code := store.Code(f.Ready(ctx)); code != casefile.ReadOnly {
		return fmt.Errorf("read-only disk: code %q: %w", code, f.Ready(ctx))
	}
	if _, err := f.Attach(ctx, "image/jpeg", []byte("x")); store.Code(err) != casefile.ReadOnly {
		return fmt.Errorf("attach on a read-only disk: %w", err)
	}
	if health, err := f.Health(ctx); err != nil || health.Problem != casefile.ReadOnly {
		return fmt.Errorf("health on a read-only disk: %+v: %w", health, err)
	}
	after, err := os.ReadFile(filepath.Join(disk, "bianmin.db"))
	if err != nil || !bytes.Equal(before, after) {
		return errors.Join(errors.New("the read-only database changed"), err)
	}
	if strings.Contains(fmt.Sprint(f.Ready(ctx)), "王小丫") {
		return errors.New("an error is personal")
	}
	return f.Close()
}

// unremovable: leftovers of a dead draft that cannot be removed keep neither the others there nor the terminal from serving.
func unremovable(ctx context.Context, f *filing.Filing, disk string) (*filing.Filing, error) {
	if err := f.Close(); err != nil {
		return nil, err
	}
	var left []string
	for _, first := range []string{"aa", "bb", "cc"} {
		path := filepath.Join(disk, "attachments", first, strings.Repeat(first, 32))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte("x"), 0o600)); err != nil {
			return nil, err
		}
		left = append(left, path)
	}
	if err := syscall.Mount("/dev/null", left[1], "", syscall.MS_BIND, ""); err != nil { // the kernel removes no mount point
		return nil, err
	}
	defer smalldisk.Unmount(left[1])
	f, err := filing.Open(ctx, filing.Options{Folder: disk, Cost: cheap, MinFree: 1})
	if err != nil {
		return nil, err
	}
	if err := f.Ready(ctx); err != nil {
		return nil, fmt.Errorf("with a leftover that cannot be removed: %w", err)
	}
	for i, path := range left {
		if _, err := os.Stat(path); (err == nil) != (i == 1) {
			return nil, fmt.Errorf("leftover %d: %w", i, err)
		}
	}
	return f, nil
}
