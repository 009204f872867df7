package stand

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"bianmin/drivers/sim"
	"bianmin/drivers/sim/button"
	"bianmin/drivers/sim/camera/node"
	"bianmin/drivers/sim/document"
	"bianmin/drivers/sim/network"
	"bianmin/drivers/sim/printer"
	"bianmin/drivers/sim/reader"
)

// Options say which devices stand on the bench.
type Options struct {
	Dir      string // where the devices' names (links to ptys) and the control socket are made
	Paper    int    // mm: 80 (default) or 58
	Platform string // host:port behind the network switch; "" leaves the switch out
	Switch   string // host:port the network switch listens on; "" is a free port of 127.0.0.1
	Document bool   // an A4 printer stands there too
	Scanner  bool   // a driverless scanner stands there too
	Code     bool   // a code reader on a serial cable stands there too
	Camera   bool   // a document camera stands there too, see CameraLink
	// Social is a reader of social-security cards, which is the stand's from then on; nil where there is none.
	Social ChipReader
	// Department plays the department at the platform: what follows "department" in a command; nil where there is none.
	Department Handler
}

// Feeder is the file in Dir that holds how many sheets lie in the scanner's feeder.
const Feeder = "feeder"

// Stand is one terminal's simulated devices. All methods are safe for use by several goroutines.
type Stand struct {
	options  Options
	cards    []sim.Card
	reader   *reader.Device
	printer  *printer.Printer
	document *document.Printer // nil where there is none
	scanner  *scanner          // nil where there is none
	button   *button.Button
	code     *button.Button // a code reader: it too sends a line; nil where there is none
	cameras  *node.Folder   // nil where there is none
	camera   *node.Camera   // nil where there is none
	network  *network.Proxy
	social   ChipReader // nil where there is none
	control  *Control

	mutex   sync.Mutex
	cardOn  string
	chipIn  string          // which chip card is in, "" for none
	table   table           // what lies before the camera
	ordered map[Kind]string // faults that the devices themselves cannot tell apart
	torn    []printer.Strip // strips a person took, oldest first
}

// Open puts everything on the bench and listens on Dir/bench.sock.
func Open(ctx context.Context, options Options) (*Stand, error) {
	s := &Stand{options: options, social: options.Social}
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Stand) open(ctx context.Context) (err error) {
	if err := os.MkdirAll(s.options.Dir, 0o755); err != nil {
		return fmt.Errorf("set up the bench: %w", err)
	}
	if s.cards, err = sim.Cards(); err != nil {
		return err
	}
	if s.reader, err = reader.Start(ctx, s.path("reader"), reader.Options{Baud: 115200}); err != nil {
		return err
	}
	if s.printer, err = printer.New(ctx, s.path("printer"), printer.Options{Paper: s.options.Paper}); err != nil {
		return err
	}
	if s.button, err = button.New(ctx, s.path("button")); err != nil {
		return err
	}
	if s.options.Scanner {
		if s.scanner, err = openScanner(ctx); err != nil {
			return err
		}
	}
	if s.options.Code {
		if s.code, err = button.New(ctx, s.path("code")); err != nil {
			return err
		}
	}
	if s.options.Camera {
		if err = s.openCamera(ctx); err != nil {
			return err
		}
	}
	if s.options.Document {
		if s.document, err = document.Start(ctx, s.path("document")); err != nil {
			return err
		}
	}
	if s.options.Platform != "" {
		address := s.options.Switch
		if address == "" {
			address = "127.0.0.1:0"
		}
		if s.network, err = network.Listen(ctx, address, s.options.Platform); err != nil {
			return err
		}
	}
	s.control, err = Listen(ctx, s.Socket(), s.Do)
	return err
}

func (s *Stand) path(name string) string { return filepath.Join(s.options.Dir, name) }

// Socket is the path of the control socket.
func (s *Stand) Socket() string { return s.path("bench.sock") }

// Links are the devices' links for a configuration file.
func (s *Stand) Links() (reader, printer, button string) {
	return "serial:" + s.path("reader"), "serial:" + s.path("printer"), "serial:" + s.path("button")
}

// DocumentLink is the A4 printer's link for a configuration file, "" without one.
func (s *Stand) DocumentLink() string {
	if s.document == nil {
		return ""
	}
	return s.document.Link()
}

// ScannerLink is the driverless scanner's link for a configuration file, "" without one.
func (s *Stand) ScannerLink() string {
	if s.scanner == nil {
		return ""
	}
	return "escl://" + s.scanner.Address() + "/eSCL"
}

// CodeLink is the code reader's link for a configuration file, "" without one.
func (s *Stand) CodeLink() string {
	if s.code == nil {
		return ""
	}
	return "serial:" + s.code.Path()
}

// Documents are the PDF files that came out of the A4 printer so far, oldest first.
func (s *Stand) Documents() ([]string, error) {
	if s.document == nil {
		return nil, errNoDocument
	}
	return s.document.Printed()
}

