package play

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// Program plays a journey on a window of this very program, started once more
// with Args and -probe, from outside, as a person would.
type Program struct {
	Args    []string
	Journey string // file
	Shots   string // folder for pictures and journey.json; "" is the present one
	Bench   string // the bench's control socket, "" for none
	Step    func(n int, what string)
}

// Play starts the program, plays and ends it. Whatever happens it leaves journey.json.
func (p Program) Play(ctx context.Context) error {
	journey, err := readJourney(p.Journey)
	if err != nil {
		return err
	}
	if p.Shots == "" {
		p.Shots = "."
	}
	if err := os.MkdirAll(p.Shots, 0o755); err != nil { //nolint:gosec // pictures for everyone
		return fmt.Errorf("make the folder for pictures: %w", err)
	}
	hand, err := OpenHand(os.Getenv("DISPLAY"))
	if err != nil {
		return err
	}
	defer hand.Close()
	outside, err := os.MkdirTemp("", "journey-") // the data folder may be read-only, or its name too long for a socket
	if err != nil {
		return fmt.Errorf("make a folder for the probe: %w", err)
	}
	defer func() { _ = os.RemoveAll(outside) }()
	probe := filepath.Join(outside, "probe.sock")
	child, err := p.start(probe)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		cancel(fmt.Errorf("the program ended during the journey: %w", errors.Join(errors.New("its window is gone"), child.Wait())))
	}()
	result, err := Play(ctx, Options{Journey: journey, Probe: probe, Hand: hand, Bench: p.Bench, Shots: p.Shots, Now: time.Now, Step: p.Step})
	if err != nil && context.Cause(ctx) != nil {
		err = errors.Join(err, context.Cause(ctx))
	}
	err = errors.Join(err, result.Write(filepath.Join(p.Shots, "journey.json")))
	end(child, ended)
	return err
}

func readJourney(path string) (*Journey, error) {
	file, err := os.Open(path) //nolint:gosec // the path is the caller's
	if err != nil {
		return nil, fmt.Errorf("read the journey: %w", err)
	}
	defer func() { _ = file.Close() }()
	journey, err := ParseJourney(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return journey, nil
}

func (p Program) start(probe string) (*exec.Cmd, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("start the program: %w", err)
	}
	child := exec.Command(program, append(append([]string{}, p.Args...), "-probe", probe)...) //nolint:gosec // this program
	child.Stdout, child.Stderr = os.Stderr, os.Stderr
	if err := child.Start(); err != nil {
		return nil, fmt.Errorf("start the program: %w", err)
	}
	return child, nil
}

// end asks the program to end and waits for it, ending it after ten seconds.
func end(child *exec.Cmd, ended <-chan struct{}) {
	_ = child.Process.Signal(syscall.SIGTERM)
	timer := time.NewTimer(10 * time.Second)
	defer timer.Stop()
	select {
	case <-ended:
		return
	case <-timer.C:
	}
	_ = child.Process.Kill()
	<-ended
}
