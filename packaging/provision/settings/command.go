// Package settings is "provision settings": it shows what counts on this machine and whose word it
// is, lets the machine say what it may for itself, and takes the province's word from a stick. It
// speaks; packaging/settings and sync/standing decide.
package settings

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"bianmin/assets"
	"bianmin/core/casefile"
	"bianmin/core/text"
	"bianmin/packaging/provision/printed"
	"bianmin/packaging/provision/tongue"
	"bianmin/packaging/settings"
	"bianmin/packaging/settings/schema"
)

// tool is one run of a command.
type tool struct {
	config string
	json   bool
	dry    bool

	words *text.Catalog
	lang  text.Lang
	out   io.Writer
}

// Command is the command tree.
func Command() *cobra.Command {
	t := &tool{}
	c := &cobra.Command{
		Use: "settings", Short: "Show and change what counts on this machine / 本机的设置", Args: cobra.NoArgs,
		Long: "What the province set comes by network, or on a stick; the machine may set some of it for itself, within narrower bounds, in its configuration\n" +
			"file. What counts is the machine's own word where it may speak, else the province's, else the default. Without a command it shows what counts.",
		PersistentPreRunE: func(c *cobra.Command, _ []string) (err error) {
			t.out, t.lang = c.OutOrStdout(), tongue.Of(os.Getenv)
			t.words, err = text.Load(assets.Words())
			return err
		},
		RunE: func(*cobra.Command, []string) error { return t.show(false) },
	}
	c.PersistentFlags().StringVar(&t.config, "config", "/etc/bianmin/terminal.yaml", "the machine's configuration file")
	c.PersistentFlags().BoolVar(&t.json, "json", false, "print JSON")
	diff := &cobra.Command{
		Use: "diff", Short: "Show only what differs from the defaults, or was said and does not count", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return t.show(true) },
	}
	set := &cobra.Command{
		Use: "set KEY VALUE", Short: "Let this machine set a value for itself, where it may", Args: cobra.ExactArgs(2),
		Long: "Changes the one line of the configuration file, and nothing else in it. The programs follow by themselves: the sender at once, the kiosk when nobody\n" +
			"is served, the desk when nobody is signed on. A value that begins with a dash stands behind \"--\".",
		RunE: func(_ *cobra.Command, args []string) error { return t.set(args[0], args[1]) },
	}
	unset := &cobra.Command{
		Use: "unset KEY", Short: "Take this machine's own value back", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return t.unset(args[0]) },
	}
	take := &cobra.Command{
		Use: "take FILE", Short: "Take the province's signed settings from a stick", Args: cobra.ExactArgs(1),
		Long: "For a point without network: the county writes the file with \"platform settings export\". It is refused when it is not for this machine, not signed by its\n" +
			"platform, older than what is here, or has a value out of bounds.",
		RunE: func(_ *cobra.Command, args []string) error { return t.take(args[0]) },
	}
	for _, below := range []*cobra.Command{set, unset, take} {
		below.Flags().BoolVar(&t.dry, "dry-run", false, "only say what would change")
	}
	c.AddCommand(diff, set, unset, take, t.digestCommand())
	return c
}

func (t *tool) word(key string, args map[string]any) string {
	return t.words.T(t.lang, "settings."+key, args)
}

