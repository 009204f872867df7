// Command windowless is the kiosk with only the window absent: the same parts,
// the same session, and a robot in place of screen and finger. The kill tests
// run it; it is never shipped.
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
	"syscall"
	"time"

	"bianmin/kiosk/journey"
	"bianmin/kiosk/wiring"
	"bianmin/packaging/settings"
)

func main() {
	config := flag.String("config", "", "the terminal's configuration file")
	answers := flag.String("answers", "", "JSON file of the form's answers by field")
	item := flag.String("item", "", "code of the item to apply for")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *config, *item, *answers)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "windowless:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, config, item, answers string) error {
	s, err := settings.Read(config)
	if err != nil {
		return err
	}
	r := robot{item: item}
	content, err := os.ReadFile(answers)
	if err != nil {
		return fmt.Errorf("read the answers: %w", err)
	}
	if err := json.Unmarshal(content, &r.answers); err != nil {
		return fmt.Errorf("read the answers: %w", err)
	}
	parts, err := wiring.Open(ctx, wiring.Options{
		Settings: s, Log: slog.New(slog.NewTextHandler(os.Stderr, nil)),
		// A robot does not tap twice by mistake and does not look at the goodbye picture.
		Times: journey.Times{Guard: time.Millisecond, Poll: 20 * time.Millisecond, Goodbye: 10 * time.Millisecond, Health: time.Second},
	})
	if err != nil {
		return err
	}
	if environment := parts.Environment(); environment != "demo" {
		return errors.Join(fmt.Errorf("a robot works on a demo terminal only, not %q", environment), parts.Close())
	}
	fmt.Fprintln(os.Stdout, "open")
	session := parts.Session()
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.live(ctx, session)
	}()
	_, err = session.Run(ctx)
	<-done
	return errors.Join(err, parts.Close())
}
