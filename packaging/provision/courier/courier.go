// Package courier is the technician's "provision courier" (离线摆渡): what waits goes out on a stick, the platform's word comes back
// on one, for points that no network reaches. It speaks; sync/courier does the work.
package courier

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"bianmin/assets"
	"bianmin/core/casefile"
	"bianmin/core/text"
	"bianmin/packaging/provision/printed"
	"bianmin/packaging/provision/records"
	"bianmin/packaging/provision/tongue"
	"bianmin/packaging/stick"
	"bianmin/store"
	"bianmin/sync/courier"
	"bianmin/sync/enrol/practice"
)

// tool is one run of a command.
type tool struct {
	config, software string
	json             bool
	now              func() time.Time

	words *text.Catalog
	lang  text.Lang
	out   io.Writer
}

// Command makes the "courier" command with its subcommands.
func Command(software string, now func() time.Time) *cobra.Command {
	c := &cobra.Command{
		Use: "courier", Short: "Carry what waits to the platform on a stick, and its answers back / 离线摆渡", Args: cobra.NoArgs,
		Long: "For a point without network: export writes what waits onto a stick, sealed; the county takes it with \"platform courier take\" and gives the stick back; import takes\n" +
			"the answers. Nothing leaves the queue before its answer is here. A lost stick costs a trip, a second one changes nothing, and the network may be used at the same time.",
	}
	t := &tool{software: software, now: now}
	c.AddCommand(
		t.flags(&cobra.Command{
			Use: "export FOLDER", Short: "Write what waits onto a stick", Args: cobra.ExactArgs(1),
			RunE: func(c *cobra.Command, args []string) error { return t.export(c.Context(), args[0]) },
		}),
		t.flags(&cobra.Command{
			Use: "import FOLDER", Short: "Take the platform's answers from a stick", Args: cobra.ExactArgs(1),
			RunE: func(c *cobra.Command, args []string) error { return t.take(c.Context(), args[0]) },
		}),
		t.flags(&cobra.Command{
			Use: "status", Short: "Say which bundles are on their way, and what waits", Args: cobra.NoArgs,
			RunE: func(c *cobra.Command, _ []string) error { return t.status(c.Context()) },
		}),
		t.errand(),
	)
	return c
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

// work opens the machine's records beside kiosk, desk and sender, never while a new version is on trial, and leaves no file of root's there.
func (t *tool) work(ctx context.Context, do func(m courier.Terminal, s *store.Store) error) error {
	return records.Open(ctx, t.config, func(m records.Machine) error {
		if m.Identity.Environment == practice.Environment {
			return practice.ErrNeverSent
		}
		return do(courier.Terminal{Identity: m.Identity, Data: m.Settings.Data, Software: t.software, Now: t.now}, m.Store)
	})
}

func (t *tool) export(ctx context.Context, folder string) error {
	to, err := stick.Named(folder)
	if err != nil {
		return t.refusal(err)
	}
	out, err := t.exportTo(ctx, to)
	if err != nil {
		return t.refusal(err)
	}
	if t.json {
		return printed.JSON(t.out, out)
	}
	if out.Lost > 0 {
		if err := t.say("lost", map[string]any{"lost": out.Lost}); err != nil {
			return err
		}
	}
	key := "exported"
	switch {
	case out.Packets == 0 && out.Left > 0:
		key = "no-room"
	case out.Left > 0:
		key = "exported-part"
	case out.Packets == 0:
		key = "exported-none"
	}
	return t.say(key, map[string]any{"name": out.Name, "packets": out.Packets, "left": out.Left})
}

// exportTo writes what waits onto a stick.
func (t *tool) exportTo(ctx context.Context, to stick.Folder) (out courier.Exported, err error) {
	left, err := free(to.Path)
	if err != nil {
		return out, fmt.Errorf("look at the stick: %w", err)
	}
	err = t.work(ctx, func(m courier.Terminal, s *store.Store) (err error) {
		out, err = m.Export(ctx, s, to, left)
		return err
	})
	return out, err
}

func free(folder string) (int64, error) {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(folder, &stat); err != nil {
		return 0, err
	}
	return int64(stat.Bavail) * stat.Bsize, nil // #nosec G115 -- no disk is that large
}

// back is what is said of one answer.
type back struct {
	File string `json:"file"`
	courier.Taken
	Troubles []string `json:"troubles,omitempty"`
}

func (t *tool) take(ctx context.Context, folder string) error {
	all, troubles, err := t.takeFrom(ctx, folder)
	if err != nil {
		return t.refusal(err)
	}
	if t.json {
		err = printed.JSON(t.out, all)
	} else {
		err = t.tell(all)
	}
	if troubles != nil {
		return errors.Join(t.refusal(troubles), err)
	}
	return err
}

// takeFrom takes all answers for this machine from a stick; troubles are those of single answers.
func (t *tool) takeFrom(ctx context.Context, folder string) (all []back, troubles, err error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", courier.ErrForm, err)
	}
	defer root.Close()
	err = t.work(ctx, func(m courier.Terminal, s *store.Store) error {
		names, others, err := answers(root, m.Identity.Number+m.Identity.Generation)
		if err != nil {
			return err
		}
		if len(names) == 0 {
			return nothing(others)
		}
		for _, name := range names {
			one, err := t.takeOne(ctx, m, s, root, name)
			all = append(all, one)
			troubles = errors.Join(troubles, err)
		}
		return nil
	})
	return all, troubles, err
}

