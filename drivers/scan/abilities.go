package scan

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"bianmin/drivers"
)

// abilities are the options a device has; scanimage refuses those it has not.
type abilities struct {
	modes       []string
	resolutions bool
	width       int    // mm, 0 when the area cannot be set
	height      int    // mm
	glass       string // sources by SANE's names, "" where there is no such
	feeder      string
	duplex      []string // arguments for the feeder's both sides, nil where it takes one
}

var (
	modeOption = regexp.MustCompile(`(?m)^\s+--mode (\S+)`)
	// sourceOption ends at the default in brackets; one source alone is no choice.
	sourceOption = regexp.MustCompile(`(?m)^\s+--source ([^\[\n]+\|[^\[\n]+?) \[`)
	// feederMode is how Epson's and Kodak's backends ask for both sides; it may be inactive until the feeder is chosen.
	feederMode = regexp.MustCompile(`(?m)^\s+(--adf[-_]mode) ([^\[\n]+?) \[`)
	areaOption = regexp.MustCompile(`(?m)^\s+-([xy]) [\d.]+\.\.([\d.]+)mm`)
)

func parseAbilities(listing string) abilities {
	a := abilities{resolutions: regexp.MustCompile(`(?m)^\s+--resolution .*\[[^]]`).MatchString(listing)}
	if m := modeOption.FindStringSubmatch(listing); m != nil {
		a.modes = strings.Split(m[1], "|")
	}
	if m := sourceOption.FindStringSubmatch(listing); m != nil {
		var duplex string
		a.glass, a.feeder, duplex = sources(strings.Split(m[1], "|"))
		a.duplex = a.both(duplex, listing)
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

// sources picks the glass and the feeder for one side and for both, by what backends call them.
func sources(names []string) (glass, feeder, duplex string) {
	for _, name := range names {
		lower := strings.ToLower(name)
		both := strings.Contains(lower, "duplex")
		fed := strings.Contains(lower, "adf") || strings.Contains(lower, "feeder")
		switch {
		case both:
			if duplex == "" {
				duplex = name
			}
		case fed && feeder == "" && !strings.Contains(lower, "back"):
			feeder = name
		case !fed && glass == "" && (strings.Contains(lower, "flatbed") || strings.Contains(lower, "glass") || strings.Contains(lower, "platen")):
			glass = name
		}
	}
	return glass, feeder, duplex
}

// both is how both sides are asked for: by a source of its own, or by a mode beside the feeder. A feeder that has but the source
// for both sides is not used for one.
func (a abilities) both(source, listing string) []string {
	if a.feeder == "" {
		return nil
	}
	if source != "" {
		return []string{"--source", source}
	}
	if m := feederMode.FindStringSubmatch(listing); m != nil {
		for _, mode := range strings.Split(m[2], "|") {
			if strings.EqualFold(mode, "duplex") {
				return []string{"--source", a.feeder, m[1], mode}
			}
		}
	}
	return nil
}

// sides is how many pages a sheet of the feeder gives.
func (a abilities) sides(options drivers.ScanOptions) int {
	if options.Duplex && a.duplex != nil {
		return 2
	}
	return 1
}

func (a abilities) arguments(options drivers.ScanOptions) []string {
	args := []string{"--format=pnm"}
	mode := "Gray"
	if options.Color {
		mode = "Color"
	}
	switch {
	case options.Feeder && a.sides(options) == 2:
		args = append(args, a.duplex...)
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
