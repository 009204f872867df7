// Package report is "provision report", "provision logs" and "provision support-bundle": what a terminal tells its
// technician and the help desk. packaging/support and packaging/commission hold what is told.
package report

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bianmin/assets"
	"bianmin/core/text"
	"bianmin/packaging/commission"
	"bianmin/packaging/provision/asuser"
	"bianmin/packaging/provision/check"
	"bianmin/packaging/readiness"
	"bianmin/packaging/settings"
	"bianmin/packaging/support"
	"bianmin/sync/seal"
)

const defaultConfig = "/etc/bianmin/terminal.yaml"

// Commands are the three; now is the machine's clock.
func Commands(now func() time.Time) []*cobra.Command {
	report := reportCommand()
	report.AddCommand(erasureCommand(now), readinessCommand(now))
	return []*cobra.Command{report, logsCommand(), bundleCommand(now)}
}

func reportCommand() *cobra.Command {
	var config, pdf, verify string
	var asJSON bool
	c := &cobra.Command{
		Use: "report", Short: "Show the newest acceptance report, or verify one / 验收报告", Args: cobra.NoArgs,
		Long: "Without flags on the screen; --json as the terminal signed it; --pdf FILE for the printer. --verify FILE checks a report's signature\n" +
			"by the authority that this terminal is enrolled with.",
		RunE: func(c *cobra.Command, _ []string) error {
			s, err := settings.Read(config)
			if err != nil {
				return err
			}
			words, err := text.Load(assets.Words())
			if err != nil {
				return err
			}
			if verify != "" {
				return verified(c.OutOrStdout(), s.Data, verify, words)
			}
			var signed, pages []byte
			if err := asuser.Do(s.Data, func() error { signed, pages, err = commission.ReadNewest(s.Data); return err }); err != nil {
				return err
			}
			switch {
			case asJSON:
				_, err = fmt.Fprintf(c.OutOrStdout(), "%s\n", signed)
				return err
			case pdf != "":
				return writeNew(pdf, pages)
			}
			return verifiedBytes(c.OutOrStdout(), s.Data, signed, words)
		},
	}
	c.Flags().StringVar(&config, "config", defaultConfig, "the terminal's configuration file")
	c.Flags().BoolVar(&asJSON, "json", false, "print the signed report")
	c.Flags().StringVar(&pdf, "pdf", "", "write the report as PDF to this file")
	c.Flags().StringVar(&verify, "verify", "", "check this signed report")
	c.MarkFlagsMutuallyExclusive("json", "pdf", "verify")
	return c
}

func verified(out io.Writer, data, path string, words *text.Catalog) error {
	signed, err := os.ReadFile(path) // #nosec G304 -- the technician's own choice
	if err != nil {
		return fmt.Errorf("read the report: %w", err)
	}
	return verifiedBytes(out, data, signed, words)
}

func verifiedBytes(out io.Writer, data string, signed []byte, words *text.Catalog) error {
	var identity *seal.Identity
	err := asuser.Do(data, func() (err error) {
		identity, err = seal.LoadIdentity(filepath.Join(data, "keys"))
		return err
	})
	if err != nil {
		return err
	}
	a, err := commission.Verify(signed, identity.Trust.SigningRoot)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s  %s  %s  %s %s  %s\n", a.Terminal, a.Point, a.Finished.Format("2006-01-02 15:04"), a.Technician.Name, a.Technician.ID, a.Version)
	if err != nil {
		return fmt.Errorf("print: %w", err)
	}
	for _, line := range commission.Lines(a, words) {
		if _, err := fmt.Fprintln(out, line); err != nil {
			return fmt.Errorf("print: %w", err)
		}
	}
	return check.Print(out, a.Readiness, words)
}

// units are whose log is told.
var units = []string{"bianmin-kiosk.service", "bianmin-sender.service", "bianmin-check.service", "bianmin-update.service"}

var errNoJournal = errors.New("this machine has no systemd journal: kiosk and sender log to standard error of whoever started them")

func journalctl(ctx context.Context, since string, lines int, more ...string) (*exec.Cmd, error) {
	path, err := exec.LookPath("journalctl")
	if err != nil {
		return nil, errNoJournal
	}
	if _, err := os.Stat("/run/systemd/system"); err != nil {
		return nil, errNoJournal
	}
	if os.Geteuid() != 0 {
		if err := journalClosed("/var/log/journal", "/run/log/journal"); err != nil {
			return nil, err
		}
	}
	args := append([]string{"--no-pager", "--quiet", "--since", since, "--lines", strconv.Itoa(lines)}, more...)
	for _, unit := range units {
		args = append(args, "--unit", unit)
	}
	return exec.CommandContext(ctx, path, args...), nil // #nosec G204 -- fixed words and a time
}

