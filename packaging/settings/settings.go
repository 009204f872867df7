// Package settings reads a terminal's configuration file (where its data lies, which devices it
// has, how its screen is) and lays beside it what the province set: what counts is what Read
// gives. It also changes single lines of the file. It must not hold secrets.
package settings

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/adrg/xdg"
	"github.com/goccy/go-yaml"

	"bianmin/packaging/update/trial"
	"bianmin/sync/standing"
)

// Settings is the whole file. Unknown keys are refused, so that a typing error is not a silent default.
type Settings struct {
	Data      string  `yaml:"data"`      // directory of store and keys; relative to the file
	Catalogue string  `yaml:"catalogue"` // folder of a catalogue; "" is the built-in demo region
	Platform  string  `yaml:"platform"`  // URL that replaces the enrolment's; "" keeps it
	Devices   Devices `yaml:"devices"`
	Photo     Photo   `yaml:"photo"`
	Screen    Screen  `yaml:"screen"`
	Session   Session `yaml:"session"`
	Exports   string  `yaml:"exports"` // folder for files an agent saves; "" is 便民导出 in the user's documents
	Phone     string  `yaml:"phone"`   // whom people call when the terminal is in trouble
	Log       string  `yaml:"log"`     // "debug", "info" (default), "warn", "error"
	Update    Update  `yaml:"update"`
	Desk      Desk    `yaml:"desk"`
	Link      Link    `yaml:"link"`
	// Ruled says of the settings that the province may set where each is from; the fields above hold what counts.
	Ruled Ruled `yaml:"-"`
}

// Devices are the terminal's devices by role; nil where there is none.
type Devices struct {
	Reader  *Reader  `yaml:"reader"`
	Printer *Printer `yaml:"printer"`
	Scanner *Scanner `yaml:"scanner"`
	Button  *Button  `yaml:"button"`

	Document *Document `yaml:"document"`
	Code     *Code     `yaml:"code"`
	Social   *Social   `yaml:"social"`
}

// Social is a chip card reader for social-security cards.
type Social struct {
	Link string `yaml:"link"` // "pcsc:" for the only one, "pcsc:NAME" as PC/SC calls it (docs/devices/social.md)
}

// Code is a code reader.
type Code struct {
	Link string `yaml:"link"` // "serial:PATH", "hid:VENDOR:PRODUCT", or "evdev:VENDOR:PRODUCT" for one that plays keyboard (docs/devices/barcode.md)
	Baud int    `yaml:"baud"` // default 9600
}

// Document is an A4 printer.
type Document struct {
	Link string `yaml:"link"` // "ipp://HOST:PORT/PATH"
}

// Reader is an ID card reader.
type Reader struct {
	Link string `yaml:"link"` // "serial:PATH", "usb:VENDOR:PRODUCT", "hid:VENDOR:PRODUCT" (docs/devices/usb.md)
	Baud int    `yaml:"baud"` // default 115200
}

// Printer is a receipt printer.
type Printer struct {
	Link     string `yaml:"link"`
	Baud     int    `yaml:"baud"`     // default 115200
	Paper    int    `yaml:"paper"`    // mm: 58 or 80 (default)
	Raster   bool   `yaml:"raster"`   // QR codes as pictures, for printers without the QR command
	NoCutter bool   `yaml:"noCutter"` // a tear bar instead of a cutter
}

// Scanner is a page scanner: a driverless one or a document camera by its link, any other by SANE's name.
type Scanner struct {
	// Link is "escl://HOST:PORT/eSCL", "escls://HOST:PORT/eSCL" over TLS, or "video:VENDOR:PRODUCT" for a document camera (docs/devices/scan.md).
	Link string `yaml:"link"`
	SANE string `yaml:"sane"` // device name for scanimage, e.g. "test:0"
	DPI  int    `yaml:"dpi"`  // default 200
	// Certificate is the fingerprint of the certificate that a scanner shows over TLS, "sha256:…": setup writes it.
	Certificate string `yaml:"certificate"`
}

// Button is a push button beside the scanner.
type Button struct {
	Link string `yaml:"link"`
	Baud int    `yaml:"baud"` // default 9600
}

// Photo is the program that makes pictures of the photos on identity cards, whose format is closed (docs/devices/idcard.md).
type Photo struct {
	Decoder string        `yaml:"decoder"` // absolute path; "" shows no photos
	Limit   time.Duration `yaml:"limit"`   // of one photo, default 5s
}

