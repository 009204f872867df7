// Package wiring opens a desk's parts (store, keys, catalogue, devices) by the
// configuration file and joins them. It draws nothing and decides nothing; the
// desk with its window and the one without are the same from here down.
package wiring

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"bianmin/agent/desk"
	invented "bianmin/agent/practice"
	"bianmin/assets"
	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/core/identity"
	"bianmin/core/pinyin"
	"bianmin/core/text"
	"bianmin/drivers"
	"bianmin/drivers/a4"
	"bianmin/drivers/photo"
	"bianmin/drivers/point"
	"bianmin/packaging/condition"
	"bianmin/packaging/settings"
	"bianmin/packaging/tested"
	"bianmin/packaging/version"
	"bianmin/store/cut"
	"bianmin/store/office"
	"bianmin/sync/edition"
	"bianmin/sync/reported"
	"bianmin/sync/seal"
	"bianmin/sync/seal/chip"
)

// Options beside the configuration file.
type Options struct {
	Settings settings.Settings
	Log      *slog.Logger
	// Unsealed leaves plain copies, for the canary test; refused for a production terminal.
	Unsealed bool
	// SecretCost of turning a secret into a key; zero is the product's. Tests that sign on often take less.
	SecretCost seal.Cost
	// Times other than the desk's own.
	Times desk.Times
	// Practice opens practice mode beside the real data; Pace is how quickly its department answers.
	Practice bool
	Pace     invented.Pace
}

// Agent is a desk's parts, open.
type Agent struct {
	Office  *office.Office
	Devices *point.Point     // nil in practice mode
	told    *reported.Keeper // tells the sender of the devices; nil in practice mode
	daily   *tested.Daily    // tests them; nil in practice mode
	chip    *chip.Chip       // nil where the PC has none
	pinyin  *pinyin.Dictionary
	set     *catalogue.Catalogue
	// calendar is the set's, as deadlines count by it.
	calendar  casefile.Calendar
	words     *text.Catalog
	paper     paper
	rehearsal *rehearsal // practice mode's, nil at a real desk
	options   Options
	edition   string // the newest edition of the catalogue when it was loaded
}

// Outdated tells whether an edition of the catalogue came since it was loaded.
func (a *Agent) Outdated() bool { return edition.Latest(a.options.Settings.Data) != a.edition }

