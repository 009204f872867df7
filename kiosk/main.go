// Command kiosk is the citizen's terminal: it opens the window, lives one
// session after another, and replaces its own process between two of them.
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"bianmin/kiosk/journey"
	"bianmin/kiosk/wiring"
	"bianmin/packaging/settings"
	"bianmin/packaging/update/examine"
	"bianmin/packaging/update/trial"
	"bianmin/packaging/version"
	"bianmin/ui/toolkit"
)

// flags are the command line.
type flags struct {
	config   string
	journey  string // play this journey file against the configuration
	shots    string // folder for pictures of each screen
	bench    string // the bench's control socket, for a journey's device steps
	version  bool
	practice bool
	probe    string // internal: where the player looks at the window
	cardLeft bool   // internal: the session before left a card on the reader, as far as is known
	plain    bool   // internal, for the canary test: leave plain copies and do not replace the process
}

func main() {
	var f flags
	flag.StringVar(&f.config, "config", "/etc/bianmin/terminal.yaml", "the terminal's configuration file")
	flag.StringVar(&f.journey, "journey", "", "play this journey file on the real window, then end; refused on a production terminal")
	flag.StringVar(&f.shots, "shots", "", "folder for a picture of each screen; refused on a production terminal")
	flag.StringVar(&f.bench, "bench", "", "control socket of the bench, for the journey's device steps")
	flag.StringVar(&f.probe, "probe", "", "socket on which a player may look at the window; refused on a production terminal")
	flag.BoolVar(&f.plain, "without-privacy", false, "keep plain copies and the process, to prove that the canary test sees; refused on a production terminal")
	flag.BoolVar(&f.practice, practiceFlag, false, "practise for one session, on a terminal that is not enrolled: an invented person and invented devices, nothing is sent, printed or kept")
	flag.BoolVar(&f.cardLeft, cardLeftFlag, false, "internal: the card of the session before may still lie on the reader")
	flag.BoolVar(&f.version, "version", false, "say the version and end")
	flag.Parse()
	if f.version {
		fmt.Println("kiosk", version.Version)
		return
	}
	if flag.NArg() > 0 {
		fail(fmt.Errorf("unknown words after the flags: %q", flag.Args()))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	err := run(ctx, f)
	stop()
	if err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "kiosk:", err)
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
		return playJourney(ctx, f)
	}
	if err := toolkit.CheckDisplay(os.Getenv("DISPLAY")); err != nil {
		return err
	}
	toolkit.Log(log)
	if err := toolkit.Pin(filepath.Join(s.Data, "toolkit"), s.Screen.Scale); err != nil {
		return err
	}
	if err := measure(&s.Screen); err != nil {
		return err
	}
	started := time.Now()
	release, err := trial.Hold(ctx, s.Data)
	if err != nil {
		return err
	}
	defer func() { _ = release() }() // also ends with the process
	if view := trial.Look(s.Update.State); view.On {
		return onTrial(ctx, f, s, view, log)
	}
	parts, err := wiring.Open(ctx, wiring.Options{Settings: s, Log: log, Unsealed: f.plain, Practice: f.practice, CardLeft: f.cardLeft})
	if err != nil {
		return err
	}
	if f.watched() && parts.Environment() == settings.Production {
		return closing(parts, settings.ErrProduction)
	}
	end, err := live(ctx, f, s, parts, log)
	cardLeft := parts.CardLeft()
	silent := examine.Silent(parts.Devices.Statuses())
	if err = closing(parts, err); err != nil || end == journey.Exit || end == "" || f.plain {
		return err
	}
	if !f.practice { // its reader is invented
		if err := trial.NoteReader(s.Update.State, silent); err != nil {
			log.Warn("the card reader's state was not noted", "error", err)
		}
	}
	if trial.Wished(s.Update.State, started) || trial.Replaced(s.Update.Prefix) {
		log.Info("ending for another version") // whoever supervises starts that one
		return nil
	}
	return toolkit.ReplaceWith(argsFor(end, cardLeft && !f.practice, os.Args[1:]))
}

// measure asks the panel for its size where the configuration leaves it to the panel.
func measure(s *settings.Screen) error {
	if !s.Own() {
		return nil
	}
	width, height, err := toolkit.ScreenSize(os.Getenv("DISPLAY"))
	if err != nil {
		return err
	}
	s.Width, s.Height = int(float32(width)/s.Scale+0.5), int(float32(height)/s.Scale+0.5)
	return nil
}
