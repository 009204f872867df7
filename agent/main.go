// Command agent is the village agent's desk: it opens the window, lives from
// one sign-on to the sign-off or to the end of an idle lock, and then replaces its own
// process, so that nothing of an agent's shift stays in memory for the next one.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"bianmin/agent/wiring"
	"bianmin/drivers/photo"
	"bianmin/packaging/settings"
	"bianmin/packaging/update/examine"
	"bianmin/packaging/update/trial"
	"bianmin/packaging/version"
	"bianmin/ui/play"
	"bianmin/ui/toolkit"
)

// flags are the command line.
type flags struct {
	config   string
	practice bool
	journey  string // play this journey file against the configuration
	shots    string // folder for pictures of each page
	bench    string // the bench's control socket, for a journey's device steps
	version  bool
	probe    string // internal: where the player looks at the window
	plain    bool   // internal, for the canary test: leave plain copies and do not replace the process
}

// role as an enrolment names it.
const role = "agent"

func main() {
	photo.Launch()
	var f flags
	flag.StringVar(&f.config, "config", "/etc/bianmin/terminal.yaml", "the desk's configuration file")
	flag.BoolVar(&f.practice, practiceFlag, false, "practice mode: invented people, devices and department; what an earlier practice left is cleared, and nothing leaves the PC")
	flag.StringVar(&f.journey, "journey", "", "play this journey file on the real window, then end; refused on a production desk")
	flag.StringVar(&f.shots, "shots", "", "folder for the journey's pictures; refused on a production desk")
	flag.StringVar(&f.bench, "bench", "", "control socket of the bench, for the journey's device steps")
	flag.StringVar(&f.probe, "probe", "", "socket on which a player may look at the window; refused on a production desk")
	flag.BoolVar(&f.plain, "without-privacy", false, "keep plain copies and the process, to prove that the canary test sees; refused on a production desk")
	flag.BoolVar(&f.version, "version", false, "say the version and end")
	flag.Parse()
	if f.version {
		fmt.Println("agent", version.Version)
		return
	}
	if flag.NArg() > 0 {
		fail(fmt.Errorf("unknown words after the flags: %q", flag.Args()))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, f)
	stop()
	if errors.Is(err, errAnotherVersion) {
		os.Exit(startAgain)
	}
	if err != nil {
		fail(err)
	}
}

// startAgain is the status that asks whoever started the desk to start the version that is current then.
const startAgain = 75

var errAnotherVersion = errors.New("ending for another version")

func fail(err error) {
	fmt.Fprintln(os.Stderr, "agent:", err)
	os.Exit(1)
}

func run(ctx context.Context, f flags) error {
	s, err := settings.Read(f.config)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: s.Level()}))
	if f.watched() {
		if err := s.RefuseProduction(); err != nil {
			return err
		}
	}
	if f.journey != "" {
		args := []string{"-config", f.config}
		if f.practice {
			args = append(args, "-"+practiceFlag)
		}
		return play.Program{
			Args: args, Journey: f.journey, Shots: f.shots, Bench: f.bench,
			Step: func(n int, what string) { fmt.Printf("%3d  %s\n", n, what) },
		}.Play(ctx)
	}
	if err := toolkit.CheckDisplay(os.Getenv("DISPLAY")); err != nil {
		return err
	}
	if err := toolkit.Pin(filepath.Join(s.Data, "toolkit"), s.Screen.Scale); err != nil {
		return err
	}
	toolkit.Log(log)
	started := time.Now()
	release, err := trial.Hold(ctx, s.Data)
	if err != nil {
		return err
	}
	defer func() { _ = release() }() // also ends with the process
	if look := trial.Look(s.Update.State); look.On {
		return onTrial(ctx, f, s, look, log)
	}
	parts, err := wiring.Open(ctx, wiring.Options{Settings: s, Log: log, Unsealed: f.plain, Practice: f.practice})
	if err != nil {
		return err
	}
	again, err := live(ctx, f, s, parts, log)
	silent := examine.Silent(parts.Statuses())
	if err = errors.Join(err, parts.Close()); err != nil {
		return err
	}
	if !f.practice { // its reader is invented
		if err := trial.NoteReader(s.Update.State, silent); err != nil {
			log.Warn("the card reader's state was not noted", "error", err)
		}
	}
	switch {
	case again == nil:
		return nil
	case trial.Wished(s.Update.State, started), trial.Replaced(s.Update.Prefix):
		return errAnotherVersion
	}
	return toolkit.ReplaceWith(again)
}

// watched tells whether a flag lets somebody look into a shift.
func (f flags) watched() bool { return f.journey != "" || f.probe != "" || f.shots != "" || f.plain }
