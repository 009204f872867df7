package succession

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"bianmin/assets"
	"bianmin/core/text"
	"bianmin/drivers/a4"
	"bianmin/drivers/ipp"
	"bianmin/packaging/provision/printed"
	"bianmin/packaging/succession"
	"bianmin/sync/seal"
)

func retireCommand(o Options) *cobra.Command {
	var p place
	var r succession.Retiring
	var printer string
	var asJSON bool
	c := &cobra.Command{
		Use: "retire TERMINAL", Short: "Erase this machine: its keys first, then everything they sealed (退役)", Args: cobra.ExactArgs(1),
		Long: `TERMINAL is the terminal and generation that is to be erased, typed as a check: QH0301A. Stop the services first.
Refuses while undelivered packets are nowhere else. --taken STICK shows the receipt that "provision restore" on the new machine left there;
--lose N gives exactly N packets up for ever. The platform is told when it can be reached. The certificate of erasure (PDF, and the statement
the machine signed, JSON) is written to --certificate, outside the data folder. There is no way back once the keys are gone; interrupted, it goes on at the next run.`,
		Example: "  systemctl stop bianmin-sender bianmin-kiosk\n  provision retire QH0301A --by 陈师傅 --taken /media/stick --certificate /media/stick",
		RunE: func(c *cobra.Command, args []string) error {
			m, err := p.machine(c, o)
			if err != nil {
				return err
			}
			if err := sameTerminal(m, args[0]); err != nil {
				return err
			}
			words, err := text.Load(assets.Words())
			if err != nil {
				return err
			}
			var pdf []byte
			r.Certify = func(e succession.Erasure) (_ []byte, err error) { pdf, err = layOut(words, e); return pdf, err }
			var done succession.Erasure
			if err := p.steady(c.Context(), m, func() (err error) { done, err = m.Retire(c.Context(), r); return err }); err != nil {
				return err
			}
			if printer != "" {
				if err := printOut(c.Context(), printer, pdf, o); err != nil {
					return fmt.Errorf("the machine is erased, only the print failed; the PDF lies in %s, print it again with: provision report erasure %s --printer %s: %w", r.Out, r.Out, printer, err)
				}
			}
			if asJSON {
				return printed.JSON(c.OutOrStdout(), done)
			}
			told := "the platform knows"
			if !done.Told {
				told = "the platform could not be reached: have the county end its certificates (platform terminal revoke)"
			}
			_, err = fmt.Fprintf(c.OutOrStdout(), "已销毁 erased: %s%s, %d key files, %d files, %d packets moved, %d lost; %s\n",
				done.Terminal, done.Generation, done.KeyFiles, done.Files, done.Moved, done.Lost, told)
			return err
		},
	}
	p.flags(c)
	c.Flags().StringVar(&r.Out, "certificate", "", "folder for the certificate, outside the data folder")
	c.Flags().StringVar(&r.By, "by", "", "name of who erases")
	c.Flags().StringVar(&r.Stick, "taken", "", "stick with the successor's receipt")
	c.Flags().IntVar(&r.Lose, "lose", 0, "give up exactly so many undelivered packets")
	c.Flags().StringVar(&printer, "print", "", "print the certificate on this A4 printer: ipp://HOST:PORT/PATH")
	c.Flags().BoolVar(&asJSON, "json", false, "print what was erased as JSON")
	for _, name := range []string{"certificate", "by"} {
		if err := c.MarkFlagRequired(name); err != nil {
			panic(err) // the flag is there
		}
	}
	return c
}

// sameTerminal compares the typed name with the machine, while it still has one.
func sameTerminal(m succession.Machine, typed string) error {
	name, err := m.Name()
	if errors.Is(err, seal.ErrNotEnrolled) {
		return errors.New("this machine has no keys: there is nothing to erase here")
	}
	if err == nil && name != typed {
		err = fmt.Errorf("this machine is %s, not %s: is it the right one?", name, typed)
	}
	return err
}

func layOut(words *text.Catalog, e succession.Erasure) ([]byte, error) {
	setter, err := a4.New(assets.FontRegular(), assets.FontBold())
	if err != nil {
		return nil, err
	}
	return setter.PDF(succession.Certificate(words, text.Chinese, e), a4.Options{Blank: true})
}

func printOut(ctx context.Context, link string, pdf []byte, o Options) error {
	printer, err := ipp.Open(ctx, link, ipp.Options{Now: o.Now})
	if err != nil {
		return err
	}
	_, err = printer.Print(ctx, "bianmin", pdf)
	return errors.Join(err, printer.Close())
}
