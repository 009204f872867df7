// Package wiring opens a kiosk's parts (store, keys, catalogue, devices) by the
// configuration file and joins them to a session. It draws nothing and decides
// nothing; the kiosk with its window and the one without are the same from here down.
package wiring

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"bianmin/assets"
	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/core/pinyin"
	"bianmin/core/text"
	"bianmin/drivers/point"
	"bianmin/kiosk/journey"
	"bianmin/packaging/condition"
	"bianmin/packaging/settings"
	"bianmin/packaging/tested"
	"bianmin/packaging/version"
	"bianmin/store"
	"bianmin/store/cut"
	"bianmin/store/filing"
	"bianmin/sync/courier"
	"bianmin/sync/edition"
	"bianmin/sync/reported"
)

// What the session looks at by asking.
const (
	cardPoll    = 100 * time.Millisecond // card placed to name known: 1.9 times the pure wire time, 2.9 at 300 ms
	healthEvery = 2 * time.Second        // the screen's word about the network is never older than the sender's by more
)

// Options beside the configuration file.
type Options struct {
	Settings settings.Settings
	Log      *slog.Logger
	// Unsealed leaves plain copies, for the canary test; refused for a production terminal.
	Unsealed bool
	// Practice opens practice mode beside the real data, whose folder keeps nothing of it; ErrInService where the terminal is enrolled.
	Practice bool
	// CardLeft says that the card of the session before may still lie on the reader.
	CardLeft bool
	// Times other than the configuration's; zero values are the journey's own.
	Times journey.Times
}

// Kiosk is a terminal's parts, open.
type Kiosk struct {
	Desk       *filing.Filing
	Devices    *point.Point
	told       *reported.Keeper // tells the sender of the devices
	daily      *tested.Daily    // tests them
	Pinyin     *pinyin.Dictionary
	set        *catalogue.Catalogue // nil when the configured one is broken: the screen says so
	words      *text.Catalog
	practising bool             // practice was begun
	invented   *journey.Devices // of practice
	last       *journey.Session // made last
	options    Options
	edition    string // the newest edition of the catalogue when it was loaded
}

// Outdated tells whether an edition of the catalogue came since it was loaded.
func (k *Kiosk) Outdated() bool { return edition.Latest(k.options.Settings.Data) != k.edition }

// Open opens everything. A terminal that cannot serve (not enrolled, no room,
// clock in doubt) still opens, so that its screen can say why.
func Open(ctx context.Context, options Options) (*Kiosk, error) {
	k := &Kiosk{options: options}
	if err := k.open(ctx); err != nil {
		return nil, errors.Join(err, k.Close())
	}
	return k, nil
}

