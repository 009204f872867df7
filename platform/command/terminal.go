package command

import (
	"errors"
	"time"

	"github.com/spf13/cobra"

	"bianmin/platform/registry"
)

// listedTerminal is one generation of a terminal as "terminal list" prints it.
type listedTerminal struct {
	Terminal    string     `json:"terminal"`
	Generation  string     `json:"generation"`
	Point       string     `json:"point"`
	Region      string     `json:"region"`
	Role        string     `json:"role"`
	Environment string     `json:"environment"`
	Barred      bool       `json:"barred"`
	Revoked     bool       `json:"revoked"`
	Seen        *time.Time `json:"seen,omitempty"` // last heartbeat; left out when there was none
}

func tell(t registry.Terminal, revoked bool) listedTerminal {
	l := listedTerminal{
		Terminal: t.Number, Generation: t.Generation, Point: t.Point, Region: t.Region, Role: t.Role, Environment: t.Environment,
		Barred: t.Barred, Revoked: revoked,
	}
	if !t.Seen.IsZero() {
		seen := t.Seen.UTC()
		l.Seen = &seen
	}
	return l
}

func terminalCommand(o Options) *cobra.Command {
	parent := group("terminal", "Terminals: list, bar, allow, revoke, revoked, retired, looked-into")
	parent.AddCommand(
		listCommand(), barCommand(o, "bar", "Forbid a terminal to connect until it is allowed again", true),
		barCommand(o, "allow", "Allow a barred terminal again", false), revokeCommand(o), revokedCommand(), retiredCommand(), lookedInto(o),
	)
	return parent
}

// reading runs f on the registry of a running or stopped platform.
func reading(c *cobra.Command, data string, f func(*registry.Registry) error) (err error) {
	reg, err := registry.OpenReader(c.Context(), data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, reg.Close()) }()
	return f(reg)
}

// writing runs f on the registry of a running or stopped platform, to change it.
func writing(c *cobra.Command, o Options, data string, f func(*registry.Registry) error) (err error) {
	reg, err := registry.Open(c.Context(), data, o.Now)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, reg.Close()) }()
	return f(reg)
}

func listCommand() *cobra.Command {
	var data string
	c := &cobra.Command{
		Use: "list", Short: "List the terminals as JSON", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return reading(c, data, func(reg *registry.Registry) error { return printTerminals(c, reg) })
		},
	}
	dataFlag(c, &data)
	return c
}

func printTerminals(c *cobra.Command, reg *registry.Registry) error {
	all, err := reg.Terminals(c.Context())
	if err != nil {
		return err
	}
	ended, err := reg.Revocations(c.Context())
	if err != nil {
		return err
	}
	revoked := map[string]bool{}
	for _, v := range ended {
		revoked[v.Number+v.Generation] = true
	}
	listed := make([]listedTerminal, 0, len(all))
	for _, t := range all {
		listed = append(listed, tell(t, revoked[t.Number+t.Generation]))
	}
	return printJSON(c.OutOrStdout(), listed)
}

// checkReason keeps reasons short; the fleet page shows them.
func checkReason(reason string, needed bool) error {
	if needed && reason == "" || len([]rune(reason)) > 200 {
		return errors.New("--reason must say why in at most 200 characters")
	}
	return nil
}

func barCommand(o Options, use, short string, barred bool) *cobra.Command {
	var data, reason string
	c := &cobra.Command{
		Use: use + " TERMINAL", Short: short, Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := checkReason(reason, false); err != nil {
				return err
			}
			return writing(c, o, data, func(reg *registry.Registry) error { return reg.Bar(c.Context(), args[0], barred, reason) })
		},
	}
	dataFlag(c, &data)
	if barred {
		c.Flags().StringVar(&reason, "reason", "", "why, for people")
	}
	return c
}

func revokeCommand(o Options) *cobra.Command {
	var data, generation, reason string
	c := &cobra.Command{
		Use: "revoke TERMINAL", Short: "End the certificates of a terminal for good: it needs a new enrolment code", Args: cobra.ExactArgs(1),
		Long: "For a machine that was stolen, sold or broken into. From now on its certificates are refused, also on connections that stand.\n" +
			"\"allow\" does not bring them back; a new enrolment code makes the next generation of the terminal.",
		RunE: func(c *cobra.Command, args []string) error {
			if err := checkReason(reason, true); err != nil {
				return err
			}
			return writing(c, o, data, func(reg *registry.Registry) error {
				ended, err := reg.Revoke(c.Context(), args[0], generation, reason)
				if err != nil {
					return err
				}
				return printJSON(c.OutOrStdout(), map[string]string{"terminal": args[0], "generation": ended, "reason": reason})
			})
		},
	}
	dataFlag(c, &data)
	c.Flags().StringVar(&generation, "generation", "", "letter of the generation (default: the newest)")
	c.Flags().StringVar(&reason, "reason", "", "why, for people; needed")
	return c
}

// listedRevocation is what "terminal revoked" prints of one.
type listedRevocation struct {
	Terminal   string    `json:"terminal"`
	Generation string    `json:"generation"`
	At         time.Time `json:"at"`
	Reason     string    `json:"reason"`
	Serials    []string  `json:"serials"` // hex, of the three certificates
}

func revokedCommand() *cobra.Command {
	var data string
	c := &cobra.Command{
		Use: "revoked", Short: "List the revoked certificates as JSON", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return reading(c, data, func(reg *registry.Registry) error {
				all, err := reg.Revocations(c.Context())
				if err != nil {
					return err
				}
				listed := make([]listedRevocation, 0, len(all))
				for _, v := range all {
					listed = append(listed, listedRevocation{Terminal: v.Number, Generation: v.Generation, At: v.At, Reason: v.Reason, Serials: v.Serials})
				}
				return printJSON(c.OutOrStdout(), listed)
			})
		},
	}
	dataFlag(c, &data)
	return c
}

// lookedInto ends the finding that a terminal's audit trail was changed, until it is again.
func lookedInto(o Options) *cobra.Command {
	var data, reason string
	c := &cobra.Command{
		Use: "looked-into TERMINAL", Short: "Say what was found behind a changed audit trail, and take the finding off the page", Args: cobra.ExactArgs(1),
		Long:    "Who says so and what is said stand in the county's own audit trail (platform audit). Should the terminal's trail not fit again, the page says so again.",
		Example: `  platform terminal looked-into QH0301 --reason "硬盘从旧备份恢复过，李四经手" --data P`,
		RunE: func(c *cobra.Command, args []string) error {
			if err := checkReason(reason, true); err != nil {
				return err
			}
			return writing(c, o, data, func(reg *registry.Registry) error {
				return reg.SeeAudit(c.Context(), args[0], o.Now(), reason, whoever())
			})
		},
	}
	dataFlag(c, &data)
	c.Flags().StringVar(&reason, "reason", "", "what was found, for people")
	return c
}
