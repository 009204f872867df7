package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestWithoutRights: who may not look into the data folder is told so and what to do; nothing is said of the machine,
// for it would be wrong, and nothing is written.
func TestWithoutRights(t *testing.T) {
	top, err := os.MkdirTemp("", "rights")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(top) })
	data, config, program := filepath.Join(top, "data"), filepath.Join(top, "terminal.yaml"), filepath.Join(top, "provision")
	self, err := os.Executable()
	if err == nil {
		err = errors.Join(os.Chmod(top, 0o755), os.MkdirAll(filepath.Join(data, "keys"), 0o700), os.WriteFile(config, []byte("data: "+data+"\n"), 0o644))
	}
	if err == nil {
		err = exec.CommandContext(t.Context(), "cp", self, program).Run()
	}
	if err == nil {
		err = errors.Join(os.Chmod(program, 0o755), os.Chmod(data, 0))
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"check", "check --forget", "check --history", "report", "report erasure", "support-bundle --out " + top + "/bundle", "settings", "settings diff", "settings --json", "queue list", "queue retry"} {
		command := exec.CommandContext(t.Context(), program, append(strings.Fields(words), "--config", config)...)
		command.Dir = top
		if os.Geteuid() == 0 {
			command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		}
		var said strings.Builder
		command.Stderr = &said
		shown, err := command.Output()
		var failed *exec.ExitError
		if !errors.As(err, &failed) || failed.ExitCode() != 1 || len(shown) > 0 || !strings.Contains(said.String(), "permission denied") || !strings.Contains(said.String(), "sudo") {
			t.Errorf("%s: %v; shown %q, said %q", words, err, shown, said.String())
		}
	}
	if err := os.Chmod(data, 0o700); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(top)
	if err != nil || len(left) != 3 {
		t.Error(fmt.Sprint(left), err)
	}
}
