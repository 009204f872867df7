package commission_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"bianmin/internal/smalldisk"
	"bianmin/packaging/commission"
	"bianmin/platform/platformtest"
)

// TestSpoiledStick pulls the stick, or makes it read-only, between the bundle and the request. Neither this setup nor the
// next one, without the stick, may lay the request where the stick was; with it, it is laid.
func TestSpoiledStick(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	for _, how := range []string{"unmounted", "removed", "read-only"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, p)
			answers, stick := w.byStick("QH0301")
			file := filepath.Join(stick, "bianmin-QH0301.enrolment")
			bundle, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
			if err := w.inNamespace(plan{Answers: answers, Stick: stick, Bundle: bundle, Spoil: how}); err != nil {
				t.Error(err)
			}
		})
	}
}

// spoil is the child's part of TestSpoiledStick, in a mount namespace of its own.
func spoil(o commission.Options, p plan) error {
	const size = "1m"
	disk := filepath.Join(p.Root, "disk")
	if err := errors.Join(smalldisk.Private(), os.Mkdir(disk, 0o700), smalldisk.Mount(disk, size)); err != nil {
		return err
	}
	defer smalldisk.Unmount(disk)
	if err := os.WriteFile(filepath.Join(disk, "bianmin-QH0301.enrolment"), p.Bundle, 0o600); err != nil {
		return err
	}
	plug := func() error {
		return errors.Join(os.MkdirAll(p.Stick, 0o700), syscall.Mount(disk, p.Stick, "", syscall.MS_BIND, ""))
	}
	if err := plug(); err != nil {
		return err
	}
	defer smalldisk.Unmount(p.Stick)
	var spoiling error
	o.Step = func(name string) {
		if name != commission.StepTaken {
			return
		}
		if p.Spoil == "read-only" {
			spoiling = smalldisk.Remount(disk, size, syscall.MS_RDONLY)
			return
		}
		smalldisk.Unmount(p.Stick)
		if p.Spoil == "removed" {
			spoiling = os.Remove(p.Stick)
		}
	}
	_, err := commission.Run(context.Background(), o)
	want := "was pulled"
	if p.Spoil == "read-only" {
		want = "cannot be written to"
	}
	if spoiling != nil || err == nil || !strings.Contains(err.Error(), want) {
		return fmt.Errorf("it says %w (%w)", err, spoiling)
	}
	if p.Spoil == "read-only" {
		err = smalldisk.Remount(disk, size, 0)
	} else if err = waitsWithout(o, p.Stick); err == nil {
		err = plug()
	}
	if err != nil {
		return err
	}
	var waits *commission.WaitingError
	if _, err := commission.Run(context.Background(), o); !errors.As(err, &waits) {
		return fmt.Errorf("with the stick it says %w", err)
	}
	_, err = os.Stat(filepath.Join(disk, waits.Request))
	return err
}

// waitsWithout runs the setup without the stick: it waits, and lays nothing on the system's own disk.
func waitsWithout(o commission.Options, stick string) error {
	if err := os.MkdirAll(filepath.Join(o.Root, "mnt"), 0o700); err != nil { // as on every Debian
		return err
	}
	var waits *commission.WaitingError
	if _, err := commission.Run(context.Background(), o); !errors.As(err, &waits) {
		return fmt.Errorf("without the stick it says %w", err)
	}
	for _, folder := range []string{stick, filepath.Join(o.Root, "mnt")} {
		if left, err := os.ReadDir(folder); len(left) > 0 {
			return fmt.Errorf("laid on the system's own disk: %v, %w", left, err)
		}
	}
	return nil
}
