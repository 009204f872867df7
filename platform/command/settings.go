package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"bianmin/packaging/settings/schema"
	"bianmin/platform/registry"
	"bianmin/platform/ruling"
	"bianmin/sync/seal"
)

func settingsCommand(o Options) *cobra.Command {
	parent := group("settings", "Settings of the terminals (省里定的设置): set, unset, list, show, keys, export, raise")
	parent.Long = "What the province sets for its terminals: for all, for a role, a division, a point, or one terminal; the most special counts.\n" +
		"Each change has a number. Terminals hear of it with their next heartbeat."
	parent.AddCommand(setCommand(o), unsetCommand(o), settingsListCommand(), settingsShowCommand(), keysCommand(), exportCommand(o), raiseCommand(o))
	return parent
}

// forFlags say for whom a setting is.
type forFlags struct {
	all            bool
	role, region   string
	point, machine string // a point is named by one of its terminals
}

func (f *forFlags) add(c *cobra.Command) {
	flags := c.Flags()
	flags.BoolVar(&f.all, "all", false, "for all terminals")
	flags.StringVar(&f.role, "role", "", "for all terminals of a role: kiosk or agent")
	flags.StringVar(&f.region, "region", "", "for all terminals of a division: the first 2 to 12 digits of its code")
	flags.StringVar(&f.point, "point-of", "", "for all terminals at the point of this terminal")
	flags.StringVar(&f.machine, "terminal", "", "for one terminal, e.g. QH0301")
	c.MarkFlagsOneRequired("all", "role", "region", "point-of", "terminal")
	c.MarkFlagsMutuallyExclusive("all", "role", "region", "point-of", "terminal")
}

var divisionForm = regexp.MustCompile(`^[0-9]{2,12}$`)

// target finds whom the flags name. A terminal may be named before it is enrolled.
func (f forFlags) target(c *cobra.Command, reg *registry.Registry) (registry.Target, error) {
	switch {
	case f.all:
		return registry.Target{Scope: registry.ForAll}, nil
	case f.role == "kiosk" || f.role == "agent":
		return registry.Target{Scope: registry.ForRole, Name: f.role}, nil
	case f.role != "":
		return registry.Target{}, errors.New("--role must be kiosk or agent")
	case divisionForm.MatchString(f.region):
		return registry.Target{Scope: registry.ForRegion, Name: f.region}, nil
	case f.region != "":
		return registry.Target{}, errors.New("--region must be the first 2 to 12 digits of a division code")
	case f.point != "":
		t, err := newest(c, reg, f.point)
		return registry.Target{Scope: registry.ForPoint, Name: registry.PointName(t.Region, t.Point)}, err
	case terminalForm.MatchString(f.machine):
		return registry.Target{Scope: registry.ForTerminal, Name: f.machine}, nil
	}
	return registry.Target{}, errors.New("--terminal must be six capital letters and digits")
}

// newest gives a terminal's newest generation.
func newest(c *cobra.Command, reg *registry.Registry, number string) (registry.Terminal, error) {
	all, err := reg.Terminals(c.Context())
	if err != nil {
		return registry.Terminal{}, err
	}
	var found registry.Terminal
	for _, t := range all { // by generation
		if t.Number == number {
			found = t
		}
	}
	if found.Number == "" {
		return found, fmt.Errorf("terminal %s: %w", number, registry.ErrTerminal)
	}
	return found, nil
}

// listedSetting is a change as the commands print it.
type listedSetting struct {
	Number int64          `json:"number"`
	Scope  registry.Scope `json:"scope"`
	For    string         `json:"for,omitempty"`
	Key    string         `json:"key"`
	Value  *string        `json:"value"` // null: taken back
	Locked bool           `json:"locked,omitempty"`
	At     time.Time      `json:"at"`
}

