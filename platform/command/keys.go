package command

import (
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"bianmin/platform/authority"
)

// soonSigned is how long before its first use a new key for answers is told to the terminals that are heard.
const soonSigned = 24 * time.Hour

func rotateSigning(o Options) *cobra.Command {
	var data string
	var after time.Duration
	c := &cobra.Command{
		Use: "signing", Short: "Make a new key for answers; what the earlier ones signed stays evidence", Args: cobra.NoArgs,
		Long: "A running platform tells terminals of it with the answers to their heartbeats, signed by the key before, and signs with it a day later (--after); it need not be started anew. " +
			"A terminal that is not heard in that day learns of it when it comes back: the signing root has certified it. Never remove an earlier signing*.key or .pem: what it signed is looked at for years. Update every terminal first: versions from before this believe the first key only.",
		Example: "  platform keys rotate signing --data P\n  platform keys rotate signing --after 0s --data P    # at once",
		RunE: func(c *cobra.Command, _ []string) error {
			if after < 0 {
				return errors.New("--after is not below zero")
			}
			a, err := authority.Load(authority.Options{Dir: filepath.Join(data, "authority"), Now: o.Now})
			if err != nil {
				return err
			}
			fresh, err := a.RotateSigning(after)
			if err != nil {
				return fmt.Errorf("rotate the key for answers: %w", err)
			}
			return printJSON(c.OutOrStdout(), map[string]any{
				"serial": hex.EncodeToString(fresh.SerialNumber.Bytes()), "from": fresh.NotBefore.UTC().Format(time.RFC3339), "until": fresh.NotAfter.Format(time.DateOnly), "keys": len(a.Signers()),
			})
		},
	}
	dataFlag(c, &data)
	c.Flags().DurationVar(&after, "after", soonSigned, "how long from now answers are signed by it")
	return c
}

func ownKeysCommand(o Options) *cobra.Command {
	parent := group("keys", "The platform's own keys (平台密钥)")
	rotate := group("rotate", "Make a new key in the place of one (更换)")
	var data string
	sealing := &cobra.Command{
		Use: "sealing", Short: "Make a new key that packets are sealed to; the earlier ones go on to open what was sealed to them", Args: cobra.NoArgs,
		Long: "A running platform gives the new certificate out from its next start on, and opens what is sealed to it at once. Terminals take it with their next heartbeat. " +
			"Never remove an earlier sealing*.key: terminals hold packets for months.",
		Example: "  platform keys rotate sealing --data P",
		RunE: func(c *cobra.Command, _ []string) error {
			a, err := authority.Load(authority.Options{Dir: filepath.Join(data, "authority"), Now: o.Now})
			if err != nil {
				return err
			}
			if err := a.RotateSealing(); err != nil {
				return fmt.Errorf("rotate the key for sealing: %w", err)
			}
			fresh := a.SealingCertificate()
			return printJSON(c.OutOrStdout(), map[string]any{
				"serial": hex.EncodeToString(fresh.SerialNumber.Bytes()), "until": fresh.NotAfter.Format("2006-01-02"), "keys": len(a.SealingKeys()),
			})
		},
	}
	dataFlag(sealing, &data)
	rotate.AddCommand(sealing, rotateSigning(o))
	parent.AddCommand(rotate)
	return parent
}
