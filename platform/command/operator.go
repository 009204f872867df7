package command

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"bianmin/platform/fleet"
	"bianmin/platform/registry"
	"bianmin/sync/seal"
)

func operatorCommand(o Options) *cobra.Command {
	parent := group("operator", "Accounts for the fleet page (县里看运行情况的人)")
	parent.AddCommand(
		operatorPasswordCommand(o, "new", "Make an account with a random password and print both as JSON; the password is shown this once", (*registry.Registry).AddOperator),
		operatorPasswordCommand(o, "password", "Give an account a new random password", (*registry.Registry).SetOperator),
		operatorListCommand(), operatorBarCommand(o, "bar", "End an account; its browsers are signed off at once", true), operatorBarCommand(o, "allow", "Allow a barred account again", false),
	)
	return parent
}

// operatorKeep writes an account.
type operatorKeep func(*registry.Registry, context.Context, registry.Operator) error

func operatorPasswordCommand(o Options, use, short string, keep operatorKeep) *cobra.Command {
	var data, name string
	c := &cobra.Command{
		Use: use, Short: short, Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if name == "" || name != strings.TrimSpace(name) || len([]rune(name)) > 100 {
				return errors.New("--name must be a name of at most 100 characters")
			}
			password, err := drawPassword()
			if err != nil {
				return err
			}
			account, err := fleet.NewOperator(name, password)
			if err != nil {
				return err
			}
			if err := writing(c, o, data, func(reg *registry.Registry) error { return keep(reg, c.Context(), account) }); err != nil {
				return err
			}
			return printJSON(c.OutOrStdout(), map[string]string{"name": name, "password": password})
		},
	}
	dataFlag(c, &data)
	c.Flags().StringVar(&name, "name", "", "the operator's name")
	return c
}

// drawPassword gives 100 random bits as four groups of letters and digits.
func drawPassword() (string, error) {
	var b [13]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", fmt.Errorf("draw a password: %w", err)
	}
	text := strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:]))[:20]
	return text[:5] + "-" + text[5:10] + "-" + text[10:15] + "-" + text[15:], nil
}

func operatorListCommand() *cobra.Command {
	var data string
	c := &cobra.Command{
		Use: "list", Short: "List the accounts as JSON", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return reading(c, data, func(reg *registry.Registry) error {
				all, err := reg.Operators(c.Context())
				if err != nil {
					return err
				}
				listed := make([]map[string]any, 0, len(all))
				for _, account := range all {
					listed = append(listed, map[string]any{"name": account.Name, "barred": account.Barred})
				}
				return printJSON(c.OutOrStdout(), listed)
			})
		},
	}
	dataFlag(c, &data)
	return c
}

func operatorBarCommand(o Options, use, short string, barred bool) *cobra.Command {
	var data string
	c := &cobra.Command{
		Use: use + " NAME", Short: short, Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return writing(c, o, data, func(reg *registry.Registry) error { return reg.BarOperator(c.Context(), args[0], barred) })
		},
	}
	dataFlag(c, &data)
	return c
}

// metricsToken reads the token that Prometheus shows, made at the first start of the fleet page.
func metricsToken(data string) (string, error) {
	path := filepath.Join(data, "metrics-token")
	content, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		token, err := drawPassword()
		if err != nil {
			return "", err
		}
		return token, seal.WriteFile(path, []byte(token+"\n"))
	}
	if err != nil {
		return "", fmt.Errorf("read the token of metrics: %w", err)
	}
	if token := strings.TrimSpace(string(content)); token != "" {
		return token, nil
	}
	return "", fmt.Errorf("%s is empty: remove it, and a new one is made", path)
}
