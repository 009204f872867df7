package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"bianmin/ui/play"
)

// playJourney starts this program as a kiosk and plays the journey on its
// window from outside, as a person would. Whatever happens it leaves journey.json.
func playJourney(ctx context.Context, f flags) error {
	journey, err := readJourney(f.journey)
	if err != nil {
		return err
	}
	if f.shots == "" {
		f.shots = "."
	}
	if err := os.MkdirAll(f.shots, 0o755); err != nil {
		return fmt.Errorf("make the folder for pictures: %w", err)
	}
	hand, err := play.OpenHand(os.Getenv("DISPLAY"))
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
	child, err := startKiosk(f, probe)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		cancel(fmt.Errorf("the kiosk ended during the journey: %w", errors.Join(errors.New("its window is gone"), child.Wait())))
	}()
	result, err := play.Play(ctx, play.Options{
		Journey: journey, Probe: probe, Hand: hand, Bench: f.bench, Shots: f.shots, Now: time.Now,
		Step: func(n int, what string) { fmt.Printf("%3d  %s\n", n, what) },
	})
	if err != nil && context.Cause(ctx) != nil {
		err = errors.Join(err, context.Cause(ctx))
	}
	err = errors.Join(err, result.Write(filepath.Join(f.shots, "journey.json")))
	stopKiosk(child, ended)
	return err
}

func readJourney(path string) (*play.Journey, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the journey: %w", err)
	}
	defer func() { _ = file.Close() }()
	journey, err := play.ParseJourney(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return journey, nil
}

func startKiosk(f flags, probe string) (*exec.Cmd, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("start the kiosk: %w", err)
	}
	child := exec.Command(program, "-config", f.config, "-probe", probe)
	if f.plain {
		child.Args = append(child.Args, "-without-privacy")
	}
	child.Stdout, child.Stderr = os.Stderr, os.Stderr
	if err := child.Start(); err != nil {
		return nil, fmt.Errorf("start the kiosk: %w", err)
	}
	return child, nil
}

// stopKiosk asks the kiosk to end and waits for it, ending it after ten seconds.
func stopKiosk(child *exec.Cmd, ended <-chan struct{}) {
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
