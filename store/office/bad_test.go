package office_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"bianmin/core/casefile"
	"bianmin/internal/baddisk"
	"bianmin/store"
)

// TestBadDisk ends a desk's day at a change of a file that fails, with an I/O error or a full or read-only disk: what failed
// is said by its code, what was done is there, and what was said to have failed is not.
func TestBadDisk(t *testing.T) {
	random := seeded(t)
	source, authority := realPoint(t)
	whole := filepath.Join(t.TempDir(), "data")
	must(t, os.CopyFS(whole, os.DirFS(source)))
	all, said := badRun(t, whole, filepath.Join(t.TempDir(), "world"), baddisk.Fault{})
	if len(all) < 100 || said != "" {
		t.Fatalf("a day changes only %d files: %s", len(all), said)
	}
	for _, n := range random.Perm(len(all))[:min(len(all), rounds(t, 16, len(all)))] {
		f := baddisk.Fault{First: n + 1, Error: []unix.Errno{unix.EIO, unix.ENOSPC, unix.EROFS}[random.IntN(3)]}
		t.Run(fmt.Sprintf("%d %s %v", n+1, strings.ReplaceAll(all[n], "/", "."), f.Error), func(t *testing.T) {
			folder, seen := filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "world")
			must(t, os.CopyFS(folder, os.DirFS(source)))
			_, said := badRun(t, folder, seen, f)
			code, _, _ := strings.Cut(said, " ")
			if said != "" && code != string(casefile.ReadOnly) && code != string(casefile.DiskFull) {
				t.Errorf("the desk failed with %s", said)
			}
			checkBooks(t, all[n], folder, seen, authority)
			world, _ := os.ReadFile(seen)
			s, err := store.Open(t.Context(), store.Options{Folder: folder, Clock: store.SystemClock})
			must(t, err)
			cases, err := s.AllCases(t.Context())
			must(t, errors.Join(err, s.Close()))
			here := 0
			for _, c := range cases {
				if len(c.Events) > 0 && c.Events[0].Kind == casefile.Submitted { // the others were begun at another terminal
					here++
				}
			}
			if filed := strings.Count(string(world), "filed "); here != filed {
				t.Errorf("%d cases are there, %d were said to be filed", here, filed)
			}
		})
	}
}

// badRun runs a day in a process of its own and gives what it changed, and the code and words of what failed.
func badRun(t *testing.T, folder, seen string, f baddisk.Fault) (changes []string, said string) {
	t.Helper()
	var output strings.Builder
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %s bad", childVariable, folder, seen))
	cmd.Stdout, cmd.Stderr = &output, &output
	f.Folder = folder
	changes, err := baddisk.Run(cmd, f)
	if err != nil {
		t.Fatalf("%v: %s", err, output.String())
	}
	_, said, _ = strings.Cut(output.String(), "failed ")
	return changes, strings.TrimSpace(said)
}

// badDay is the child's part: it ends, without closing anything, at what fails.
func badDay(folder, seen, _ string) error {
	if err := atWork(context.Background(), folder, seen, func(w *worker) error { return w.day(context.Background()) }); err != nil {
		fmt.Println("failed", store.Code(err), strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	return nil
}
