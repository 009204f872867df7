package rig

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// Display is a virtual X display of its own.
type Display struct {
	Name string // for the environment: ":99"
	cmd  *exec.Cmd
}

// OpenDisplay starts Xvfb with one screen of the given size on a free display number.
func OpenDisplay(ctx context.Context, width, height int) (*Display, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("start the virtual display: %w", err)
	}
	defer func() { _ = read.Close() }()
	cmd := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", fmt.Sprintf("%dx%dx24", width, height), "-nolisten", "tcp", "-noreset")
	cmd.ExtraFiles = []*os.File{write}
	err = cmd.Start()
	_ = write.Close()
	if err != nil {
		return nil, fmt.Errorf("start the virtual display: %w", err)
	}
	d := &Display{cmd: cmd}
	if deadline, ok := ctx.Deadline(); ok {
		err = read.SetReadDeadline(deadline)
	} else {
		err = read.SetReadDeadline(time.Now().Add(30 * time.Second))
	}
	if err != nil {
		d.Close()
		return nil, fmt.Errorf("start the virtual display: %w", err)
	}
	number, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		d.Close()
		return nil, fmt.Errorf("the virtual display did not start: %w", err)
	}
	d.Name = ":" + strings.TrimSpace(number)
	return d, nil
}

// Env is the environment that a windowed program needs on this display. The
// toolkit would start a message bus for each program; there is none to reach here.
func (d *Display) Env() []string {
	return append(WindowEnv(), "DISPLAY="+d.Name)
}

// WindowEnv is what every windowed program of ours gets, on any display.
func WindowEnv() []string {
	return []string{"DBUS_SESSION_BUS_ADDRESS=disabled:", "LIBGL_ALWAYS_SOFTWARE=1", "FYNE_DISABLE_DPI_DETECTION=1", "FYNE_CACHE=1m", "GOMEMLIMIT=220MiB"}
}

// Close ends the display.
func (d *Display) Close() {
	if d == nil || d.cmd.Process == nil {
		return
	}
	_ = d.cmd.Process.Kill()
	_ = d.cmd.Wait()
}
