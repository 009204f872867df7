package command

import (
	"encoding/hex"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"bianmin/platform/authority"
)

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
	rotate.AddCommand(sealing)
	parent.AddCommand(rotate)
	return parent
}
