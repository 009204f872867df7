package device

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bianmin/drivers"
	"bianmin/drivers/scan"
	"bianmin/drivers/scan/camera"
	"bianmin/drivers/scan/escl"
	"bianmin/packaging/provision/printed"
)

// scannerLinks are what names scanners.
const scannerLinks = "escl://HOST:PORT/eSCL, sane:NAME (scanimage -L lists the names) or video:VENDOR:PRODUCT"

// scannerLink tells whether a link names a scanner.
func scannerLink(link string) bool {
	for _, kind := range []string{"escl:", "escls:", "sane:", "video:"} {
		if strings.HasPrefix(link, kind) {
			return true
		}
	}
	return false
}

// openScanner opens a scanner by its link; limit is for one page.
func openScanner(ctx context.Context, l *line) (drivers.Scanner, error) {
	if name, ok := strings.CutPrefix(l.link, "sane:"); ok {
		return scan.Open(ctx, scan.Options{Device: name, Timeout: l.timeout})
	}
	if strings.HasPrefix(l.link, "video:") {
		return camera.Open(ctx, l.link, camera.Options{})
	}
	return escl.Open(ctx, l.link, escl.Options{Page: l.timeout, Certificate: l.certificate})
}

// scannedPage is what is said of a page; what stands on it is nobody's business.
type scannedPage struct {
	MediaType string          `json:"mediaType"`
	Bytes     int             `json:"bytes"`
	Width     int             `json:"width"`
	Height    int             `json:"height"`
	Quality   drivers.Quality `json:"quality"`
	Glass     bool            `json:"glass"`
	Back      bool            `json:"back,omitempty"`  // of the sheet whose front is the page before
	Large     bool            `json:"large,omitempty"` // larger than its budget: smaller it could not be read
	Empty     bool            `json:"empty,omitempty"` // nothing at all is seen on it
	File      string          `json:"file,omitempty"`
}

// scanned is what --json prints: the pages that came, and what ended them early.
type scanned struct {
	Pages []scannedPage `json:"pages"`
	*failure
}

func scanCommand() *cobra.Command {
	var l line
	var options drivers.ScanOptions
	var folder string
	command := &cobra.Command{
		Use:   "scan --link LINK",
		Short: "Scan one page, or what lies in the feeder, and say how good it is / 扫描一页",
		Long:  "Scan with a driverless scanner (escl://HOST:PORT/eSCL), one that scanimage -L lists (sane:NAME), or a document camera (video:VENDOR:PRODUCT). The pages are kept only where --out names a folder.",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			command.SilenceUsage = true
			if !scannerLink(l.link) {
				return refuse(command.OutOrStdout(), l.json, &nobodyError{faultUsage, say("no-scanner", map[string]any{"link": l.link, "links": scannerLinks})})
			}
			pages, err := scanPages(command.Context(), &l, options, folder)
			if l.json {
				said := scanned{Pages: pages}
				if err != nil {
					f := failed(err)
					said.failure = &f
				}
				if failed := printed.JSON(command.OutOrStdout(), said); failed != nil {
					return failed
				}
				return sentence(err)
			}
			for n, p := range pages {
				if _, failed := fmt.Fprintf(command.OutOrStdout(), "page %d%s: %s, %d×%d px, %d bytes, %s %s\n", n+1, p.side(), p.MediaType, p.Width, p.Height, p.Bytes, p.Quality, p.File); failed != nil {
					return fmt.Errorf("print: %w", failed)
				}
			}
			return sentence(err)
		},
	}
	l.flags(command)
	usual(command, "timeout", "1m0s") // for one page
	command.Flags().IntVar(&options.DPI, "dpi", 0, "dots per inch, 200 when left out")
	command.Flags().BoolVar(&options.Color, "color", false, "in colour")
	command.Flags().BoolVar(&options.Feeder, "feeder", false, "all sheets of the feeder")
	command.Flags().BoolVar(&options.Duplex, "both", false, "all sheets of the feeder, both sides where the scanner can")
	command.Flags().StringVar(&folder, "out", "", "a folder that the pages are written to")
	return command
}

// scanPages scans one page, or all of the feeder. Pages that came before an error are told beside it.
func scanPages(ctx context.Context, l *line, options drivers.ScanOptions, folder string) (pages []scannedPage, err error) {
	pages = []scannedPage{}
	scanner, err := openScanner(ctx, l)
	if err != nil {
		return pages, err
	}
	defer func() { err = errors.Join(err, scanner.Close()) }()
	options.Feeder = options.Feeder || options.Duplex
	for {
		page, err := scanner.Scan(ctx, options)
		if err != nil {
			if len(pages) > 0 && drivers.FaultOf(err) == drivers.FaultNoDocument {
				return pages, nil
			}
			return pages, err
		}
		for side := &page; side != nil; side = side.Back {
			said, err := keepScanned(side, len(pages)+1, folder)
			if err != nil {
				return pages, err
			}
			said.Back = side != &page
			pages = append(pages, said)
		}
		if page.Glass {
			return pages, nil
		}
	}
}

// keepScanned writes a page to the folder where there is one.
func keepScanned(page *drivers.ScannedPage, n int, folder string) (scannedPage, error) {
	said := scannedPage{
		MediaType: page.MediaType, Bytes: len(page.Image), Width: page.Width, Height: page.Height, Quality: page.Quality, Glass: page.Glass, Large: page.Large, Empty: page.Empty,
	}
	if folder == "" {
		return said, nil
	}
	said.File = filepath.Join(folder, fmt.Sprintf("page-%d.%s", n, strings.TrimPrefix(page.MediaType, "image/")))
	if err := os.WriteFile(said.File, page.Image, 0o600); err != nil {
		return said, fmt.Errorf("keep the page: %w", err)
	}
	return said, nil
}

// side says which side a page is, where that is not plain.
func (p scannedPage) side() string {
	if p.Back {
		return " (back)"
	}
	return ""
}

// scannerStatus is a scanner's status, also where it cannot be opened.
func scannerStatus(ctx context.Context, l *line) (drivers.Status, error) {
	if !scannerLink(l.link) {
		return misnamed(drivers.RoleScanner, l.link, scannerLinks)
	}
	scanner, err := openScanner(ctx, l)
	if err != nil {
		status := drivers.Status{Role: drivers.RoleScanner, Condition: drivers.Offline, Fault: drivers.FaultOf(err), At: time.Now()}
		if status.Fault == drivers.FaultUnplugged {
			status.Condition = drivers.NoDevice
		}
		return status, err
	}
	status, err := scanner.Status(ctx)
	return status, errors.Join(err, scanner.Close())
}
