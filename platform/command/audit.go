package command

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"bianmin/core/casefile"
	"bianmin/platform/registry"
)

// auditCommand shows who of the county looked at people's data, and checks that no entry was changed.
func auditCommand() *cobra.Command {
	var (
		data   string
		asJSON bool
	)
	c := &cobra.Command{
		Use: "audit --data DIR", Short: "Show who opened names and phones, closed refused applications or looked into changed records; fails when entries were changed", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return reading(c, data, func(reg *registry.Registry) error {
				all, changed := reg.Trail(c.Context())
				if changed != nil && !errors.Is(changed, registry.ErrTrail) {
					return changed
				}
				if asJSON {
					return errors.Join(printJSON(c.OutOrStdout(), all), changed)
				}
				for _, t := range all {
					line := fmt.Sprintf("%s  %s  %s  %s  %s", t.At.In(casefile.Zone).Format("2006-01-02 15:04:05"), t.Actor, t.Action, t.Subject, t.Detail)
					_, err := fmt.Fprintln(c.OutOrStdout(), strings.TrimRight(line, " "))
					if err != nil {
						return err
					}
				}
				return changed
			})
		},
	}
	dataFlag(c, &data)
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}
