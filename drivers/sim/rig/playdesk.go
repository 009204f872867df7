package rig

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"bianmin/drivers/sim/stand"
	"bianmin/ui/play"
)

// Playing is a desk with its real window, and a hand in front of it.
type Playing struct {
	Agent *Program
	hand  play.Hand
	probe string
	rig   *Rig
}

// OpenDesk starts the desk on the display, ready for a journey.
func (r *Rig) OpenDesk(display *Display, flags ...string) (*Playing, error) {
	hand, err := play.OpenHand(display.Name)
	if err != nil {
		return nil, err
	}
	p := &Playing{hand: hand, rig: r, probe: r.path("desk.sock")}
	env := append(display.Env(), "TMPDIR="+r.path("terminal"))
	if p.Agent, err = r.StartAgent(env, append([]string{"-probe", p.probe}, flags...)...); err != nil {
		hand.Close()
		return nil, err
	}
	return p, nil
}

// Play plays a journey. The result is never nil; step is told before each step and may be nil.
func (p *Playing) Play(ctx context.Context, journey *play.Journey, shots string, step func(n int, what string)) (*play.Result, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		select {
		case <-p.Agent.Done():
			cancel(fmt.Errorf("the desk ended during the journey: %w", p.Agent.endError()))
		case <-ctx.Done():
		}
	}()
	result, err := play.Play(ctx, play.Options{
		Journey: journey, Probe: p.probe, Hand: p.hand, Bench: p.rig.Stand.Socket(), Shots: shots, Now: time.Now, Step: step,
	})
	if cause := context.Cause(ctx); err != nil && cause != nil {
		err = errors.Join(err, cause)
	}
	cancel(nil)
	<-watched
	return result, err
}

// Close ends the desk.
func (p *Playing) Close() {
	p.Agent.Stop()
	p.hand.Close()
}

// DeskJourney reads a journey file of the desk; what stands in braces is filled
// in: {agent}, {lead} and {trainee} are the accounts' names, {code} the agent's one-time code,
// {row} the agent's place in the list of accounts.
func (r *Rig) DeskJourney(path string) (*play.Journey, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the journey: %w", err)
	}
	a := r.Accounts
	row := 1 // accounts stand by their numbers
	for _, other := range []Account{a.Lead, a.Trainee} {
		if other.ID < a.Agent.ID {
			row++
		}
	}
	filled := strings.NewReplacer("{row}", strconv.Itoa(row), "{agent}", a.Agent.Name, "{code}", a.Agent.Code, "{lead}", a.Lead.Name, "{trainee}", a.Trainee.Name).Replace(string(content))
	return play.ParseJourney(strings.NewReader(filled))
}

// PlayDesk plays the journey file on the desk's real window and leaves
// journey.json, the pictures, receipt.png, receipt.bin and documents/ in out.
func (r *Rig) PlayDesk(ctx context.Context, display *Display, path, out string) error {
	screens := filepath.Join(out, "screens")
	if err := os.MkdirAll(screens, 0o755); err != nil {
		return fmt.Errorf("make the folder for the journey: %w", err)
	}
	journey, err := r.DeskJourney(path)
	if err != nil {
		return err
	}
	desk, err := r.OpenDesk(display)
	if err != nil {
		return err
	}
	result, err := desk.Play(ctx, journey, screens, func(n int, what string) { fmt.Printf("%3d  %s\n", n, what) })
	desk.Close()
	_, keepErr := r.KeepDocuments(filepath.Join(out, "documents"))
	if err = errors.Join(err, result.Write(filepath.Join(out, "journey.json")), keepErr); err != nil {
		return fmt.Errorf("play %s: %w\n%s", filepath.Base(path), err, desk.Agent.Tail(20))
	}
	strips := receipts(r.Stand.Printed())
	if len(strips) == 0 {
		return errors.New("the journey ended, but no receipt came out of the printer")
	}
	return stand.SaveStrip(strips[0].strip, filepath.Join(out, "receipt.png"), filepath.Join(out, "receipt.bin"))
}
