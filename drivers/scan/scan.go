// Package scan scans pages with SANE's scanimage in a process of its own, looks
// whether a page is blank, dark, blurred or skewed, and packs it small; and it
// reads the push button beside a scanner. Pages stay in memory: nothing here
// writes to disk or knows what a page is for.
package scan

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"bianmin/drivers"
)

// Options say which scanner and how large pages may be. Zero values are the defaults.
type Options struct {
	Device    string           // SANE's name, e.g. "test:0" or "airscan:e0:…"
	Tool      string           // path of scanimage; found in PATH when ""
	Env       []string         // the tool's environment; nil is the needed part of ours
	DPI       int              // when a scan does not say, 200
	PageBytes int              // budget of one encoded page, 300 000
	Timeout   time.Duration    // for one page; then the tool is killed, 60 s
	Now       func() time.Time // time.Now
}

// Page area in mm when the scanner allows it: A4.
const (
	pageWidth  = 210
	pageHeight = 297
)

// Scanner is one SANE device; it implements drivers.Scanner.
type Scanner struct {
	options Options
	can     abilities
}

var _ drivers.Scanner = (*Scanner)(nil)

// Open asks the scanner what it can do. An *drivers.Error says why there is none.
func Open(ctx context.Context, options Options) (*Scanner, error) {
	if options.Tool == "" {
		options.Tool = "scanimage"
	}
	if options.Env == nil {
		options.Env = environment()
	}
	if options.DPI == 0 {
		options.DPI = 200
	}
	if options.Timeout == 0 {
		options.Timeout = 60 * time.Second
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	s := &Scanner{options: options}
	listing, err := s.run(ctx, nil, "-A")
	if err != nil {
		return nil, s.failure("open", err)
	}
	s.can = parseAbilities(string(listing))
	return s, nil
}

func (s *Scanner) run(ctx context.Context, whole func([]byte) bool, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, s.options.Timeout)
	defer cancel()
	return run(ctx, s.options.Env, whole, s.options.Tool, append([]string{"-d", s.options.Device}, args...)...)
}

func (s *Scanner) failure(op string, err error) error {
	return &drivers.Error{Role: drivers.RoleScanner, Fault: faultOf(err), Op: op, Err: err}
}

// Scan implements drivers.Scanner. The page is a JPEG, or a PNG when that is
// smaller, within the page budget where the picture allows it.
func (s *Scanner) Scan(ctx context.Context, options drivers.ScanOptions) (drivers.ScannedPage, error) {
	if options.DPI == 0 {
		options.DPI = s.options.DPI
	}
	data, err := s.run(ctx, wholePNM, s.can.arguments(options)...)
	if err != nil {
		return drivers.ScannedPage{}, s.failure("scan page", err)
	}
	picture, err := decodePNM(data)
	if err != nil {
		return drivers.ScannedPage{}, s.failure("scan page", err)
	}
	packed, err := Page(picture, s.options.PageBytes)
	if err != nil {
		return drivers.ScannedPage{}, s.failure("scan page", err)
	}
	packed.Glass = !options.Feeder || s.can.feeder == ""
	return packed, nil
}

// Status opens and closes the device, without scanning.
func (s *Scanner) Status(ctx context.Context) (drivers.Status, error) {
	status := drivers.Status{Role: drivers.RoleScanner, Condition: drivers.Online, Model: s.options.Device}
	_, err := s.run(ctx, nil, "-n")
	status.At = s.options.Now()
	if err == nil {
		return status, nil
	}
	status.Fault = faultOf(err)
	switch status.Fault {
	case drivers.FaultUnplugged, drivers.FaultMissingTool:
		status.Condition = drivers.NoDevice
	case drivers.FaultBusy:
		status.Condition = drivers.Busy
	case drivers.FaultJam, drivers.FaultNoDocument, drivers.FaultCoverOpen:
		status.Condition = drivers.UserError
	case drivers.FaultSilent, drivers.FaultCancelled:
		status.Condition = drivers.Offline
	default:
		status.Condition = drivers.HardwareError
	}
	return status, s.failure("status", err)
}

// Close implements drivers.Scanner; between scans nothing is held.
func (s *Scanner) Close() error { return nil }

// abilities are the options a device has; scanimage refuses those it has not.
type abilities struct {
	modes       []string
	resolutions bool
	width       int    // mm, 0 when the area cannot be set
	height      int    // mm
	glass       string // sources by SANE's names, "" where there is no such
	feeder      string
}

var (
	modeOption = regexp.MustCompile(`(?m)^\s+--mode (\S+)`)
	// sourceOption ends at the default in brackets; one source alone is no choice.
	sourceOption = regexp.MustCompile(`(?m)^\s+--source ([^\[\n]+\|[^\[\n]+?) \[`)
	areaOption   = regexp.MustCompile(`(?m)^\s+-([xy]) [\d.]+\.\.([\d.]+)mm`)
)

func parseAbilities(listing string) abilities {
	a := abilities{resolutions: regexp.MustCompile(`(?m)^\s+--resolution .*\[[^]]`).MatchString(listing)}
	if m := modeOption.FindStringSubmatch(listing); m != nil {
		a.modes = strings.Split(m[1], "|")
	}
	if m := sourceOption.FindStringSubmatch(listing); m != nil {
		a.glass, a.feeder = sources(strings.Split(m[1], "|"))
	}
	for _, m := range areaOption.FindAllStringSubmatch(listing, -1) {
		most, err := strconv.ParseFloat(m[2], 64)
		if err != nil {
			continue
		}
		if m[1] == "x" {
			a.width = min(pageWidth, int(most))
		} else {
			a.height = min(pageHeight, int(most))
		}
	}
	return a
}

// sources picks the glass and the simplex feeder by what backends call them.
func sources(names []string) (glass, feeder string) {
	for _, name := range names {
		lower := strings.ToLower(name)
		fed := strings.Contains(lower, "adf") || strings.Contains(lower, "feeder")
		switch {
		case fed && feeder == "" && !strings.Contains(lower, "duplex") && !strings.Contains(lower, "back"):
			feeder = name
		case !fed && glass == "" && (strings.Contains(lower, "flatbed") || strings.Contains(lower, "glass") || strings.Contains(lower, "platen")):
			glass = name
		}
	}
	return glass, feeder
}

func (a abilities) arguments(options drivers.ScanOptions) []string {
	args := []string{"--format=pnm"}
	mode := "Gray"
	if options.Color {
		mode = "Color"
	}
	switch {
	case options.Feeder && a.feeder != "":
		args = append(args, "--source", a.feeder)
	case a.glass != "":
		args = append(args, "--source", a.glass)
	}
	if slices.Contains(a.modes, mode) {
		args = append(args, "--mode", mode)
	}
	if a.resolutions {
		args = append(args, "--resolution", strconv.Itoa(options.DPI))
	}
	if a.width > 0 && a.height > 0 {
		args = append(args, "-x", fmt.Sprint(a.width), "-y", fmt.Sprint(a.height))
	}
	return args
}
