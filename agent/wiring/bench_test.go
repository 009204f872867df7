package wiring

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"

	"bianmin/agent/desk"
	"bianmin/core/casefile"
	"bianmin/core/identity"
	"bianmin/core/receipt"
	"bianmin/drivers"
	"bianmin/packaging/settings"
	"bianmin/store"
	"bianmin/sync/seal"
	"bianmin/sync/seal/sealtest"
)

const (
	account = "301001"
	code    = "0BCD-EFGH-JKMN-P1RS"
	secret  = "春天 柳树 水井 石桥"
	pension = "11990301MB3010378U4992030001001"
	newborn = "11990301MB3011485G4992030008001"
	birth   = "11990301MB301185674992030009001"
)

// villager is an invented person; the check digit holds.
func villager(t *testing.T) identity.Card {
	t.Helper()
	digit, err := identity.NumberCheckDigit("99030119480307782")
	if err != nil {
		t.Fatal(err)
	}
	return identity.Card{
		Kind: identity.Resident, Name: "柳青", Sex: identity.Sex("2"), Nation: "01", Birth: identity.Date{Year: 1948, Month: 3, Day: 7},
		Address: "青禾县柳林镇柳树沟村1号", Issuer: "青禾县公安局", ValidFrom: identity.Date{Year: 2010, Month: 1, Day: 1}, LongTerm: true,
		Number: "99030119480307782" + string(digit),
	}
}

// devices answer at once and never fail.
type devices struct {
	mutex  sync.Mutex
	card   identity.Card
	page   []byte
	strips chan receipt.Document
	titles chan string
}

type (
	reader   struct{ *devices }
	scanner  struct{ *devices }
	printer  struct{ *devices }
	document struct{ *devices }
)

func (d *devices) Status(context.Context) (drivers.Status, error) { return drivers.Status{}, nil }
func (d *devices) Close() error                                   { return nil }

// place puts another card on the reader.
func (d *devices) place(card identity.Card) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.card = card
}

func (d reader) Read(context.Context) (identity.Card, error) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	return d.card, nil
}

func (d reader) Present(context.Context) (drivers.Presence, error) { return drivers.CardLies, nil }
func (d scanner) Scan(context.Context, drivers.ScanOptions) (drivers.ScannedPage, error) {
	return drivers.ScannedPage{Image: bytes.Clone(d.page), MediaType: "image/png", Width: 60, Height: 80, Quality: drivers.QualityGood}, nil
}

func (d printer) Print(_ context.Context, strip receipt.Document) (drivers.PrintReport, error) {
	d.strips <- strip
	return drivers.PrintReport{Outcome: drivers.Printed}, nil
}

func (d document) Print(_ context.Context, title string, pdf []byte) (drivers.PrintReport, error) {
	if !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		return drivers.PrintReport{Outcome: drivers.NotPrinted}, errors.New("no PDF")
	}
	d.titles <- title
	return drivers.PrintReport{Outcome: drivers.Printed}, nil
}

// enrolled is a data folder as enrolment leaves it, with one account.
func enrolled(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	sealtest.New(t).Enrol(t, filepath.Join(folder, "keys"), "QH0301", "A")
	agents, err := json.Marshal([]map[string]any{{
		"id": account, "name": "李会计", "role": "agent", "absenceHours": 1080, "canConfirm": true, "salt": []byte("salt" + account),
		"hash": argon2.IDKey([]byte(code), []byte("salt"+account), 1, 64, 1, 32), "time": 1, "memory": 64, "threads": 1,
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "keys", "agents.json"), agents, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), store.Options{Folder: folder, Clock: store.SystemClock})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.SetPlatformTime(t.Context(), time.Now()), s.Close()); err != nil {
		t.Fatal(err)
	}
	return folder
}

// bench is a running desk on a real store.
type bench struct {
	t       *testing.T
	devices *devices
	agent   *Agent
	desk    *desk.Desk
	state   desk.State
	log     bytes.Buffer
	stop    func()
}

