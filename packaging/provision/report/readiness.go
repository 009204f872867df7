package report

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"bianmin/assets"
	"bianmin/core/text"
	"bianmin/drivers"
	"bianmin/drivers/dots"
	"bianmin/drivers/point"
	"bianmin/packaging/condition"
	"bianmin/packaging/provision/asuser"
	"bianmin/packaging/provision/check"
	"bianmin/packaging/provision/printed"
	"bianmin/packaging/readiness"
	"bianmin/packaging/settings"
	"bianmin/packaging/tested"
)

// fitness is one run of "provision report readiness".
type fitness struct {
	config, pdf, on string
	json, print     bool
}

// readinessCommand is "provision report readiness".
func readinessCommand(now func() time.Time) *cobra.Command {
	var f fitness
	c := &cobra.Command{
		Use: "readiness", Short: "Look now, and report terminal, settings, devices, their tests and supplies / 机器体检报告", Args: cobra.NoArgs,
		Long: "Looks as \"provision check\" does and tells the terminal, its version, the digest of its settings (equal on terminals with the same settings: \"provision settings\n" +
			"digest\" shows what it is of), each device with model, serial number, firmware, supplies and how its last test of each level ended. What a device does not tell is\n" +
			"said to be not told. --print prints it on the A4 printer where there is one, else on the receipt printer; --on says which.",
		RunE: func(c *cobra.Command, _ []string) error {
			if f.on != "" && f.on != "a4" && f.on != "receipt" {
				return fmt.Errorf("printer %q is unknown, say a4 or receipt", f.on)
			}
			s, err := settings.Read(f.config)
			if err != nil {
				return err
			}
			words, err := text.Load(assets.Words())
			if err != nil {
				return err
			}
			return asuser.Do(s.Data, func() error { return f.run(c.Context(), c.OutOrStdout(), s, words, now) })
		},
	}
	flags := c.Flags()
	flags.StringVar(&f.config, "config", defaultConfig, "the terminal's configuration file")
	flags.BoolVar(&f.json, "json", false, "print JSON")
	flags.StringVar(&f.pdf, "pdf", "", "write the report as PDF to this file")
	flags.BoolVar(&f.print, "print", false, "print it on this terminal's printer")
	flags.StringVar(&f.on, "on", "", "with --print: a4 or receipt")
	return c
}

func (f fitness) run(ctx context.Context, out io.Writer, s settings.Settings, words *text.Catalog, now func() time.Time) error {
	look := readiness.Look(ctx, readiness.Options{Settings: s, Words: words, Now: now, Live: true, Program: "provision"})
	keeping := readiness.Keep(s.Data, look)
	p := readiness.Paper{Words: words}
	if err := f.show(out, look, p); err != nil {
		return err
	}
	if f.pdf != "" {
		pdf, err := tested.PDF(p.Pages(look))
		if err != nil {
			return err
		}
		if err := writeNew(f.pdf, pdf); err != nil {
			return err
		}
	}
	if !f.print {
		return keeping
	}
	return errors.Join(f.toPrinter(ctx, look, p, s), keeping)
}

func (f fitness) show(out io.Writer, look readiness.Report, p readiness.Paper) error {
	if f.json {
		return printed.JSON(out, look)
	}
	if err := check.Print(out, look, p.Words); err != nil {
		return err
	}
	for _, line := range p.Lines(look) {
		if _, err := fmt.Fprintln(out, line); err != nil {
			return fmt.Errorf("print: %w", err)
		}
	}
	return nil
}

// toPrinter prints the report on one of this terminal's printers.
func (f fitness) toPrinter(ctx context.Context, look readiness.Report, p readiness.Paper, s settings.Settings) error {
	config := condition.Devices(s.Devices)
	config = point.Config{Printer: config.Printer, Document: config.Document}
	if f.on == "receipt" || config.Document == nil {
		config.Document = nil
	} else {
		config.Printer = nil
	}
	if config == (point.Config{}) || f.on == "a4" && config.Document == nil {
		return errors.New("this terminal has no such printer")
	}
	face, err := dots.NewFace(assets.FontRegular())
	if err != nil {
		return err
	}
	manager, err := point.Start(ctx, config, point.Options{Log: slog.New(slog.DiscardHandler), Raster: face})
	if err != nil {
		return err
	}
	defer func() { _ = manager.Close() }()
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	var report drivers.PrintReport
	if config.Document != nil {
		pdf, err := tested.PDF(p.Pages(look))
		if err != nil {
			return err
		}
		report, err = manager.Document().Print(ctx, "bianmin", pdf)
		return printedReport(report, err)
	}
	report, err = manager.Printer().Print(ctx, p.Strip(look))
	return printedReport(report, err)
}

// printedReport says what became of the paper.
func printedReport(report drivers.PrintReport, err error) error {
	switch {
	case drivers.FaultOf(err) == drivers.FaultBusy:
		return fmt.Errorf("the kiosk's program holds the printer: print the report on its staff screen, or stop it first (sudo systemctl stop bianmin-kiosk): %w", err)
	case report.Outcome == drivers.Unconfirmed:
		return errors.New("the printer cannot say whether it came out: look")
	case err != nil:
		return fmt.Errorf("the report is not on paper; see to the printer and repeat the command: %w", err)
	}
	return nil
}
