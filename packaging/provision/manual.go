package main

import (
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// manual writes the manual pages of all commands, for the package that ships them.
func manual(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use: "manual FOLDER", Short: "Write the manual pages", Args: cobra.ExactArgs(1), Hidden: true,
		RunE: func(_ *cobra.Command, args []string) error {
			root.DisableAutoGenTag = true
			header := &doc.GenManHeader{Title: "PROVISION", Section: "8", Source: "bianmin", Manual: "bianmin"}
			if err := doc.GenManTree(root, header, args[0]); err != nil {
				return fmt.Errorf("write the manual pages: %w", err)
			}
			return nil
		},
	}
}
