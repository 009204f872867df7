package seal_test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"bianmin/internal/baddisk"
	"bianmin/sync/seal"
	"bianmin/sync/seal/sealtest"
)

// renewingChild makes the next keys of a folder, or puts the renewal in force that a file holds.
func renewingChild(folder, file string) error {
	if file == "-" {
		_, err := seal.NextKeys(folder)
		return err
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var fresh seal.Renewal
	if err := json.Unmarshal(content, &fresh); err != nil {
		return err
	}
	return seal.Renew(folder, fresh)
}

// TestRenewalOnABadDisk kills a renewal before each change of a file in the keys folder, and fails the disk there, while it makes the keys and while it puts them in force: the terminal
// has its certificates before or after, whole, and the same step again ends it.
func TestRenewalOnABadDisk(t *testing.T) {
	a, root := sealtest.New(t), t.TempDir()
	enrolled := filepath.Join(root, "enrolled", "keys")
	id := a.Enrol(t, enrolled, "QH0301", "A")
	made := filepath.Join(root, "made", "keys")
	must(t, os.CopyFS(made, os.DirFS(enrolled)))
	content, err := json.Marshal(renewal(t, a, made, id.Terminal))
	must(t, err)
	file := filepath.Join(root, "renewal.json")
	must(t, os.WriteFile(file, content, 0o600))
	run := func(from, what string, f baddisk.Fault, kill bool) (folder string, changes []string, err error) {
		folder = filepath.Join(t.TempDir(), "keys")
		must(t, os.CopyFS(folder, os.DirFS(from)))
		command := exec.Command(os.Args[0])
		command.Env = append(os.Environ(), protectVariable+"=renew "+folder+" "+what)
		if f.Folder = folder; kill {
			f.Met = func() { _ = command.Process.Kill() }
		}
		changes, err = baddisk.Run(command, f)
		return folder, changes, err
	}
	for _, step := range []struct {
		name, from, what string
		switched         bool
	}{{"the keys", enrolled, "-", false}, {"the switch", made, file, true}} {
		folder, all, err := run(step.from, step.what, baddisk.Fault{}, false)
		if err != nil || len(all) < 4 {
			t.Fatalf("%s: %v, %v", step.name, all, err)
		}
		if now, err := seal.LoadIdentity(folder); err != nil || (len(now.Former) == 1) != step.switched {
			t.Fatalf("%s: %v", step.name, err)
		}
		for n := 1; n <= len(all); n++ {
			for _, kill := range []bool{true, false} {
				folder, _, err := run(step.from, step.what, baddisk.Fault{First: n, Error: unix.EIO}, kill)
				var exit *exec.ExitError
				if !errors.As(err, &exit) {
					t.Errorf("%s, %s: it did not end: %v", step.name, all[n-1], err)
				}
				between, err := seal.LoadIdentity(folder)
				if err != nil || between.Number != id.Number || len(between.Former) > 1 {
					t.Fatalf("%s, %s: neither: %v", step.name, all[n-1], err)
				}
				if err := renewingChild(folder, step.what); err != nil {
					t.Errorf("%s, %s: again: %v", step.name, all[n-1], err)
				}
				if step.what == "-" {
					must(t, seal.Renew(folder, renewal(t, a, folder, id.Terminal)))
				}
				if after, err := seal.LoadIdentity(folder); err != nil || len(after.Former) != 1 {
					t.Errorf("%s, %s: afterwards: %v", step.name, all[n-1], err)
				}
			}
		}
	}
}
