package office_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"bianmin/core/casefile"
	"bianmin/internal/smalldisk"
	"bianmin/store"
	"bianmin/store/office"
)

// pageByPage in place of kilobytes gives a day room for no page, one page, two and so on until it goes through.
const pageByPage = 0

// TestFullAndReadOnlyDisk lets a desk work on small file systems (a tmpfs in a private mount namespace) until there is no
// room, at another step of the day each time, gives it room and lets it go on, and makes it read-only. The books must
// be whole after each.
func TestFullAndReadOnlyDisk(t *testing.T) {
	random := seeded(t)
	filed := 0
	for round := range rounds(t, 4, 40) {
		folder, authority := realPoint(t)
		seen := filepath.Join(t.TempDir(), "world")
		kilobytes := 1500 + random.IntN(1500)
		if round == 0 {
			kilobytes = pageByPage
		}
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %s room:%d", childVariable, folder, seen, kilobytes))
		smalldisk.Alone(cmd)
		output, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%d KiB: %v: %s", kilobytes, err, output)
		}
		t.Logf("%d KiB: %s", kilobytes, output)
		checkBooks(t, fmt.Sprintf("full at %d KiB", kilobytes), folder+"-full", seen+"-full", authority)
		checkBooks(t, fmt.Sprintf("on from %d KiB", kilobytes), folder+"-after", seen, authority)
		world, err := os.ReadFile(seen + "-full")
		must(t, err)
		filed += bytes.Count(world, []byte("filed "))
	}
	if t.Logf("%d cases before the disks were full", filed); filed == 0 {
		t.Error("no case was filed before a disk was full")
	}
}

// room is the child's part: it leaves what the disk held when it was full, and what it held in the end.
func room(folder, seen string, kilobytes int) error {
	ctx := context.Background()
	if err := smalldisk.Private(); err != nil {
		return err
	}
	disk := folder + "-disk"
	if err := os.Mkdir(disk, 0o700); err != nil {
		return err
	}
	if err := smalldisk.Mount(disk, "64m"); err != nil {
		return err
	}
	defer smalldisk.Unmount(disk)
	if err := os.CopyFS(disk, os.DirFS(folder)); err != nil {
		return err
	}
	if err := fullDay(ctx, disk, seen, kilobytes); err != nil {
		return err
	}
	if err := errors.Join(os.CopyFS(folder+"-full", os.DirFS(disk)), copyFile(seen, seen+"-full")); err != nil {
		return err
	}
	if err := smalldisk.Remount(disk, "64m", 0); err != nil {
		return err
	}
	if err := onADay(ctx, disk, seen); err != nil {
		return fmt.Errorf("with room again: %w", err)
	}
	if err := os.CopyFS(folder+"-after", os.DirFS(disk)); err != nil {
		return err
	}
	return readOnly(ctx, disk)
}

func copyFile(from, to string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, content, 0o600)
}

func atWork(ctx context.Context, disk, seen string, work func(w *worker) error) (err error) {
	world, err := os.OpenFile(seen, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	o, err := office.Open(ctx, office.Options{Folder: disk, Software: "bianmin test", SecretCost: cheap, CardCost: cheap, MinFree: 1})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.Close(), world.Close()) }()
	w := &worker{office: o, world: world}
	if err := w.activate(ctx); err != nil {
		return err
	}
	if w.book, err = o.SignOn(ctx, li, liSecret); err != nil {
		return err
	}
	return work(w)
}

// fullDay works until the disk is full: that is said by its code, and each step may be tried again.
func fullDay(ctx context.Context, disk, seen string, kilobytes int) error {
	return atWork(ctx, disk, seen, func(w *worker) error {
		if kilobytes == pageByPage {
			return eachPage(ctx, w, disk)
		}
		if err := smalldisk.Remount(disk, fmt.Sprintf("%dk", kilobytes), 0); err != nil {
			return err
		}
		for tries := 0; tries < 3; {
			err := w.day(ctx)
			w.round++
			if err == nil {
				continue
			}
			if tries++; store.Code(err) != casefile.DiskFull {
				return fmt.Errorf("code %q, want %q: %w", store.Code(err), casefile.DiskFull, err)
			}
		}
		return nil
	})
}

// eachPage tries a day with room for one page more each time, so that the disk is full at one statement after the other.
func eachPage(ctx context.Context, w *worker, disk string) error {
	for room := uint64(0); room < 1000; room++ {
		var stat syscall.Statfs_t
		if err := syscall.Statfs(disk, &stat); err != nil {
			return err
		}
		used := (stat.Blocks - stat.Bfree) * uint64(stat.Bsize) // #nosec G115 -- a size
		if err := smalldisk.Remount(disk, fmt.Sprint(used+room*4096), 0); err != nil {
			return err
		}
		err := w.day(ctx)
		w.round++
		if err == nil {
			fmt.Printf("a day went through with room for %d pages\n", room)
			return nil
		}
		if store.Code(err) != casefile.DiskFull {
			return fmt.Errorf("room for %d pages: code %q, want %q: %w", room, store.Code(err), casefile.DiskFull, err)
		}
	}
	return errors.New("a day never went through")
}

// onADay is a day with little room: nothing is to begin, and all that is under way goes on.
func onADay(ctx context.Context, disk, seen string) error {
	careful, err := office.Open(ctx, office.Options{Folder: disk, SecretCost: cheap, CardCost: cheap, MinFree: 1 << 40})
	if err != nil {
		return err
	}
	world, err := os.OpenFile(seen, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	w := &worker{office: careful, world: world, round: 1000}
	if w.book, err = careful.SignOn(ctx, li, liSecret); err != nil {
		return err
	}
	if code := store.Code(careful.Ready(ctx)); code != casefile.DiskFull {
		return fmt.Errorf("low on room: code %q", code)
	}
	return errors.Join(w.day(ctx), careful.Close(), world.Close())
}

func readOnly(ctx context.Context, disk string) error {
	if err := smalldisk.Remount(disk, "64m", syscall.MS_RDONLY); err != nil {
		return err
	}
	o, err := office.Open(ctx, office.Options{Folder: disk, Software: "bianmin test", SecretCost: cheap, CardCost: cheap, MinFree: 1})
	if err != nil {
		return err
	}
	if code := store.Code(o.Ready(ctx)); code != casefile.ReadOnly {
		return fmt.Errorf("read-only: code %q: %w", code, o.Ready(ctx))
	}
	return o.Close()
}