// Screen is the panel.
type Screen struct {
	Width      int     `yaml:"width"`  // px at scale 1, default 1080; with fullscreen the panel's own
	Height     int     `yaml:"height"` // px at scale 1, default 1920; with fullscreen the panel's own
	Scale      float32 `yaml:"scale"`  // default 1; 0.5 shows the 1080×1920 design on half the pixels
	Fullscreen bool    `yaml:"fullscreen"`
}

// Own tells whether the panel itself says how large it is.
func (s Screen) Own() bool { return s.Fullscreen && s.Width == 0 && s.Height == 0 }

// Update is where new versions come from and lie.
type Update struct {
	Mirror    string        `yaml:"mirror"`    // "https://HOST/PATH"; "" takes them from sticks only
	Authority string        `yaml:"authority"` // file of certificates in PEM that vouch for the mirror; "" are the machine's own
	Hours     string        `yaml:"hours"`     // the quiet hours, China's time, default "01:00-05:00"
	Trial     time.Duration `yaml:"trial"`     // how long a new version may take at a start to show that it is healthy, default 2m
	Root      string        `yaml:"root"`      // file that says whose signatures count, default /etc/bianmin/update-root.json
	State     string        `yaml:"state"`     // the updater's memory, default /var/lib/bianmin-update
	Prefix    string        `yaml:"prefix"`    // where the versions lie, default /usr/lib/bianmin
}

// Link is how the line to the platform is used by scanned pages; what makes a case known, and forms, always go.
type Link struct {
	Cap     string `yaml:"cap"`     // kilobytes a second at most, default 0: no limit
	Quiet   string `yaml:"quiet"`   // hours in which they wait, China's time; default none
	Metered string `yaml:"metered"` // "no" (default); "night": they go in update.hours; "forms": they do not go over this line
}

// Desk are the times of an agent's desk.
type Desk struct {
	Lock time.Duration `yaml:"lock"` // without a key until it locks, default 5m
}

// Session are the times of one citizen's session.
type Session struct {
	Idle time.Duration `yaml:"idle"` // without a touch until the warning, default 90s
	Warn time.Duration `yaml:"warn"` // length of the warning's countdown, default 30s
	Done time.Duration `yaml:"done"` // on the last screen until leaving, default 60s
}

// Read reads and checks the file at path, fills in defaults, and lets count what the province set for the terminal
// whose data it names.
func Read(path string) (Settings, error) {
	content, err := os.ReadFile(path) // #nosec G304 -- the terminal's configuration
	if err != nil {
		return Settings{}, fmt.Errorf("read configuration: %w", err)
	}
	return readContent(path, content)
}

// readContent reads what would stand in the file at path.
func readContent(path string, content []byte) (Settings, error) {
	s, err := own(path, content)
	if err != nil {
		return Settings{}, err
	}
	s.fill()
	alone := s
	alone.count(standing.Ruling{})
	if err := alone.check(); err != nil { // a slip is one, whatever the province says
		return Settings{}, fmt.Errorf("configuration %s: %w", path, err)
	}
	s.rule()
	return s, nil
}

// Bare are the settings of a terminal of which only the data folder is known.
func Bare(data string) Settings {
	s := Settings{Data: data}
	s.fill()
	s.rule()
	return s
}

// own is what the file itself says, and nothing else.
func own(path string, content []byte) (Settings, error) {
	var s Settings
	if err := yaml.UnmarshalWithOptions(content, &s, yaml.DisallowUnknownField()); err != nil {
		return Settings{}, sentence(path, err)
	}
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return Settings{}, fmt.Errorf("configuration %s: %w", path, err)
	}
	s.Data = absolute(dir, s.Data)
	s.Catalogue = absolute(dir, s.Catalogue)
	s.Exports = absolute(dir, s.Exports)
	for _, path := range []*string{&s.Update.Authority, &s.Update.Root, &s.Update.State, &s.Update.Prefix} {
		*path = absolute(dir, *path)
	}
	return s, nil
}

// sentence says in one line what is wrong where in the file; the library would show an excerpt of it.
func sentence(path string, err error) error {
	var unknown *yaml.UnknownFieldError
	var known yaml.Error
	switch {
	case errors.As(err, &unknown):
		return fmt.Errorf("configuration %s, line %d: the key %q is not known", path, unknown.Token.Position.Line, unknown.Token.Value)
	case errors.As(err, &known) && known.GetToken() != nil:
		return fmt.Errorf("configuration %s, line %d: %s", path, known.GetToken().Position.Line, strings.ReplaceAll(known.GetMessage(), "\n", " "))
	}
	return fmt.Errorf("configuration %s: %s", path, strings.Join(strings.Fields(err.Error()), " "))
}

