package succession

import (
	"github.com/spf13/cobra"

	"bianmin/packaging/provision/ticket"
	"bianmin/packaging/succession"
	"bianmin/sync/wire"
)

func replaceCommand(o Options) *cobra.Command {
	var p place
	var from string
	var asJSON bool
	c := &cobra.Command{
		Use: "replace " + ticket.Usage, Short: "Make this machine take another's place (换机)", Args: ticket.Args,
		Long: `On the new machine. Enrols it with the enrolment string (a new code for the same terminal number and point), and takes over what --from holds:
a stick, which goes to the old machine in between ("provision backup --final" there), or the data folder on the old machine's disk.
It asks for the string; with - it reads it from standard input. Run the same command again after an interruption, and after the stick was at the old machine.`,
		RunE: func(c *cobra.Command, args []string) error {
			m, err := p.machine(c, o)
			if err != nil {
				return err
			}
			said, err := ticket.Ask(c.Context(), c, args)
			if err != nil {
				return err
			}
			given, err := wire.ParseTicket(said)
			if err != nil {
				return err
			}
			var taken []succession.Taken
			do := func() error {
				return p.steady(c.Context(), m, func() (err error) { taken, err = m.Replace(c.Context(), given, from); return err })
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
