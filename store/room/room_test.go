package room

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"testing"

	"bianmin/core/casefile"
)

func TestFull(t *testing.T) {
	for err, want := range map[error]bool{
		syscall.ENOSPC: true, syscall.EDQUOT: true, syscall.EFBIG: true,
		fmt.Errorf("write: %w", &fs.PathError{Op: "write", Err: syscall.ENOSPC}): true,
		fmt.Errorf("file: %w", &casefile.Error{Code: casefile.DiskFull}):         true, &casefile.Error{Code: casefile.Damaged}: false,
		syscall.EROFS: false, os.ErrNotExist: false,
	} {
		if Full(err) != want {
			t.Errorf("%v: %v", err, !want)
		}
	}
	if Full(nil) {
		t.Error("nothing is full")
	}
	if full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0); err != nil {
		t.Error(err)
	} else {
		if _, err := full.WriteString("x"); !Full(err) {
			t.Errorf("the system's own: %v", err)
		}
		_ = full.Close()
	}
}
