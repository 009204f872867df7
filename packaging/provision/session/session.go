// Package session is "provision session": it makes the machine a kiosk or a desk.
package session

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"bianmin/packaging/session"
	"bianmin/packaging/update/trial"
)

// Command is the command tree.
func Command() *cobra.Command {
	var root string
	c := &cobra.Command{
		Use: "session kiosk|desk|none", Short: "Make this machine the kiosk or the desk: services, keys, consoles, power, sticks", Args: cobra.ExactArgs(1),
		Long: "kiosk: the terminal is all there is; no console, no desktop, no key out of it. desk: whoever is in the group bianmin-desk may open the desk\n" +
			"from the menu; nothing else of the PC changes. none: as before. Needs root. A kiosk is complete after the next start of the machine.",
		RunE: func(c *cobra.Command, args []string) error {
			if trial.Look(filepath.Join(root, trial.DefaultFolder)).On { // its services may not be changed under it
				return trial.ErrOn
			}
			changed, err := session.Apply(root, session.Role(args[0]))
			for _, path := range changed {
				fmt.Fprintln(c.OutOrStdout(), path)
			}
			if err != nil {
				return err
			}
			return reload(root, len(changed) > 0)
		},
	}
	c.Flags().StringVar(&root, "root", "/", "where the machine's file system is")
	return c
}

// reload lets the running system take the files up; in a chroot there is none.
func reload(root string, changed bool) error {
	if _, err := os.Stat("/run/systemd/system"); err != nil || root != "/" || !changed {
		return nil
	}
	return Reload()
}

// Reload lets a system that systemd runs take up what a role has written.
func Reload() error {
	for _, command := range [][]string{
		{"systemctl", "daemon-reload"},
		{"systemctl", "reload-or-restart", "systemd-journald.service"},
		{"udevadm", "control", "--reload"},
		{"sysctl", "--quiet", "--system"},
		{"systemctl", "start", "var-spool-cups.mount"},
		{"systemctl", "try-restart", "cups.service"},
	} {
		if last := command[len(command)-1]; strings.Contains(last, "cups") && exec.Command("systemctl", "cat", last).Run() != nil { // #nosec G204 -- names of our own
			continue // CUPS is not here, or the role has no such unit
		}
		if out, err := exec.Command(command[0], command[1:]...).CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", command[0], err, out)
		}
	}
	return spool()
}

// spool puts what is printed from now on into memory: a machine is set up while its CUPS runs.
func spool() error {
	for _, command := range [][]string{{"start", "var-spool-cups.mount"}, {"try-restart", "cups.service"}} {
		if exec.Command("systemctl", "cat", command[1]).Run() != nil { // #nosec G204 -- names of our own
			continue // not this role's, or no CUPS here
		}
		if out, err := exec.Command("systemctl", command...).CombinedOutput(); err != nil { // #nosec G204 -- words of our own
			return fmt.Errorf("systemctl %s %s: %w: %s", command[0], command[1], err, out)
		}
	}
	return nil
}