func (k *Kiosk) open(ctx context.Context) (err error) {
	if err := os.MkdirAll(k.options.Settings.Data, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	k.set = k.loadCatalogue(ctx)
	if k.words, err = text.Load(assets.Words()); err != nil {
		return fmt.Errorf("load the words: %w", err)
	}
	dictionary, err := pinyin.Load(bytes.NewReader(assets.PinyinData()))
	if err != nil {
		return fmt.Errorf("load the pinyin data: %w", err)
	}
	k.Pinyin = dictionary
	if k.set != nil {
		k.Pinyin = dictionary.With(k.set.Words()) // names of villages and items come first
	}
	folder := k.options.Settings.Data
	if k.options.Practice {
		if folder, err = k.beginPractice(folder); err != nil {
			return err
		}
	}
	k.Desk, err = filing.Open(ctx, filing.Options{
		Folder: folder, Software: "bianmin-kiosk " + version.Version, CommitPoint: cut.Point,
		Unsealed: k.options.Unsealed, Log: k.options.Log,
	})
	if err != nil {
		return err
	}
	if k.options.Practice {
		return k.practiceDevices(ctx)
	}
	font, err := printerFont()
	if err != nil {
		return err
	}
	k.Devices, err = point.Start(ctx, condition.Devices(k.options.Settings.Devices), point.Options{Log: k.options.Log, Raster: font})
	if err != nil {
		return err
	}
	k.told = reported.Keep(ctx, k.options.Settings.Data, "kiosk "+version.Version, k.Devices.Statuses, k.options.Log)
	k.daily = tested.Watch(ctx, tested.Watching{
		Data: k.options.Settings.Data, Program: "kiosk", Devices: tested.Devices(k.Devices), Now: time.Now, Log: k.options.Log,
	})
	return nil
}

// loadCatalogue loads the province's edition, the configured folder's set, or the demo region's. A
// broken one is logged with its first fault and gives nil.
func (k *Kiosk) loadCatalogue(ctx context.Context) *catalogue.Catalogue {
	k.edition = edition.Latest(k.options.Settings.Data)
	chosen := edition.Choose(ctx, k.options.Settings.Data, k.options.Settings.Catalogue, assets.Catalogue())
	if chosen.Passed != nil {
		k.log().Error("a newer edition of the catalogue does not serve", "error", chosen.Passed)
	}
	folder := chosen.From
	set, err := catalogue.Load(chosen.Files)
	var faults catalogue.Messages
	switch {
	case err == nil:
		return set
	case errors.As(err, &faults) && len(faults) > 0:
		k.log().Error("the catalogue is broken", "folder", folder, "file", faults[0].File, "pointer", faults[0].Pointer,
			"reason", faults[0].Reason, "faults", len(faults))
	default:
		k.log().Error("the catalogue is broken", "folder", folder, "error", err)
	}
	return nil
}

func (k *Kiosk) log() *slog.Logger {
	if k.options.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return k.options.Log
}

// Close closes devices and store. It is called when the session's Run has ended.
func (k *Kiosk) Close() error {
	var errs []error
	if k.daily != nil {
		k.daily.Close()
	}
	if k.told != nil {
		k.told.Close()
	}
	if k.Devices != nil {
		errs = append(errs, k.Devices.Close())
	}
	if k.Desk != nil {
		errs = append(errs, k.Desk.Close())
	}
	if k.practising {
		errs = append(errs, endPractice(k.options.Settings.Data))
	}
	return errors.Join(errs...)
}

// Environment is what the platform enrolled this terminal for: "production", "demo", or "" when it is not enrolled.
func (k *Kiosk) Environment() string {
	if identity := k.Desk.Identity(); identity != nil {
		return identity.Environment
	}
	return ""
}

// Session makes a citizen's session on these parts.
func (k *Kiosk) Session() *journey.Session {
	s := k.options.Settings.Session
	times := k.options.Times
	times.Idle, times.Warn, times.Done = s.Idle, s.Warn, s.Done
	orElse(&times.Poll, cardPoll)
	orElse(&times.Health, healthEvery)
	options := journey.Options{
		Catalogue: func() *catalogue.Catalogue { return k.set },
		Readings:  k.Pinyin.Readings,
		Words:     k.words,
		Filing:    k.Desk,
		Ledger:    ledger{k.Desk},
		Terminal:  terminal{k.Desk, k.options.Settings.Data},
		Devices:   k.journeyDevices(),
		Place:     k.place(),
		Times:     times,
		Now:       func() time.Time { return time.Now().In(casefile.Zone) },
		Logger:    k.options.Log,
		CardLeft:  k.CardLeft(),
	}
	if !k.options.Practice {
		options.Usage = k.Desk
		options.Tests = newTests(k)
	}
	k.last = journey.New(options)
	return k.last
}

// CardLeft tells, once the last session has ended, whether its card may still lie on the reader.
func (k *Kiosk) CardLeft() bool {
	if k.last == nil {
		return k.options.CardLeft
	}
	return k.last.CardLeft()
}

func orElse(d *time.Duration, fallback time.Duration) {
	if *d == 0 {
		*d = fallback
	}
}

func (k *Kiosk) place() journey.Place {
	place := journey.Place{Version: version.Version, Configuration: k.options.Settings.Digest(), Phone: k.options.Settings.Phone, Practice: k.options.Practice, CanPractise: true}
	if identity := k.Desk.Identity(); identity != nil {
		place.Name, place.Terminal, place.Region = identity.Point, identity.Number, identity.Region
		place.CanPractise, place.Demo = false, identity.Environment != "production"
	}
	return place
}

// ledger and terminal give the desk the journey's own types.
type ledger struct{ *filing.Filing }

func (l ledger) BeginPrint(ctx context.Context, job journey.PrintJob) (int64, error) {
	return l.Filing.BeginPrint(ctx, filing.PrintJob(job))
}

type terminal struct {
	desk *filing.Filing
	data string // its folder
}

var (
	_ journey.Filing   = (*filing.Filing)(nil)
	_ journey.Ledger   = ledger{}
	_ journey.Terminal = terminal{}
)

func (t terminal) Health(ctx context.Context) (journey.Health, error) {
	h, err := t.desk.Health(ctx)
	return journey.Health(h), err
}

func (t terminal) StaffAccounts(ctx context.Context) ([]journey.StaffAccount, error) {
	accounts, err := t.desk.StaffAccounts(ctx)
	out := make([]journey.StaffAccount, 0, len(accounts))
	for _, a := range accounts {
		out = append(out, journey.StaffAccount(a))
	}
	return out, err
}

func (t terminal) StaffSignIn(ctx context.Context, account, pin string) (bool, time.Duration, error) {
	return t.desk.StaffSignIn(ctx, account, pin)
}

func (t terminal) ConfirmClock(ctx context.Context, account string) error {
	return t.desk.ConfirmClock(ctx, account)
}

// mostQueued is how many lines anybody looks at on a screen.
const mostQueued = 50

func (t terminal) Queue(ctx context.Context) ([]casefile.QueueLine, error) {
	return t.desk.Queue(ctx, "", mostQueued)
}

func (t terminal) Carry(ctx context.Context, account, errand string) error {
	opened, _, err := t.desk.Opened(ctx)
	if err != nil {
		return err
	}
	if err := courier.Ask(t.data, errand, time.Now()); err != nil {
		return err
	}
	return opened.Audit(ctx, store.Entry{Actor: "technician:" + account, Action: "courier-" + errand})
}

func (t terminal) Carried(context.Context) (casefile.Carried, error) { return courier.Said(t.data) }

func (t terminal) RetryQueue(ctx context.Context, account string) error {
	return t.desk.RetryQueue(ctx, account)
}
