package command

import (
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"golang.org/x/crypto/argon2"

	"bianmin/core/agency"
	"bianmin/platform/registry"
	"bianmin/sync/wire"
)

func agentCommand(o Options) *cobra.Command {
	parent := group("agent", "Accounts of the people at the desks (代办员)")
	parent.AddCommand(agentNewCommand(o), agentCodeCommand(o), agentListCommand(), agentBarCommand(o))
	return parent
}

type agentFlags struct {
	data    string
	agent   registry.Agent
	absence int // days
}

func agentNewCommand(o Options) *cobra.Command {
	var f agentFlags
	c := &cobra.Command{
		Use: "new", Short: "Make an account and print it with its one-time activation code as JSON; the code is shown this once", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return f.run(c, o) },
	}
	dataFlag(c, &f.data)
	flags := c.Flags()
	flags.StringVar(&f.agent.Name, "name", "", "the person's name")
	flags.StringVar(&f.agent.Role, "role", "agent", "agent, lead or trainee")
	flags.StringVar(&f.agent.Terminal, "terminal", "", "number of a terminal at the point, e.g. QH0301")
	flags.StringSliceVar(&f.agent.Villages, "villages", nil, "division codes the account serves, 12 digits each; none is the whole point")
	flags.BoolVar(&f.agent.CanConfirm, "can-confirm", false, "may confirm scans against originals; a lead always may")
	flags.IntVar(&f.absence, "absence", 45, "days the account works without the platform having been seen")
	return c
}

func (f agentFlags) check() error {
	switch {
	case f.agent.Name == "" || len([]rune(f.agent.Name)) > 100:
		return errors.New("--name must be a name of at most 100 characters")
	case f.agent.Role != "agent" && f.agent.Role != "lead" && f.agent.Role != "trainee":
		return errors.New("--role must be agent, lead or trainee")
	case !terminalForm.MatchString(f.agent.Terminal):
		return errors.New("--terminal must be six capital letters and digits")
	case f.absence < 1 || f.absence > 366:
		return errors.New("--absence must be 1 to 366 days")
	}
	for _, village := range f.agent.Villages {
		if !regionForm.MatchString(village) {
			return errors.New("--villages must be division codes of 12 digits")
		}
	}
	return nil
}

func (f agentFlags) run(c *cobra.Command, o Options) (err error) {
	if err := f.check(); err != nil {
		return err
	}
	reg, err := registry.Open(c.Context(), f.data, o.Now)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, reg.Close()) }()
	account, code := f.agent, ""
	if account.ID, err = digits(); err != nil {
		return err
	}
	if account.Agent, code, err = withCode(account.Agent); err != nil {
		return err
	}
	account.AbsenceHours = 24 * f.absence
	account.CanConfirm = account.CanConfirm || account.Role == string(agency.RoleLead)
	if err := reg.AddAgent(c.Context(), account); err != nil {
		return err
	}
	return printJSON(c.OutOrStdout(), map[string]string{"id": account.ID, "name": account.Name, "role": account.Role, "code": code})
}

// withCode gives an account the verifier of a fresh activation code, and the code.
func withCode(a wire.Agent) (wire.Agent, string, error) {
	var random, salt [16]byte
	for _, b := range [][]byte{random[:], salt[:]} {
		if _, err := rand.Read(b); err != nil {
			return a, "", fmt.Errorf("draw a code: %w", err)
		}
	}
	code := wire.FormatCode(random)
	a.Salt, a.Time, a.Memory, a.Threads = salt[:], argonTime, argonMemory, argonThreads
	a.Hash = argon2.IDKey([]byte(code), a.Salt, a.Time, a.Memory, a.Threads, argonLength)
	return a, code, nil
}

func agentCodeCommand(o Options) *cobra.Command {
	var data string
	c := &cobra.Command{
		Use: "code ID", Short: "Give an account a new activation code, for a PC that was replaced; the former code counts no more", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) (err error) {
			reg, err := registry.Open(c.Context(), data, o.Now)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, reg.Close()) }()
			account, code, err := withCode(wire.Agent{ID: args[0]})
			if err != nil {
				return err
			}
			if err := reg.RenewAgent(c.Context(), account); err != nil {
				return err
			}
			return printJSON(c.OutOrStdout(), map[string]string{"id": account.ID, "code": code})
		},
	}
	dataFlag(c, &data)
	return c
}

// listedAgent is an account as "agent list" prints it.
type listedAgent struct {
	ID         string   `json:"id"`
	Name       string   `json:"name"`
	Role       string   `json:"role"`
	Terminal   string   `json:"terminal"`
	Villages   []string `json:"villages"`
	Absence    int      `json:"absenceHours"`
	CanConfirm bool     `json:"canConfirm"`
	Barred     bool     `json:"barred"`
}

func agentListCommand() *cobra.Command {
	var data string
	c := &cobra.Command{
		Use: "list", Short: "List the accounts as JSON", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			reg, err := registry.OpenReader(c.Context(), data)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, reg.Close()) }()
			all, err := reg.Agents(c.Context())
			if err != nil {
				return err
			}
			listed := make([]listedAgent, 0, len(all))
			for _, a := range all {
				listed = append(listed, listedAgent{
					ID: a.ID, Name: a.Name, Role: a.Role, Terminal: a.Terminal, Villages: a.Villages,
					Absence: a.AbsenceHours, CanConfirm: a.CanConfirm, Barred: a.Barred,
				})
			}
			return printJSON(c.OutOrStdout(), listed)
		},
	}
	dataFlag(c, &data)
	return c
}

func agentBarCommand(o Options) *cobra.Command {
	var data string
	c := &cobra.Command{
		Use: "bar ID", Short: "Bar an account; the terminals hear of it with their next heartbeat", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) (err error) {
			reg, err := registry.Open(c.Context(), data, o.Now)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, reg.Close()) }()
			return reg.BarAgent(c.Context(), args[0])
		},
	}
	dataFlag(c, &data)
	return c
}
