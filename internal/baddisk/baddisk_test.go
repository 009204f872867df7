package baddisk

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

const variable = "BIANMIN_TEST_CHILD"

func TestMain(m *testing.M) {
	if folder := os.Getenv(variable); folder != "" {
		fmt.Println(strings.Join(work(folder), " "))
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// work changes things below a folder and beside it, and says what failed.
func work(folder string) (said []string) {
	tell := func(what string, err error) {
		switch {
		case errors.Is(err, unix.EIO):
			what += ":EIO"
		case errors.Is(err, unix.ENOSPC):
			what += ":ENOSPC"
		case err != nil:
			what += ":" + err.Error()
		}
		said = append(said, what)
	}
	file, err := os.Create(filepath.Join(folder, "a"))
	tell("create", err)
	_, err = file.WriteString("one")
	tell("write", err)
	_, err = file.WriteAt([]byte("two"), 3)
	tell("pwrite", err)
	tell("fsync", file.Sync())
	tell("truncate", file.Truncate(2))
	tell("mkdir", os.Mkdir(filepath.Join(folder, "sub"), 0o700))
	tell("rename", os.Rename(filepath.Join(folder, "a"), filepath.Join(folder, "sub", "b")))
	tell("beside", os.WriteFile(folder+"-beside", []byte("x"), 0o600))
	return said
}

func TestFaults(t *testing.T) {
	all := []string{"write a", "pwrite a", "fsync a", "truncate a", "mkdir sub", "rename sub/b"}
	for _, c := range []struct {
		first int
		ever  bool
		errno unix.Errno
		said  string
	}{
		{0, false, unix.EIO, "create write pwrite fsync truncate mkdir rename beside"},
		{1, false, unix.EIO, "create write:EIO pwrite fsync truncate mkdir rename beside"},
		{3, false, unix.EIO, "create write pwrite fsync:EIO truncate mkdir rename beside"},
		{4, true, unix.ENOSPC, "create write pwrite fsync truncate:ENOSPC mkdir:ENOSPC rename:ENOSPC beside"},
		{6, false, unix.EIO, "create write pwrite fsync truncate mkdir rename:EIO beside"},
	} {
		folder := filepath.Join(t.TempDir(), "data")
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		var said strings.Builder
		command := exec.Command(os.Args[0])
		command.Env = append(os.Environ(), variable+"="+folder)
		command.Stdout = &said
		changes, err := Run(command, Fault{Folder: folder, First: c.first, Ever: c.ever, Error: c.errno})
		if err != nil || strings.TrimSpace(said.String()) != c.said {
			t.Errorf("%+v: said %q, %v", c, said.String(), err)
		}
		if !slices.Equal(changes, all) {
			t.Errorf("%+v: changes %q", c, changes)
		}
	}
}
