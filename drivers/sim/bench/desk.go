package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"bianmin/drivers/sim/rig"
)

func demoDeskCommand() *cobra.Command {
	var d demo
	c := &cobra.Command{
		Use: "demo-desk", Short: "A village agent's day: by hand on a display, by itself without one", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return d.runDesk(c.Context()) },
	}
	c.Flags().StringVar(&d.dir, "dir", "build/demo-desk", "folder for everything the demo leaves")
	c.Flags().StringVar(&d.bin, "bin", "bin", "folder of the built programs")
	c.Flags().StringVar(&d.journey, "journey", "agent/testdata/journeys/day.yaml", "the journey that is played without a display")
	c.Flags().BoolVar(&d.virtual, "virtual", false, "play by itself on a virtual display even when there is a real one")
	return c
}

func (d demo) runDesk(ctx context.Context) (err error) {
	if err := d.prepare(); err != nil {
		return err
	}
	if width, height, ok := realDisplay(); ok && !d.virtual {
		fmt.Println("demo: opening the agent's desk and the bench of simulated devices (模拟设备台)")
		return d.deskByHand(ctx, width, height)
	}
	fmt.Println("demo: no display here, so a virtual one is started and the day plays by itself (about a minute)")
	return d.deskByItself(ctx)
}

// deskByItself plays the day on a virtual display and compares what the platform opens with what was entered.
func (d demo) deskByItself(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	display, err := rig.OpenDisplay(ctx, rig.DeskWidth, rig.DeskHeight)
	if err != nil {
		return err
	}
	defer display.Close()
	fmt.Println("demo: starting the platform, enrolling the desk with a one-time code")
	r, err := rig.Start(ctx, rig.Options{Dir: filepath.Join(d.dir, "work"), Bin: d.bin, Role: rig.RoleAgent})
	if err != nil {
		return err
	}
	var outcome rig.Outcome
	if err = r.StartSender(); err == nil {
		err = r.PlayDesk(ctx, display, d.journey, d.dir)
	}
	if err == nil {
		outcome, err = r.CheckDesk(ctx, d.dir)
	}
	if err = errors.Join(err, r.Close()); err != nil {
		return err
	}
	fmt.Printf("demo: case number     %s\n      platform number %s\n", outcome.Number, outcome.Official)
	fmt.Printf("demo: receipt's code verified, the platform's opened case equals what was entered, the books agree\n"+
		"demo: look into %s: screens/*.png receipt.png receipt.bin platform.json journey.json documents/*.pdf\n", d.dir)
	return nil
}

// deskByHand fills a desk with invented cases, opens its window and the bench's window beside it, and waits until one of them is closed.
func (d demo) deskByHand(ctx context.Context, width, height int) error {
	// Ctrl+C ends the windows; network and platform stay for what is compared afterwards.
	r, err := rig.Start(context.WithoutCancel(ctx), rig.Options{
		Dir: filepath.Join(d.dir, "work"), Bin: d.bin, Role: rig.RoleAgent, Behind: rig.SeedBehind(time.Now()), Apart: true, Full: true,
		Screen: rig.Screen{Width: rig.DeskWidth, Height: rig.DeskHeight, Window: true},
	})
	if err != nil {
		return err
	}
	if err := fill(ctx, r); err != nil {
		return errors.Join(err, r.Close())
	}
	agent, err := openTerminal(r, func() (*rig.Program, error) { return r.StartAgent(nil) })
	if err != nil {
		return errors.Join(err, r.Close())
	}
	own := r.Accounts.Agent
	fmt.Printf("demo: sign on as %s (or lay card 13 on the reader) with this passphrase: %s\n", own.Name, rig.SeedSecret)
	for _, a := range []rig.Account{r.Accounts.Lead, r.Accounts.Trainee} {
		fmt.Printf("demo: account %s %s (%s) has no keys yet; its activation code is %s\n", a.ID, a.Name, a.Role, a.Code)
	}
	fmt.Println("demo: the network is cut; put it back at the bench, and what waits goes out")
	x := rig.DeskWidth + 16
	if x+600 > width { // no room beside it: below each other people move them
		x = max(0, width-900)
	}
	err = d.openBench(ctx, r, agent, place{x: x, width: width, height: height})
	agent.stop()
	return errors.Join(err, d.leaveDesk(context.WithoutCancel(ctx), r), r.Close())
}

// fill makes the invented days and clears the printers' trays.
func fill(ctx context.Context, r *rig.Rig) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	fmt.Println("demo: filling the desk with invented cases (about half a minute): a robot files them, the platform's departments act on them")
	numbers, err := r.SeedDay(ctx, func(what string) { fmt.Println("demo:  ", what) })
	if err != nil {
		return err
	}
	fmt.Printf("demo: %d cases, and two drafts\n", len(numbers))
	for _, line := range []string{"paper tear", "document take", "card remove"} {
		if _, err := r.Stand.Do(ctx, line); err != nil {
			return err
		}
	}
	r.Stand.Forget()
	return nil
}

// leaveDesk writes what the demo came to and checks every receipt against the platform.
func (d demo) leaveDesk(ctx context.Context, r *rig.Rig) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if len(r.Stand.Printed()) == 0 {
		fmt.Println("demo: nothing was printed by hand, so there was nothing to compare with the platform")
		return nil
	}
	if _, err := r.Stand.Do(ctx, "network restore"); err != nil {
		return err
	}
	if err := os.MkdirAll(d.dir, 0o755); err != nil {
		return fmt.Errorf("make the demo's folder: %w", err)
	}
	checked, err := r.CheckReceipts(ctx, d.dir)
	if err != nil {
		return err
	}
	for _, o := range checked {
		if o.Refused != "" {
			fmt.Printf("demo: case number %s: receipt's code verified, refused by the platform: %s\n", o.Number, o.Refused)
			continue
		}
		fmt.Printf("demo: case number %s, platform number %s: receipt's code verified, the platform's opened case is the one on the receipt\n", o.Number, o.Official)
	}
	documents, err := r.KeepDocuments(filepath.Join(d.dir, "documents"))
	fmt.Printf("demo: look into %s: receipt.png receipt.bin platform.json and %d documents\n", d.dir, len(documents))
	return err
}
