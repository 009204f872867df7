// Command deskrobot is the agent's desk with only the window absent: the same
// parts, the same desk, and a robot in place of screen and keyboard. The kill
// tests run it; it is never shipped.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime/pprof"
	"syscall"
	"time"

	"bianmin/agent/desk"
	"bianmin/agent/wiring"
	"bianmin/packaging/settings"
	"bianmin/sync/seal"
)

func main() {
	var f flags
	var r robot
	flag.StringVar(&f.config, "config", "", "the terminal's configuration file")
	flag.StringVar(&f.answers, "answers", "", "JSON file of the form's answers by field")
	flag.StringVar(&r.bench, "bench", "", "the bench's control socket")
	flag.StringVar(&r.account, "account", "", "number of the account that signs on")
	flag.StringVar(&r.code, "code", "", "its activation code, for the first time")
	flag.StringVar(&r.secret, "secret", "", "its secret")
	flag.StringVar(&r.card, "card", "", "the account's own card, a number of the bench, for the first time")
	flag.StringVar(&r.item, "item", "", "code of the item cases are of")
	flag.IntVar(&r.cases, "cases", 1, "cases to bring from acceptance to their end")
	flag.BoolVar(&r.closing, "close", false, "close the day at the end")
	flag.StringVar(&f.plan, "plan", "", "JSON file of steps to do instead of -cases")
	flag.BoolVar(&f.dear, "dear", false, "make keys at the product's cost, not the tests'")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, f, &r)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "deskrobot:", err)
		os.Exit(1)
	}
}

// flags are what does not belong to the robot itself.
type flags struct {
	config, answers, plan string
	dear                  bool
}

func (f flags) read(r *robot) (err error) {
	if f.plan != "" {
		r.plan, err = readPlan(f.plan)
		return err
	}
	content, err := os.ReadFile(f.answers)
	if err != nil {
		return fmt.Errorf("read the answers: %w", err)
	}
	if err := json.Unmarshal(content, &r.answers); err != nil {
		return fmt.Errorf("read the answers: %w", err)
	}
	return nil
}

func run(ctx context.Context, f flags, r *robot) error {
	s, err := settings.Read(f.config)
	if err != nil {
		return err
	}
	if err := f.read(r); err != nil {
		return err
	}
	// A robot signs on two hundred times, and nobody guesses its secret.
	cost := seal.Cost{Time: 1, Memory: 64, Threads: 1}
	if f.dear {
		cost = seal.Cost{}
	}
	parts, err := wiring.Open(ctx, wiring.Options{
		Settings: s, Log: slog.New(slog.NewTextHandler(os.Stderr, nil)),
		SecretCost: cost,
		Times:      desk.Times{Poll: 20 * time.Millisecond, Health: 300 * time.Millisecond, Save: 50 * time.Millisecond},
	})
	if err != nil {
		return err
	}
	if environment := parts.Environment(); environment != "demo" {
		return errors.Join(fmt.Errorf("a robot works on a demo desk only, not %q", environment), parts.Close())
	}
	return errors.Join(r.work(ctx, parts.Desk()), parts.Close())
}

// work runs the desk and the robot in front of it until the robot has done its day.
func (r *robot) work(ctx context.Context, d *desk.Desk) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r.desk, r.states = d, d.States()
	done := make(chan error, 1)
	go func() {
		err := r.day(ctx)
		if err != nil && ctx.Err() == nil { // it gave up: where does the desk stand?
			_ = pprof.Lookup("goroutine").WriteTo(os.Stderr, 1)
		}
		done <- err
		cancel()
	}()
	err := d.Run(ctx)
	if errors.Is(err, context.Canceled) {
		err = nil
	}
	return errors.Join(<-done, err)
}
