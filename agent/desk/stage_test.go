package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"bianmin/assets"
	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/core/pinyin"
	"bianmin/core/text"
	"bianmin/drivers"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	demoOnce sync.Once
	demoSet  *catalogue.Catalogue
	demoDict *pinyin.Dictionary
	demoText *text.Catalog
	demoErr  error
)

// demo loads the demo region once for all tests: real items, words and pinyin.
func demo(t testing.TB) {
	t.Helper()
	demoOnce.Do(func() {
		var errs [3]error
		demoSet, errs[0] = catalogue.Load(assets.Catalogue())
		demoDict, errs[1] = pinyin.Load(bytes.NewReader(assets.PinyinData()))
		demoText, errs[2] = text.Load(assets.Words())
		demoErr = errors.Join(errs[:]...)
		if demoErr == nil {
			demoDict.Readings('柳')
		}
	})
	if demoErr != nil {
		t.Fatal(demoErr)
	}
}

// stage is a desk with fakes around it, inside a bubble of virtual time.
type stage struct {
	t        testing.TB
	office   *fakeOffice
	reader   *fakeReader
	printer  *fakePrinter
	document *fakeDocument
	scanner  *fakeScanner
	paper    *fakePaper
	saver    *fakeSaver
	set      atomic.Pointer[catalogue.Catalogue]
	statuses atomic.Pointer[[]drivers.Status]
	logged   *bytes.Buffer
	desk     *Desk
	state    State
	cancel   context.CancelFunc
	done     chan struct{}
	err      error
}

// bubble runs a test in virtual time.
func bubble(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	demo(t)
	synctest.Test(t, f)
}

func newStage(t testing.TB, change ...func(*Options)) *stage {
	s := &stage{
		t: t, office: newOffice(), reader: &fakeReader{}, printer: &fakePrinter{outcome: drivers.Printed}, document: &fakeDocument{},
		scanner: &fakeScanner{quality: drivers.QualityGood, left: -1}, paper: &fakePaper{}, saver: &fakeSaver{files: map[string][]byte{}},
	}
	s.document.outcome = drivers.Printed
	s.set.Store(demoSet)
	s.statuses.Store(&[]drivers.Status{})
	s.start(change...)
	t.Cleanup(func() { s.stop() })
	return s
}

// start begins a new program on the same office.
func (s *stage) start(change ...func(*Options)) {
	s.logged = &bytes.Buffer{}
	options := Options{
		Office: s.office, Catalogue: s.set.Load, Readings: demoDict.Readings, Words: demoText,
		Devices: Devices{
			Reader: s.reader, Printer: s.printer, Document: s.document, Scanner: s.scanner,
			Statuses: func() []drivers.Status { return *s.statuses.Load() },
		},
		Place: Place{Name: "柳树沟村便民服务点", Terminal: "QH0301", Region: "990301101201", Phone: "12345", Version: "1"},
		Now:   now, Logger: slog.New(slog.NewTextHandler(s.logged, nil)), Paper: s.paper, Save: s.saver,
	}
	for _, c := range change {
		c(&options)
	}
	s.desk = New(options)
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel, s.done = cancel, make(chan struct{})
	done := s.done
	go func() {
		defer close(done)
		s.err = s.desk.Run(ctx)
	}()
	s.settle()
}

// stop ends the program and checks what must hold after it.
func (s *stage) stop() {
	if s.done == nil {
		return
	}
	s.cancel()
	<-s.done
	s.done = nil
	s.office.mu.Lock()
	defer s.office.mu.Unlock()
	if s.office.open != 0 {
		s.t.Errorf("%d books are still open", s.office.open)
	}
	for _, broken := range s.office.broken {
		s.t.Error(broken)
	}
	if len(s.office.jobs) != len(s.office.ends) {
		s.t.Errorf("%d prints begun, %d ended", len(s.office.jobs), len(s.office.ends))
	}
	if s.reader.both {
		s.t.Error("two goroutines used the reader at once")
	}
	for _, secret := range []string{"canary", principal().Number, goodSecret} {
		if strings.Contains(s.logged.String(), secret) {
			s.t.Error("the log names a person or a secret")
		}
	}
}

// settle lets everything happen that happens now, and takes the newest state.
func (s *stage) settle() State {
	synctest.Wait()
	select {
	case state, open := <-s.desk.States():
		if open {
			s.state = state
			s.sound()
		}
	default:
	}
	return s.state
}

func (s *stage) wait(d time.Duration) State {
	s.t.Helper()
	time.Sleep(d)
	return s.settle()
}

// send sends events one after the other, each with the time a person takes.
func (s *stage) send(events ...Event) State {
	s.t.Helper()
	for _, event := range events {
		s.desk.Send(event)
		s.settle()
	}
	return s.state
}

func (s *stage) on(page PageName) State {
	s.t.Helper()
	if s.state.Page != page {
		s.t.Fatalf("page is %q, want %q (%+v)", s.state.Page, page, s.state.Notice)
	}
	return s.state
}

// told fails unless the notice has this key.
func (s *stage) told(key string) {
	s.t.Helper()
	if s.state.Notice == nil || s.state.Notice.Key != key {
		s.t.Fatalf("notice is %+v, want %q", s.state.Notice, key)
	}
}

func (s *stage) asked(key string) {
	s.t.Helper()
	if s.state.Overlay == nil || s.state.Overlay.Title.Key != key {
		s.t.Fatalf("overlay is %+v, want %q", s.state.Overlay, key)
	}
}

// signOn signs an account on.
func (s *stage) signOn(id string) State {
	s.t.Helper()
	s.send(PickAccount{ID: id}, Secret{Secret: goodSecret})
	s.wait(2 * time.Second)
	return s.on(Today)
}