func absolute(dir, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// fill gives defaults to what only the machine sets; the others are the schema's.
func (s *Settings) fill() {
	if s.Devices.Reader != nil {
		orElse(&s.Devices.Reader.Baud, 115200)
	}
	if s.Devices.Printer != nil {
		orElse(&s.Devices.Printer.Baud, 115200)
		orElse(&s.Devices.Printer.Paper, 80)
	}
	if s.Devices.Scanner != nil {
		orElse(&s.Devices.Scanner.DPI, 200)
	}
	if s.Devices.Button != nil {
		orElse(&s.Devices.Button.Baud, 9600)
	}
	if s.Devices.Code != nil {
		orElse(&s.Devices.Code.Baud, 9600)
	}
	if !s.Screen.Own() {
		orElse(&s.Screen.Width, 1080)
		orElse(&s.Screen.Height, 1920)
	}
	orElse(&s.Screen.Scale, 1)
	orElse(&s.Photo.Limit, 5*time.Second)
	orElse(&s.Exports, filepath.Join(xdg.UserDirs.Documents, "便民导出"))
	orElse(&s.Update.Trial, 2*time.Minute)
	orElse(&s.Update.Root, "/etc/bianmin/update-root.json")
	orElse(&s.Update.State, trial.DefaultFolder)
	orElse(&s.Update.Prefix, trial.DefaultPrefix)
}

func orElse[T comparable](value *T, fallback T) {
	var zero T
	if *value == zero {
		*value = fallback
	}
}

// scannerLink tells whether a link can name a scanner.
func scannerLink(link string) bool {
	return strings.HasPrefix(link, "escl://") || strings.HasPrefix(link, "escls://") || strings.HasPrefix(link, "video:")
}

func (s *Settings) check() error {
	if s.Data == "" {
		return errors.New("data: say in which directory the terminal keeps its store")
	}
	if small := s.Screen.Width < 320 || s.Screen.Height < 320; small && !s.Screen.Own() || s.Screen.Scale < 0.2 || s.Screen.Scale > 4 {
		return fmt.Errorf("screen: %d×%d at scale %v is no usable panel", s.Screen.Width, s.Screen.Height, s.Screen.Scale)
	}
	if p := s.Devices.Printer; p != nil && p.Paper != 58 && p.Paper != 80 {
		return fmt.Errorf("devices.printer.paper: %d mm is unknown, say 58 or 80", p.Paper)
	}
	if d := s.Devices.Document; d != nil && !strings.HasPrefix(d.Link, "ipp://") {
		return fmt.Errorf("devices.document.link: %q names no A4 printer, say ipp://HOST:PORT/PATH", d.Link)
	}
	if d := s.Devices.Social; d != nil && !strings.HasPrefix(d.Link, "pcsc:") {
		return fmt.Errorf("devices.social.link: %q names no chip card reader, say pcsc: or pcsc:NAME", d.Link)
	}
	if d := s.Devices.Scanner; d != nil && ((d.Link == "") == (d.SANE == "") || d.Link != "" && !scannerLink(d.Link)) {
		return errors.New("devices.scanner: say either link: escl://HOST:PORT/eSCL (escls:// over TLS) or video:VENDOR:PRODUCT, or sane: a name that scanimage -L lists")
	}
	if p := s.Photo.Decoder; p != "" && !filepath.IsAbs(p) {
		return fmt.Errorf("photo.decoder: %q is no absolute path", p)
	}
	if l := s.Photo.Limit; l < 100*time.Millisecond || l > 30*time.Second {
		return fmt.Errorf("photo.limit: %v is no time for a photo, say 5s", l)
	}
	if _, _, err := s.Update.Quiet(); err != nil {
		return err
	}
	if err := s.Link.check(); err != nil {
		return err
	}
	if m := s.Update.Mirror; m != "" && !strings.HasPrefix(m, "https://") {
		return fmt.Errorf("update.mirror: %q is no address of a mirror, say https://HOST/PATH", m)
	}
	if s.Update.Trial < time.Second || s.Update.Trial > time.Hour {
		return fmt.Errorf("update.trial: %v is no time for a check, say 2m", s.Update.Trial)
	}
	for _, d := range []time.Duration{s.Session.Idle, s.Session.Warn, s.Session.Done, s.Desk.Lock} {
		if d < time.Second {
			return fmt.Errorf("session, desk: %v is too short for a person", d)
		}
	}
	return nil
}

// Quiet gives begin and end of the quiet hours in minutes of the day; the end may be before the begin, past midnight.
func (u Update) Quiet() (from, until int, err error) {
	from, until, ok := minutes(u.Hours)
	if !ok {
		return 0, 0, fmt.Errorf("update.hours: %q are no hours, say 01:00-05:00", u.Hours)
	}
	return from, until, nil
}
