package device

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/spf13/cobra"

	"bianmin/assets"
	"bianmin/core/receipt"
	"bianmin/drivers"
	"bianmin/drivers/dots"
	"bianmin/drivers/escpos"
	"bianmin/drivers/link"
	"bianmin/packaging/provision/printed"
)

// printLimit is the default time limit of a print; a long guide takes a minute on slow paper.
const printLimit = "2m"

func printCommand() *cobra.Command {
	var l line
	var file string
	var profile escpos.Profile
	var blank bool
	command := &cobra.Command{
		Use:   "print --link serial:PATH|ipp://HOST:PORT/PATH --document FILE|-",
		Short: "Print a document and report whether it came out / 打印一份文档并报告结果",
		Long: "Print a document (JSON, see docs/devices/escpos.md; for an A4 printer PDF or JSON, see docs/devices/a4.md) " +
			"and say what became of it: printed, unconfirmed, or the fault. A document of unknown outcome is never sent again. Exit status 0 only when it was printed, 3 when nobody knows. " +
			"Paper, --raster and --no-cutter are as the printer's device pack says, unless they are named.",
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			command.SilenceUsage = true
			l.suits(command, &profile)
			send, err := job(&l, profile, file, command.InOrStdin(), blank, func(fault drivers.Fault) {
				_, _ = fmt.Fprintf(command.ErrOrStderr(), "%s\n    %s\n", wordsOf(drivers.RoleDocument, fault), say("waits", nil))
			})
			if err != nil {
				if l.json {
					report := drivers.PrintReport{Outcome: drivers.NotPrinted, Fault: faultUsage}
					return errors.Join(tellReport(command.OutOrStdout(), report, err, true), err)
				}
				return err
			}
			ctx, cancel := context.WithTimeout(command.Context(), l.timeout)
			defer cancel()
			report, err := send(ctx)
			err = outcomeOf(report, err)
			if failed := tellReport(command.OutOrStdout(), report, err, l.json); failed != nil {
				return failed
			}
			return err
		},
	}
	l.flags(command)
	flags := command.Flags()
	flags.StringVar(&file, "document", "", `the document's file, "-" for standard input`)
	flags.IntVar(&profile.Paper, "paper", 80, "width of the paper in mm: 58 or 80")
	flags.BoolVar(&profile.RasterQR, "raster", false, "send QR codes as pictures, for printers without the QR command")
	flags.BoolVar(&blank, "blank", false, "A4: show a character that no font has as a box instead of refusing the document")
	flags.BoolVar(&profile.NoCutter, "no-cutter", false, "feed to the tear bar instead of cutting")
	timeout := flags.Lookup("timeout")
	timeout.DefValue = printLimit
	if err := errors.Join(timeout.Value.Set(printLimit), command.MarkFlagRequired("document")); err != nil {
		panic(err) // both flags stand above
	}
	return command
}

// job reads the document for the link's kind of printer and gives what prints it.
func job(l *line, profile escpos.Profile, file string, stdin io.Reader, blank bool, waits func(drivers.Fault)) (func(ctx context.Context) (drivers.PrintReport, error), error) {
	if ippLink(l.link) {
		title, pdf, err := readPages(file, stdin, blank)
		return func(ctx context.Context) (drivers.PrintReport, error) { return printPages(ctx, l, title, pdf, waits) }, err
	}
	document, err := readDocument(file, stdin)
	if err != nil {
		return nil, err
	}
	face, err := fits(document, profile)
	return func(ctx context.Context) (drivers.PrintReport, error) {
		return printDocument(ctx, l, escpos.Options{Profile: profile, Raster: face}, document)
	}, err
}

func readDocument(file string, stdin io.Reader) (receipt.Document, error) {
	if file == "-" {
		document, err := receipt.Read(stdin)
		if err != nil {
			return receipt.Document{}, fmt.Errorf("standard input: %w", err)
		}
		return document, nil
	}
	opened, err := os.Open(file)
	if err != nil {
		return receipt.Document{}, fmt.Errorf("read document: %w", err)
	}
	defer func() { _ = opened.Close() }()
	document, err := receipt.Read(opened)
	if err != nil {
		return receipt.Document{}, fmt.Errorf("%s: %w", file, err)
	}
	return document, nil
}

// fits tells, before any device is touched, whether such a printer could print the document; it gives the face to draw with.
func fits(document receipt.Document, profile escpos.Profile) (*dots.Face, error) {
	if profile.Paper != 58 && profile.Paper != 80 {
		return nil, fmt.Errorf("paper %d mm is unknown, say 58 or 80", profile.Paper)
	}
	face, err := dots.NewFace(assets.FontRegular())
	if err != nil {
		return nil, err
	}
	_, err = escpos.Encode(document, profile, face)
	return face, err
}

// printDocument reports an outcome also when the printer cannot even be opened.
func printDocument(ctx context.Context, l *line, options escpos.Options, document receipt.Document) (drivers.PrintReport, error) {
	report := drivers.PrintReport{Outcome: drivers.NotPrinted}
	printer, err := openPrinter(ctx, l, options)
	if err != nil {
		report.Fault = statusOf(drivers.RolePrinter, err).Fault
		if fault := drivers.FaultOf(err); fault != drivers.FaultDevice {
			report.Fault = fault
		}
		return report, err
	}
	report, err = printer.Print(ctx, document)
	if closing := printer.Close(); err == nil && closing != nil {
		err = closing
	}
	return report, err
}

func openPrinter(ctx context.Context, l *line, options escpos.Options) (*escpos.Printer, error) {
	opened, err := l.open(ctx)
	if err != nil {
		return nil, err
	}
	options.Baud, options.Now, options.Log = l.baud, time.Now, slog.New(slog.DiscardHandler)
	printer, err := escpos.Open(ctx, opened, options)
	if err != nil {
		return nil, errors.Join(err, opened.Close())
	}
	return printer, nil
}

func tellReport(out io.Writer, report drivers.PrintReport, why error, asJSON bool) error {
	if asJSON {
		told := struct {
			drivers.PrintReport
			Problem string `json:"problem,omitempty"`
		}{PrintReport: report}
		if why != nil {
			told.Problem = why.Error()
		}
		return printed.JSON(out, told)
	}
	word := string(report.Outcome)
	if report.Outcome == drivers.NotPrinted {
		word = string(report.Fault)
	}
	if _, err := fmt.Fprintln(out, word); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

// statusPrinter opens the printer when it is asked: the greeting is the question.
type statusPrinter struct {
	link link.Link
	line *line
}

func (p statusPrinter) Status(ctx context.Context) (drivers.Status, error) {
	printer, err := escpos.Open(ctx, p.link, escpos.Options{Profile: escpos.Profile{Identify: true}, Baud: p.line.baud, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		status := drivers.Status{Role: drivers.RolePrinter, Condition: drivers.Offline, Fault: drivers.FaultOf(err), At: time.Now()}
		if status.Fault == drivers.FaultUnplugged {
			status.Condition = drivers.NoDevice
		}
		return status, err
	}
	return printer.Status(ctx)
}

func (p statusPrinter) Close() error { return p.link.Close() }
