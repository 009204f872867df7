// Package softchip starts TPMs 2.0 in software (swtpm) for tests of any package; no program may hold it.
package softchip

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-tpm/tpm2"
	"github.com/google/go-tpm/tpm2/transport/linuxudstpm"

	"bianmin/sync/seal/chip"
)

// Start starts a chip of its own and gives its socket.
func Start(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	socket := filepath.Join(dir, "tpm.sock")
	process := exec.CommandContext(t.Context(), "swtpm", "socket", "--tpm2", "--tpmstate", "dir="+dir,
		"--server", "type=unixio,path="+socket, "--flags", "not-need-init,startup-clear")
	var said bytes.Buffer
	process.Stdout, process.Stderr = &said, &said
	if err := process.Start(); err != nil {
		t.Fatalf("start swtpm: %v", err)
	}
	t.Cleanup(func() {
		_ = process.Process.Kill()
		_ = process.Wait()
		if t.Failed() {
			t.Log(said.String())
		}
	})
	for range 200 {
		if c, err := chip.Open(socket); err == nil {
			_, err = c.Guard()
			_ = c.Close()
			if err == nil {
				return socket
			}
		}
		<-time.After(20 * time.Millisecond)
	}
	t.Fatal("swtpm does not answer")
	return ""
}

// Clear clears a chip, as somebody does in the machine's setup: it forgets its root key, and all that it ever sealed is lost.
func Clear(t testing.TB, socket string) {
	t.Helper()
	tpm, err := linuxudstpm.Open(socket)
	if err != nil {
		t.Fatal(err)
	}
	defer tpm.Close()
	if _, err := (tpm2.Clear{AuthHandle: tpm2.AuthHandle{Handle: tpm2.TPMRHLockout, Auth: tpm2.PasswordAuth(nil)}}).Execute(tpm); err != nil {
		t.Fatalf("clear the chip: %v", err)
	}
}

// Tidy drops what a program that was killed left in a chip, as the kernel's resource manager does behind /dev/tpmrm0.
func Tidy(t testing.TB, socket string) {
	t.Helper()
	tpm, err := linuxudstpm.Open(socket)
	if err != nil {
		t.Fatal(err)
	}
	defer tpm.Close()
	for _, kind := range []tpm2.TPMHT{tpm2.TPMHTTransient, tpm2.TPMHTHMACSession} {
		answer, err := tpm2.GetCapability{Capability: tpm2.TPMCapHandles, Property: uint32(kind) << 24, PropertyCount: 32}.Execute(tpm)
		if err != nil {
			t.Fatal(err)
		}
		handles, err := answer.CapabilityData.Data.Handles()
		if err != nil {
			t.Fatal(err)
		}
		for _, handle := range handles.Handle {
			if _, err := (tpm2.FlushContext{FlushHandle: handle}).Execute(tpm); err != nil {
				t.Fatal(err)
			}
		}
	}
}
