// Package succession is the technician's commands that move a machine's work to
// another and end a machine. It reads flags and prints; packaging/succession does the work.
package succession

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bianmin/packaging/provision/printed"
	"bianmin/packaging/settings"
	"bianmin/packaging/succession"
	"bianmin/packaging/update/trial"
	"bianmin/store/cut"
	"bianmin/sync/seal/chip"
)

// defaultConfig is where an installed machine has its configuration.
const defaultConfig = "/etc/bianmin/terminal.yaml"

// Options are what the commands stand on.
type Options struct {
	Software string // version, noted in what is written
	Now      func() time.Time
}

// Commands makes "provision backup", "restore", "replace" and "retire".
func Commands(o Options) []*cobra.Command {
	return []*cobra.Command{backupCommand(o), restoreCommand(o), replaceCommand(o), retireCommand(o)}
}

// place is where the machine's data lies.
type place struct{ data, config, state string }

// patience is how long a command waits for an updater that is at work.
const patience = time.Minute

// steady does work on the machine's records, beside kiosk and desk, and never while a new version is on trial.
func (p *place) steady(ctx context.Context, m succession.Machine, do func() error) (err error) {
	release, err := trial.Enter(ctx, p.state, m.Data, patience)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	return owned(m.Data, do)
}

func (p *place) flags(c *cobra.Command) {
	c.Flags().StringVar(&p.data, "data", "", "the terminal's data folder, instead of --config")
	c.Flags().StringVar(&p.config, "config", defaultConfig, "the terminal's configuration file")
}

func (p *place) machine(c *cobra.Command, o Options) (succession.Machine, error) {
	m := succession.Machine{Data: p.data, Software: o.Software, Now: o.Now, Step: cut.Point, Chip: chip.DefaultPath}
	switch {
	case p.data != "" && c.Flags().Changed("config"):
		return m, errors.New("give --data or --config, not both")
	case p.data != "":
		p.state = trial.StateOf(p.data)
		return m, nil
	}
	s, err := settings.Read(p.config)
	m.Data, p.state = s.Data, s.Update.State
	return m, err
}

// told is a backup as --json prints it.
type told struct {
	Backup   string    `json:"backup"`
	Terminal string    `json:"terminal"`
	Taken    time.Time `json:"taken"`
	Final    bool      `json:"final"`
	Opens    string    `json:"opens"` // "successor" or "custodians"
	Cases    int       `json:"cases"`
	Waiting  int       `json:"waiting"`
	Refused  int       `json:"refused"`
	Drafts   int       `json:"drafts"`
	Pages    int       `json:"pages"`
	Lost     int       `json:"lost"` // pages that something needs and the old disk cannot give
}

func tell(m succession.Manifest) told {
	opens := "custodians"
	if m.Key.Successor != "" {
		opens = "successor"
	}
	return told{
		Backup: m.ID, Terminal: m.Terminal + m.Generation, Taken: m.Taken, Final: m.Final, Opens: opens,
		Cases: m.Cases, Waiting: m.Waiting, Refused: m.Refused, Drafts: m.Drafts, Pages: len(m.Pages), Lost: len(m.Lost),
	}
}

// lost says that a copy is good, and lacks pages that the old disk could not give; nil when it lacks none.
func lost(pages int) error {
	if pages == 0 {
		return nil
	}
	return fmt.Errorf("其余都已抄下，但有 %d 页在旧硬盘上读不出来：把旧硬盘留好，问县里要不要重新收这些材料。 Everything else is copied, but %d pages cannot be read on the old disk: keep that disk, and ask the county whether these papers are to be collected again", pages, pages)
}

