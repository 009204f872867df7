package journey

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"log/slog"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"bianmin/assets"
	"bianmin/core/catalogue"
	"bianmin/core/text"
	"bianmin/drivers"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// stage is a session with fakes around it, inside a bubble of virtual time.
type stage struct {
	t       testing.TB
	log     *record
	desk    *fakeDesk
	reader  *fakeReader
	printer *fakePrinter
	scanner *fakeScanner
	button  *fakeButton
	set     atomic.Pointer[catalogue.Catalogue]
	session *Session
	// statuses are what the device manager knows
	statuses script[[]drivers.Status]
	tests    *fakeTests
	logged   *bytes.Buffer
	state    State
	seen     map[Screen]int
	done     chan struct{}
	closed   bool
	end      End
	err      error
	cancel   context.CancelFunc
}

// parts changes what the session gets.
type parts func(*Options)

func newStage(t testing.TB, set *catalogue.Catalogue, change ...parts) *stage {
	log := &record{}
	s := &stage{
		t: t, log: log, desk: newDesk(log), reader: &fakeReader{log: log}, printer: &fakePrinter{log: log, outcome: drivers.Printed},
		scanner: &fakeScanner{quality: drivers.QualityGood, image: pageImage()}, button: &fakeButton{presses: make(chan struct{}, 1)},
		logged: &bytes.Buffer{}, seen: map[Screen]int{}, done: make(chan struct{}),
	}
	s.desk.set = set
	s.set.Store(set)
	options := Options{
		Catalogue: s.set.Load,
		Words:     printedWords(t),
		Filing:    s.desk, Ledger: s.desk, Terminal: s.desk,
		Devices: Devices{
			Reader: s.reader, Printer: s.printer, Scanner: s.scanner, Button: s.button,
			Statuses: func() []drivers.Status { return s.statuses.get() },
		},
		Place:  Place{Name: "柳树沟村便民服务点", Terminal: "QH0301", Region: "990301100201", Phone: "12345", Version: "1"},
		Logger: slog.New(slog.NewTextHandler(s.logged, nil)),
	}
	s.tests = &fakeTests{devices: options.Devices}
	options.Tests = s.tests
	for _, c := range change {
		c(&options)
	}
	s.session = New(options)
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	go func() {
		defer close(s.done)
		s.end, s.err = s.session.Run(ctx)
	}()
	t.Cleanup(func() { cancel(); <-s.done })
	s.settle()
	return s
}

// printedWords are the words of the terminal.
func printedWords(t testing.TB) *text.Catalog {
	t.Helper()
	words, err := text.Load(assets.Words())
	if err != nil {
		t.Fatal(err)
	}
	return words
}

// settle lets everything happen that happens now, and takes the newest state.
func (s *stage) settle() State {
	synctest.Wait()
	select {
	case state, open := <-s.session.States():
		if !open {
			s.closed = true
			break
		}
		s.state = state
		s.seen[state.Screen]++
		if state.Screen == Goodbye && mentions(reflect.ValueOf(state), canary, 0) {
			s.t.Fatal("the goodbye names the person")
		}
		if why := unsound(state); why != "" {
			s.t.Fatalf("state is unsound: %s", why)
		}
	default:
	}
	return s.state
}

// wait lets time pass.
func (s *stage) wait(d time.Duration) State {
	time.Sleep(d)
	return s.settle()
}

// tap sends events as a person does, one after the other.
func (s *stage) tap(events ...Event) State {
	for _, event := range events {
		time.Sleep(400 * time.Millisecond)
		s.session.Send(event)
		s.settle()
	}
	return s.state
}

// on fails unless the screen is shown.
func (s *stage) on(screen Screen) State {
	s.t.Helper()
	if s.state.Screen != screen {
		s.t.Fatalf("screen is %q, want %q", s.state.Screen, screen)
	}
	return s.state
}

// over waits for the session's end.
func (s *stage) over() End {
	s.t.Helper()
	for range 100 {
		select {
		case <-s.done:
			s.settle()
			s.soundEnd()
			return s.end
		case <-time.After(time.Second):
			s.settle()
		}
	}
	s.t.Fatal("the session does not end")
	return ""
}

// kill ends the session from outside.
func (s *stage) kill() {
	s.t.Helper()
	s.cancel()
	<-s.done
	if s.err == nil && s.end == "" {
		s.t.Fatal("a killed session gave neither end nor error")
	}
	if s.err != nil && !errors.Is(s.err, context.Canceled) {
		s.t.Fatalf("killed session: %v", s.err)
	}
	s.settle()
}

// soundEnd checks what must hold after any session that came to its own end.
func (s *stage) soundEnd() {
	s.t.Helper()
	s.desk.mu.Lock()
	defer s.desk.mu.Unlock()
	for _, broken := range s.desk.broken {
		s.t.Error(broken)
	}
	if len(s.desk.attached) > 0 {
		s.t.Errorf("%d pages left behind that belong to no case", len(s.desk.attached))
	}
	if len(s.desk.jobs) != len(s.desk.ended) {
		s.t.Errorf("%d prints begun, %d ended", len(s.desk.jobs), len(s.desk.ended))
	}
	if s.reader.clash {
		s.t.Error("two goroutines used the reader at once")
	}
	if text := fmt.Sprintf("%+v", s.state); strings.Contains(text, canary) || mentions(reflect.ValueOf(s.state), canary, 0) {
		s.t.Error("the last state still names the person")
	}
	if strings.Contains(s.logged.String(), canary) || strings.Contains(s.logged.String(), person1().Number) {
		s.t.Error("the log names the person")
	}
	read := 0
	for _, line := range s.log.all() {
		switch line {
		case "card read":
			read++
		case "submit":
			if read == 0 {
				s.t.Error("one reading of the card filed two cases")
			}
			read = 0
		}
	}
}

// unsound tells what is wrong with a state, "" for nothing.
func unsound(s State) string {
	value := reflect.ValueOf(s)
	set := 0
	for i := range value.NumField() {
		field := value.Type().Field(i)
		if !strings.HasSuffix(field.Type.String(), "View") {
			continue
		}
		if value.Field(i).IsNil() {
			continue
		}
		set++
		if want := strings.ReplaceAll(strings.ToLower(field.Name), "-", ""); want != strings.ReplaceAll(string(s.Screen), "-", "") {
			return "the view of " + field.Name + " is set on screen " + string(s.Screen)
		}
	}
	switch {
	case set != 1:
		return fmt.Sprintf("%d views are set on screen %s", set, s.Screen)
	case s.Next != nil && !s.Next.Enabled && s.Next.Why.Key == "":
		return "the onward button of " + string(s.Screen) + " does not say why it is disabled"
	case s.Next != nil && s.Next.Label.Key == "":
		return "the onward button of " + string(s.Screen) + " has no label"
	case s.Question != nil && s.Question.Index < 1:
		return "the question is not among the questions"
	}
	return ""
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

func pageImage() []byte {
	img := image.NewGray(image.Rect(0, 0, 60, 80))
	for i := range img.Pix {
		img.Pix[i] = byte(i)
	}
	img.SetGray(3, 3, color.Gray{Y: 255})
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		panic(err)
	}
	return out.Bytes()
}

// name is a signature of three strokes.
func name() Sign {
	return Sign{Strokes: []Stroke{
		{Points: []Point{{10, 10}, {120, 12}, {130, 80}}},
		{Points: []Point{{40, 30}, {40, 140}}},
		{Points: []Point{{200, 20}, {260, 90}, {300, 40}}},
	}}
}

// bubble runs a test in virtual time.
func bubble(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, f)
}
