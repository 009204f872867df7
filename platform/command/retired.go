package command

import (
	"encoding/json"
	"errors"

	"github.com/spf13/cobra"

	"bianmin/platform/registry"
)

// listedRetirement is a statement of erasure as it is printed.
type listedRetirement struct {
	Terminal   string          `json:"terminal"`
	Generation string          `json:"generation"`
	Statement  json.RawMessage `json:"statement"` // as the terminal signed it
}

func retiredCommand() *cobra.Command {
	var data string
	c := &cobra.Command{
		Use: "retired", Short: "List the terminals that said they erase themselves, as JSON", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			reg, err := registry.OpenReader(c.Context(), data)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, reg.Close()) }()
			all, err := reg.Retirements(c.Context())
			if err != nil {
				return err
			}
			listed := make([]listedRetirement, 0, len(all))
			for _, r := range all {
				statement := r.Statement
				if !json.Valid(statement) {
					statement, _ = json.Marshal(string(statement)) // text always encodes
				}
				listed = append(listed, listedRetirement{Terminal: r.Number, Generation: r.Generation, Statement: statement})
			}
			return printJSON(c.OutOrStdout(), listed)
		},
	}
	dataFlag(c, &data)
	return c
}