func listSetting(s registry.Setting) listedSetting {
	l := listedSetting{Number: s.Number, Scope: s.Scope, For: s.Name, Key: s.Key, Locked: s.Locked, At: s.At}
	if !s.Unset {
		l.Value = &s.Value
	}
	return l
}

func setCommand(o Options) *cobra.Command {
	var data string
	var to forFlags
	var locked bool
	c := &cobra.Command{
		Use: "set KEY VALUE", Short: "Set a value and print the change with its number as JSON", Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			key, known := schema.Find(args[0])
			if !known {
				return fmt.Errorf("there is no setting %q; \"platform settings keys\" lists them", args[0])
			}
			value, err := key.Province(args[1])
			if err != nil {
				return fmt.Errorf("%s: %w", key.Name, err)
			}
			if locked && !key.Here {
				return fmt.Errorf("%s: no machine may set it for itself anyway", key.Name)
			}
			return change(c, o, data, to, registry.Setting{Key: key.Name, Value: value, Locked: locked})
		},
	}
	dataFlag(c, &data)
	to.add(c)
	c.Flags().BoolVar(&locked, "lock", false, "no machine may set it for itself")
	return c
}

func unsetCommand(o Options) *cobra.Command {
	var data string
	var to forFlags
	c := &cobra.Command{
		Use: "unset KEY", Short: "Take a value back and print the change with its number as JSON", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return change(c, o, data, to, registry.Setting{Key: args[0], Unset: true})
		},
	}
	dataFlag(c, &data)
	to.add(c)
	return c
}

func change(c *cobra.Command, o Options, data string, to forFlags, s registry.Setting) error {
	return writing(c, o, data, func(reg *registry.Registry) (err error) {
		if s.Target, err = to.target(c, reg); err != nil {
			return err
		}
		if s, err = reg.Set(c.Context(), s); err != nil {
			return err
		}
		return printJSON(c.OutOrStdout(), listSetting(s))
	})
}

func settingsListCommand() *cobra.Command {
	var data string
	var history bool
	c := &cobra.Command{
		Use: "list", Short: "List what is set, for whomever, as JSON", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return reading(c, data, func(reg *registry.Registry) error {
				all, err := reg.Settings(c.Context(), history)
				if err != nil {
					return err
				}
				listed := make([]listedSetting, 0, len(all))
				for _, s := range all {
					listed = append(listed, listSetting(s))
				}
				return printJSON(c.OutOrStdout(), listed)
			})
		},
	}
	dataFlag(c, &data)
	c.Flags().BoolVar(&history, "history", false, "all changes, also those that count no more")
	return c
}

// shown is what counts for one terminal, and what it last said of it.
type shown struct {
	Terminal   string          `json:"terminal"`
	Generation string          `json:"generation"`
	Number     int64           `json:"number"`
	Made       *time.Time      `json:"made,omitempty"`
	Values     []listedSetting `json:"values"`
	Held       *int64          `json:"held"` // null: it has not said
	Refused    int64           `json:"refused,omitempty"`
	Reason     string          `json:"reason,omitempty"`
	Unknown    []string        `json:"unknown,omitempty"`
}

func settingsShowCommand() *cobra.Command {
	var data string
	c := &cobra.Command{
		Use: "show TERMINAL", Short: "Show what counts for a terminal and which number it holds, as JSON", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return reading(c, data, func(reg *registry.Registry) error {
				m, err := reg.Member(c.Context(), args[0])
				if err != nil {
					return err
				}
				standing, err := reg.Standing(c.Context(), m.Terminal)
				if err != nil {
					return err
				}
				s := shown{Terminal: m.Number, Generation: m.Generation, Number: standing.Number, Values: []listedSetting{}}
				if s.Number > 0 {
					s.Made = &standing.Made
				}
				for _, value := range standing.Values {
					s.Values = append(s.Values, listSetting(value))
				}
				if m.Beat != nil && m.Beat.Said.Settings != nil {
					held := m.Beat.Said.Settings
					s.Held, s.Refused, s.Reason, s.Unknown = &held.Number, held.Refused, held.Reason, held.Unknown
				}
				return printJSON(c.OutOrStdout(), s)
			})
		},
	}
	dataFlag(c, &data)
	return c
}

