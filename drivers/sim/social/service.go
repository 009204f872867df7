package social

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// Virtual is where the virtual reader waits for a card.
const Virtual = "127.0.0.1:35963"

// VirtualName is what the service calls the virtual reader's first slot.
const VirtualName = "Virtual PCD 00 00"

// Service is the real PC/SC service with Debian's virtual reader. Its socket has one place on a machine: one at a time, as root.
type Service struct {
	command *exec.Cmd
	folder  string // of an empty configuration
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
	_ = s.command.Wait()
	if s.folder != "" {
		_ = os.RemoveAll(s.folder)
	}
}
