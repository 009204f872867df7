// Command sender carries all traffic between this terminal and the provincial
// platform: it runs beside the kiosk for ever, sends what the outbox holds and
// takes the platform's time and answers home.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"bianmin/packaging/settings"
	"bianmin/packaging/update/trial"
	"bianmin/packaging/version"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := start(ctx, os.Args[1:])
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "sender:", err)
		os.Exit(1)
	}
}

func start(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("sender", flag.ContinueOnError)
	config := flags.String("config", "", "the terminal's configuration `file`")
	data := flags.String("data", "", "the terminal's data `folder`, instead of -config")
	platform := flags.String("platform", "", "platform `URL` that replaces the enrolment's")
	level := flags.String("log", "info", "log `level`: debug, info, warn, error")
	said := flags.Bool("version", false, "say the version and end")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *said {
		fmt.Println("sender", version.Version)
		return nil
	}
	if flags.NArg() > 0 || (*config == "") == (*data == "") {
		return errors.New("give either -config FILE or -data FOLDER, and nothing else")
	}
	o := options{
		config: *config, data: *data, state: trial.DefaultFolder, prefix: trial.DefaultPrefix, platform: *platform,
		software: "bianmin " + version.Version, level: new(slog.LevelVar),
	}
	if *config != "" {
		s, err := settings.Read(*config)
		if err != nil {
			return err
		}
		*level = s.Log
		o.data, o.state, o.prefix = s.Data, s.Update.State, s.Update.Prefix
		if o.platform == "" {
			o.platform = s.Platform
		}
	}
	if err := o.level.UnmarshalText([]byte(*level)); err != nil {
		return fmt.Errorf("log level: %w", err)
	}
	o.log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: o.level}))
	return run(ctx, o)
}