func backupCommand(o Options) *cobra.Command {
	var p place
	var final, asJSON bool
	c := &cobra.Command{
		Use: "backup FOLDER", Short: "Write a sealed copy of this terminal's work to a stick (备份)", Args: cobra.ExactArgs(1),
		Long: `Writes store, queue and pages, sealed, signed and read back, into FOLDER; private keys stay where they are. Kiosk, desk and sender may run on.
Only the machine that takes this one's place can open it (when "provision restore" was run there with the same stick before), or the point's two custodians.
An interrupted backup is simply run again.`,
		RunE: func(c *cobra.Command, args []string) error {
			m, err := p.machine(c, o)
			if err != nil {
				return err
			}
			var made succession.Manifest
			err = p.steady(c.Context(), m, func() (err error) { made, err = m.Backup(c.Context(), args[0], final); return err })
			if err != nil {
				return err
			}
			t := tell(made)
			if asJSON {
				return errors.Join(printed.JSON(c.OutOrStdout(), t), lost(t.Lost))
			}
			_, err = fmt.Fprintf(c.OutOrStdout(), "备份完成 backed up: %s, %d cases, %d waiting, %d refused, %d drafts, %d pages; opened by: %s\n",
				t.Terminal, t.Cases, t.Waiting, t.Refused, t.Drafts, t.Pages, t.Opens)
			return errors.Join(err, lost(t.Lost))
		},
	}
	p.flags(c)
	c.Flags().BoolVar(&final, "final", false, "this machine is being replaced: it accepts nothing more from before the copy on")
	c.Flags().BoolVar(&asJSON, "json", false, "print what was written as JSON")
	return c
}

// brought is a restore as --json prints it.
type brought struct {
	told
	New   news     `json:"new"`
	Aside []string `json:"aside,omitempty"`
}

type news struct {
	Cases   int `json:"cases"`
	Packets int `json:"packets"`
	Drafts  int `json:"drafts"`
}

func restoreCommand(o Options) *cobra.Command {
	var p place
	var asJSON bool
	c := &cobra.Command{
		Use: "restore FOLDER", Short: "Take over another machine's work from a stick (恢复)", Args: cobra.ExactArgs(1),
		Long: `On the new machine, after it was enrolled with a new code for the same terminal number and point. Takes over, under the platform's succession order, what
"provision backup" wrote; cases, queue, books and drafts; what is here already stays. With no backup on the stick yet it lays this machine's offer there, so that the old machine's backup is sealed to it.
It may be run again, after an interruption or with a newer backup.`,
		RunE: func(c *cobra.Command, args []string) error {
			m, err := p.machine(c, o)
			if err != nil {
				return err
			}
			var taken []succession.Taken
			err = p.steady(c.Context(), m, func() (err error) { taken, err = m.Restore(c.Context(), args[0]); return err })
			if errors.Is(err, succession.ErrNoBackup) {
				offered, err := m.Offer(args[0])
				if err != nil {
					return err
				}
				return &succession.OfferedError{Offer: offered}
			}
			if err != nil {
				return err
			}
			return report(c.OutOrStdout(), taken, asJSON)
		},
	}
	p.flags(c)
	c.Flags().BoolVar(&asJSON, "json", false, "print what was taken over as JSON")
	return c
}

func report(w io.Writer, taken []succession.Taken, asJSON bool) error {
	all := make([]brought, 0, len(taken))
	for _, t := range taken {
		all = append(all, brought{told: tell(t.Backup), New: news{Cases: t.Cases, Packets: t.Packets, Drafts: t.Drafts}, Aside: t.Aside})
	}
	missing := 0
	for _, b := range all {
		missing += b.Lost
	}
	if asJSON {
		return errors.Join(printed.JSON(w, all), lost(missing))
	}
	for _, b := range all {
		if _, err := fmt.Fprintf(w, "已接替 taken over: %s, new here: %d cases, %d packets, %d drafts\n", b.Terminal, b.New.Cases, b.New.Packets, b.New.Drafts); err != nil {
			return err
		}
		if len(b.Aside) > 0 {
			_, err := fmt.Fprintf(w, "the books of %s stay in the backup, because they began new ones here: keep the stick\n", strings.Join(b.Aside, ", "))
			if err != nil {
				return err
			}
		}
	}
	return lost(missing)
}
