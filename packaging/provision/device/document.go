package device

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"bianmin/assets"
	"bianmin/core/receipt"
	"bianmin/drivers"
	"bianmin/drivers/a4"
	"bianmin/drivers/ipp"
)

// ippLink tells whether a link names an A4 printer.
func ippLink(link string) bool { return strings.HasPrefix(link, "ipp:") }

// largestPDF is the most bytes of a file that is printed.
const largestPDF = 256 << 20

// readPages reads what an A4 printer prints: a PDF as it is, or a document (JSON) that is laid out. A character
// the fonts lack is an error unless blank is set.
func readPages(file string, stdin io.Reader, blank bool) (title string, pdf []byte, err error) {
	content, err := readAll(file, stdin)
	if err != nil {
		return "", nil, err
	}
	if bytes.HasPrefix(content, []byte("%PDF-")) {
		return "bianmin", content, nil
	}
	pages, err := receipt.ReadPages(bytes.NewReader(content))
	if err != nil {
		return "", nil, fmt.Errorf("%s: %w", file, err)
	}
	setter, err := a4.New(assets.FontRegular(), assets.FontBold())
	if err != nil {
		return "", nil, err
	}
	pdf, err = setter.PDF(pages, a4.Options{Blank: blank})
	if err != nil {
		return "", nil, fmt.Errorf("%s: %w", file, err)
	}
	return pages.Title, pdf, nil
}

func readAll(file string, stdin io.Reader) ([]byte, error) {
	in := stdin
	if file != "-" {
		opened, err := os.Open(file)
		if err != nil {
			return nil, fmt.Errorf("read document: %w", err)
		}
		defer func() { _ = opened.Close() }()
		in = opened
	}
	content, err := io.ReadAll(io.LimitReader(in, largestPDF+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read document: %w", err)
	case len(content) > largestPDF:
		return nil, fmt.Errorf("%s: longer than %d bytes", file, largestPDF)
	}
	return content, nil
}

// printPages reports an outcome also when the printer cannot even be found. waits hears of what the printer holds on to the job for.
func printPages(ctx context.Context, l *line, title string, pdf []byte, waits func(drivers.Fault)) (drivers.PrintReport, error) {
	last := drivers.FaultNone
	printer, err := ipp.Open(ctx, l.link, ipp.Options{Now: time.Now, Told: func(s drivers.Status) {
		if s.Fault != last && s.Fault != drivers.FaultNone {
			waits(s.Fault)
		}
		last = s.Fault
	}})
	if err != nil {
		return drivers.PrintReport{Outcome: drivers.NotPrinted, Fault: drivers.FaultOf(err)}, linkSentence(l, err)
	}
	report, err := printer.Print(ctx, title, pdf)
	if closing := printer.Close(); err == nil && closing != nil {
		err = closing
	}
	return report, err
}

// pagesStatus asks an A4 printer how it is; one that is not there has a status too.
func pagesStatus(ctx context.Context, l *line) (drivers.Status, error) {
	if ipp.CheckLink(l.link) != nil {
		return misnamed(drivers.RoleDocument, l.link, "ipp://HOST:PORT/PATH")
	}
	printer, err := ipp.Open(ctx, l.link, ipp.Options{Now: time.Now})
	if err != nil {
		status := drivers.Status{Role: drivers.RoleDocument, Condition: drivers.Offline, Fault: drivers.FaultOf(err), At: time.Now()}
		if status.Fault == drivers.FaultUnplugged {
			status.Condition = drivers.NoDevice
		}
		return status, err
	}
	status, err := printer.Status(ctx)
	return status, errors.Join(err, printer.Close())
}

// linkSentence says which link is none.
func linkSentence(l *line, err error) error {
	if errors.Is(err, ipp.ErrLink) {
		return fmt.Errorf("%q: %w", l.link, err)
	}
	return err
}
