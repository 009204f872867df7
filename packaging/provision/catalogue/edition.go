package catalogue

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"bianmin/assets"
	"bianmin/core/casefile"
	"bianmin/core/text"
	"bianmin/packaging/provision/asuser"
	"bianmin/packaging/provision/printed"
	"bianmin/packaging/provision/tongue"
	"bianmin/packaging/settings"
	"bianmin/store/room"
	"bianmin/sync/edition"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// tool is one run of a command about this machine's editions.
type tool struct {
	config string
	json   bool

	words *text.Catalog
	lang  text.Lang
	out   io.Writer
}

func (t *tool) flags(c *cobra.Command) *cobra.Command {
	c.Flags().StringVar(&t.config, "config", "/etc/bianmin/terminal.yaml", "the machine's configuration file")
	c.Flags().BoolVar(&t.json, "json", false, "print JSON")
	c.PreRunE = func(c *cobra.Command, _ []string) (err error) {
		c.SilenceUsage = true
		t.out, t.lang = c.OutOrStdout(), tongue.Of(os.Getenv)
		t.words, err = text.Load(assets.Words())
		return err
	}
	return c
}

func statusCommand() *cobra.Command {
	t := &tool{}
	return t.flags(&cobra.Command{
		Use: "status", Short: "Say which edition of the province's catalogue this machine works by", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return t.status(c.Context()) },
	})
}

func importCommand() *cobra.Command {
	t := &tool{}
	return t.flags(&cobra.Command{
		Use: "import FOLDER", Short: "Take an edition of the catalogue from a stick", Args: cobra.ExactArgs(1),
		Long: "For a point without network: the county fills the folder with \"platform catalogue export\". It is refused when it is for another division, not signed by\n" +
			"this machine's platform, older than what is here, or not whole. The kiosk and the desk follow by themselves when nobody is served.",
		RunE: func(c *cobra.Command, args []string) error { return t.take(c.Context(), args[0]) },
	})
}

// status is what "provision catalogue status --json" prints.
type status struct {
	From      string     `json:"from"` // the edition's folder, the configured folder, or "built in"
	Region    string     `json:"region,omitempty"`
	Edition   int64      `json:"edition"` // 0 for none of the province's
	Version   string     `json:"version,omitempty"`
	Published string     `json:"published,omitempty"`
	Until     *time.Time `json:"until,omitempty"` // believed to be the newest until then
	Digest    string     `json:"digest,omitempty"`
	Damaged   string     `json:"damaged,omitempty"` // newer editions here that do not serve
	Refused   *refused   `json:"refused,omitempty"`
}

type refused struct {
	Edition int64  `json:"edition"`
	Reason  string `json:"reason"`
}

func (t *tool) status(ctx context.Context) error {
	s, err := settings.Read(t.config)
	if err != nil {
		return err
	}
	var out status
	err = asuser.Do(s.Data, func() error {
		out = look(ctx, s)
		return nil
	})
	if err != nil {
		return err
	}
	if t.json {
		return printed.JSON(t.out, out)
	}
	return t.tell(out)
}

func look(ctx context.Context, s settings.Settings) status {
	chosen := edition.Choose(ctx, s.Data, s.Catalogue, assets.Catalogue())
	out := status{From: chosen.From}
	if chosen.Held != nil {
		m := chosen.Held.Catalogue
		out.Region, out.Edition, out.Version, out.Published, out.Digest, out.Until = m.Region, m.Edition, m.Name, m.Published, m.Digest, &m.Until
	}
	if chosen.Passed != nil {
		out.Damaged = chosen.Passed.Error()
	}
	shelf := edition.Shelf{Folder: filepath.Join(s.Data, edition.FolderName)}
	if r := shelf.Refused(); r.Edition > 0 {
		out.Refused = &refused{r.Edition, r.Reason}
	}
	return out
}

func (t *tool) tell(out status) error {
	args := map[string]any{"edition": out.Edition, "version": out.Version, "published": out.Published, "from": out.From}
	key := "edition"
	switch {
	case out.From == "built in":
		key = "built-in"
	case out.Edition == 0:
		key = "folder"
	default:
		args["until"] = out.Until.In(casefile.Zone).Format(time.DateOnly)
	}
	lines := []string{t.word(key, args)}
	if out.Damaged != "" {
		lines = append(lines, t.word("damaged", nil)+" "+out.Damaged)
	}
	if out.Refused != nil {
		lines = append(lines, t.word("refused", map[string]any{"edition": out.Refused.Edition})+" "+out.Refused.Reason)
	}
	for _, line := range lines {
		if _, err := fmt.Fprintln(t.out, line); err != nil {
			return fmt.Errorf("print: %w", err)
		}
	}
	return nil
}

