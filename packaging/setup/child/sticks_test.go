package child_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"bianmin/internal/smalldisk"
	"bianmin/packaging/setup/child"
)

// sticksVariable lets this test program run itself, with folders of sticks of its own; its value is the user's own folder.
const sticksVariable = "BIANMIN_TEST_STICKS"

func TestMain(m *testing.M) {
	if own := os.Getenv(sticksVariable); own != "" {
		if err := pulled(own); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

// TestSticks: what a stick left when it was pulled, an empty folder or one with files on the system's own disk, is no
// stick; the report goes to the one that is mounted, or to the user's own folder.
func TestSticks(t *testing.T) {
	t.Parallel()
	command := exec.CommandContext(t.Context(), os.Args[0])
	command.Env = append(os.Environ(), sticksVariable+"="+filepath.Join(t.TempDir(), "便民验收"))
	smalldisk.Alone(command)
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

func pulled(own string) error {
	const media, user = "/media", "technician"
	if err := errors.Join(smalldisk.Private(), smalldisk.Mount(media, "1m")); err != nil {
		return err
	}
	defer smalldisk.Unmount(media)
	in := func(name string) string { return filepath.Join(media, user, name) }
	err := errors.Join(os.MkdirAll(in("A-pulled"), 0o700), os.MkdirAll(in("B-left"), 0o700), os.WriteFile(in("B-left/photo"), nil, 0o600),
		os.MkdirAll(in("C-full"), 0o700), os.MkdirAll(in("STICK"), 0o700))
	if err != nil {
		return err
	}
	save := func(want string) error {
		where, err := child.Save(child.Sticks(user), own, "QH0301A-1", []byte("PDF"), []byte("JSON"))
		if err != nil || where != want {
			return fmt.Errorf("saved in %q and not in %q: %w", where, want, err)
		}
		return nil
	}
	if err := save(own); err != nil {
		return err
	}
	if err := errors.Join(smalldisk.Mount(in("C-full"), "4k"), os.WriteFile(in("C-full/photo"), make([]byte, 4096), 0o600), smalldisk.Mount(in("STICK"), "64k")); err != nil {
		return err
	}
	defer smalldisk.Unmount(in("C-full"))
	defer smalldisk.Unmount(in("STICK"))
	if all := child.Sticks(user); !slices.Equal(all, []string{in("C-full"), in("STICK")}) {
		return fmt.Errorf("the sticks are %q", all)
	}
	if err := save(in("STICK")); err != nil {
		return err
	}
	var kept []string
	for _, name := range []string{"A-pulled", "B-left", "C-full", "STICK"} {
		entries, err := os.ReadDir(in(name))
		if err != nil {
			return err
		}
		for _, e := range entries {
			kept = append(kept, name+"/"+e.Name())
		}
	}
	if got := strings.Join(kept, " "); got != "B-left/photo C-full/photo STICK/QH0301A-1.json STICK/QH0301A-1.pdf" {
		return errors.New("they hold " + got)
	}
	return nil
}
