// Package rig starts the real programs against simulated devices and a
// reference platform, each in a folder of its own, for the demo and for tests
// of the whole product. It must never be linked into a shipped program.
package rig

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Program is one of our programs, running.
type Program struct {
	name  string
	cmd   *exec.Cmd
	done  chan struct{} // closed when the program has ended
	err   error         // how it ended, valid after done
	mu    sync.Mutex
	lines []string      // everything it wrote, for waiting and for the report
	more  chan struct{} // closed and replaced when a line arrives
}

// launch runs one of the built programs; what it writes goes to logs/NAME.log in the rig's folder as well.
func (o Options) launch(name string, env []string, args ...string) (*Program, error) {
	dir, path := o.Dir, filepath.Join(o.Bin, name)
	if err := os.MkdirAll(filepath.Join(dir, "logs"), 0o755); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	log, err := os.OpenFile(filepath.Join(dir, "logs", name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	reader, writer := io.Pipe()
	p := &Program{name: name, cmd: exec.Command(path, args...), done: make(chan struct{}), more: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stdout, p.cmd.Stderr = writer, writer
	p.cmd.WaitDelay = 2 * time.Second
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: o.Apart}
	if err := p.cmd.Start(); err != nil {
		_ = log.Close()
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	copied := make(chan struct{})
	go func() {
		defer close(copied)
		p.collect(reader, log)
	}()
	go func() {
		p.err = p.cmd.Wait()
		_ = writer.Close()
		<-copied
		_ = log.Close()
		close(p.done)
	}()
	return p, nil
}

func (p *Program) collect(from io.Reader, log io.Writer) {
	scanner := bufio.NewScanner(from)
	scanner.Buffer(make([]byte, 64<<10), 4<<20)
	for scanner.Scan() {
		line := scanner.Text()
		_, _ = fmt.Fprintln(log, line)
		p.mu.Lock()
		p.lines = append(p.lines, line)
		close(p.more)
		p.more = make(chan struct{})
		p.mu.Unlock()
	}
	_, _ = io.Copy(io.Discard, from)
}

// WaitLine waits for a line that holds part and returns it.
func (p *Program) WaitLine(ctx context.Context, part string) (string, error) {
	for next := 0; ; {
		p.mu.Lock()
		lines, more := p.lines, p.more
		p.mu.Unlock()
		for ; next < len(lines); next++ {
			if strings.Contains(lines[next], part) {
				return lines[next], nil
			}
		}
		select {
		case <-more:
		case <-p.done:
			return "", fmt.Errorf("%s ended before it said %q: %w\n%s", p.name, part, p.endError(), p.Tail(20))
		case <-ctx.Done():
			return "", fmt.Errorf("%s did not say %q: %w\n%s", p.name, part, ctx.Err(), p.Tail(20))
		}
	}
}

// Tail is the last n lines the program wrote.
func (p *Program) Tail(n int) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.lines[max(0, len(p.lines)-n):], "\n")
}

// all are the lines the program wrote.
func (p *Program) all() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lines[:len(p.lines):len(p.lines)]
}

// PID is the program's process id; it stays the same when the program replaces its own process.
func (p *Program) PID() int { return p.cmd.Process.Pid }

// Done is closed when the program has ended.
func (p *Program) Done() <-chan struct{} { return p.done }

// Wait waits for the end and returns an error unless the program ended with status 0.
func (p *Program) Wait(ctx context.Context) error {
	select {
	case <-p.done:
		return p.endError()
	case <-ctx.Done():
		return fmt.Errorf("wait for %s: %w", p.name, ctx.Err())
	}
}

func (p *Program) endError() error {
	select {
	case <-p.done:
	default:
		return nil
	}
	if p.err != nil {
		return fmt.Errorf("%s: %w\n%s", p.name, p.err, p.Tail(10))
	}
	return nil
}

// Stop asks the program to end, and after 10 seconds ends it.
func (p *Program) Stop() {
	if p == nil {
		return
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
		return
	case <-time.After(10 * time.Second):
	}
	p.Kill()
}

// Kill ends the program at once (SIGKILL) and waits until it is gone.
func (p *Program) Kill() {
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return
	}
	<-p.done
}

// running is an error when the program was never started or has ended.
func (p *Program) running() error {
	if p == nil {
		return errors.New("not started")
	}
	select {
	case <-p.done:
		return errors.New("ended")
	default:
		return nil
	}
}

// killed tells whether the program ended by SIGKILL.
func (p *Program) killed() bool {
	var exit *exec.ExitError
	if p.running() == nil || !errors.As(p.err, &exit) {
		return false
	}
	status, ok := exit.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}

// dump makes the program print where its goroutines are, and ends it.
func (p *Program) dump() {
	_ = p.cmd.Process.Signal(syscall.SIGQUIT)
	select {
	case <-p.done:
	case <-time.After(5 * time.Second):
		p.Kill()
	}
}
