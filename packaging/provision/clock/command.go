// Package clock is the technician's "provision clock": which time counts on this machine, and saying that it is right where no
// network does. It speaks; the store judges. It must not set the machine's clock.
package clock

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"bianmin/assets"
	"bianmin/core/casefile"
	"bianmin/core/text"
	"bianmin/packaging/provision/printed"
	"bianmin/packaging/provision/records"
	"bianmin/packaging/provision/tongue"
	"bianmin/store"
	"bianmin/sync/seal"
)

// actor stands in the audit trail for what this tool is told.
const actor = "provision"

// form is how a time is written, in China's time.
const form = "2006-01-02 15:04"

// within is how far the time that is said may be from the one that would count: people read a watch, and then type.
const within = 5 * time.Minute

// errWatch says that the machine's time is not the one that was said.
var errWatch = errors.New("the machine's clock shows another time")

// tool is one run of a command.
type tool struct {
	config, at string
	json       bool

	words *text.Catalog
	out   io.Writer
}

// Report is what is printed as JSON.
type Report struct {
	Time  time.Time  `json:"time"` // that counts, or would when it is confirmed
	Doubt string     `json:"doubt,omitempty"`
	Told  *time.Time `json:"told,omitempty"` // the platform's time when it was last told
}

// Command makes the "clock" command with its subcommands.
func Command() *cobra.Command {
	c := &cobra.Command{
		Use: "clock", Short: "See which time counts here, and confirm it where there is no network / 本机时间", Args: cobra.NoArgs,
		Long: "While the time is in doubt nothing is accepted. A contact with the platform settles it by itself. Where there is none: set the machine's clock by a watch\n" +
			"(sudo timedatectl set-time), then confirm by the same watch. It stands in the audit trail.",
	}
	t := &tool{}
	confirm := t.command("confirm", "Say that the machine's time is right, by your own watch / 确认时间", t.confirm)
	confirm.Flags().StringVar(&t.at, "at", "", `what your watch shows, China's time: "2026-11-27 18:00" / 手表上的时间`)
	c.AddCommand(t.command("show", "Say which time counts, and whether it is believed / 看时间", t.show), confirm)
	return c
}

func (t *tool) command(use, short string, run func(ctx context.Context) error) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error { return t.refusal(run(c.Context())) }}
	c.Flags().StringVar(&t.config, "config", "/etc/bianmin/terminal.yaml", "the machine's configuration file")
	c.Flags().BoolVar(&t.json, "json", false, "print JSON")
	c.PreRunE = func(c *cobra.Command, _ []string) (err error) {
		c.SilenceUsage = true
		t.out = c.OutOrStdout()
		t.words, err = text.Load(assets.Words())
		return err
	}
	return c
}

func (t *tool) show(ctx context.Context) error {
	var r Report
	err := records.Open(ctx, t.config, func(m records.Machine) (err error) {
		r, err = look(ctx, m.Store)
		return err
	})
	if err != nil {
		return err
	}
	key := "believed"
	if r.Doubt != "" {
		key = r.Doubt
	}
	return t.tell(key, r)
}

// confirm notes that the time is right, when the watch says the same.
func (t *tool) confirm(ctx context.Context) error {
	watch, err := time.ParseInLocation(form, t.at, casefile.Zone)
	if err != nil {
		return fmt.Errorf("%s: %w", t.both("no-watch", nil), err)
	}
	var r Report
	sure := false
	err = records.Open(ctx, t.config, func(m records.Machine) error {
		if r, err = look(ctx, m.Store); err != nil || r.Doubt == "" {
			sure = err == nil
			return err
		}
		if r.Time.Sub(watch).Abs() > within {
			return errWatch
		}
		if err := m.Store.ConfirmClock(ctx, actor); err != nil {
			return err
		}
		r, err = look(ctx, m.Store)
		return err
	})
	switch {
	case errors.Is(err, errWatch):
		return fmt.Errorf("%s: %w", t.both("watch", map[string]any{"time": stamp(r.Time), "watch": t.at}), err)
	case err != nil:
		return err
	case sure:
		return t.tell("believed", r)
	}
	return t.tell("confirmed", r)
}

// look is which time counts, or would when it is confirmed now.
func look(ctx context.Context, s *store.Store) (Report, error) {
	c, err := s.Clock(ctx)
	if err != nil {
		return Report{}, err
	}
	r := Report{Time: c.Judgement.Now.UTC()}
	if c.Judgement.Doubt {
		r.Doubt, r.Time = c.Judgement.Why, c.Mark.Confirmed(c.Reading, c.Judgement).Time.UTC()
	}
	if told := c.Mark.OffsetFrom.UTC(); !told.IsZero() {
		r.Told = &told
	}
	return r, nil
}

func stamp(at time.Time) string { return at.In(casefile.Zone).Format(form) }

func (t *tool) tell(key string, r Report) error {
	if t.json {
		return printed.JSON(t.out, r)
	}
	lines := t.both(key, map[string]any{"time": stamp(r.Time)}) + "\n"
	if r.Told != nil {
		lines += t.both("told", map[string]any{"time": stamp(*r.Told)}) + "\n"
	} else {
		lines += t.both("never", nil) + "\n"
	}
	if _, err := io.WriteString(t.out, lines); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

// both gives words in Chinese and in English.
func (t *tool) both(key string, with map[string]any) string {
	return tongue.Both(t.words, "clock."+key, with)
}

// refusal adds people's words to what went wrong.
func (t *tool) refusal(err error) error {
	if errors.Is(err, seal.ErrNotEnrolled) {
		return fmt.Errorf("%s: %w", t.both("not-enrolled", nil), err)
	}
	return err
}
