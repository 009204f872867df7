// Package machine is a whole PC in software (QEMU without hardware help): it boots an installed system, has serial
// ports that lead to simulated devices, a keyboard and a screen that can be looked at. It must not know what runs in it.
package machine

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Options say what the machine is made of.
type Options struct {
	Dir            string // sockets and the console's log
	Kernel, Initrd string
	Append         string   // kernel command line
	Disk           string   // qcow2, written to
	Stick          string   // raw, a second disk, read only; "" for none
	Serial         []string // paths of ttys; they become the ports of one PCI card
	Memory         int      // MiB
	Width, Height  int      // of the panel
	Port           int      // of this PC's own address, leads to port 7000 of the machine; 0 for none
}

// Machine is a running PC.
type Machine struct {
	options Options
	cmd     *exec.Cmd
	ended   chan struct{}
	qmp     net.Conn
	answers *bufio.Scanner
}

// Start switches the machine on. It is killed when ctx ends.
func Start(ctx context.Context, o Options) (*Machine, error) {
	if err := os.MkdirAll(o.Dir, 0o755); err != nil {
		return nil, fmt.Errorf("make the machine's folder: %w", err)
	}
	socket := filepath.Join(o.Dir, "qmp.sock")
	args := []string{
		// No AVX: this QEMU's breaks the software renderer's code (reads outside what it may), and the PCs in villages have none.
		"-M", "q35", "-accel", "tcg,thread=multi,tb-size=512", "-cpu", "Westmere", "-smp", "2", "-m", fmt.Sprint(o.Memory), "-nodefaults", "-no-user-config",
		"-display", "none", "-device", fmt.Sprintf("VGA,xres=%d,yres=%d,edid=on,vgamem_mb=32", o.Width, o.Height), "-qmp", "unix:" + socket + ",server=on,wait=off", "-serial", "file:" + filepath.Join(o.Dir, "console.log"),
		"-kernel", o.Kernel, "-initrd", o.Initrd, "-append", o.Append,
		"-drive", "file=" + o.Disk + ",if=virtio,format=qcow2,cache=unsafe",
		"-netdev", o.network(), "-device", "virtio-net-pci,netdev=net",
		"-device", "qemu-xhci,id=usb", "-device", "usb-kbd", "-device", "usb-tablet",
	}
	if o.Stick != "" {
		args = append(args, "-drive", "file="+o.Stick+",if=virtio,format=raw,readonly=on")
	}
	for i, path := range o.Serial {
		args = append(args, "-chardev", fmt.Sprintf("serial,id=port%d,path=%s", i, path))
	}
	if n := len(o.Serial); n > 0 {
		card := "pci-serial-4x,addr=0x10"
		for i := range 4 {
			if i < n {
				card += fmt.Sprintf(",chardev%d=port%d", i+1, i)
				continue
			}
			args = append(args, "-chardev", fmt.Sprintf("null,id=port%d", i))
			card += fmt.Sprintf(",chardev%d=port%d", i+1, i)
		}
		args = append(args, "-device", card)
	}
	m := &Machine{options: o, ended: make(chan struct{})}
	m.cmd = exec.CommandContext(ctx, "qemu-system-x86_64", args...)
	var said bytes.Buffer
	m.cmd.Stderr = &said
	if err := m.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the machine: %w", err)
	}
	go func() {
		defer close(m.ended)
		_ = m.cmd.Wait() // a machine that was killed says so
	}()
	if err := m.connect(ctx, socket); err != nil {
		m.Stop()
		return nil, fmt.Errorf("speak to the machine: %w: %s", err, strings.TrimSpace(said.String()))
	}
	return m, nil
}

// network is a router of the machine's own: it can call out, and be called on one port if at all.
func (o Options) network() string {
	if o.Port == 0 {
		return "user,id=net"
	}
	return fmt.Sprintf("user,id=net,hostfwd=tcp:127.0.0.1:%d-:7000", o.Port)
}

// connect waits for the machine's control socket.
func (m *Machine) connect(ctx context.Context, socket string) (err error) {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for range 200 {
		if m.qmp, err = net.Dial("unix", socket); err == nil {
			m.answers = bufio.NewScanner(m.qmp)
			m.answers.Scan() // the greeting
			return m.Do("qmp_capabilities", nil)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-m.ended:
			return errors.New("it ended at once")
		case <-tick.C:
		}
	}
	return err
}

// Do sends one control command (QEMU's QMP) and waits for its answer.
func (m *Machine) Do(command string, arguments any) error {
	request := map[string]any{"execute": command}
	if arguments != nil {
		request["arguments"] = arguments
	}
	content, err := json.Marshal(request)
	if err != nil {
		return fmt.Errorf("%s: %w", command, err)
	}
	if _, err := m.qmp.Write(append(content, '\n')); err != nil {
		return fmt.Errorf("%s: %w", command, err)
	}
	for m.answers.Scan() {
		var answer struct {
			Event string
			Error *struct{ Desc string }
		}
		if err := json.Unmarshal(m.answers.Bytes(), &answer); err != nil {
			return fmt.Errorf("%s: %w", command, err)
		}
		switch {
		case answer.Event != "": // of something else
		case answer.Error != nil:
			return fmt.Errorf("%s: %s", command, answer.Error.Desc)
		default:
			return nil
		}
	}
	return fmt.Errorf("%s: the machine ended", command)
}

// Press presses keys together, by QEMU's names: "ctrl", "alt", "f2".
func (m *Machine) Press(keys ...string) error {
	type key struct {
		Type string `json:"type"`
		Data string `json:"data"`
	}
	var all []key
	for _, k := range keys {
		all = append(all, key{"qcode", k})
	}
	return m.Do("send-key", map[string]any{"keys": all, "hold-time": 150})
}

// PlugStick plugs a USB stick with the content of a raw file in.
func (m *Machine) PlugStick(id, file string) error {
	err := m.Do("blockdev-add", map[string]any{"driver": "raw", "node-name": id, "read-only": true, "file": map[string]any{"driver": "file", "filename": file}})
	if err != nil {
		return err
	}
	return m.Do("device_add", map[string]any{"driver": "usb-storage", "id": id + "-device", "drive": id, "bus": "usb.0"})
}

// Picture writes what is on the screen as PNG.
func (m *Machine) Picture(path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("picture: %w", err)
	}
	return m.Do("screendump", map[string]any{"filename": path, "format": "png"})
}

// Console is everything the machine said on its console so far.
func (m *Machine) Console() string {
	content, err := os.ReadFile(filepath.Join(m.options.Dir, "console.log"))
	if err != nil {
		return ""
	}
	return strings.ReplaceAll(string(content), "\r", "")
}

// Wait waits until the console says text, and returns the line.
func (m *Machine) Wait(ctx context.Context, text string) (string, error) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		for line := range strings.Lines(m.Console()) {
			if strings.Contains(line, text) && strings.HasSuffix(line, "\n") {
				return strings.TrimSpace(line), nil
			}
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("the console never said %q: %w", text, ctx.Err())
		case <-m.ended:
			return "", fmt.Errorf("the machine ended before its console said %q", text)
		case <-tick.C:
		}
	}
}

// Stop pulls the plug.
func (m *Machine) Stop() {
	if m.qmp != nil {
		_ = m.qmp.Close()
	}
	_ = m.cmd.Process.Kill() // it may have ended
	<-m.ended
}

// Stopped waits until the machine has switched itself off, or pulls the plug when ctx ends.
func (m *Machine) Stopped(ctx context.Context) {
	select {
	case <-m.ended:
	case <-ctx.Done():
	}
	m.Stop()
}
