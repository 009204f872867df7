// Package check is "provision check": it speaks what packaging/readiness finds.
package check

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"bianmin/assets"
	"bianmin/core/text"
	"bianmin/packaging/provision/asuser"
	"bianmin/packaging/provision/printed"
	"bianmin/packaging/readiness"
	"bianmin/packaging/settings"
)

// ErrNotReady says that a check failed; what failed was printed.
var ErrNotReady = errors.New("not fit for service")

// Command makes "provision check". now is the machine's clock.
func Command(now func() time.Time) *cobra.Command {
	var config, root string
	var asJSON, history, forget, verbose bool
	c := &cobra.Command{
		Use: "check", Short: "Look whether this terminal is fit for service / 检查本机能不能办事", Args: cobra.NoArgs,
		Long: "Looks at enrolment, records, clock, what waits, catalogue, disk, memory, network, devices, services and what must be off, one line each, and says what to do.\n" +
			"It needs nobody and changes nothing. Devices that the kiosk or the desk holds are as that program says. The last 60 reports are kept in the data folder.\n" +
			"Exit status 0 when the terminal is fit for service, 1 when it is not. Run as root it takes the rights of the user whom the data belong to.",
		RunE: func(c *cobra.Command, _ []string) error {
			s, err := settings.Read(config)
			if err != nil {
				return err
			}
			if history {
				return asuser.Do(s.Data, func() error { return tellHistory(c.OutOrStdout(), s.Data, asJSON) })
			}
			words, err := text.Load(assets.Words())
			if err != nil {
				return err
			}
			log := slog.New(slog.DiscardHandler)
			if verbose {
				log = slog.New(slog.NewTextHandler(c.ErrOrStderr(), nil))
			}
			var report readiness.Report
			var damaged, keeping error
			err = asuser.Do(s.Data, func() error {
				_, damaged = readiness.History(s.Data)
				report = readiness.Look(c.Context(), readiness.Options{Settings: s, Words: words, Root: root, Now: now, Log: log, Live: root == "/"})
				if !forget {
					keeping = readiness.Keep(s.Data, report)
				}
				return nil
			})
			if err != nil {
				return err
			}
			if err := tell(c.OutOrStdout(), report, words, asJSON); err != nil {
				return err
			}
			if errors.Is(damaged, readiness.ErrDamaged) && !forget {
				_, _ = fmt.Fprintf(c.ErrOrStderr(), "%v; it lies as it was beside readiness.jsonl in the data folder, with the ending .damaged\n", damaged)
			}
			if report.State == readiness.Fail {
				return errors.Join(ErrNotReady, keeping)
			}
			return keeping
		},
	}
	c.Flags().StringVar(&config, "config", "/etc/bianmin/terminal.yaml", "the terminal's configuration file")
	c.Flags().StringVar(&root, "root", "/", "where the machine's file system is; what only a running machine tells is left out for any other")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().BoolVar(&history, "history", false, "print the earlier reports instead, one line each")
	c.Flags().BoolVar(&forget, "forget", false, "do not keep this report")
	c.Flags().BoolVar(&verbose, "verbose", false, "say on standard error why, for programmers")
	return c
}

func tell(out io.Writer, r readiness.Report, words *text.Catalog, asJSON bool) error {
	if asJSON {
		return printed.JSON(out, r)
	}
	return Print(out, r, words)
}

// Print writes a report for people: one line each, Chinese first, and below what falls short what to do.
func Print(out io.Writer, r readiness.Report, words *text.Catalog) error {
	bad := 0
	for _, c := range r.Checks {
		mark := words.T(text.Chinese, "provision.state."+string(c.State), nil) + " " + words.T(text.English, "provision.state."+string(c.State), nil)
		if _, err := fmt.Fprintf(out, "[%s] %s：%s / %s: %s\n", mark, c.Name, c.Text, c.English.Name, c.English.Text); err != nil {
			return fmt.Errorf("print: %w", err)
		}
		if c.State == readiness.OK {
			continue
		}
		if c.State == r.State {
			bad++
		}
		if c.Do == "" {
			continue
		}
		_, err := fmt.Fprintf(out, "      %s：%s / %s: %s\n", words.T(text.Chinese, "provision.do", nil), c.Do, words.T(text.English, "provision.do", nil), c.English.Do)
		if err != nil {
			return fmt.Errorf("print: %w", err)
		}
	}
	whole := func(lang text.Lang) string {
		name := r.Terminal
		if name == "" {
			name = words.T(lang, "provision.check.all.unnamed", nil)
		}
		return words.T(lang, "provision.check.all."+string(r.State), map[string]any{"terminal": name, "n": bad})
	}
	if _, err := fmt.Fprintf(out, "%s %s\n", whole(text.Chinese), whole(text.English)); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

func tellHistory(out io.Writer, data string, asJSON bool) error {
	all, damaged := readiness.History(data)
	if damaged != nil && !errors.Is(damaged, readiness.ErrDamaged) {
		return damaged
	}
	if asJSON {
		if all == nil {
			all = []readiness.Report{}
		}
		return errors.Join(printed.JSON(out, all), damaged)
	}
	for _, r := range all {
		line := fmt.Sprintf("%s  %-4s  %s", r.Taken.Format("2006-01-02 15:04"), r.State, r.Version)
		for _, c := range r.Checks {
			if c.State != readiness.OK {
				line += "  " + c.ID + ":" + c.Code
			}
		}
		if _, err := fmt.Fprintln(out, line); err != nil {
			return fmt.Errorf("print: %w", err)
		}
	}
	return damaged
}