// listedKey is a setting that may be set.
type listedKey struct {
	Key     string `json:"key"`
	Default string `json:"default"`
	Bounds  string `json:"bounds,omitempty"`
	Machine string `json:"machine"` // whether a machine may set it for itself, and within what
}

func keysCommand() *cobra.Command {
	return &cobra.Command{
		Use: "keys", Short: "List the settings there are, with defaults and bounds, as JSON", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			var all []listedKey
			for _, k := range schema.Keys() {
				l := listedKey{Key: k.Name, Default: k.Default, Bounds: k.Bounds.String(), Machine: "no"}
				if k.Here {
					l.Machine = "yes"
					if narrow := k.Narrow.String(); narrow != "" {
						l.Machine = narrow
					}
				}
				all = append(all, l)
			}
			return printJSON(c.OutOrStdout(), all)
		},
	}
}

func exportCommand(o Options) *cobra.Command {
	var data, number, out string
	c := &cobra.Command{
		Use: "export", Short: "Write a terminal's signed settings into a file for a stick", Args: cobra.NoArgs,
		Long: "For a point without network: \"provision settings take FILE\" there takes the file. It is for this generation of this terminal alone.",
		RunE: func(c *cobra.Command, _ []string) error {
			a, err := loadAuthority(o, data)
			if err != nil {
				return err
			}
			return reading(c, data, func(reg *registry.Registry) error {
				t, err := newest(c, reg, number)
				if err != nil {
					return err
				}
				signed, err := ruling.Sign(c.Context(), reg, a, t, "", o.Now())
				if err != nil {
					return err
				}
				content, err := json.Marshal(signed)
				if err != nil {
					return fmt.Errorf("write settings: %w", err)
				}
				if out == "" || out == "-" {
					_, err := c.OutOrStdout().Write(append(content, '\n'))
					return err
				}
				return seal.WriteFile(out, content)
			})
		},
	}
	dataFlag(c, &data)
	c.Flags().StringVar(&number, "terminal", "", "the terminal's number")
	c.Flags().StringVar(&out, "out", "", "the file; standard output when left out")
	if err := c.MarkFlagRequired("terminal"); err != nil {
		panic(err) // the flag stands two lines above
	}
	return c
}

func raiseCommand(o Options) *cobra.Command {
	var data string
	var number int64
	c := &cobra.Command{
		Use: "raise", Short: "Lift the number, after the platform was put back from a copy and stands behind its terminals", Args: cobra.NoArgs,
		Long: "Terminals refuse a number that is not above theirs. Without --number it is lifted above all that terminals have said they hold.",
		RunE: func(c *cobra.Command, _ []string) error {
			return writing(c, o, data, func(reg *registry.Registry) error {
				if number == 0 {
					members, err := reg.Fleet(c.Context())
					if err != nil {
						return err
					}
					number = slices.Max(append(heldBy(members), 0)) + 1
				}
				if number > mostRaised {
					return fmt.Errorf("a terminal says it holds number %d, which cannot be; name the number with --number", number-1)
				}
				if err := reg.Raise(c.Context(), number); err != nil {
					return err
				}
				return printJSON(c.OutOrStdout(), map[string]int64{"number": number})
			})
		},
	}
	dataFlag(c, &data)
	c.Flags().Int64Var(&number, "number", 0, "the number to begin from")
	return c
}

// mostRaised keeps a terminal that says nonsense from using the numbers up.
const mostRaised = 1 << 40

func heldBy(members []registry.Member) (held []int64) {
	for _, m := range members {
		if m.Beat != nil && m.Beat.Said.Settings != nil {
			held = append(held, m.Beat.Said.Settings.Number)
		}
	}
	return held
}
