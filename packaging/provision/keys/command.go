// Package keys is the technician's "provision keys": what keeps the terminal's private keys, and how that is changed. It prints
// no key; sync/seal does the work.
package keys

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"bianmin/assets"
	"bianmin/core/casefile"
	"bianmin/core/text"
	"bianmin/packaging/provision/asuser"
	"bianmin/packaging/provision/tongue"
	"bianmin/packaging/settings"
	"bianmin/packaging/update/trial"
	"bianmin/sync/renew"
	"bianmin/sync/seal"
	"bianmin/sync/seal/chip"
)

// tool is one run of a command.
type tool struct{ config, data, device string }

// Command makes the "keys" command with its subcommands.
func Command() *cobra.Command {
	c := &cobra.Command{
		Use: "keys", Short: "See and change what keeps this terminal's keys / 终端密钥的保护方式", Args: cobra.NoArgs,
		Long: "A machine's security chip (TPM 2.0) keeps the keys where there is one: the disk alone then opens nothing in another machine.\n" +
			"Take the keys out of its keeping before the chip or the board is exchanged, or the chip is cleared.",
	}
	var t tool
	c.PersistentFlags().StringVar(&t.config, "config", "/etc/bianmin/terminal.yaml", "the machine's configuration file")
	c.PersistentFlags().StringVar(&t.data, "data", "", "the terminal's data folder, instead of --config")
	c.PersistentFlags().StringVar(&t.device, "chip", chip.DefaultPath, "the security chip")
	c.AddCommand(
		t.command("show", "Say what keeps the keys, and whether they open / 看", func(folder string) error {
			if _, err := seal.LoadKeys(folder); err != nil {
				return err
			}
			return nil
		}),
		t.command("protect", "Give the keys that are here into the security chip's keeping / 交给安全芯片保管", func(folder string) error { return seal.Protect(folder, t.device, nil) }),
		t.command("unprotect", "Take them back into files, before chip or board are exchanged / 取回成文件", func(folder string) error { return seal.Unprotect(folder, nil) }),
	)
	return c
}

func (t *tool) command(use, short string, act func(folder string) error) *cobra.Command {
	return &cobra.Command{Use: use, Short: short, Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) (err error) {
		c.SilenceUsage = true
		words, err := text.Load(assets.Words())
		if err != nil {
			return err
		}
		data, state, err := t.folders()
		if err != nil {
			return err
		}
		release, err := trial.Enter(c.Context(), state, data, time.Minute)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, release()) }()
		said, until := "", ""
		err = asuser.Do(data, func() error {
			folder := filepath.Join(data, "keys")
			if _, err := seal.LoadPublic(folder); err != nil {
				return err
			}
			if err := act(folder); err != nil {
				return err
			}
			identity, err := seal.LoadIdentity(folder)
			if err != nil {
				return err
			}
			until = lasts(words, identity, time.Now())
			kept, err := seal.ProtectionOf(folder)
			said = key(kept)
			return err
		})
		switch {
		case errors.Is(err, seal.ErrChip):
			return fmt.Errorf("%s: %w", tongue.Both(words, "keys.lost", nil), err)
		case errors.Is(err, chip.ErrNone):
			return fmt.Errorf("%s: %w", tongue.Both(words, "keys.none", nil), err)
		case err != nil:
			return err
		}
		_, err = fmt.Fprintf(c.OutOrStdout(), "%s\n%s\n", tongue.Both(words, said, nil), until)
		return err
	}}
}

func (t *tool) folders() (data, state string, err error) {
	if t.data != "" {
		return t.data, trial.StateOf(t.data), nil
	}
	s, err := settings.Read(t.config)
	return s.Data, s.Update.State, err
}

// key names the words of a protection.
func key(kept seal.Protection) string {
	switch kept {
	case seal.ByChip:
		return "keys.chip"
	case seal.ByBoth:
		return "keys.half"
	}
	return "keys.file"
}

// lasts says until when the certificates last.
func lasts(words *text.Catalog, identity *seal.Identity, now time.Time) string {
	ends := identity.Ends()
	days := map[string]any{"day": ends.In(casefile.Zone).Format(time.DateOnly), "due": renew.Due(identity).In(casefile.Zone).Format(time.DateOnly)}
	if ends.Before(now) {
		return tongue.Both(words, "keys.over", days)
	}
	return tongue.Both(words, "keys.until", days)
}