func (t *tool) say(format string, args ...any) error {
	if _, err := fmt.Fprintf(t.out, format+"\n", args...); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

// shown is what "provision settings --json" prints.
type shown struct {
	Number  int64            `json:"number"`         // of the province's settings, 0 for none
	Made    string           `json:"made,omitempty"` // RFC 3339
	Values  []settings.Value `json:"values"`
	Unknown []string         `json:"unknown,omitempty"` // of a newer platform, let be
	Refused *refused         `json:"refused,omitempty"`
	Problem string           `json:"problem,omitempty"` // why nothing of the province's counts
}

type refused struct {
	Number int64  `json:"number"`
	Key    string `json:"key"`
	Reason string `json:"reason"`
}

func (t *tool) show(onlyDifferent bool) error {
	s, err := settings.Read(t.config)
	if err != nil {
		return err
	}
	r := s.Ruled
	if errors.Is(r.Problem, fs.ErrPermission) { // the province's may count all the same, for the programs
		return fmt.Errorf("read the province's settings: %w", r.Problem)
	}
	values := r.Values
	if onlyDifferent {
		values = []settings.Value{}
		for _, v := range r.Values {
			if v.Value != v.Default || v.Here != "" || v.Province != "" {
				values = append(values, v)
			}
		}
	}
	if t.json {
		out := shown{Number: r.Number, Values: values, Unknown: r.Unknown}
		if r.Number > 0 {
			out.Made = r.Made.Format("2006-01-02T15:04:05Z07:00")
		}
		if r.Refused.Number > 0 {
			out.Refused = &refused{r.Refused.Number, r.Refused.Key, r.Refused.Reason}
		}
		if r.Problem != nil {
			out.Problem = r.Problem.Error()
		}
		return printed.JSON(t.out, out)
	}
	if err := t.head(r); err != nil {
		return err
	}
	if onlyDifferent && len(values) == 0 {
		return t.say("%s", t.word("same", nil))
	}
	for _, v := range values {
		if err := t.line(v, onlyDifferent); err != nil {
			return err
		}
	}
	return nil
}

// head says what of the province's is here.
func (t *tool) head(r settings.Ruled) error {
	lines := []string{t.word("none", nil)}
	if r.Number > 0 {
		lines[0] = t.word("number", map[string]any{"number": r.Number, "day": r.Made.In(casefile.Zone).Format("2006-01-02 15:04")})
	}
	if r.Problem != nil {
		lines[0] = t.word("problem", map[string]any{"why": strings.ReplaceAll(r.Problem.Error(), "\n", "; ")})
	}
	if n := r.Refused.Number; n > 0 {
		lines = append(lines, t.word("refused", map[string]any{"number": n, "key": r.Refused.Key, "why": r.Refused.Reason}))
	}
	if len(r.Unknown) > 0 {
		lines = append(lines, t.word("unknown", map[string]any{"keys": strings.Join(r.Unknown, " ")}))
	}
	return t.say("%s", strings.Join(lines, "\n"))
}

// line says one setting; in full all that was said about it.
func (t *tool) line(v settings.Value, full bool) error {
	from := t.word("from."+string(v.From), nil)
	if v.Locked {
		from += t.word("locked", nil)
	}
	if err := t.say("%-15s %-20s %s", v.Key, or(v.Value), from); err != nil {
		return err
	}
	if full {
		for _, said := range []struct{ who, value string }{{"here", v.Here}, {"province", v.Province}, {"default", v.Default}} {
			if said.value != "" && said.who != string(v.From) {
				if err := t.say("%-15s %-20s %s", "", said.value, t.word("said."+said.who, nil)); err != nil {
					return err
				}
			}
		}
	}
	if v.Problem == "" {
		return nil
	}
	key := "odd." // it counts while the province says nothing
	if v.Idle() {
		key = "idle."
	}
	return t.say("%15s ! %s", "", t.word(key+v.Problem, map[string]any{"value": v.Here, "key": v.Key, "bounds": bounds(v.Key)}))
}

func or(value string) string {
	if value == "" {
		return "-"
	}
	return value
}

func bounds(name string) string {
	key, _ := schema.Find(name)
	return or(key.Narrow.String())
}

// errRefused is wrapped by every refusal to set a value.
var errRefused = errors.New("not set")

func (t *tool) refuse(code string, args map[string]any) error {
	return fmt.Errorf("%s: %w", t.word("refuse."+code, args), errRefused)
}

// known finds a setting that has a place in the file.
func (t *tool) known(name string) (schema.Key, error) {
	key, known := schema.Find(name)
	if !known {
		var names []string
		for _, k := range schema.Keys() {
			if k.Here {
				names = append(names, k.Name)
			}
		}
		return key, t.refuse("unknown", map[string]any{"key": name, "keys": strings.Join(names, " ")})
	}
	if !key.File {
		return key, t.refuse("not-here", map[string]any{"key": name})
	}
	return key, nil
}

func (t *tool) set(name, value string) error {
	key, err := t.known(name)
	if err != nil {
		return err
	}
	if !key.Here {
		return t.refuse("not-here", map[string]any{"key": name})
	}
	normal, err := key.Local(value)
	if err != nil {
		return fmt.Errorf("%s: %w", t.word("refuse.bounds", map[string]any{"key": name, "bounds": bounds(name)}), err)
	}
	edit, err := settings.Change(t.config, key, normal)
	if err != nil {
		return t.explained(err)
	}
	if edit.Changed.Ruled.Value(name).Problem == settings.IsLocked {
		return t.refuse("locked", map[string]any{"key": name})
	}
	return t.write(edit, name)
}

func (t *tool) unset(name string) error {
	key, err := t.known(name)
	if err != nil {
		return err
	}
	edit, err := settings.Change(t.config, key, "")
	if err != nil {
		return t.explained(err)
	}
	return t.write(edit, name)
}

// change is what a command did, or would do, to one setting.
type change struct {
	Key    string         `json:"key"`
	Before settings.Value `json:"before"`
	After  settings.Value `json:"after"`
}

// done is what "set" and "unset" print as JSON.
type done struct {
	change
	File    string `json:"file"`
	Written bool   `json:"written"`
}

func (t *tool) write(edit *settings.Edit, name string) error {
	if !t.dry {
		if err := edit.Write(); err != nil {
			return t.explained(err)
		}
	}
	c := change{name, edit.Settings.Ruled.Value(name), edit.Changed.Ruled.Value(name)}
	if t.json {
		path, err := filepath.Abs(t.config)
		if err != nil {
			return fmt.Errorf("print: %w", err)
		}
		return printed.JSON(t.out, done{c, path, !t.dry})
	}
	if t.dry {
		if err := t.lines(edit); err != nil {
			return err
		}
	}
	return t.changed(c)
}

// lines shows the lines of the file that differ.
func (t *tool) lines(edit *settings.Edit) error {
	before, after := strings.Split(string(edit.Before), "\n"), strings.Split(string(edit.After), "\n")
	for len(before) > 0 && len(after) > 0 && before[0] == after[0] {
		before, after = before[1:], after[1:]
	}
	for len(before) > 0 && len(after) > 0 && before[len(before)-1] == after[len(after)-1] {
		before, after = before[:len(before)-1], after[:len(after)-1]
	}
	for _, side := range []struct {
		sign  string
		lines []string
	}{{"-", before}, {"+", after}} {
		for _, line := range side.lines {
			if err := t.say("%s %s", side.sign, line); err != nil {
				return err
			}
		}
	}
	return nil
}

// changed says what counts of a setting before and after.
func (t *tool) changed(c change) error {
	key := "changed"
	switch {
	case c.Before.Value == c.After.Value && c.Before.From == c.After.From:
		key = "unchanged"
	case t.dry:
		key = "would"
	}
	return t.say("%s", t.word(key, map[string]any{
		"key": c.Key, "before": or(c.Before.Value), "after": or(c.After.Value), "from": t.word("from."+string(c.After.From), nil),
	}))
}

// explained adds people's words to why a file was not changed.
func (t *tool) explained(err error) error {
	for code, known := range map[string]error{
		"by-hand": settings.ErrByHand, "not-said": settings.ErrNotSaid, "moved": settings.ErrMoved, "permission": os.ErrPermission,
	} {
		if errors.Is(err, known) {
			return fmt.Errorf("%s: %w", t.word("refuse."+code, map[string]any{"file": t.config}), err)
		}
	}
	return err
}
