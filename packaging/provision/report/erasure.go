package report

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"bianmin/core/casefile"
	"bianmin/drivers/ipp"
	"bianmin/packaging/provision/asuser"
	"bianmin/packaging/settings"
	"bianmin/packaging/succession"
	"bianmin/sync/seal"
)

// erasure is what "provision report erasure" is told.
type erasure struct {
	config, terminal, pdf, printer string
	print                          bool
}

func erasureCommand(now func() time.Time) *cobra.Command {
	var e erasure
	c := &cobra.Command{
		Use: "erasure [FOLDER]", Short: "Show a certificate of erasure again, or print it / 销毁证明", Args: cobra.MaximumNArgs(1),
		Long: "Shows the certificates that \"provision retire\" wrote to FOLDER: the stick, or another folder that was named then; without FOLDER those in the data folder, where one is kept\n" +
			"as long as it could not be written to the stick. On a machine of the same authority the signature is verified as well. --print prints it on the A4 printer of the configuration, --printer\n" +
			"LINK on another; --pdf FILE writes the page. With several in FOLDER, --terminal says which.",
		Example: "  provision report erasure /media/stick --print",
		RunE:    func(c *cobra.Command, args []string) error { return e.run(c, args, now) },
	}
	c.Flags().StringVar(&e.config, "config", defaultConfig, "the terminal's configuration file")
	c.Flags().StringVar(&e.terminal, "terminal", "", "of this terminal and generation only: QH0301A")
	c.Flags().StringVar(&e.pdf, "pdf", "", "write the page as PDF to this file")
	c.Flags().BoolVar(&e.print, "print", false, "print it on the configuration's A4 printer")
	c.Flags().StringVar(&e.printer, "printer", "", "print it on this A4 printer: ipp://HOST:PORT/PATH")
	return c
}

func (e erasure) run(c *cobra.Command, args []string, now func() time.Time) error {
	// A stick can be looked at on any machine, one without a configuration too.
	s, unconfigured := settings.Read(e.config)
	if unconfigured != nil && (len(args) == 0 || e.print && e.printer == "" || c.Flags().Changed("config")) {
		return unconfigured
	}
	folder := s.Data
	if len(args) > 0 {
		folder = args[0]
	}
	if e.print && e.printer == "" {
		if s.Devices.Document == nil {
			return errors.New("the configuration names no A4 printer: name one with --printer ipp://HOST:PORT/PATH")
		}
		e.printer = s.Devices.Document.Link
	}
	trust, err := authority(s.Data)
	if err != nil {
		return err
	}
	all, err := succession.ReadCertificates(folder, e.terminal, trust)
	if err != nil {
		return err
	}
	for _, kept := range all {
		if err := show(c.OutOrStdout(), kept, trust != nil); err != nil {
			return err
		}
	}
	if e.printer == "" && e.pdf == "" {
		return nil
	}
	if len(all) > 1 {
		return errors.New("there are several: say which with --terminal")
	}
	if e.pdf != "" {
		if err := writeNew(e.pdf, all[0].PDF); err != nil {
			return err
		}
	}
	if e.printer == "" {
		return nil
	}
	return e.toPrinter(c.Context(), all[0].PDF, now)
}

// authority is whom this machine trusts; nil where it is no terminal, as after its own erasure.
func authority(data string) (*seal.Trust, error) {
	if data == "" {
		return nil, nil
	}
	var identity *seal.Identity
	err := asuser.Do(data, func() (err error) {
		identity, err = seal.LoadIdentity(filepath.Join(data, "keys"))
		return err
	})
	if errors.Is(err, seal.ErrNotEnrolled) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return identity.Trust, nil
}

func show(out io.Writer, k succession.Kept, known bool) error {
	signed := "签名有效 signed by that machine, which is of this terminal's authority"
	if !known {
		signed = "签名完整 signed by that machine; its authority can be verified where a terminal is enrolled, not here"
	}
	_, err := fmt.Fprintf(out, "%s%s  %s  %s  %s\n  已销毁 erased: %d cases, %d drafts, %d packets moved, %d lost\n  SM3 %s\n  %s\n",
		k.Terminal, k.Generation, k.Point, k.Time.In(casefile.Zone).Format("2006-01-02 15:04"), k.By, k.Cases, k.Drafts, k.Moved, k.Lost, k.Digest, signed)
	return err
}

func (e erasure) toPrinter(ctx context.Context, pdf []byte, now func() time.Time) error {
	printer, err := ipp.Open(ctx, e.printer, ipp.Options{Now: now})
	if err == nil {
		_, err = printer.Print(ctx, "bianmin", pdf)
		err = errors.Join(err, printer.Close())
	}
	if err != nil {
		return fmt.Errorf("the certificate lies where it lay, only the print failed; see to the printer and repeat the command: %w", err)
	}
	return nil
}