// Network is the address of the platform as seen through the switch.
func (s *Stand) Network() string {
	if s.network == nil {
		return ""
	}
	return s.network.Addr()
}

// Close takes everything off the bench and waits until it is quiet.
func (s *Stand) Close() error {
	var errs []error
	if s.control != nil {
		errs = append(errs, s.control.Close())
	}
	if s.network != nil {
		errs = append(errs, s.network.Close())
	}
	if s.document != nil {
		errs = append(errs, s.document.Close())
	}
	if s.scanner != nil {
		errs = append(errs, s.device().Close())
	}
	if s.code != nil {
		errs = append(errs, s.code.Close())
	}
	if s.cameras != nil {
		errs = append(errs, s.cameras.Close())
	}
	if s.social != nil {
		errs = append(errs, s.social.Close())
	}
	if s.button != nil {
		errs = append(errs, s.button.Close())
	}
	if s.printer != nil {
		errs = append(errs, s.printer.Close())
	}
	if s.reader != nil {
		errs = append(errs, s.reader.Close())
	}
	return errors.Join(errs...)
}

// State tells how the bench stands.
func (s *Stand) State() State {
	p, wrong := s.printer.State(), s.wrong()
	var scanner *ScannerState
	if s.scanner != nil {
		far := s.device()
		scanner = &ScannerState{Glass: far.Glass().Bars, Feeder: far.Left(), Jobs: far.Jobs(), Pages: len(far.Orders())}
	}
	camera := s.cameraState()
	s.mutex.Lock()
	defer s.mutex.Unlock()
	state := State{
		Camera: camera,
		Faults: wrong, Scanner: scanner, ButtonIn: s.button.Plugged(), Waiting: p.Waiting,
		CardOn: s.cardOn, ReaderIn: s.reader.Plugged(), PrinterIn: p.Plugged, PaperOut: p.PaperOut, CoverOpen: p.CoverOpen,
		Silent: p.Silent, StripBytes: p.Received, Strips: p.Strips, NetworkUp: s.network != nil && s.network.Up(),
	}
	if s.social != nil {
		state.SocialIn, state.SocialCard = s.social.Plugged(), s.chipIn
	}
	if s.document != nil {
		state.DocumentIn, state.DocumentPaper = s.document.State()
		for _, path := range s.document.Lying() {
			state.Documents = append(state.Documents, filepath.Base(path))
		}
	}
	for i, card := range s.cards {
		state.Cards = append(state.Cards, Card{Number: i + 1, File: card.File, Label: label(card)})
	}
	return state
}

// Strip is the paper that hangs out of the printer as a picture; nil when there is none.
func (s *Stand) Strip() image.Image { return s.printer.Picture() }

// Printed are all strips so far, torn off or not, oldest first.
func (s *Stand) Printed() []printer.Strip {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return append(append([]printer.Strip(nil), s.torn...), s.printer.Strips()...)
}

func (s *Stand) tear() int {
	taken := s.printer.Tear()
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.torn = append(s.torn, taken...)
	return len(taken)
}

func (s *Stand) place(which string) error {
	card, err := s.card(which)
	if err != nil {
		return err
	}
	s.reader.Place(card)
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.cardOn = card.File
	return nil
}

// card finds a card by its number in the drawer, its name there, or a file of one's own.
func (s *Stand) card(which string) (sim.Card, error) {
	if number, err := strconv.Atoi(which); err == nil {
		if number < 1 || number > len(s.cards) {
			return sim.Card{}, fmt.Errorf("there are cards 1 to %d", len(s.cards))
		}
		return s.cards[number-1], nil
	}
	return sim.LoadCard(which)
}

func (s *Stand) removeCard() {
	s.reader.Remove()
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.cardOn = ""
}

func (s *Stand) stateLine() (string, error) {
	line, err := json.Marshal(s.State())
	if err != nil {
		return "", fmt.Errorf("tell the bench's state: %w", err)
	}
	return string(line), nil
}

// Forget tears off what hangs there and throws all torn strips away.
func (s *Stand) Forget() {
	s.tear()
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.torn = nil
}

// label is what the drawer shows: name, sex, year of birth and what kind of card it is.
func label(card sim.Card) string {
	words := card.Name
	if words == "" {
		words = card.Latin
	}
	words = strings.Map(func(r rune) rune {
		if r > 0xFFFF || (r >= 0xE000 && r <= 0xF8FF) {
			return '□' // what the window's font cannot draw
		}
		return r
	}, words)
	if runes := []rune(words); len(runes) > 9 {
		words = string(runes[:9]) + "…"
	}
	switch card.Sex {
	case "1":
		words += " 男"
	case "2":
		words += " 女"
	}
	if len(card.Birth) == 8 && card.Kind == "" {
		words += " " + card.Birth[:4]
	}
	switch card.Kind {
	case "J":
		words += " 居住证"
	case "I":
		words += " 外国人证2017"
	case "Y":
		words += " 外国人证2023"
	}
	return words
}
