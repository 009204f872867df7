package commission_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"bianmin/internal/smalldisk"
	"bianmin/packaging/commission"
	"bianmin/packaging/settings"
	"bianmin/platform/platformtest"
	"bianmin/sync/enrol"
	"bianmin/sync/seal"
)

// TestFullDisk sets up on real file systems that have room for ever more pages, one with the configuration and the system's
// files, one with the data folder, so that each write is once the first that finds none.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	for i, folder := range []string{"etc", "var/lib"} {
		t.Run(folder, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, platformtest.Start(t, platformtest.Options{}))
			if err := os.MkdirAll(w.in(folder), 0o755); err != nil {
				t.Fatal(err)
			}
			answers, off := w.answers(fmt.Sprintf("QH%04d", 301+i)), false
			answers.Find, answers.Test, answers.Print, answers.Button = &off, nil, &off, "none"
			delete(answers.Terminal, "devices")
			if err := w.inNamespace(plan{Answers: answers, Disk: w.in(folder)}); err != nil {
				t.Error(err)
			}
		})
	}
}

// fullDisk is the child's part: the same machine again and again, with more room each time, until there is enough; then once more with room.
func fullDisk(o commission.Options, disk string) error {
	if err := errors.Join(smalldisk.Private(), smalldisk.Mount(disk, "2m")); err != nil {
		return err
	}
	defer smalldisk.Unmount(disk)
	if err := os.WriteFile(filepath.Join(disk, "filler"), nil, 0o600); err != nil {
		return err
	}
	refused := 0
	for room := 0; room < 200; room++ {
		if err := fill(filepath.Join(disk, "filler"), room); err != nil {
			return err
		}
		_, err := commission.Run(context.Background(), o)
		if err != nil && !errors.Is(err, commission.ErrFull) && !errors.Is(err, enrol.ErrFull) {
			return fmt.Errorf("room for %d pages: it says %w", room, err)
		}
		if half := nothingHalf(o); half != nil {
			return fmt.Errorf("room for %d pages: %w", room, half)
		}
		if err != nil {
			refused++
			continue
		}
		if refused == 0 {
			return errors.New("it was never refused")
		}
		if err := os.Remove(filepath.Join(disk, "filler")); err != nil {
			return err
		}
		_, err = commission.Run(context.Background(), o)
		return err
	}
	return errors.New("there was never room enough")
}

// fill leaves room for so many pages.
func fill(path string, pages int) (err error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	page := make([]byte, os.Getpagesize())
	for err == nil {
		_, err = file.Write(page)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("it cannot be filled: %w", err)
	}
	info, err := file.Stat()
	if err != nil {
		return err
	}
	return file.Truncate(max(0, info.Size()-int64(pages*len(page))))
}

// nothingHalf looks for files that are half of something, and reads those that count.
func nothingHalf(o commission.Options) error {
	err := filepath.WalkDir(o.Root, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		name := filepath.Base(path)
		if err == nil && !d.IsDir() && (strings.HasSuffix(name, ".new") || strings.HasSuffix(name, ".trial") || strings.HasPrefix(name, ".terminal.yaml") || strings.HasPrefix(name, ".setup.json")) {
			return fmt.Errorf("%s is left", path)
		}
		if err == nil && d.Type().IsRegular() && d.Name() != "filler" {
			if info, err := d.Info(); err == nil && info.Size() == 0 && (strings.HasPrefix(path, filepath.Join(o.Root, "etc")) || strings.HasSuffix(name, ".json")) {
				return fmt.Errorf("%s is empty", path)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	if _, err := settings.Read(o.Config); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("half a configuration: %w", err)
	}
	if _, err := seal.LoadIdentity(filepath.Join(o.Data, "keys")); err != nil && !errors.Is(err, seal.ErrNotEnrolled) {
		return fmt.Errorf("half an enrolment: %w", err)
	}
	return nil
}
