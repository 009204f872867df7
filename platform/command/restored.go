package command

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"bianmin/core/casefile"
	"bianmin/platform/registry"
)

// restoredCommand has the terminals asked for what a copy that was put back does not hold.
func restoredCommand(o Options) *cobra.Command {
	var data, since string
	c := &cobra.Command{
		Use: "restored --copy-of TIME --data DIR", Short: "Say that the platform was put back from a copy: the terminals bring what was lost", Args: cobra.NoArgs,
		Long: "TIME is when the copy was made, China's time, 2026-11-25T02:00; rather an hour too early. To be run before the platform serves again: the official numbers of today go on " +
			"behind a gap, so that none is given twice. Terminals keep what was acknowledged for retention.days; a copy should never be older than that.",
		RunE: func(c *cobra.Command, _ []string) error {
			at, err := time.ParseInLocation("2006-01-02T15:04", since, casefile.Zone)
			if err != nil {
				return fmt.Errorf("--copy-of: %w", err)
			}
			return writing(c, o, data, func(reg *registry.Registry) error {
				asked, err := reg.Restored(c.Context(), at)
				if err != nil {
					return err
				}
				return printJSON(c.OutOrStdout(), asked)
			})
		},
	}
	dataFlag(c, &data)
	c.Flags().StringVar(&since, "copy-of", "", "when the copy was made, e.g. 2026-11-25T02:00")
	required(c, "copy-of")
	return c
}