// journalClosed tells whether the system's journal may not be read: journalctl would then show one's own lines only, none
// of the services', and end well.
func journalClosed(folders ...string) error {
	for _, folder := range folders {
		machines, err := os.ReadDir(folder)
		if errors.Is(err, fs.ErrPermission) {
			return fmt.Errorf("read the journal: %w", err)
		}
		for _, machine := range machines {
			file, err := os.Open(filepath.Join(folder, machine.Name(), "system.journal")) // #nosec G304 -- fixed names
			if errors.Is(err, fs.ErrPermission) {
				return fmt.Errorf("read the journal: %w", err)
			}
			if err == nil {
				_ = file.Close()
			}
		}
	}
	return nil
}

func logsCommand() *cobra.Command {
	var since string
	var lines int
	c := &cobra.Command{
		Use: "logs", Short: "Show what kiosk, sender, check and updater logged / 看日志", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			command, err := journalctl(c.Context(), since, lines, "--output", "short-iso")
			if err != nil {
				return err
			}
			command.Stdout, command.Stderr = c.OutOrStdout(), c.ErrOrStderr()
			if err := command.Run(); err != nil {
				return fmt.Errorf("read the journal (as root, or as a member of systemd-journal): %w", err)
			}
			return nil
		},
	}
	c.Flags().StringVar(&since, "since", "-1d", "how far back, as journalctl takes it")
	c.Flags().IntVar(&lines, "lines", 500, "at most so many")
	return c
}

func bundleCommand(now func() time.Time) *cobra.Command {
	var config, out, since string
	c := &cobra.Command{
		Use: "support-bundle", Short: "Write a file for the help desk, without anything about people / 求助包", Args: cobra.NoArgs,
		Long: "Configuration, versions, readiness and its history, devices, counts, sizes and the services' log lines in one compressed archive. No key, case, page,\n" +
			"export or database goes in; from texts every character beyond ASCII, every long number and every capitalised word is taken out.",
		RunE: func(c *cobra.Command, _ []string) error {
			s, err := settings.Read(config)
			if err != nil {
				return err
			}
			words, err := text.Load(assets.Words())
			if err != nil {
				return err
			}
			o := support.Options{Settings: s, Now: now}
			o.Journal, o.NoJournal = readJournal(c.Context(), since)
			var missing []support.Missing
			var archive bytes.Buffer
			err = asuser.Do(s.Data, func() error {
				look := readiness.Look(c.Context(), readiness.Options{Settings: s, Words: words, Now: now, Live: true})
				o.Report = &look
				missing, err = support.Write(c.Context(), &archive, o)
				return err
			})
			if err != nil {
				return err
			}
			if out == "" {
				out = "bianmin-support-" + now().Format("20060102-150405") + ".tar.gz"
			}
			if err := writeNew(out, archive.Bytes()); err != nil {
				return err
			}
			if _, err := fmt.Fprintln(c.OutOrStdout(), out); err != nil {
				return fmt.Errorf("print: %w", err)
			}
			return lacking(missing, o.NoJournal)
		},
	}
	c.Flags().StringVar(&config, "config", defaultConfig, "the terminal's configuration file")
	c.Flags().StringVar(&out, "out", "", "the file that is written; it must not be there yet")
	c.Flags().StringVar(&since, "since", "-7d", "how far back the log goes, as journalctl takes it")
	return c
}

// readJournal gives the services' log, nothing where this machine keeps none, or why what is kept cannot be read.
func readJournal(ctx context.Context, since string) (io.Reader, error) {
	command, err := journalctl(ctx, since, 20_000, "--output", "json")
	if errors.Is(err, errNoJournal) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	log, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("read the journal (as root, or as a member of systemd-journal): %w", err)
	}
	return bytes.NewReader(log), nil
}

// lacking says what is not in the bundle that was written; missing rights to the journal stay known as such.
func lacking(missing []support.Missing, journal error) error {
	if len(missing) == 0 {
		return nil
	}
	var lines []string
	for _, m := range missing {
		lines = append(lines, m.Part+" ("+m.Why+")")
	}
	told := "the bundle is written and worth sending, but this could not be read: " + strings.Join(lines, ", ")
	if journal != nil {
		return fmt.Errorf("%s: %w", told, journal)
	}
	return errors.New(told)
}

// writeNew writes a file that was not there.
func writeNew(path string, content []byte) (err error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) // #nosec G304 -- the technician's own choice
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if _, err := file.Write(content); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return file.Sync()
}
