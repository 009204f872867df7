package social

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
)

// Virtual is where the virtual reader waits for a card.
const Virtual = "127.0.0.1:35963"

// VirtualName is what the service calls the virtual reader's first slot.
const VirtualName = "Virtual PCD 00 00"

// Service is the real PC/SC service with Debian's virtual reader. Its socket has one place on a machine: one at a time, as root.
type Service struct {
	command *exec.Cmd
	folder  string        // of an empty configuration
	ended   chan struct{} // closed when it has ended; nil where Stop waits for that itself
}

// startBound starts a service that ends with this program, however that ends: one that is left behind, and silent, would hold up every program of the machine.
func startBound(command *exec.Cmd) (*Service, error) {
	s := &Service{command: command, ended: make(chan struct{})}
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	started := make(chan error, 1)
	go func() {
		defer close(s.ended)
		runtime.LockOSThread() // the kernel kills it when the thread that started it ends
		defer runtime.UnlockOSThread()
		err := command.Start()
		started <- err
		if err == nil {
			_ = command.Wait()
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start the PC/SC service: %w", err)
	}
	return s, nil
}

// StartService starts it; without reader none is plugged in.
func StartService(ctx context.Context, reader bool) (*Service, error) {
	s := &Service{}
	arguments := []string{"--foreground"}
	if !reader {
		folder, err := os.MkdirTemp("", "pcscd")
		if err != nil {
			return nil, fmt.Errorf("start the PC/SC service: %w", err)
		}
		s.folder = folder
		empty := filepath.Join(folder, "none") // a file: the service does not start on an empty folder
		if err := os.WriteFile(empty, nil, 0o600); err != nil {
			return nil, fmt.Errorf("start the PC/SC service: %w", err)
		}
		arguments = append(arguments, "--config", empty)
	}
	s.command = exec.CommandContext(ctx, "pcscd", arguments...) // #nosec G204 -- a test's own
	s.command.Stderr = os.Stderr
	s.command.Cancel = func() error { return s.command.Process.Signal(syscall.SIGTERM) }
	if err := s.command.Start(); err != nil {
		return nil, fmt.Errorf("start the PC/SC service: %w", err)
	}
	return s, nil
}

// Hang lets it answer nobody, or go on again.
func (s *Service) Hang(is bool) error {
	signal := syscall.SIGCONT
	if is {
		signal = syscall.SIGSTOP
	}
	return s.command.Process.Signal(signal)
}

// Stop ends it.
func (s *Service) Stop() {
	_ = s.command.Process.Signal(syscall.SIGCONT)
	_ = s.command.Process.Signal(syscall.SIGTERM)
	if s.ended != nil {
		<-s.ended
	} else {
		_ = s.command.Wait()
	}
	if s.folder != "" {
		_ = os.RemoveAll(s.folder)
	}
}