// errNothing and errOthers say that a stick holds no answer for this machine.
var (
	errNothing = errors.New("the stick holds no answer of the platform")
	errOthers  = errors.New("the stick holds answers for another machine only")
)

func nothing(others bool) error {
	if others {
		return errOthers
	}
	return errNothing
}

// answers are the files for this machine by number, and whether there are others'.
func answers(root *os.Root, terminal string) (names []string, others bool, err error) {
	entries, err := fs.ReadDir(root.FS(), courier.Folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, false, fmt.Errorf("look at the stick: %w", err)
	}
	for _, entry := range entries {
		whose, _, ext, ok := courier.ParseName(entry.Name())
		switch {
		case !ok || ext != courier.BackExt:
		case whose == terminal:
			names = append(names, entry.Name())
		default:
			others = true
		}
	}
	slices.SortFunc(names, strings.Compare)
	return names, others, nil
}

func (t *tool) takeOne(ctx context.Context, m courier.Terminal, s *store.Store, root *os.Root, name string) (back, error) {
	out := back{File: name}
	file, err := root.Open(filepath.Join(courier.Folder, name))
	if err != nil {
		return out, fmt.Errorf("look at the stick: %w", err)
	}
	content, err := io.ReadAll(io.LimitReader(file, courier.MaxBack+1))
	if err = errors.Join(err, file.Close()); err != nil {
		return out, fmt.Errorf("read the stick: %w", err)
	}
	taken, err := m.Take(ctx, s, content, func(digest string) (io.ReadSeekCloser, error) {
		return root.Open(filepath.Join(courier.Folder, courier.Archives, digest))
	})
	out.Taken = taken
	for _, trouble := range taken.Troubles {
		out.Troubles = append(out.Troubles, trouble.Error())
	}
	return out, errors.Join(append(slices.Clone(taken.Troubles), err)...)
}

func (t *tool) tell(all []back) error {
	for _, one := range all {
		args := map[string]any{
			"name": one.File, "delivered": one.Delivered, "registered": one.Registered, "refused": one.Refused, "updates": one.Updates, "damaged": one.Damaged,
		}
		if err := t.say("imported", args); err != nil {
			return err
		}
		if one.Damaged > 0 {
			if err := t.say("again", args); err != nil {
				return err
			}
		}
	}
	return nil
}

// status is what "provision courier status --json" prints.
type status struct {
	Waiting int            `json:"waiting"`
	Away    int            `json:"away"` // of them on a stick that did not come back yet
	Oldest  *time.Time     `json:"oldest,omitempty"`
	Trips   []courier.Trip `json:"trips"` // newest last
}

func (t *tool) status(ctx context.Context) error {
	out := status{Trips: []courier.Trip{}}
	err := t.work(ctx, func(m courier.Terminal, s *store.Store) error {
		items, err := s.Waiting(ctx)
		if err != nil {
			return err
		}
		trips, err := m.Trips()
		if err != nil {
			return err
		}
		out.Trips = append(out.Trips, trips...)
		out.Waiting, out.Away = len(items), away(items, trips)
		if len(items) > 0 {
			out.Oldest = &items[0].Committed
		}
		return nil
	})
	if err != nil {
		return t.refusal(err)
	}
	if t.json {
		return printed.JSON(t.out, out)
	}
	if err := t.say("status", map[string]any{"waiting": out.Waiting, "away": out.Away}); err != nil {
		return err
	}
	for _, trip := range out.Trips[max(0, len(out.Trips)-10):] {
		args := map[string]any{"number": trip.Number, "day": trip.Made.In(casefile.Zone).Format("2006-01-02 15:04"), "packets": len(trip.Packets)}
		key := "trip-away"
		if trip.Returned != nil {
			key, args["back"] = "trip-back", trip.Returned.In(casefile.Zone).Format("2006-01-02 15:04")
		}
		if err := t.say(key, args); err != nil {
			return err
		}
	}
	return nil
}

// away counts what waits and lies on a stick that did not come back.
func away(items []store.Item, trips []courier.Trip) int {
	carried := map[string]bool{}
	for _, trip := range trips {
		for _, id := range trip.Packets {
			carried[id] = carried[id] || trip.Returned == nil
		}
	}
	n := 0
	for _, item := range items {
		if carried[item.Packet] {
			n++
		}
	}
	return n
}

func (t *tool) word(key string, args map[string]any) string {
	return t.words.T(t.lang, "courier."+key, args)
}

func (t *tool) say(key string, args map[string]any) error {
	if _, err := fmt.Fprintln(t.out, t.word(key, args)); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

// refusal adds people's words to what went wrong.
func (t *tool) refusal(err error) error {
	if code := codeOf(err); code != "other" {
		return fmt.Errorf("%s: %w", t.word("error."+code, nil), err)
	}
	return err
}
