package command

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"bianmin/platform/casebook"
	"bianmin/platform/intake"
	"bianmin/platform/registry"
)

func trustCommand(o Options) *cobra.Command {
	var data string
	c := &cobra.Command{
		Use: "trust", Short: "Print the trust bundle's fingerprint as JSON", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			a, err := loadAuthority(o, data)
			if err != nil {
				return err
			}
			return printJSON(c.OutOrStdout(), map[string]string{"fingerprint": a.Fingerprint(), "environment": a.Environment()})
		},
	}
	dataFlag(c, &data)
	return c
}

func casesCommand() *cobra.Command {
	var (
		data, extract string
		asJSON        bool
	)
	c := &cobra.Command{
		Use: "cases", Short: "Open the cases with the platform's key and show them", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			a, err := loadAuthority(Options{}, data)
			if err != nil {
				return err
			}
			reg, err := registry.OpenReader(c.Context(), data)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, reg.Close()) }()
			if extract != "" {
				if err := os.MkdirAll(extract, 0o700); err != nil {
					return fmt.Errorf("make the folder for attachments: %w", err)
				}
			}
			in := &intake.Intake{Options: intake.Options{Dir: data}}
			book := casebook.Book{Registry: reg, Authority: a, Path: in.Path, Extract: extract}
			cases, err := book.Cases(c.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(c.OutOrStdout(), cases)
			}
			return printCases(c.OutOrStdout(), cases)
		},
	}
	dataFlag(c, &data)
	c.Flags().BoolVar(&asJSON, "json", false, "everything, as JSON")
	c.Flags().StringVar(&extract, "extract", "", "write the opened attachments into this folder, each named by its digest")
	return c
}

// printCases writes one line per case without anything personal.
func printCases(to io.Writer, cases []casebook.Case) error {
	for _, c := range cases {
		official := c.Official
		if official == "" {
			official = "-"
		}
		attachments := 0
		for _, e := range c.Events {
			attachments += len(e.Attachments)
		}
		kin := ""
		if c.Previous != "" {
			kin += ", mends " + c.Previous
		}
		if c.Successor != "" {
			kin += ", replaced by " + c.Successor
		}
		if _, err := fmt.Fprintf(to, "%s  %s  %s  %d events, %d attachments, %d updates%s\n", c.Case, official, c.State, len(c.Events), attachments, len(c.Updates), kin); err != nil {
			return err
		}
	}
	return nil
}
