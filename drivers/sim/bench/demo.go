package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/jezek/xgb"
	"github.com/spf13/cobra"

	"bianmin/drivers/sim/rig"
)

type demo struct {
	dir, bin, journey string
	virtual           bool
}

func demoCommand() *cobra.Command {
	var d demo
	c := &cobra.Command{
		Use: "demo", Short: "The main job: by hand on a display, by itself without one", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return d.run(c.Context()) },
	}
	c.Flags().StringVar(&d.dir, "dir", "build/demo", "folder for everything the demo leaves")
	c.Flags().StringVar(&d.bin, "bin", "bin", "folder of the built programs")
	c.Flags().StringVar(&d.journey, "journey", "kiosk/testdata/journeys/pension.yaml", "the journey that is played without a display")
	c.Flags().BoolVar(&d.virtual, "virtual", false, "play by itself on a virtual display even when there is a real one")
	return c
}

// prepare makes the folders' names absolute and takes an earlier demo away.
func (d *demo) prepare() (err error) {
	if d.dir, err = filepath.Abs(d.dir); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	if d.bin, err = filepath.Abs(d.bin); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	return empty(d.dir)
}

func (d demo) run(ctx context.Context) error {
	if err := d.prepare(); err != nil {
		return err
	}
	if width, height, ok := realDisplay(); ok && !d.virtual {
		fmt.Println("demo: opening the kiosk and the bench of simulated devices (模拟设备台)")
		return d.byHand(ctx, width, height)
	}
	fmt.Println("demo: no display here, so a virtual one is started and the journey plays by itself (about a minute)")
	return d.byItself(ctx)
}

// leaves are what a demo leaves in its folder.
var leaves = []string{"work", "screens", "online", "offline", "receipt.png", "receipt.bin", "platform.json", "journey.json", "documents"}

// empty takes an earlier demo away. A folder that holds anything else is not touched: its name may be a slip.
func empty(dir string) error {
	left, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("demo: %w", err)
	}
	for _, entry := range left {
		if !slices.Contains(leaves, entry.Name()) {
			return fmt.Errorf("%s holds %s, which is of no earlier demo: name another folder with --dir", dir, entry.Name())
		}
	}
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("clear %s: %w", dir, err)
	}
	return nil
}

// realDisplay tells the size of the screen the person sits at.
func realDisplay() (width, height int, ok bool) {
	if os.Getenv("DISPLAY") == "" {
		return 0, 0, false
	}
	xgb.Logger.SetOutput(io.Discard) // it complains of a missing .Xauthority, and goes on
	conn, err := xgb.NewConn()
	if err != nil {
		return 0, 0, false
	}
	defer conn.Close()
	return screenSize(conn)
}

// byItself plays the journey once with network and once without, the network coming back afterwards.
func (d demo) byItself(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	display, err := rig.OpenDisplay(ctx, 1080, 1920)
	if err != nil {
		return err
	}
	defer display.Close()
	fmt.Println("demo: starting the platform, enrolling the terminal with a one-time code")
	r, err := rig.Start(ctx, rig.Options{Dir: filepath.Join(d.dir, "work"), Bin: d.bin})
	if err != nil {
		return err
	}
	if err := r.StartSender(); err != nil {
		return errors.Join(err, r.Close())
	}
	online, err := d.play(ctx, r, display, "online", true)
	var offline rig.Outcome
	if err == nil {
		offline, err = d.play(ctx, r, display, "offline", false)
	}
	if err == nil {
		err = rig.KeepAtTop(d.dir, filepath.Join(d.dir, "online"))
	}
	if err = errors.Join(err, r.Close()); err != nil {
		return err
	}
	for _, o := range []struct {
		words string
		rig.Outcome
	}{{"with network", online}, {"without network, sent when it came back", offline}} {
		fmt.Printf("demo: %s\n      case number     %s\n      platform number %s\n", o.words, o.Number, o.Official)
	}
	fmt.Printf("demo: receipt's code verified, the platform's opened case equals what was entered\ndemo: look into %s: screens/*.png receipt.png receipt.bin platform.json journey.json, offline/\n", d.dir)
	return nil
}

// play plays the journey once and checks all that came of it.
func (d demo) play(ctx context.Context, r *rig.Rig, display *rig.Display, name string, network bool) (rig.Outcome, error) {
	fmt.Printf("demo: playing %s, %s\n", filepath.Base(d.journey), name)
	out := filepath.Join(d.dir, name)
	if !network {
		if _, err := r.Stand.Do(ctx, "network cut"); err != nil {
			return rig.Outcome{}, err
		}
	}
	if err := r.PlayJourney(ctx, display.Env(), d.journey, out); err != nil {
		return rig.Outcome{}, err
	}
	if !network {
		if err := r.ExpectNothingNew(ctx, out); err != nil {
			return rig.Outcome{}, err
		}
		fmt.Println("demo: the receipt is printed, the platform knows nothing yet; the network comes back")
		if _, err := r.Stand.Do(ctx, "network restore"); err != nil {
			return rig.Outcome{}, err
		}
	}
	return r.CheckJourney(ctx, out)
}
