package succession

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"bianmin/packaging/succession"
	"bianmin/sync/wire"
)

func replaceCommand(o Options) *cobra.Command {
	var p place
	var from string
	var asJSON bool
	c := &cobra.Command{
		Use: "replace STRING|-", Short: "Make this machine take another's place (换机)", Args: cobra.ExactArgs(1),
		Long: `On the new machine. Enrols it with the enrolment string (a new code for the same terminal number and point), and takes over what --from holds:
a stick, which goes to the old machine in between ("provision backup --final" there), or the data folder on the old machine's disk.
The string may be - for standard input. Run the same command again after an interruption, and after the stick was at the old machine.`,
		RunE: func(c *cobra.Command, args []string) error {
			m, err := p.machine(c, o)
			if err != nil {
				return err
			}
			ticket, err := readTicket(args[0], c.InOrStdin())
			if err != nil {
				return err
			}
			var taken []succession.Taken
			do := func() error {
				return p.steady(c.Context(), m, func() (err error) { taken, err = m.Replace(c.Context(), ticket, from); return err })
			}
			if succession.IsData(from) {
				err = owned(from, do)
			} else {
				err = do()
			}
			if err != nil {
				return err
			}
			return report(c.OutOrStdout(), taken, asJSON)
		},
	}
	p.flags(c)
	c.Flags().StringVar(&from, "from", "", "a stick's folder, or the data folder of the old machine's disk")
	c.Flags().BoolVar(&asJSON, "json", false, "print what was taken over as JSON")
	if err := c.MarkFlagRequired("from"); err != nil {
		panic(err) // the flag is there
	}
	return c
}

// readTicket reads an enrolment string from an argument, or from standard input for "-", so that it stands in no list of processes.
func readTicket(argument string, stdin io.Reader) (wire.Ticket, error) {
	if argument != "-" {
		return wire.ParseTicket(argument)
	}
	content, err := io.ReadAll(io.LimitReader(stdin, 4096))
	if err != nil {
		return wire.Ticket{}, fmt.Errorf("read the enrolment string: %w", err)
	}
	line := strings.TrimSpace(string(content))
	if line == "" {
		return wire.Ticket{}, errors.New("there is no enrolment string on standard input")
	}
	return wire.ParseTicket(line)
}
