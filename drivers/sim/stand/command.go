package stand

import (
	"context"
	"errors"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"bianmin/drivers/sim/document"
	"bianmin/drivers/sim/escl"
	"bianmin/drivers/sim/printer"
	"bianmin/drivers/sim/reader"
)

// command is one thing a person can do at the bench.
type command struct {
	words string // how it begins
	do    action
}

// action carries a command out; rest are the words behind it.
type action func(ctx context.Context, s *Stand, rest []string) (string, error)

func plain(f func(*Stand)) action {
	return func(_ context.Context, s *Stand, _ []string) (string, error) { f(s); return "", nil }
}

func may(f func(*Stand) error) action {
	return func(_ context.Context, s *Stand, _ []string) (string, error) { return "", f(s) }
}

var errNoSwitch = errors.New("there is no network switch on this bench")

func onNetwork(f func(*Stand)) action {
	return func(_ context.Context, s *Stand, _ []string) (string, error) {
		if s.network == nil {
			return "", errNoSwitch
		}
		f(s)
		return "", nil
	}
}

var errNoDocument = errors.New("there is no A4 printer on this bench")

func onDocument(f func(ctx context.Context, p *document.Printer) error) action {
	return func(ctx context.Context, s *Stand, _ []string) (string, error) {
		if s.document == nil {
			return "", errNoDocument
		}
		return "", f(ctx, s.document)
	}
}

// takeDocuments takes what lies in the A4 printer's tray and says the files' paths.
func takeDocuments(_ context.Context, s *Stand, _ []string) (string, error) {
	if s.document == nil {
		return "", errNoDocument
	}
	taken, err := s.document.Take()
	return strings.Join(taken, " "), err
}

func tellDepartment(ctx context.Context, s *Stand, rest []string) (string, error) {
	if s.options.Department == nil {
		return "", errors.New("no department listens to this bench")
	}
	return s.options.Department(ctx, strings.Join(rest, " "))
}

