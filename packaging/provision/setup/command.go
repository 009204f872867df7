// Package setup is "provision setup": it speaks with the technician, or reads a file of answers; packaging/commission
// does the work.
package setup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"bianmin/assets"
	"bianmin/core/text"
	"bianmin/packaging/commission"
	"bianmin/packaging/provision/check"
	"bianmin/packaging/provision/session"
	"bianmin/packaging/settings"
	"bianmin/packaging/update/trial"
	"bianmin/packaging/version"
	"bianmin/store/cut"
)

// ErrNotPassed says that the machine is set up and something did not pass; what it was stands above.
var ErrNotPassed = errors.New("the machine is set up, but did not pass")

type flags struct {
	answers, root, config, data, stick string
	verbose, anew, lines               bool
}

// Command makes "provision setup". now is the machine's clock.
func Command(now func() time.Time) *cobra.Command {
	var f flags
	c := &cobra.Command{
		Use: "setup", Short: "Bring this machine into service: enrolment, devices, tests, acceptance report / 安装与验收", Args: cobra.NoArgs,
		Long: "Asks for the enrolment code (without network it is enrolled by way of a stick: docs/terminal.md), finds the devices and has them confirmed, tries each, writes the configuration, makes the machine the kiosk or the desk,\n" +
			"looks whether it is fit for service, writes and prints the acceptance report that the terminal signs, and starts the services.\n" +
			"It may be interrupted at any point; the next run goes on. Run it again whenever devices change: an enrolled machine needs no code.\n" +
			"With --answers it asks nobody. Needs root.",
		RunE: func(c *cobra.Command, _ []string) error { return f.run(c, now) },
	}
	c.Flags().StringVar(&f.answers, "answers", "", "file of answers (YAML), instead of asking")
	c.Flags().StringVar(&f.root, "root", "/", "where the machine's file system is; for tests and images")
	c.Flags().StringVar(&f.config, "config", "", "the configuration file that is written (default ROOT/etc/bianmin/terminal.yaml)")
	c.Flags().StringVar(&f.data, "data", "", "the data folder of a new machine (default ROOT/var/lib/bianmin)")
	c.Flags().StringVar(&f.stick, "stick", "", "folder of the stick (default: looked for where sticks are mounted: /media, /run/media, /mnt)")
	c.Flags().BoolVar(&f.anew, "new-code", false, "give up an enrolment that waits for the county's answer, and ask for another code")
	c.Flags().BoolVar(&f.lines, "lines", false, "speak in lines of JSON, for the window in front of it (bianmin-setup)")
	c.MarkFlagsMutuallyExclusive("answers", "lines")
	c.Flags().BoolVar(&f.verbose, "verbose", false, "say on standard error what happens, for programmers")
	return c
}

func (f flags) run(c *cobra.Command, now func() time.Time) (err error) {
	root, err := filepath.Abs(f.root)
	if err != nil {
		return fmt.Errorf("find the root: %w", err)
	}
	if root == "/" && os.Geteuid() != 0 {
		return errors.New("the setup of this machine needs root: sudo provision setup")
	}
	words, err := text.Load(assets.Words())
	if err != nil {
		return err
	}
	o := commission.Options{
		Words: words, Root: root, Config: orElse(f.config, filepath.Join(root, "etc/bianmin/terminal.yaml")), Data: orElse(f.data, filepath.Join(root, "var/lib/bianmin")),
		Stick: f.stick, Anew: f.anew, Software: "bianmin " + version.Version, Now: now, Step: cut.Point, Log: slog.New(slog.DiscardHandler),
	}
	if f.verbose {
		o.Log = slog.New(slog.NewTextHandler(c.ErrOrStderr(), nil))
	}
	if _, err := os.Stat("/run/systemd/system"); err == nil && root == "/" {
		o.Supervisor = systemd{}
	}
	if f.lines {
		return converse(c, o)
	}
	speaker := speaker{words: words, out: c.OutOrStdout()}
	if f.answers == "" {
		w := newWizard(c.Context(), speaker, c.InOrStdin())
		defer func() { err = errors.Join(err, w.Close()) }()
		o.Technician = w
	} else {
		if o.Answers, err = commission.ReadAnswers(f.answers, c.InOrStdin()); err != nil {
			return err
		}
		o.Technician = answered{speaker, o.Answers}
	}
	speaker.Say("welcome", nil)
	release, err := steady(c.Context(), o)
	if err != nil {
		return err
	}
	defer func() { _ = release() }() // also ends with the process
	outcome, err := commission.Run(c.Context(), o)
	var waits *commission.WaitingError
	if errors.As(err, &waits) {
		for _, line := range commission.Lines(outcome.Acceptance, words) {
			_, _ = fmt.Fprintln(c.OutOrStdout(), line)
		}
		speaker.Say("waiting", map[string]any{"terminal": waits.Terminal, "request": waits.Request})
	}
	if err != nil {
		return err
	}
	return tell(speaker, outcome, words)
}

// steady keeps an updater away while the machine is set up, and refuses while a new version is on trial.
func steady(ctx context.Context, o commission.Options) (release func() error, err error) {
	data, state := o.Data, filepath.Join(o.Root, trial.DefaultFolder)
	if s, err := settings.Read(o.Config); err == nil {
		data, state = s.Data, s.Update.State
	}
	return trial.Enter(ctx, state, data, time.Minute)
}

func orElse(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}

// tell shows the acceptance report.
func tell(s speaker, o commission.Outcome, words *text.Catalog) error {
	for _, line := range commission.Lines(o.Acceptance, words) {
		if _, err := fmt.Fprintln(s.out, line); err != nil {
			return fmt.Errorf("print: %w", err)
		}
	}
	if err := check.Print(s.out, o.Readiness, words); err != nil {
		return err
	}
	if o.Replaced != nil && o.Replaced.State == commission.ReplacedOpen {
		s.Say("replace-open", map[string]any{"terminal": o.Replaced.Terminal})
	}
	if !o.Passed {
		s.Say("done-not", map[string]any{"path": o.Path})
		return ErrNotPassed
	}
	s.Say("done", map[string]any{"path": o.Path})
	return nil
}

// speaker says everything twice: Chinese first, English below.
type speaker struct {
	words *text.Catalog
	out   io.Writer
}

// Say implements commission.Technician.
func (s speaker) Say(key string, args map[string]any) {
	for _, lang := range []text.Lang{text.Chinese, text.English} {
		_, _ = fmt.Fprintln(s.out, s.words.T(lang, "provision.setup."+key, args))
	}
}

// systemd is the machine's supervisor.
type systemd struct{}

func (systemd) do(ctx context.Context, args ...string) error {
	if out, err := exec.CommandContext(ctx, "systemctl", args...).CombinedOutput(); err != nil { // #nosec G204 -- words of our own
		return fmt.Errorf("systemctl %s: %w: %s", args[0], err, out)
	}
	return nil
}

// Stop stops units; one that the system does not know counts as stopped.
func (s systemd) Stop(ctx context.Context, units ...string) error {
	for _, unit := range units {
		if exec.CommandContext(ctx, "systemctl", "cat", unit).Run() != nil { // #nosec G204 -- names of our own
			continue
		}
		if err := s.do(ctx, "stop", unit); err != nil {
			return err
		}
	}
	return nil
}

func (systemd) Reload(context.Context) error { return session.Reload() }

func (s systemd) Start(ctx context.Context, units ...string) error {
	return s.do(ctx, append([]string{"restart"}, units...)...)
}