// sound checks what must hold of every state.
func (s *stage) sound() {
	s.t.Helper()
	if why := unsound(s.state); why != "" {
		s.t.Fatalf("state is unsound: %s", why)
	}
}

var views = map[PageName]string{
	Today: "Today", Cases: "Cases", Corrections: "Cases", Results: "Cases", Papers: "Papers", Fees: "Fees", Visits: "Visits", Reports: "Reports",
	Sync: "Sync", SignOn: "SignOn", Activate: "Activate", Locked: "Locked", ChooseItem: "ChooseItem", Accept: "Accept", Correct: "Correct",
	Evaluate: "Evaluate", OutOfService: "OutOfService",
}

// unsound tells what is wrong with a state, "" for nothing.
func unsound(s State) string {
	value := reflect.ValueOf(s)
	set := 0
	for i := range value.NumField() {
		field := value.Type().Field(i)
		if !strings.HasSuffix(field.Type.String(), "View") || value.Field(i).IsNil() {
			continue
		}
		set++
		if views[s.Page] != field.Name {
			return "the view of " + field.Name + " is set on page " + string(s.Page)
		}
	}
	switch {
	case set != 1:
		return fmt.Sprintf("%d views are set on page %s", set, s.Page)
	case s.Notice != nil && !hasWords(s.Notice.Message):
		return "no words for " + s.Notice.Key
	case s.Camera != nil && (s.Account == "" || s.Camera.Problem.Key != "" && !hasWords(s.Camera.Problem)):
		return "the camera is on for nobody, or no words for " + s.Camera.Problem.Key
	case s.Overlay != nil && s.Overlay.Kind != overlayHelp && !hasWords(s.Overlay.Title):
		return "no words for " + s.Overlay.Title.Key
	case (s.Page == SignOn || s.Page == Locked || s.Page == Activate || s.Page == OutOfService) && (s.Account != "" || s.Search != "" || s.Side != nil):
		return "something of an agent is left"
	case (s.Page == SignOn || s.Page == Locked || s.Page == Activate || s.Page == OutOfService) && mentions(value, "canary", 0):
		return "a person is named though nobody is signed on"
	}
	if s.Accept != nil {
		for _, message := range append(append([]Message{}, s.Accept.Missing...), s.Accept.Warnings...) {
			if !hasWords(message) {
				return "no words for " + message.Key
			}
		}
		for _, f := range s.Accept.Fields {
			if f.Problem.Key != "" && !hasWords(f.Problem) {
				return "no words for " + f.Problem.Key
			}
		}
	}
	return ""
}

// hasWords tells whether a message's words stand in both languages, with every hole filled.
func hasWords(m Message) bool {
	for _, lang := range []text.Lang{text.Chinese, text.English} {
		if !demoText.Has(lang, m.Key) || strings.Contains(demoText.T(lang, m.Key, m.Args), "{") {
			return false
		}
	}
	return true
}

// mentions looks for a text anywhere in a value.
func mentions(v reflect.Value, what string, depth int) bool {
	if depth > 12 {
		return false
	}
	switch v.Kind() {
	case reflect.String:
		return strings.Contains(v.String(), what)
	case reflect.Pointer, reflect.Interface:
		return !v.IsNil() && mentions(v.Elem(), what, depth+1)
	case reflect.Struct:
		for i := range v.NumField() {
			if mentions(v.Field(i), what, depth+1) {
				return true
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if mentions(v.Index(i), what, depth+1) {
				return true
			}
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			if mentions(key, what, depth+1) || mentions(v.MapIndex(key), what, depth+1) {
				return true
			}
		}
	}
	return false
}

// setSeen says when the platform was last seen.
func (s *stage) setSeen(at time.Time) {
	s.office.mu.Lock()
	s.office.seen = at
	s.office.mu.Unlock()
}

// fileFor puts a case into the office as if this account had filed it earlier.
func (s *stage) fileFor(item string, delegation *casefile.Delegation) casefile.Number {
	s.t.Helper()
	known, _ := demoSet.Item(item)
	book := &fakeBook{o: s.office, account: s.office.accounts[0].Account}
	var files []casefile.Attachment
	var pages []casefile.Page
	for range 2 {
		file, err := book.Attach(context.Background(), "image/png", onePage)
		if err != nil {
			s.t.Fatal(err)
		}
		files = append(files, file)
		pages = append(pages, casefile.Page{Attachment: file.Digest, MediaType: "image/png"})
	}
	done, err := book.Submit(context.Background(), casefile.Submission{
		Item:      casefile.ItemRef{Code: item, Name: known.Name["zh"], Version: known.Version, PromisedDays: known.Limits.Promised},
		Applicant: casefile.ApplicantOf(principal()), Delegation: delegation,
		Values: json.RawMessage(`{"name":"` + principalName + `","number":"` + principal().Number + `","pension":"employee","phone":"13900000000","residence":"home","notice":"sms"}`),
		Materials: []casefile.Material{
			{Code: "HOUSEHOLD", Name: "户口本本人页", Way: casefile.Scanned, Trust: casefile.TrustUnverified, Pages: pages},
		},
	}, files, "")
	if err != nil {
		s.t.Fatal(err)
	}
	return done.Number
}

// decide lets the platform bring a case into a state.
func (s *stage) decide(number casefile.Number, state string, outcome *casefile.Outcome) {
	s.office.mu.Lock()
	defer s.office.mu.Unlock()
	c := s.office.cases[number]
	c.status.State, c.file.State, c.file.Outcome, c.file.Official = state, state, outcome, "990301-2026-000123"
}