// commands are looked up from the first; longer words stand before shorter ones.
var commands = []command{
	{"card place", func(_ context.Context, s *Stand, rest []string) (string, error) {
		if len(rest) != 1 {
			return "", errors.New("say which card: card place NUMBER|FILE")
		}
		return "", s.place(rest[0])
	}},
	{"card remove", plain((*Stand).removeCard)},
	{"card pull-mid-read", plain(func(s *Stand) { s.reader.PullMidRead() })},
	{"social insert", func(_ context.Context, s *Stand, rest []string) (string, error) { return "", s.insertChip(rest) }},
	{"social pull", may((*Stand).pullChip)},
	{"reader noise", func(_ context.Context, s *Stand, rest []string) (string, error) {
		n := 3
		if len(rest) > 0 {
			var err error
			if n, err = strconv.Atoi(rest[0]); err != nil {
				return "", errors.New("say how many bytes: reader noise N")
			}
		}
		s.reader.Next(reader.NoiseInside(n))
		return "", nil
	}},
	{"reader silent", plain(func(s *Stand) { s.reader.Silence(true) })},
	{"reader ok", plain(func(s *Stand) { s.reader.Silence(false); s.healReader() })},
	{"reader unplug", may(func(s *Stand) error { return s.reader.Unplug() })},
	{"reader plug", may(func(s *Stand) error { return s.reader.Plug() })},
	{"printer paper out", plain(func(s *Stand) { s.printer.SetPaper(false) })},
	{"printer paper ok", plain(func(s *Stand) { s.printer.SetPaper(true) })},
	{"printer cover open", plain(func(s *Stand) { s.printer.SetCover(true) })},
	{"printer cover closed", plain(func(s *Stand) { s.printer.SetCover(false) })},
	{"printer silent", plain(func(s *Stand) { s.printer.SetSilent(true) })},
	{"printer ok", plain(func(s *Stand) { s.printer.SetSilent(false); s.printer.SetStalled(false) })},
	{"printer unplug", may(func(s *Stand) error { return s.printer.Unplug() })},
	{"printer plug", may(func(s *Stand) error { return s.printer.Plug() })},
	{"paper tear", func(_ context.Context, s *Stand, _ []string) (string, error) {
		return strconv.Itoa(s.tear()) + " strips", nil
	}},
	{"network cut", onNetwork(func(s *Stand) { s.network.Cut() })},
	{"network restore", onNetwork(func(s *Stand) { s.network.Restore() })},
	{"network slow", onNetwork(func(s *Stand) { s.network.Slow(slowBytesPerSecond) })},
	{"feeder load", func(_ context.Context, s *Stand, rest []string) (string, error) {
		if len(rest) != 1 {
			return "", errors.New("say how many sheets: feeder load N")
		}
		n, err := strconv.Atoi(rest[0])
		if err != nil || n < 0 {
			return "", errors.New("say how many sheets: feeder load N")
		}
		if s.scanner != nil {
			s.feedScanner(n)
		}
		return "", os.WriteFile(filepath.Join(s.options.Dir, Feeder), []byte(rest[0]+"\n"), 0o644)
	}},
	{"button press", may(func(s *Stand) error { return s.press() })},
	{"receipt save", func(_ context.Context, s *Stand, rest []string) (string, error) { return s.saveReceipt(rest) }},
	{"document paper out", onDocument(func(ctx context.Context, p *document.Printer) error { return p.SetPaper(ctx, false) })},
	{"document paper ok", onDocument(func(ctx context.Context, p *document.Printer) error { return p.SetPaper(ctx, true) })},
	{"document unplug", onDocument(func(_ context.Context, p *document.Printer) error { p.Unplug(); return nil })},
	{"document plug", onDocument(func(ctx context.Context, p *document.Printer) error { return p.Plug(ctx) })},
	{"document take", takeDocuments},
	{"glass lay", func(_ context.Context, s *Stand, rest []string) (string, error) {
		if s.scanner == nil {
			return "", errNoScanner
		}
		if len(rest) != 1 {
			return "", errors.New("say which sheet: glass lay BARS")
		}
		bars, err := strconv.Atoi(rest[0])
		if err != nil || bars < 0 {
			return "", errors.New("say which sheet: glass lay BARS")
		}
		s.device().Lay(escl.Sheet{Bars: bars})
		return "", nil
	}},
	{"camera lay", func(_ context.Context, s *Stand, rest []string) (string, error) { return "", s.layBefore(rest) }},
	{"code scan", func(_ context.Context, s *Stand, rest []string) (string, error) { return "", s.scanCode(rest) }},
	{"code partial", func(_ context.Context, s *Stand, rest []string) (string, error) { return "", s.scanPartial(rest) }},
	{"code garbage", may((*Stand).scanGarbage)},
	{"button unplug", may(func(s *Stand) error { return s.button.Unplug() })},
	{"button plug", may(func(s *Stand) error { return s.button.Plug() })},
	{"fault", turnFault},
	{"well", well},
	{"department", tellDepartment},
	{"state", func(_ context.Context, s *Stand, _ []string) (string, error) { return s.stateLine() }},
}

// slowBytesPerSecond is a bad line: 128 kbit/s.
const slowBytesPerSecond = 16 << 10

// Do carries out one command line; an unknown one is an error that names the known ones.
func (s *Stand) Do(ctx context.Context, line string) (string, error) {
	for _, c := range commands {
		if rest, ok := strings.CutPrefix(line, c.words); ok && (rest == "" || rest[0] == ' ') {
			return c.do(ctx, s, strings.Fields(rest))
		}
	}
	var known []string
	for _, c := range commands {
		known = append(known, c.words)
	}
	return "", fmt.Errorf("the bench does not know %q; it knows: %s", line, strings.Join(known, ", "))
}

// saveReceipt writes the last strip as a picture and as the bytes that reached the printer.
func (s *Stand) saveReceipt(rest []string) (string, error) {
	if len(rest) != 2 {
		return "", errors.New("say where to: receipt save PNG BIN")
	}
	all := s.Printed()
	if len(all) == 0 {
		return "", errors.New("nothing has been printed yet")
	}
	return "", SaveStrip(all[len(all)-1], rest[0], rest[1])
}

// SaveStrip writes a strip as a PNG picture and as its raw bytes.
func SaveStrip(strip printer.Strip, picture, raw string) error {
	file, err := os.Create(picture)
	if err != nil {
		return fmt.Errorf("save the receipt: %w", err)
	}
	if err := errors.Join(png.Encode(file, strip.Image()), file.Close()); err != nil {
		return fmt.Errorf("save the receipt: %w", err)
	}
	if err := os.WriteFile(raw, strip.Raw, 0o644); err != nil {
		return fmt.Errorf("save the receipt: %w", err)
	}
	return nil
}
