package settings

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"bianmin/packaging/provision/printed"
	"bianmin/packaging/settings"
)

// digestCommand is "provision settings digest".
func (t *tool) digestCommand() *cobra.Command {
	return &cobra.Command{
		Use: "digest", Short: "Name the settings that count by one number, to compare terminals", Args: cobra.NoArgs,
		Long: "Prints SM3 over the lines that follow it: the settings that count, in the order of their names. Terminals with the same settings have the same digest. Folders and\n" +
			"where a device is plugged in (port, socket, serial number, address) are left out. Two terminals differ? Compare the lines: diff does.",
		RunE: func(*cobra.Command, []string) error {
			s, err := settings.Read(t.config)
			if err != nil {
				return err
			}
			if errors.Is(s.Ruled.Problem, fs.ErrPermission) { // the province's may count all the same, for the programs
				return fmt.Errorf("read the province's settings: %w", s.Ruled.Problem)
			}
			lines := strings.TrimSuffix(string(s.Canonical()), "\n")
			if t.json {
				return printed.JSON(t.out, struct {
					Digest string   `json:"digest"`
					Lines  []string `json:"lines"`
				}{s.Digest(), strings.Split(lines, "\n")})
			}
			return t.say("%s\n%s", s.Digest(), lines)
		},
	}
}
