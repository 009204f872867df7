// Package child runs "provision setup --lines" for the window: as root at once, or through pkexec, which asks for the
// rights, so that no window runs as root. It must not understand what is said.
package child

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"bianmin/packaging/setup/lines"
	"bianmin/packaging/setup/stage"
)

// Runner is what the package lays beside pkexec's rules: provision setup --lines, as this machine's root and with nothing
// that whoever runs it could say.
const Runner = "/usr/lib/bianmin/setup-root"

// Machine is what a command depends on.
type Machine struct {
	Root      bool // this process has the rights
	Provision string
	// Folder is where the file system of the machine is that is set up; "" or "/" is this one.
	Folder string
	Find   func(program string) (path string, err error)
}

// Command gives the words that start a setup. Another machine's folder needs no rights of this one.
func (m Machine) Command() ([]string, error) {
	switch {
	case m.Folder != "" && m.Folder != "/":
		return []string{m.Provision, "setup", "--lines", "--root", m.Folder}, nil
	case m.Root:
		return []string{m.Provision, "setup", "--lines"}, nil
	}
	pkexec, err := m.Find("pkexec")
	if err != nil {
		return nil, &stage.Refusal{Wrong: lines.Wrong{Code: lines.NotAllowed, Text: "there is no pkexec"}}
	}
	// Without a desktop's agent pkexec would ask in the terminal it was started from, and then find no session for the answer.
	return []string{pkexec, "--disable-internal-agent", Runner}, nil
}

// Status of pkexec.
const (
	dismissed = 126 // whoever was asked said no
	unable    = 127 // nobody could be asked, or it is not allowed at all
)

// wrongPassword is what pkexec says, in English always, where the password was not right. It has no status of its own.
const wrongPassword = "Not authorized"

// closing is how long a setup may take to end once nobody is there; it finishes what it is writing.
const closing = 30 * time.Second

// Child is a running setup.
type Child struct {
	cmd     *exec.Cmd
	pkexec  bool
	in      io.WriteCloser
	out     *lines.Writer
	lines   chan lines.Line
	drain   chan struct{} // closed when nobody takes lines any more
	once    sync.Once
	read    chan error
	said    tail
	outcome error
}

// Start starts a setup.
func Start(ctx context.Context, m Machine) (*Child, error) {
	command, err := m.Command()
	if err != nil {
		return nil, err
	}
	c := &Child{cmd: exec.CommandContext(ctx, command[0], command[1:]...), lines: make(chan lines.Line), drain: make(chan struct{}), read: make(chan error, 1)} // #nosec G204 -- our own program
	c.pkexec = slices.Contains(command, Runner)
	c.cmd.Cancel = func() error { return c.in.Close() } // it ends by itself; with the rights of root it could not be ended
	c.cmd.WaitDelay = closing
	c.cmd.Stderr = &c.said
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("start the setup: %w", err)
	}
	c.out = lines.NewWriter(c.in)
	from, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start the setup: %w", err)
	}
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the setup: %w", err)
	}
	go c.listen(from)
	return c, nil
}

func (c *Child) listen(from io.Reader) {
	defer close(c.lines)
	c.read <- lines.Read(from, func(l lines.Line) error {
		select {
		case c.lines <- l:
		case <-c.drain:
		}
		return nil
	})
}

// Lines are what it says; closed at its end.
func (c *Child) Lines() <-chan lines.Line { return c.lines }

// Answer answers it.
func (c *Child) Answer(a lines.Answer) error { return c.out.Write(a) }

// Close lets the setup go and waits for its end. The error is a *stage.Refusal when the rights were not given.
func (c *Child) Close() error {
	c.once.Do(func() {
		_ = c.in.Close()
		close(c.drain)
		err := errors.Join(<-c.read, c.cmd.Wait())
		var exit *exec.ExitError
		switch {
		case c.pkexec && errors.As(err, &exit) && exit.ExitCode() == dismissed:
			err = &stage.Refusal{Wrong: lines.Wrong{Code: lines.Refused, Text: c.said.String()}}
		case c.pkexec && errors.As(err, &exit) && exit.ExitCode() == unable && strings.Contains(c.said.String(), wrongPassword):
			err = &stage.Refusal{Wrong: lines.Wrong{Code: lines.Refused}}
		case c.pkexec && errors.As(err, &exit) && exit.ExitCode() == unable:
			err = &stage.Refusal{Wrong: lines.Wrong{Code: lines.NotAllowed, Text: c.said.String()}}
		case err != nil:
			err = fmt.Errorf("the setup ended: %w: %s", err, c.said.String())
		}
		c.outcome = err
	})
	return c.outcome
}

// Here is this machine, or the folder that stands for another; provision lies beside this program.
func Here(provision, folder string) Machine {
	return Machine{Root: syscall.Geteuid() == 0, Provision: provision, Folder: folder, Find: exec.LookPath}
}

// tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const tailBytes = 2000

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	t.text = t.text[max(0, len(t.text)-tailBytes):]
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(bytes.TrimSpace(t.text))
}
