package seal_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"bianmin/internal/chance"
	"bianmin/internal/softchip"
	"bianmin/sync/seal"
	"bianmin/sync/seal/chip"
	"bianmin/sync/seal/sealtest"
)

const protectVariable = "BIANMIN_TEST_PROTECT" // "protect|unprotect FOLDER DEVICE FILE": kills itself before that file's turn

func TestMain(m *testing.M) {
	order := strings.Fields(os.Getenv(protectVariable))
	if len(order) == 0 {
		os.Exit(m.Run())
	}
	step := func(file string) {
		if file == order[3] {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {} // it is on its way
		}
	}
	var err error
	switch order[0] {
	case "protect":
		err = seal.Protect(order[1], order[2], step)
	case "unprotect":
		err = seal.Unprotect(order[1], step)
	default:
		err = renewingChild(order[1], order[2])
	}
	if err != nil {
		_, _ = os.Stderr.WriteString(err.Error())
		os.Exit(1)
	}
}

func want(t *testing.T, folder string, kept seal.Protection) {
	t.Helper()
	if got, err := seal.ProtectionOf(folder); err != nil || got != kept {
		t.Errorf("kept by %q, %v; want %q", got, err, kept)
	}
}

// readable lists the key files that anybody reads who has the disk.
func readable(t *testing.T, folder string) (names []string) {
	t.Helper()
	for _, name := range []string{"sign.key", "encrypt.key", "tls.key", "secret.key", "inherited.key"} {
		content, err := os.ReadFile(filepath.Join(folder, name))
		if err == nil && (bytes.Contains(content, []byte("PRIVATE KEY")) || bytes.Contains(content, []byte("TERMINAL SECRET"))) {
			names = append(names, name)
		}
	}
	return names
}

// TestChipKeepsKeys: a folder that is made with a chip never holds a plain key; the disk alone, with another chip or with one
// that was cleared gives ErrChip and nothing else.
func TestChipKeepsKeys(t *testing.T) {
	socket, folder := softchip.Start(t), filepath.Join(t.TempDir(), "keys")
	if err := seal.UseChip(folder, socket); err != nil {
		t.Fatal(err)
	}
	identity := sealtest.New(t).Enrol(t, folder, "QH0301", "A")
	if err := seal.AddInherited(folder, [32]byte{1, 2}); err != nil {
		t.Fatal(err)
	}
	want(t, folder, seal.ByChip)
	if names := readable(t, folder); len(names) > 0 {
		t.Errorf("in clear: %v", names)
	}
	again, err := seal.LoadIdentity(folder)
	if err != nil || !again.Keys.Sign.Equal(identity.Keys.Sign) || again.Keys.Secret != identity.Keys.Secret || len(again.Keys.Inherited) != 1 {
		t.Fatalf("what was saved does not come back: %v", err)
	}
	stolen := filepath.Join(t.TempDir(), "keys")
	if err := os.CopyFS(stolen, os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	for name, device := range map[string]string{"no chip": "/nonexistent", "another chip": softchip.Start(t)} {
		plug(t, stolen, device)
		if _, err := seal.LoadIdentity(stolen); !errors.Is(err, seal.ErrChip) {
			t.Errorf("%s: %v", name, err)
		}
	}
	softchip.Clear(t, socket)
	if _, err := seal.LoadIdentity(folder); !errors.Is(err, seal.ErrChip) {
		t.Errorf("a cleared chip: %v", err)
	}
	if err := seal.UseChip(filepath.Join(t.TempDir(), "keys"), "/nonexistent"); !errors.Is(err, chip.ErrNone) {
		t.Errorf("a machine without a chip: %v", err)
	}
}

// plug lets a folder's keys be asked of another chip.
func plug(t *testing.T, folder, device string) {
	t.Helper()
	path := filepath.Join(folder, "chip.json")
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var document map[string]any
	if err := json.Unmarshal(content, &document); err != nil {
		t.Fatal(err)
	}
	document["device"] = device
	if content, err = json.Marshal(document); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestProtectKilled kills a migration of existing keys, both ways, before each file and at any moment: the terminal has its
// keys afterwards, and the next call ends what was begun.
func TestProtectKilled(t *testing.T) {
	socket, folder := softchip.Start(t), filepath.Join(t.TempDir(), "keys")
	sealtest.New(t).Enrol(t, folder, "QH0301", "A")
	if err := seal.AddInherited(folder, [32]byte{7}); err != nil {
		t.Fatal(err)
	}
	keys, err := seal.LoadKeys(folder)
	if err != nil {
		t.Fatal(err)
	}
	same := func(when string) {
		t.Helper()
		got, err := seal.LoadKeys(folder)
		if err != nil || !reflect.DeepEqual(got, keys) {
			t.Fatalf("%s: the keys are not what they were: %v", when, err)
		}
	}
	child := func(way, file string, after time.Duration) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), protectVariable+"="+strings.Join([]string{way, folder, socket, file}, " "))
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if after > 0 {
			time.Sleep(after)
			_ = cmd.Process.Kill()
		}
		_ = cmd.Wait()
		softchip.Tidy(t, socket)
		same(way + " killed at " + file)
	}
	random := chance.Random(t)
	for _, c := range []struct {
		way    string
		finish func() error
		kept   seal.Protection
	}{
		{"protect", func() error { return seal.Protect(folder, socket, nil) }, seal.ByChip},
		{"unprotect", func() error { return seal.Unprotect(folder, nil) }, seal.ByFile},
	} {
		for _, file := range []string{"sign.key", "encrypt.key", "tls.key", "secret.key", "inherited.key"} {
			child(c.way, file, 0)
		}
		for range chance.Count(t, 4, 100) {
			child(c.way, "never", time.Duration(1+random.IntN(150))*time.Millisecond)
		}
		if err := c.finish(); err != nil {
			t.Fatal(err)
		}
		same(c.way)
		want(t, folder, c.kept)
		if names := readable(t, folder); (len(names) == 0) != (c.kept == seal.ByChip) {
			t.Errorf("after %s in clear: %v", c.way, names)
		}
		if left, err := filepath.Glob(filepath.Join(folder, ".*")); err != nil || len(left) > 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
	}
}
