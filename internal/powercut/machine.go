package powercut

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os/exec"
	"strings"
	"sync"
	"syscall"
)

// Start says how a machine is started.
type Start struct {
	Kernel, Initrd string
	Words          string // for the first program, on the kernel's command line
	Socket         string // a path for the disk, short and free
	Disk           *Disk
	Clock          string // what the machine's own clock says at the start, 2006-01-02T15:04:05; "" for the right time
}

// Machine is a virtual machine that is on.
type Machine struct {
	disk    *Disk
	command *exec.Cmd
	serving sync.WaitGroup
	unplug  context.CancelFunc

	mu      sync.Mutex
	console strings.Builder
	said    map[string]int // how often each word was said
	wishes  []wish
	ended   chan struct{}
}

// Boot starts a machine. It is on until Cut.
func Boot(ctx context.Context, s Start) (*Machine, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "unix", s.Socket)
	if err != nil {
		return nil, fmt.Errorf("offer the disk: %w", err)
	}
	m := &Machine{disk: s.Disk, said: map[string]int{}, ended: make(chan struct{})}
	plugged, unplug := context.WithCancel(ctx)
	m.unplug = unplug
	m.serving.Go(func() { _ = Serve(plugged, listener, s.Disk) })
	clock := "base=utc"
	if s.Clock != "" {
		clock = "base=" + s.Clock
	}
	m.command = exec.CommandContext(ctx, "qemu-system-x86_64", "-M", "q35", "-accel", "tcg,thread=multi,tb-size=256", "-cpu", "max", "-m", "512", "-smp", "2", // #nosec G204 -- of a test
		"-rtc", clock, "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-serial", "stdio", "-kernel", s.Kernel, "-initrd", s.Initrd,
		"-append", "console=ttyS0 quiet loglevel=1 panic=-1 random.trust_cpu=on "+s.Words,
		"-drive", "id=disk,if=none,format=raw,cache=writeback,file.driver=nbd,file.server.type=unix,file.server.path="+s.Socket,
		"-device", "virtio-blk-pci,drive=disk", "-netdev", "user,id=net", "-device", "virtio-net-pci,netdev=net")
	m.command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	output, err := m.command.StdoutPipe()
	if err == nil {
		m.command.Stderr = m
		err = m.command.Start()
	}
	if err != nil {
		unplug()
		m.serving.Wait()
		return nil, fmt.Errorf("start a machine: %w", err)
	}
	m.serving.Go(func() {
		defer close(m.ended)
		m.listen(output)
	})
	return m, nil
}

// listen notes what the machine says, when it says it.
func (m *Machine) listen(console io.Reader) {
	for lines := bufio.NewScanner(console); lines.Scan(); {
		line := strings.TrimRight(lines.Text(), "\r")
		if words, ok := strings.CutPrefix(line, "said "); ok {
			m.disk.Say(words)
			word, _, _ := strings.Cut(words, " ")
			m.mu.Lock()
			m.hear(word)
			m.mu.Unlock()
			continue
		}
		_, _ = m.Write([]byte(line + "\n"))
	}
}

// wish is a word that is waited for.
type wish struct {
	word  string
	times int // how often more it must be said
	heard chan struct{}
}

// hear fulfils what was waited for. The mutex is held.
func (m *Machine) hear(word string) {
	m.said[word]++
	for _, w := range m.wishes {
		if w.word == word && m.said[word] == w.times {
			close(w.heard)
		}
	}
}

// Write takes what the emulator has to say.
func (m *Machine) Write(p []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.console.Write(p)
}

// Console is what was written on the console, without what was said.
func (m *Machine) Console() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.console.String()
}

// Await waits until the machine has said a word so often.
func (m *Machine) Await(ctx context.Context, word string, times int) error {
	w := wish{word: word, times: times, heard: make(chan struct{})}
	m.mu.Lock()
	if m.said[word] >= times {
		m.mu.Unlock()
		return nil
	}
	m.wishes = append(m.wishes, w)
	m.mu.Unlock()
	select {
	case <-w.heard:
		return nil
	case <-m.ended:
		return fmt.Errorf("the machine ended before it said %q: %s", word, m.Console())
	case <-ctx.Done():
		return fmt.Errorf("the machine did not say %q: %w: %s", word, ctx.Err(), m.Console())
	}
}

// Heard is how often the machine has said a word.
func (m *Machine) Heard(word string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.said[word]
}

// Ended is closed when the machine has ended by itself or by Cut.
func (m *Machine) Ended() <-chan struct{} { return m.ended }

// Cut cuts the power: nothing more reaches the disk.
func (m *Machine) Cut() error {
	err := m.command.Process.Kill()
	m.unplug()
	m.serving.Wait()
	var exit *exec.ExitError
	if wait := m.command.Wait(); wait != nil && !errors.As(wait, &exit) {
		err = errors.Join(err, wait)
	}
	return err
}
