package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"bianmin/platform/authority"
	"bianmin/platform/registry"
	"bianmin/sync/seal"
)

func recoverySplitCommand(o Options) *cobra.Command {
	var data, number, first, second string
	c := &cobra.Command{
		Use: "split", Short: "Divide the recovery key of a terminal's point between two custodians' sticks, for ever (分给两位保管人)", Args: cobra.NoArgs,
		Long: "Each custodian takes one stick away. Either share alone says nothing; with both, `recovery answer` works as before. The whole key is overwritten here: " +
			"without both sticks nobody opens what was sealed to it. Copies of the platform's data that were made before still hold it.",
		Example: "  platform recovery split --data P --terminal QH0301 --first /media/one --second /media/two",
		RunE: func(c *cobra.Command, _ []string) error {
			at, err := pointOf(c.Context(), data, number)
			if err != nil {
				return err
			}
			a, err := authority.Load(authority.Options{Dir: filepath.Join(data, "authority"), Now: o.Now})
			if err != nil {
				return err
			}
			same, err := oneFolder(first, second)
			if err != nil {
				return err
			}
			if same {
				return errors.New("--first and --second must be two folders, on two sticks: one who had both shares would need nobody else")
			}
			err = a.SplitRecovery(at.Region, at.Point, func(one, two authority.Share) error {
				return errors.Join(keepShare(first, one), keepShare(second, two))
			})
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(c.ErrOrStderr(), "the recovery key of %s is divided: part 1 is in %s, part 2 in %s; the whole key is gone from here\n", at.Point, first, second)
			return err
		},
	}
	dataFlag(c, &data)
	c.Flags().StringVar(&number, "terminal", "", "any terminal of the point")
	c.Flags().StringVar(&first, "first", "", "the first custodian's folder")
	c.Flags().StringVar(&second, "second", "", "the second custodian's folder")
	return c
}

func recoveryListCommand(o Options) *cobra.Command {
	var data string
	c := &cobra.Command{
		Use: "list", Short: "List the points and who holds their recovery keys, as JSON", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			a, err := authority.Load(authority.Options{Dir: filepath.Join(data, "authority"), Now: o.Now})
			if err != nil {
				return err
			}
			all, err := terminals(c.Context(), data)
			if err != nil {
				return err
			}
			listed, known := []map[string]string{}, map[string]bool{}
			for _, t := range all {
				divided, err := a.Divided(t.Region, t.Point)
				if known[t.Region+t.Point] || errors.Is(err, authority.ErrNoRecovery) {
					continue
				}
				if err != nil {
					return err
				}
				known[t.Region+t.Point] = true
				held := "platform"
				if divided {
					held = "custodians"
				}
				listed = append(listed, map[string]string{"region": t.Region, "point": t.Point, "held": held})
			}
			return printJSON(c.OutOrStdout(), listed)
		},
	}
	dataFlag(c, &data)
	return c
}

func terminals(ctx context.Context, data string) (_ []registry.Terminal, err error) {
	reg, err := registry.OpenReader(ctx, data)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, reg.Close()) }()
	return reg.Terminals(ctx)
}

// pointOf finds the newest generation of a terminal.
func pointOf(ctx context.Context, data, number string) (registry.Terminal, error) {
	all, err := terminals(ctx, data)
	if err != nil {
		return registry.Terminal{}, err
	}
	var newest registry.Terminal
	for _, t := range all { // in order of their generations
		if t.Number == number {
			newest = t
		}
	}
	if newest.Number == "" {
		return newest, fmt.Errorf("there is no terminal %q here", number)
	}
	return newest, nil
}

// oneFolder tells whether two folders, which must be there, are one.
func oneFolder(first, second string) (bool, error) {
	one, err := os.Stat(first)
	if err != nil {
		return false, fmt.Errorf("the first custodian's folder: %w", err)
	}
	two, err := os.Stat(second)
	if err != nil {
		return false, fmt.Errorf("the second custodian's folder: %w", err)
	}
	return os.SameFile(one, two), nil
}

// keepShare writes a share, synced, and reads it back.
func keepShare(folder string, share authority.Share) error {
	content, err := json.MarshalIndent(share, "", "  ")
	if err != nil {
		return fmt.Errorf("write a share: %w", err)
	}
	path := filepath.Join(folder, share.Name())
	if err := seal.WriteFile(path, content); err != nil {
		return fmt.Errorf("write a share: %w", err)
	}
	_, err = authority.ReadShare(path)
	return err
}
