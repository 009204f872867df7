// Package update is "provision update": the technician's and the timer's way to new
// versions. It speaks; packaging/update decides.
package update

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"bianmin/assets"
	"bianmin/core/casefile"
	"bianmin/core/text"
	"bianmin/packaging/provision/tongue"
	"bianmin/packaging/settings"
	"bianmin/packaging/update"
	"bianmin/packaging/update/trial"
	"bianmin/store/cut"
	"bianmin/sync/seal"
)

// tool is one run of a command.
type tool struct {
	config string
	from   string // folder of a stick; "" is the mirror
	again  bool
	json   bool
	now    func() time.Time

	settings settings.Settings
	updater  *update.Updater
	words    *text.Catalog
	lang     text.Lang
	out      io.Writer
}

// Command is the command tree; now is the machine's clock.
func Command(now func() time.Time) *cobra.Command {
	t := &tool{now: now}
	c := &cobra.Command{
		Use: "update", Short: "Bring this machine to a new version / 换新版本",
		Long: "New versions come from the mirror in the configuration, or with --from from a stick's folder. A version is fetched and checked beside the one\n" +
			"in use, changed to when nobody is served, and goes back by itself when it is not healthy. docs/updates.md.",
	}
	c.PersistentFlags().StringVar(&t.config, "config", "/etc/bianmin/terminal.yaml", "the machine's configuration file")
	add := func(use, short string, run func(ctx context.Context) error) *cobra.Command {
		below := &cobra.Command{Use: use, Short: short, Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
			if err := t.open(c, use == "launch"); err != nil {
				return err
			}
			return t.explained(run(c.Context()), use != "status")
		}}
		c.AddCommand(below)
		return below
	}
	for _, below := range []*cobra.Command{
		add("check", "Look whether there is a newer version", t.check), add("fetch", "Fetch and check a newer version, beside the one in use", t.fetch),
	} {
		below.Flags().StringVar(&t.from, "from", "", "folder of a repository on a stick, instead of the mirror")
	}
	add("apply", "Change to the fetched version as soon as nobody is served", t.apply).Flags().BoolVar(&t.again, "again", false, "also one that was tried here and was not healthy")
	add("confirm", "Finish the change to a version that has shown that it is healthy", t.step)
	add("status", "Say which version is in use, ready, being checked", t.status).Flags().BoolVar(&t.json, "json", false, "as JSON")
	add("auto", "For the timer: in the quiet hours fetch and change, at any time finish a change", t.auto)
	add("launch", "For the supervisor, before each start of kiosk or desk: take the next step of a change", t.launch)
	return c
}

// open reads the configuration. Before a start one that cannot be read is the program's to complain about.
func (t *tool) open(c *cobra.Command, careless bool) (err error) {
	t.out = c.OutOrStdout()
	if t.words, err = text.Load(assets.Words()); err != nil {
		return err
	}
	t.lang = tongue.Of(os.Getenv)
	if t.settings, err = settings.Read(t.config); err != nil {
		if !careless {
			return err
		}
		fmt.Fprintln(c.ErrOrStderr(), "provision:", err)
		t.settings.Data, t.settings.Update.State, t.settings.Update.Prefix = "/var/lib/bianmin", trial.DefaultFolder, trial.DefaultPrefix
	}
	u := t.settings.Update
	t.updater = update.New(update.Updater{
		Prefix: u.Prefix, State: u.State, Data: t.settings.Data, Root: u.Root, Now: t.now, Point: cut.Point,
		Log: slog.New(slog.NewTextHandler(c.ErrOrStderr(), nil)),
	})
	return nil
}

func (t *tool) say(key string, args map[string]any) error {
	_, err := fmt.Fprintln(t.out, t.words.T(t.lang, "update."+key, args))
	return err
}

// explained adds people's words to a refusal, and keeps it for the status.
func (t *tool) explained(err error, note bool) error {
	var r *update.Refusal
	if !errors.As(err, &r) {
		return err
	}
	if note && r.Code != update.NotAllowed {
		_ = t.updater.Note(err) // a disk that takes nothing is what it says
	}
	return fmt.Errorf("%s\n  %s: %w", t.words.T(t.lang, "update.refusal."+string(r.Code), nil), r.Code, r.Err)
}

// errNoMirror says that nothing is set from where versions come.
var errNoMirror = errors.New("no mirror is set")