// Open opens everything. A desk that cannot serve (not enrolled, no room, clock
// in doubt) still opens, so that its window can say why; a broken catalogue is an error.
func Open(ctx context.Context, options Options) (*Agent, error) {
	a := &Agent{options: options}
	if err := a.open(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

func (a *Agent) open(ctx context.Context) (err error) {
	s := a.options.Settings
	if err := os.MkdirAll(s.Data, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	if err := a.openData(ctx); err != nil {
		return err
	}
	if a.options.Practice {
		return a.openPractice(ctx)
	}
	if a.chip, err = chip.Open(chip.DefaultPath); err != nil && !errors.Is(err, chip.ErrNone) {
		a.log().Warn("the security chip is not used: passphrases only", "error", err)
	}
	a.Office, err = office.Open(ctx, office.Options{
		Folder: s.Data, Software: "bianmin-agent " + version.Version, CommitPoint: cut.Point, Unsealed: a.options.Unsealed, Log: a.options.Log,
		Calendar: a.calendarNow, SecretCost: a.options.SecretCost, Chip: a.chipPort(),
	})
	if err != nil {
		return err
	}
	font, err := printerFont()
	if err != nil {
		return err
	}
	a.Devices, err = point.Start(ctx, condition.Devices(s.Devices), point.Options{Log: a.options.Log, Raster: font})
	if err != nil {
		return err
	}
	a.told = reported.Keep(ctx, a.options.Settings.Data, "agent "+version.Version, a.Devices.Statuses, a.options.Log)
	a.daily = tested.Watch(ctx, tested.Watching{
		Data: a.options.Settings.Data, Program: "agent", Devices: tested.Devices(a.Devices), Now: time.Now, Log: a.options.Log,
	})
	return nil
}

// openData loads words, catalogue, pinyin and the fonts of A4 pages.
func (a *Agent) openData(ctx context.Context) (err error) {
	a.edition = edition.Latest(a.options.Settings.Data)
	chosen := edition.Choose(ctx, a.options.Settings.Data, a.options.Settings.Catalogue, assets.Catalogue())
	if chosen.Passed != nil {
		a.log().Error("a newer edition of the catalogue does not serve", "error", chosen.Passed)
	}
	if a.options.Practice {
		a.set, err = practiceCatalogue(chosen.Files, a.log())
	} else {
		a.set, err = catalogue.Load(chosen.Files)
	}
	if err != nil {
		return fmt.Errorf("load the catalogue: %w", err)
	}
	a.calendar = calendarOf(a.set.Holidays)
	if a.words, err = text.Load(assets.Words()); err != nil {
		return fmt.Errorf("load the words: %w", err)
	}
	dictionary, err := pinyin.Load(bytes.NewReader(assets.PinyinData()))
	if err != nil {
		return fmt.Errorf("load the pinyin data: %w", err)
	}
	a.pinyin = dictionary.With(a.set.Words())
	a.paper.setter, err = a4.New(assets.FontRegular(), assets.FontBold())
	return err
}

func (a *Agent) calendarNow() casefile.Calendar { return a.calendar }

func (a *Agent) log() *slog.Logger {
	if a.options.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return a.options.Log
}

// Close closes devices, store and chip. It is called when the desk's Run has ended.
func (a *Agent) Close() error {
	var errs []error
	a.rehearsal.end()
	if a.daily != nil {
		a.daily.Close()
	}
	if a.told != nil {
		a.told.Close()
	}
	if a.Devices != nil {
		errs = append(errs, a.Devices.Close())
	}
	if a.Office != nil {
		errs = append(errs, a.Office.Close())
	}
	if a.chip != nil {
		errs = append(errs, a.chip.Close())
	}
	return errors.Join(append(errs, a.rehearsal.release())...)
}

// Environment is what the platform enrolled this desk for: "production", "demo", or "" when it is not enrolled.
func (a *Agent) Environment() string {
	if identity := a.Office.Identity(); identity != nil {
		return identity.Environment
	}
	return ""
}

// Pinyin is the dictionary people's and villages' names are typed by.
func (a *Agent) Pinyin() *pinyin.Dictionary { return a.pinyin }

// Words are what people read.
func (a *Agent) Words() *text.Catalog { return a.words }

// Catalogue is the set in force.
func (a *Agent) Catalogue() *catalogue.Catalogue { return a.set }

// Desk makes the desk on these parts.
func (a *Agent) Desk() *desk.Desk {
	o := a.deskOptions()
	if a.rehearsal != nil {
		return desk.New(a.practiceDesk(o))
	}
	o.Devices = desk.Devices{Reader: a.Devices.Reader(), Social: a.Devices.Social(), Printer: a.Devices.Printer(), Document: a.Devices.Document(), Scanner: a.Devices.Scanner(), Code: a.Devices.Code(), Statuses: a.Devices.Statuses}
	if p := a.options.Settings.Photo; p.Decoder != "" {
		o.Photo = photo.New(photo.Options{Program: p.Decoder, Limit: p.Limit, Owned: true})
	}
	return desk.New(o)
}

// Statuses are what the device manager knows; in practice mode all devices are in order.
func (a *Agent) Statuses() []drivers.Status {
	if a.Devices == nil {
		return invented.Statuses()
	}
	return a.Devices.Statuses()
}

// deskOptions are a desk's, but for its devices.
func (a *Agent) deskOptions() desk.Options {
	return desk.Options{
		Office:    port{a.Office},
		Stick:     stick{a.options.Settings.Data},
		Catalogue: a.Catalogue,
		Readings:  a.pinyin.Readings,
		Words:     a.words,
		Place:     a.place(),
		Times:     a.times(),
		Now:       func() time.Time { return time.Now().In(casefile.Zone) },
		Logger:    a.options.Log,
		Paper:     a.paper,
		Save:      folder{a.options.Settings.Exports},

		CanPractise: true,
	}
}

// times are the desk's, with the configuration's idle lock where none was given.
func (a *Agent) times() desk.Times {
	t := a.options.Times
	if t.Idle == 0 {
		t.Idle = a.options.Settings.Desk.Lock
	}
	return t
}

func (a *Agent) place() desk.Place {
	place := desk.Place{Version: version.Version, Phone: a.options.Settings.Phone, Practice: a.rehearsal != nil}
	if identity := a.Office.Identity(); identity != nil {
		place.Name, place.Terminal, place.Region = identity.Point, identity.Number, identity.Region
	}
	return place
}

func calendarOf(c catalogue.Calendar) casefile.Calendar {
	days := func(dates []string) map[identity.Date]bool {
		set := map[identity.Date]bool{}
		for _, date := range dates {
			if day, err := time.Parse(time.DateOnly, date); err == nil { // the set was checked when it was loaded
				set[identity.DateOf(day)] = true
			}
		}
		return set
	}
	return casefile.Calendar{Off: days(c.Resting), On: days(c.Working)}
}
