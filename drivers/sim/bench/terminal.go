package main

import (
	"context"
	"sync"

	"bianmin/drivers/sim/rig"
)

// terminal is the kiosk or the desk that stands beside the bench. A technician may put another scanner on it, for which it is started anew.
type terminal struct {
	rig   *rig.Rig
	start func() (*rig.Program, error)

	mutex   sync.Mutex
	program *rig.Program
	ended   bool
}

// openTerminal starts it.
func openTerminal(r *rig.Rig, start func() (*rig.Program, error)) (*terminal, error) {
	program, err := start()
	if err != nil {
		return nil, err
	}
	return &terminal{rig: r, start: start, program: program}, nil
}

// useCamera makes the document camera its scanner, or the driverless scanner again.
func (t *terminal) useCamera(is bool) error {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if t.ended {
		return nil
	}
	if err := t.rig.UseCamera(is); err != nil {
		return err
	}
	t.program.Stop()
	program, err := t.start()
	if err == nil {
		t.program = program
	}
	return err
}

func (t *terminal) running() *rig.Program {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return t.program
}

// wait waits until it ends of itself, or ctx does.
func (t *terminal) wait(ctx context.Context) {
	for {
		program := t.running()
		select {
		case <-program.Done():
			if t.running() == program {
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

// stop ends it for good.
func (t *terminal) stop() {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.ended = true
	t.program.Stop()
}
