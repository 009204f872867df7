// Package enrolment is the technician's command that enrols a terminal. It only
// reads flags and prints; sync/enrol does the work.
package enrolment

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bianmin/packaging/provision/asuser"
	"bianmin/packaging/provision/printed"
	"bianmin/packaging/provision/ticket"
	"bianmin/packaging/settings"
	"bianmin/packaging/update/trial"
	"bianmin/sync/enrol"
	"bianmin/sync/seal"
	"bianmin/sync/seal/chip"
	"bianmin/sync/wire"
)

type flags struct {
	data, config, platform, trust string
	replace, json                 bool
}

// Command makes "provision enrol". software is the version the platform is told.
func Command(software string, now func() time.Time) *cobra.Command {
	var f flags
	c := &cobra.Command{
		Use:   "enrol " + ticket.Usage,
		Short: "Enrol this terminal with a one-time code (终端入网)",
		Long: `Exchanges a one-time code for this terminal's certificates and writes them into the data folder.

It asks for the whole enrolment string (BIANMIN1|url|fingerprint|code), or only the code with --platform and --trust; scan or type it.
With - it reads it from standard input and does not ask. It takes none in the command, which others can see.`,
		Args: ticket.Args,
		RunE: func(c *cobra.Command, args []string) (err error) {
			given, err := f.ticket(c, args)
			if err != nil {
				return err
			}
			data, state, err := f.folders()
			if err != nil {
				return err
			}
			release, err := trial.Enter(c.Context(), state, data, time.Minute)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, release()) }()
			var identity *seal.Identity
			err = asuser.Do(data, func() (err error) { // root's keys would be read by nobody
				if guarding := enrol.Guard(data, chip.DefaultPath); guarding != nil {
					_, _ = fmt.Fprintf(c.ErrOrStderr(), "the security chip cannot keep the keys, they lie in files / 安全芯片用不上，密钥存为文件: %v\n", guarding)
				}
				identity, err = enrol.Enrol(c.Context(), enrol.Options{Ticket: given, Data: data, Software: software, Replace: f.replace, Now: now})
				return err
			})
			if err != nil {
				return err
			}
			return f.print(c, identity)
		},
	}
	c.Flags().StringVar(&f.data, "data", "", "the terminal's data folder")
	c.Flags().StringVar(&f.config, "config", "", "the terminal's configuration file, instead of --data")
	c.Flags().StringVar(&f.platform, "platform", "", "the platform's address, with a bare code")
	c.Flags().StringVar(&f.trust, "trust", "", "fingerprint of the platform's trust bundle, with a bare code")
	c.Flags().BoolVar(&f.replace, "replace", false, "enrol anew over an existing enrolment: a new generation of the terminal")
	c.Flags().BoolVar(&f.json, "json", false, "print what the terminal became as JSON")
	return c
}

func (f flags) ticket(c *cobra.Command, words []string) (wire.Ticket, error) {
	said, err := ticket.Ask(c.Context(), c, words)
	if err != nil {
		return wire.Ticket{}, err
	}
	if strings.Contains(said, "|") {
		return wire.ParseTicket(said)
	}
	if f.platform == "" || f.trust == "" {
		return wire.Ticket{}, errors.New("a bare code needs --platform and --trust; or take the whole enrolment string")
	}
	return wire.NewTicket(f.platform, f.trust, said)
}

// folders are the terminal's data folder and its updater's.
func (f flags) folders() (data, state string, err error) {
	switch {
	case f.data != "" && f.config != "":
		return "", "", errors.New("give --data or --config, not both")
	case f.data != "":
		return f.data, trial.StateOf(f.data), nil
	case f.config != "":
		s, err := settings.Read(f.config)
		return s.Data, s.Update.State, err
	}
	return "", "", errors.New("give --data or --config: where the terminal's data lies")
}

func (f flags) print(c *cobra.Command, identity *seal.Identity) error {
	t := identity.Terminal
	if f.json {
		return printed.JSON(c.OutOrStdout(), map[string]string{
			"terminal": t.Number, "generation": t.Generation, "point": t.Point, "region": t.Region, "role": t.Role,
			"environment": t.Environment, "platform": t.Platform, "trust": identity.Trust.Fingerprint(),
		})
	}
	_, err := fmt.Fprintf(c.OutOrStdout(), "入网成功 enrolled: %s%s, %s (%s), %s\n", t.Number, t.Generation, t.Point, t.Role, t.Environment)
	return err
}