func start(t *testing.T, folder string, d *devices) *bench {
	t.Helper()
	b := &bench{t: t, devices: d}
	log := slog.New(slog.NewTextHandler(&b.log, nil))
	a, err := Open(t.Context(), Options{Settings: settings.Settings{Data: folder}, Log: log, SecretCost: seal.Cost{Time: 1, Memory: 64, Threads: 1}})
	if err != nil {
		t.Fatal(err)
	}
	b.agent = a
	b.desk = desk.New(desk.Options{
		Office: port{a.Office}, Catalogue: a.Catalogue, Readings: a.pinyin.Readings, Words: a.words, Place: a.place(), Logger: log,
		Devices: desk.Devices{
			Reader: reader{d}, Scanner: scanner{d}, Printer: printer{d}, Document: document{d}, Statuses: func() []drivers.Status { return nil },
		},
		Paper: a.paper, Save: exports(t),
	})
	b.run(t, a)
	return b
}

func exports(t *testing.T) folder { return folder{t.TempDir()} }

// until takes states until one is as wanted.
func (b *bench) until(what string, wanted func(s desk.State) bool) desk.State {
	b.t.Helper()
	limit := time.After(20 * time.Second)
	for !wanted(b.state) {
		select {
		case state, open := <-b.desk.States():
			if !open {
				b.t.Fatalf("%s: the desk has ended\n%s", what, b.log.String())
			}
			b.state = state
		case <-limit:
			b.t.Fatalf("%s: page %s, notice %+v, overlay %+v\n%s", what, b.state.Page, b.state.Notice, b.state.Overlay, b.log.String())
		}
	}
	return b.state
}

// told waits for a notice. It must not be the one shown before.
func (b *bench) told(key string) {
	b.t.Helper()
	b.until(key, func(s desk.State) bool { return s.Notice != nil && s.Notice.Key == key })
}

func (b *bench) asked(key string) {
	b.t.Helper()
	b.until(key, func(s desk.State) bool { return s.Overlay != nil && s.Overlay.Title.Key == key })
}

func (b *bench) send(events ...desk.Event) {
	for _, event := range events {
		b.desk.Send(event)
	}
}

// act does something with the open case once the desk offers it, and answers what it asks.
func (b *bench) act(action desk.CaseAction, answers ...desk.Event) {
	b.t.Helper()
	b.until(string(action), func(s desk.State) bool {
		return s.Cases != nil && s.Cases.Detail != nil && s.Cases.Busy == "" && s.Overlay == nil && slices.Contains(s.Cases.Actions, action)
	})
	b.send(desk.Act{Action: action})
	b.send(answers...)
}

func (b *bench) signOn() {
	b.t.Helper()
	b.until("accounts", func(s desk.State) bool { return s.SignOn != nil && len(s.SignOn.Accounts) == 1 })
	b.send(desk.PickAccount{ID: account}, desk.Secret{Secret: secret})
	b.until("signed on", func(s desk.State) bool { return s.Today != nil && s.Account == "李会计" })
}

// accept files one case of an item with the fields given.
func (b *bench) accept(item string, fields map[string]string, material string) casefile.Number {
	b.t.Helper()
	b.send(desk.NewCase{})
	b.until("items", func(s desk.State) bool { return s.ChooseItem != nil })
	b.send(desk.ItemPick{Code: item}, desk.ReadCard{Into: "principal"})
	b.until("card", func(s desk.State) bool { return s.Accept != nil && s.Accept.Principal != nil && s.Accept.Busy == "" })
	for name, typed := range fields {
		b.send(desk.SetField{Path: name, Text: typed})
	}
	b.send(desk.ScanInto{Material: material})
	b.until("scan", func(s desk.State) bool { return s.Accept != nil && len(s.Accept.Missing) == 0 && s.Accept.Busy == "" })
	b.send(desk.File{})
	s := b.until("filed", func(s desk.State) bool {
		return s.Accept != nil && s.Accept.Filed != nil && s.Accept.Filed.Copy == "printed" && s.Accept.Filed.Print == "printed"
	})
	return s.Accept.Filed.Number
}

func (b *bench) open(number casefile.Number) {
	b.t.Helper()
	b.send(desk.Go{Page: desk.Cases}, desk.PickCase{Number: number})
	b.until("detail", func(s desk.State) bool {
		return s.Cases != nil && s.Cases.Detail != nil && s.Cases.Detail.Number == number
	})
}

// signed answers a form that is to be signed.
func (b *bench) signed() {
	b.t.Helper()
	b.asked("desk.ask.signed")
	b.send(desk.Answer{Yes: true})
}

// run lets the desk work until the test stops it, or ends.
func (b *bench) run(t *testing.T, a *Agent) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- b.desk.Run(ctx) }()
	stopped := false
	b.stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("the desk ended with %v", err)
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(b.stop)
}
