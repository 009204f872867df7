package escl

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"slices"
	"strings"

	"bianmin/drivers"
)

// errAnswer is an answer that makes no sense.
var errAnswer = errors.New("not a scanner's answer")

// A4 in the protocol's 1/300 inch.
const (
	pageWidth  = 2480
	pageHeight = 3508
)

// capabilities is what a scanner can do.
type capabilities struct {
	version, model, serial string
	glass, feeder, duplex  *input // nil where there is none; duplex is the feeder for both sides
}

// input is one of the places that pages come from.
type input struct {
	MaxWidth  int       `xml:"MaxWidth"` // 1/300 inch
	MaxHeight int       `xml:"MaxHeight"`
	Profiles  []profile `xml:"SettingProfiles>SettingProfile"`
}

type profile struct {
	Modes   []string `xml:"ColorModes>ColorMode"`
	Formats []string `xml:"DocumentFormats>DocumentFormat"`
	Ext     []string `xml:"DocumentFormats>DocumentFormatExt"`
	Steps   []struct {
		X int `xml:"XResolution"`
	} `xml:"SupportedResolutions>DiscreteResolutions>DiscreteResolution"`
	Range *struct {
		Min int `xml:"Min"`
		Max int `xml:"Max"`
	} `xml:"SupportedResolutions>ResolutionRange>XResolutionRange"`
}

// parseCapabilities reads a ScannerCapabilities document: errAnswer when it is none or names no place for pages.
func parseCapabilities(data []byte) (capabilities, error) {
	var said struct {
		XMLName xml.Name `xml:"ScannerCapabilities"`
		Version string   `xml:"Version"`
		Model   string   `xml:"MakeAndModel"`
		Serial  string   `xml:"SerialNumber"`
		Glass   *input   `xml:"Platen>PlatenInputCaps"`
		Feeder  *input   `xml:"Adf>AdfSimplexInputCaps"`
		Duplex  *input   `xml:"Adf>AdfDuplexInputCaps"`
	}
	if err := xml.Unmarshal(data, &said); err != nil {
		return capabilities{}, fmt.Errorf("%w: %w", errAnswer, err)
	}
	if said.Feeder == nil {
		said.Feeder = said.Duplex // what takes both sides takes one
	}
	if said.Glass == nil && said.Feeder == nil {
		return capabilities{}, fmt.Errorf("%w: neither glass nor feeder", errAnswer)
	}
	return capabilities{
		version: plain(said.Version), model: plain(said.Model), serial: plain(said.Serial), glass: said.Glass, feeder: said.Feeder, duplex: said.Duplex,
	}, nil
}

// plain is a scanner's word as it can stand in a line.
func plain(word string) string {
	word = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, word)), " ")
	if runes := []rune(word); len(runes) > 80 {
		return string(runes[:80])
	}
	return word
}

func (s *Scanner) capabilities(ctx context.Context) (capabilities, error) {
	const op = "open"
	data, err := s.get(ctx, "ScannerCapabilities")
	if err != nil {
		return capabilities{}, failure(s.faultOf(ctx, err), op, err)
	}
	can, err := parseCapabilities(data)
	if err != nil {
		return capabilities{}, failure(drivers.FaultProtocol, op, err)
	}
	return can, nil
}

// settings is what a job asks for. The format is JPEG: the one that every scanner must have.
func (c capabilities) settings(options drivers.ScanOptions, feeder bool) ([]byte, error) {
	from, name := c.glass, "Platen"
	both := c.both(options, feeder)
	switch {
	case both:
		from, name = c.duplex, "Feeder"
	case feeder:
		from, name = c.feeder, "Feeder"
	}
	mode := from.mode(options.Color)
	dots := from.resolution(options.DPI)
	width, height := within(pageWidth, from.MaxWidth), within(pageHeight, from.MaxHeight)
	version := c.version
	if version == "" {
		version = "2.0"
	}
	order := struct {
		XMLName xml.Name `xml:"scan:ScanSettings"`
		Scan    string   `xml:"xmlns:scan,attr"`
		PWG     string   `xml:"xmlns:pwg,attr"`
		Version string   `xml:"pwg:Version"`
		Region  struct {
			Height int    `xml:"pwg:Height"`
			Units  string `xml:"pwg:ContentRegionUnits"`
			Width  int    `xml:"pwg:Width"`
			X      int    `xml:"pwg:XOffset"`
			Y      int    `xml:"pwg:YOffset"`
		} `xml:"pwg:ScanRegions>pwg:ScanRegion"`
		Source string `xml:"pwg:InputSource"`
		Mode   string `xml:"scan:ColorMode"`
		X      int    `xml:"scan:XResolution"`
		Y      int    `xml:"scan:YResolution"`
		Format string `xml:"pwg:DocumentFormat"`
		Ext    string `xml:"scan:DocumentFormatExt,omitempty"`
		Duplex *bool  `xml:"scan:Duplex"`
	}{
		Scan: "http://schemas.hp.com/imaging/escl/2011/05/03", PWG: "http://www.pwg.org/schemas/2010/12/sm",
		Version: version, Source: name, Mode: mode, X: dots, Y: dots, Format: "image/jpeg",
	}
	order.Region.Height, order.Region.Width, order.Region.Units = height, width, "escl:ThreeHundredthsOfInches"
	if slices.ContainsFunc(from.Profiles, func(p profile) bool { return slices.Contains(p.Ext, "image/jpeg") }) {
		order.Ext = "image/jpeg"
	}
	if feeder {
		order.Duplex = &both
	}
	body, err := xml.Marshal(order)
	if err != nil {
		return nil, fmt.Errorf("write the order: %w", err)
	}
	return append([]byte(xml.Header), body...), nil
}

// both tells whether both sides of a sheet are asked for and can be had.
func (c capabilities) both(options drivers.ScanOptions, feeder bool) bool {
	return feeder && options.Duplex && c.duplex != nil
}

func within(want, most int) int {
	if most > 0 && most < want {
		return most
	}
	return want
}

// mode picks grey or colour, the other where a scanner has but one.
func (i *input) mode(color bool) string {
	wanted, other := "Grayscale8", "RGB24"
	if color {
		wanted, other = other, wanted
	}
	has := func(mode string) bool {
		return slices.ContainsFunc(i.Profiles, func(p profile) bool { return slices.Contains(p.Modes, mode) })
	}
	if !has(wanted) && has(other) {
		return other
	}
	return wanted
}

// resolution is the smallest that the scanner has at or above the wanted one, else its largest.
func (i *input) resolution(wanted int) int {
	least, most := 0, 0
	for _, p := range i.Profiles {
		if r := p.Range; r != nil && r.Max >= r.Min && r.Max > 0 {
			return min(max(wanted, r.Min), r.Max)
		}
		for _, step := range p.Steps {
			if step.X >= wanted && (least == 0 || step.X < least) {
				least = step.X
			}
			most = max(most, step.X)
		}
	}
	switch {
	case least > 0:
		return least
	case most > 0:
		return most
	}
	return wanted
}
