package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"bianmin/store"
	"bianmin/store/filing"
)

// remounted serves while the kernel makes the file system read-only in the middle, as ext4 does by itself when a disk fails, and
// goes on when it may be written again.
func remounted(ctx context.Context, f *filing.Filing, data string) error {
	var turning sync.WaitGroup
	defer turning.Wait()
	turning.Go(func() {
		pause(ctx, 300*time.Millisecond)
		if err := os.WriteFile("/proc/sysrq-trigger", []byte("u"), 0o200); err != nil {
			say("no-remount", err)
		}
	})
	for {
		if err := serve(ctx, f); err != nil {
			say("refused", store.Code(err))
			break
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	turning.Wait()
	if err := readOnly(data); err != nil {
		return err
	}
	for range 5 {
		if err := serve(ctx, f); err == nil {
			return errors.New("a case was filed on a read-only disk")
		}
	}
	if err := f.Ready(ctx); err != nil {
		say("out-of-service", store.Code(err))
	}
	if err := syscall.Mount("", "/data", "", syscall.MS_REMOUNT, ""); err != nil {
		return fmt.Errorf("make the disk writable again: %w", err)
	}
	if err := ready(ctx, f); err != nil {
		return fmt.Errorf("the terminal cannot serve again: %w", err)
	}
	say("again")
	return life(ctx, f)
}

// readOnly asks the kernel whether it was done.
func readOnly(data string) error {
	err := os.WriteFile(filepath.Join(data, "probe"), nil, 0o600)
	if !errors.Is(err, syscall.EROFS) {
		return fmt.Errorf("the disk is not read-only: %w", err)
	}
	say("read-only")
	return nil
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