// source is the stick, or the mirror.
func (t *tool) source() (from update.Source, closing func(), err error) {
	if t.from != "" {
		return update.Folder(t.from), func() {}, nil
	}
	u := t.settings.Update
	if u.Mirror == "" {
		return nil, nil, fmt.Errorf("%s: %w", t.words.T(t.lang, "update.no-mirror", nil), errNoMirror)
	}
	authorities, err := t.authorities()
	if err != nil {
		return nil, nil, err
	}
	mirror, err := update.NewMirror(u.Mirror, authorities)
	if err != nil {
		return nil, nil, err
	}
	return mirror, mirror.Close, nil
}

// authorities vouch for the mirror: those of the configuration, or the machine's own with the one of the province that
// enrolled it. The versions themselves are believed by their signatures alone.
func (t *tool) authorities() (*x509.CertPool, error) {
	if path := t.settings.Update.Authority; path != "" {
		pem, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("read who vouches for the mirror: %w", err)
		}
		return update.Authorities(pem)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if identity, err := seal.LoadPublic(filepath.Join(t.settings.Data, "keys")); err == nil {
		pool.AddCert(identity.Trust.TLSRoot)
	}
	return pool, nil
}

func (t *tool) check(ctx context.Context) error {
	from, closing, err := t.source()
	if err != nil {
		return err
	}
	defer closing()
	_, err = t.look(ctx, from)
	return err
}

// look says what there is.
func (t *tool) look(ctx context.Context, from update.Source) (*update.Offer, error) {
	running, err := t.updater.Running()
	if err != nil {
		return nil, err
	}
	offer, err := t.updater.Check(ctx, from)
	if err != nil {
		return nil, err
	}
	if offer == nil {
		return nil, t.say("newest", map[string]any{"version": running})
	}
	size := fmt.Sprintf("%.1f MB", float64(offer.Length)/1e6)
	return offer, t.say("offered", map[string]any{"version": offer.Version, "size": size, "running": running})
}

func (t *tool) fetch(ctx context.Context) error {
	from, closing, err := t.source()
	if err != nil {
		return err
	}
	defer closing()
	offer, err := t.look(ctx, from)
	if err != nil || offer == nil {
		return err
	}
	if err := t.updater.Fetch(ctx, from, offer); err != nil {
		return err
	}
	return t.say("ready", map[string]any{"version": offer.Version})
}

func (t *tool) apply(ctx context.Context) error {
	s, err := t.updater.Ask(t.again)
	if err != nil {
		return err
	}
	outcome, err := t.updater.Apply(ctx)
	if err != nil {
		return err
	}
	if outcome == update.Later {
		return t.say("wished", map[string]any{"version": s.Version})
	}
	return t.report(outcome)
}

func (t *tool) step(ctx context.Context) error {
	outcome, err := t.updater.Apply(ctx)
	if err != nil {
		return err
	}
	return t.report(outcome)
}

// launch is quiet: its words go to the journal of what is started.
func (t *tool) launch(ctx context.Context) error {
	outcome, err := t.updater.Launch(ctx)
	if err != nil || outcome == update.Unchanged {
		return err
	}
	return t.report(outcome)
}

func (t *tool) report(outcome update.Outcome) error {
	s, err := t.updater.Status()
	if err != nil {
		return err
	}
	key := string(outcome)
	switch {
	case outcome == update.Again, outcome == update.Unchanged && s.Trial != nil:
		key = "undecided"
	case outcome == update.Later:
		key = "wished"
	}
	return t.say(key, map[string]any{"version": s.Running})
}

// auto is the timer's run. That it is refused is no fault of the timer: it is noted, and said by its status.
func (t *tool) auto(ctx context.Context) error {
	if err := t.step(ctx); err != nil {
		return err
	}
	s, err := t.updater.Status()
	if err != nil || s.Trial != nil || t.settings.Update.Mirror == "" {
		return err
	}
	quiet, err := quietNow(t.settings.Update, t.now())
	if err != nil {
		return err
	}
	if !quiet {
		return t.say("busy-hours", map[string]any{"hours": t.settings.Update.Hours})
	}
	if err := t.fetch(ctx); err != nil {
		return err
	}
	s, err = t.updater.Status()
	if err != nil || s.Staged == nil || s.Staged.Version == s.Running {
		return err
	}
	return t.apply(ctx)
}

// quietNow tells whether it is the quiet hours.
func quietNow(u settings.Update, now time.Time) (bool, error) {
	from, until, err := u.Quiet()
	if err != nil {
		return false, err
	}
	local := now.In(casefile.Zone)
	minute := local.Hour()*60 + local.Minute()
	if from < until {
		return from <= minute && minute < until, nil
	}
	return minute >= from || minute < until, nil
}
