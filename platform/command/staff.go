package command

import (
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"

	"github.com/spf13/cobra"
	"golang.org/x/crypto/argon2"

	"bianmin/platform/registry"
	"bianmin/sync/wire"
)

// Cost of checking a PIN: a fraction of a second on a kiosk, and 32 MiB.
const (
	argonTime    = 3
	argonMemory  = 32 << 10 // KiB
	argonThreads = 1
	argonLength  = 32
)

func staffCommand(o Options) *cobra.Command {
	parent := group("staff", "Technicians' accounts (运维员)")
	var data, name string
	c := &cobra.Command{
		Use: "new", Short: "Make an account with a random PIN and print both as JSON; the PIN is shown this once", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if name == "" || len([]rune(name)) > 100 {
				return errors.New("--name must be a name of at most 100 characters")
			}
			reg, err := registry.Open(c.Context(), data, o.Now)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, reg.Close()) }()
			account, pin, err := newStaff(name)
			if err != nil {
				return err
			}
			if err := reg.AddStaff(c.Context(), account); err != nil {
				return err
			}
			return printJSON(c.OutOrStdout(), map[string]string{"id": account.ID, "name": name, "pin": pin})
		},
	}
	dataFlag(c, &data)
	c.Flags().StringVar(&name, "name", "", "the technician's name")
	parent.AddCommand(c)
	return parent
}

func newStaff(name string) (wire.Staff, string, error) {
	id, err := digits()
	if err != nil {
		return wire.Staff{}, "", err
	}
	pin, err := digits()
	if err != nil {
		return wire.Staff{}, "", err
	}
	salt := make([]byte, 16)
	if _, err := rand.Read(salt); err != nil {
		return wire.Staff{}, "", fmt.Errorf("draw a salt: %w", err)
	}
	return wire.Staff{
		ID: id, Name: name, Salt: salt, Time: argonTime, Memory: argonMemory, Threads: argonThreads,
		Hash: argon2.IDKey([]byte(pin), salt, argonTime, argonMemory, argonThreads, argonLength),
	}, pin, nil
}

// digits gives six random decimal digits.
func digits() (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return "", fmt.Errorf("draw digits: %w", err)
	}
	return fmt.Sprintf("%06d", n), nil
}