func (t *tool) word(key string, args map[string]any) string {
	return t.words.T(t.lang, "editions."+key, args)
}

// taken is what "provision catalogue import --json" prints.
type taken struct {
	Edition int64  `json:"edition"`
	Version string `json:"version"`
	Newer   bool   `json:"newer"` // false: it is here already
	Delta   bool   `json:"delta"` // only what had changed was read
}

func (t *tool) take(ctx context.Context, folder string) error {
	s, err := settings.Read(t.config)
	if err != nil {
		return err
	}
	stick, err := os.OpenRoot(folder)
	if err != nil {
		return fmt.Errorf("%s: %w", t.word("import.form", nil), err)
	}
	defer stick.Close()
	signed, err := manifest(stick)
	if err != nil {
		return t.refusal(err)
	}
	plan, newer, err := t.putInPlace(ctx, s, stick, signed)
	if err != nil {
		return t.refusal(err)
	}
	out := taken{plan.Manifest.Edition, plan.Manifest.Name, newer && !plan.Renewed, plan.Base != ""}
	if t.json {
		return printed.JSON(t.out, out)
	}
	key := "taken"
	if !out.Newer {
		key = "known"
	}
	_, err = fmt.Fprintln(t.out, t.word(key, map[string]any{"edition": out.Edition, "version": out.Version}))
	return err
}

// manifest reads the signed manifest on a stick.
func manifest(stick *os.Root) (wire.SignedCatalogue, error) {
	file, err := stick.Open(edition.ManifestFile)
	if err != nil {
		return wire.SignedCatalogue{}, errors.Join(edition.ErrForm, err)
	}
	content, err := io.ReadAll(io.LimitReader(file, 2*edition.MaxManifest+1))
	if err = errors.Join(err, file.Close()); err != nil {
		return wire.SignedCatalogue{}, fmt.Errorf("read the stick: %w", err)
	}
	return edition.Parse(content)
}

// putInPlace weighs and takes an edition with the rights of the terminal's user; only the stick is read with the caller's.
func (t *tool) putInPlace(ctx context.Context, s settings.Settings, stick *os.Root, signed wire.SignedCatalogue) (plan edition.Plan, newer bool, err error) {
	var shelf edition.Shelf
	weigh := func() error {
		identity, err := seal.LoadIdentity(filepath.Join(s.Data, "keys"))
		if err != nil {
			return err
		}
		if err := seal.SaveSigners(filepath.Join(s.Data, "keys"), identity, signed.Signers); err != nil {
			return err
		}
		shelf = edition.Shelf{Folder: filepath.Join(s.Data, edition.FolderName), Who: edition.Of(identity)}
		plan, newer, err = shelf.Weigh(ctx, signed, false)
		if err == nil && !newer {
			plan.Manifest, err = edition.Check(signed, shelf.Who)
		}
		return err
	}
	if err := asuser.Do(s.Data, weigh); err != nil || !newer {
		return plan, false, err
	}
	if plan.Archive == nil {
		return plan, true, asuser.Do(s.Data, func() error { return shelf.Take(ctx, plan, nil) })
	}
	archive, err := stick.Open(plan.Archive.Digest)
	if err != nil {
		return plan, false, errors.Join(edition.ErrForm, err)
	}
	err = asuser.Do(s.Data, func() error { return shelf.Take(ctx, plan, archive) })
	return plan, true, errors.Join(err, archive.Close())
}

// refusal adds people's words to why an edition was not taken.
func (t *tool) refusal(err error) error {
	for _, one := range []struct {
		code  string
		known error
	}{
		{"not-enrolled", seal.ErrNotEnrolled},
		{"permission", os.ErrPermission},
		{"signature", edition.ErrSignature},
		{"foreign", edition.ErrForeign},
		{"older", edition.ErrOlder},
		{"twice", edition.ErrTwice},
		{"archive", edition.ErrArchive},
		{"newer", edition.ErrNewer},
		{"broken", edition.ErrBroken},
		{"room", edition.ErrRoom},
		{"form", edition.ErrForm},
	} {
		if errors.Is(err, one.known) {
			return fmt.Errorf("%s: %w", t.word("import."+one.code, nil), err)
		}
	}
	if room.Full(err) {
		return fmt.Errorf("%s: %w", t.word("import.room", nil), err)
	}
	return err
}
