package enrolment_test

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"bianmin/packaging/provision/enrolment"
	"bianmin/platform/platformtest"
)

// childWords are the words of the command that this test program runs as, one a line.
const childWords = "BIANMIN_TEST_ENROL"

func TestMain(m *testing.M) {
	words := os.Getenv(childWords)
	if words == "" {
		os.Exit(m.Run())
	}
	c := enrolment.Command("test", time.Now)
	c.SetArgs(strings.Split(words, "\n"))
	if c.ExecuteContext(context.Background()) != nil {
		os.Exit(1)
	}
}

// TestBelongsToTheTerminal: whoever enrols, root too, leaves keys that the terminal's user can read.
func TestBelongsToTheTerminal(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	top, err := os.MkdirTemp("", "enrolment")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(top); err != nil {
			t.Error(err)
		}
	})
	data, owner := filepath.Join(top, "data"), os.Geteuid()
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	if owner == 0 {
		owner = 65534
		if err := os.Chmod(top, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(data, owner, owner); err != nil {
			t.Fatal(err)
		}
	}
	for _, more := range [][]string{nil, {"--replace"}} {
		command := exec.CommandContext(t.Context(), os.Args[0]) // rights are a whole process's
		command.Env = append(os.Environ(), childWords+"="+strings.Join(append([]string{"-", "--data", data}, more...), "\n"))
		command.Stdin = strings.NewReader(p.Ticket("QH0301", p.URL).String())
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		files := 0
		err := filepath.WalkDir(filepath.Join(data, "keys"), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := d.Info()
			if err != nil {
				return err
			}
			if stat, ok := info.Sys().(*syscall.Stat_t); !ok || int(stat.Uid) != owner {
				t.Errorf("%s is not the terminal's", path)
			}
			files++
			return nil
		})
		if err != nil || files < 3 {
			t.Errorf("%d files, %v", files, err)
		}
	}
}
