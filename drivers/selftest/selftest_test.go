package selftest_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"bianmin/assets"
	"bianmin/core/receipt"
	"bianmin/drivers"
	"bianmin/drivers/a4"
	"bianmin/drivers/dots"
	"bianmin/drivers/point"
	"bianmin/drivers/selftest"
	"bianmin/drivers/sim"
	"bianmin/drivers/sim/stand"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bench is a terminal's devices at the far end of ptys and sockets, with the manager that holds them.
type bench struct {
	t     *testing.T
	stand *stand.Stand
	point *point.Point
	page  []byte
}

func newBench(t *testing.T) *bench {
	t.Helper()
	s, err := stand.Open(t.Context(), stand.Options{Dir: filepath.Join(t.TempDir(), "bench"), Document: true, Scanner: true, Code: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	reader, printer, button := s.Links()
	face, err := dots.NewFace(assets.FontRegular())
	if err != nil {
		t.Fatal(err)
	}
	p, err := point.Start(t.Context(), point.Config{
		Reader: &point.Reader{Link: reader, Baud: 115200}, Printer: &point.Printer{Link: printer, Baud: 115200}, Button: &point.Button{Link: button},
		Document: &point.Document{Link: s.DocumentLink()}, Scanner: &point.Scanner{Link: s.ScannerLink(), DPI: 75}, Code: &point.Code{Link: s.CodeLink()},
	}, point.Options{Log: slog.New(slog.DiscardHandler), Raster: face, Retry: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	setter, err := a4.New(assets.FontRegular(), assets.FontBold())
	if err != nil {
		t.Fatal(err)
	}
	page, err := setter.PDF(receipt.Pages{Title: "t", Parts: []receipt.Part{{Kind: receipt.PartTitle, Text: "测试"}}}, a4.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return &bench{t: t, stand: s, point: p, page: page}
}

func (b *bench) do(command string) {
	b.t.Helper()
	if _, err := b.stand.Do(b.t.Context(), command); err != nil {
		b.t.Errorf("%s: %v", command, err)
	}
}

// run tests one device. What the person is told to do is done by hand; answer is what they say.
func (b *bench) run(role drivers.Role, level selftest.Level, hand func(selftest.Prompt), answer selftest.Answer) selftest.Result {
	b.t.Helper()
	p := b.point
	person := &person{hand: hand, answer: answer}
	r, err := selftest.Run(b.t.Context(), role, level, selftest.Options{
		Devices: selftest.Devices{
			Reader: p.Reader(), Printer: p.Printer(), Document: p.Document(), Scanner: p.Scanner(), Code: p.Code(), Button: p.Button(), Statuses: p.Statuses,
		},
		Strip: receipt.Document{Blocks: []receipt.Block{{Kind: receipt.Text, Text: "自检 test"}}}, Page: b.page,
		Person: person, Asked: selftest.Asker{Program: "test", Account: "4711"}, Now: time.Now,
		Limits: selftest.Limits{Person: 1200 * time.Millisecond, Scan: 20 * time.Second},
	})
	person.wait()
	if err != nil {
		b.t.Errorf("%s %s: %v", role, level, err)
	}
	return r
}

// person does with their hands what they are told to.
type person struct {
	hand   func(selftest.Prompt)
	answer selftest.Answer
	work   sync.WaitGroup
	asked  int
}

func (p *person) Tell(_ drivers.Role, prompt selftest.Prompt) {
	if p.hand != nil {
		p.work.Go(func() { p.hand(prompt) })
	}
}

func (p *person) Ask(ctx context.Context, _ drivers.Role, _ selftest.Question) selftest.Answer {
	p.asked++
	if p.answer == selftest.Nothing {
		<-ctx.Done()
	}
	return p.answer
}

func (p *person) wait() { p.work.Wait() }

// ended is how a test ended, in short.
func ended(r selftest.Result) string {
	return strings.TrimRight(string(r.Outcome)+" "+string(r.Code), " ")
}

// TestInternal: every device says how it is, and nothing is printed and nothing moves.
func TestInternal(t *testing.T) {
	b := newBench(t)
	b.do("card place 1")
	b.do("feeder load 1")
	expect := func(role drivers.Role, want string) selftest.Result {
		t.Helper()
		r := b.run(role, selftest.Internal, nil, selftest.Nothing)
		if ended(r) != want || r.Role != role || r.Level != selftest.Internal || r.At.IsZero() || r.Asked.Account != "4711" {
			t.Errorf("%s: %q, want %q: %+v", role, ended(r), want, r)
		}
		return r
	}
	for _, role := range []drivers.Role{drivers.RoleReader, drivers.RolePrinter, drivers.RoleDocument, drivers.RoleScanner, drivers.RoleCode, drivers.RoleButton} {
		expect(role, "passed")
	}
	if r := expect(drivers.RoleReader, "passed"); r.Serial == "" {
		t.Errorf("whose security module: %+v", r)
	}
	b.do("printer paper out")
	expect(drivers.RolePrinter, "failed paper-out")
	b.do("printer paper ok")
	b.do("document paper out")
	expect(drivers.RoleDocument, "failed paper-out")
	b.do("reader silent")
	expect(drivers.RoleReader, "failed silent")
	b.do("button unplug")
	b.until(drivers.RoleButton, func(s drivers.Status) bool { return s.Fault == drivers.FaultUnplugged })
	expect(drivers.RoleButton, "failed unplugged")
	if n := len(b.stand.Printed()); n != 0 {
		t.Errorf("%d strips came out", n)
	}
	if pages, _ := b.stand.Documents(); len(pages) != 0 {
		t.Errorf("%d pages came out", len(pages))
	}
	if r := b.run(drivers.RoleScanner, selftest.External, nil, selftest.Nothing); ended(r) != "passed" {
		t.Errorf("the sheet is no longer in the feeder: %+v", r)
	}
}

func (b *bench) until(role drivers.Role, is func(drivers.Status) bool) {
	b.t.Helper()
	for begun := time.Now(); !slices.ContainsFunc(b.point.Statuses(), func(s drivers.Status) bool { return s.Role == role && is(s) }); time.Sleep(10 * time.Millisecond) {
		if time.Since(begun) > 20*time.Second {
			b.t.Fatalf("%s never comes to it: %+v", role, b.point.Statuses())
		}
	}
}

// TestExternal: what they do can be seen, and nobody is needed for it.
func TestExternal(t *testing.T) {
	b := newBench(t)
	for _, c := range []struct {
		before string
		role   drivers.Role
		want   string
		strips int
	}{
		{"", drivers.RoleReader, "passed", 0},
		{"card place 1", drivers.RoleReader, "passed", 0},
		{"", drivers.RolePrinter, "passed", 1},
		{"printer cover open", drivers.RolePrinter, "failed cover-open", 1},
		{"", drivers.RoleDocument, "passed", 1},
		{"feeder load 1", drivers.RoleScanner, "passed", 1},
		{"fault scanner-down on", drivers.RoleScanner, "failed device", 1},
	} {
		if c.before != "" {
			b.do(c.before)
		}
		if r := b.run(c.role, selftest.External, nil, selftest.Nothing); ended(r) != c.want || len(b.stand.Printed()) != c.strips {
			t.Errorf("%s %s: %q, want %q, %d strips", c.role, c.before, ended(r), c.want, len(b.stand.Printed()))
		}
	}
	if pages, err := b.stand.Documents(); err != nil || len(pages) != 1 {
		t.Errorf("%d pages, %v", len(pages), err)
	}
	for _, role := range []drivers.Role{drivers.RoleCode, drivers.RoleButton, drivers.RoleSocial} {
		if _, err := selftest.Run(t.Context(), role, selftest.External, selftest.Options{Devices: selftest.Devices{Code: b.point.Code(), Button: b.point.Button()}, Now: time.Now}); !errors.Is(err, selftest.ErrNoTest) {
			t.Errorf("%s: %v", role, err)
		}
	}
}

// TestInteractive: what a person brings is taken, what they say counts, and nothing of it stays.
func TestInteractive(t *testing.T) {
	b := newBench(t)
	cards, err := sim.Cards()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		role   drivers.Role
		hand   string // done when the prompt comes
		prompt selftest.Prompt
		answer selftest.Answer
		want   string
	}{
		"card":            {drivers.RoleReader, "card place 1", selftest.LayCard, "", "passed"},
		"no card":         {drivers.RoleReader, "card remove", selftest.LayCard, "", "not-confirmed no-card"},
		"strip right":     {drivers.RolePrinter, "", "", selftest.Yes, "passed"},
		"strip not right": {drivers.RolePrinter, "", "", selftest.No, "failed not-right"},
		"nobody there":    {drivers.RolePrinter, "", "", selftest.Nothing, "not-confirmed no-answer"},
		"page right":      {drivers.RoleDocument, "", "", selftest.Yes, "passed"},
		"page scanned":    {drivers.RoleScanner, "feeder load 1", selftest.LayPage, "", "passed"},
		"code":            {drivers.RoleCode, "code scan cr 99010119800101", selftest.ShowCode, "", "passed"},
		"no code":         {drivers.RoleCode, "", "", "", "not-confirmed no-code"},
		"press":           {drivers.RoleButton, "button press", selftest.Press, "", "passed"},
		"no press":        {drivers.RoleButton, "", "", "", "not-confirmed no-press"},
	} {
		t.Run(name, func(t *testing.T) {
			b.do("card remove")
			r := b.run(c.role, selftest.Interactive, func(prompt selftest.Prompt) {
				if c.hand != "" && prompt != c.prompt {
					t.Errorf("told %q", prompt)
				}
				if c.hand != "" {
					b.do(c.hand)
				}
			}, c.answer)
			if ended(r) != c.want {
				t.Errorf("%q, want %q", ended(r), c.want)
			}
			content, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			for _, secret := range []string{cards[0].Name, cards[0].Number, cards[0].Address, "99010119800101"} {
				if strings.Contains(string(content), secret) {
					t.Errorf("the result holds %q", secret)
				}
			}
		})
	}
}

// TestBlank: a page with writing that comes out blank is no page.
func TestBlank(t *testing.T) {
	b := newBench(t)
	b.do("glass lay 0")
	if r := b.run(drivers.RoleScanner, selftest.Interactive, nil, ""); ended(r) != "failed blank" {
		t.Errorf("%+v", r)
	}
}

// TestCancelled: what is stopped says nothing of the device.
func TestCancelled(t *testing.T) {
	b := newBench(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r, err := selftest.Run(ctx, drivers.RolePrinter, selftest.Internal, selftest.Options{Devices: selftest.Devices{Printer: b.point.Printer()}, Now: time.Now})
	if err != nil || ended(r) != "refused cancelled" {
		t.Errorf("%+v, %v", r, err)
	}
	held := errors.New("held")
	r, err = selftest.Run(t.Context(), drivers.RolePrinter, selftest.Internal, selftest.Options{
		Devices: selftest.Devices{Printer: b.point.Printer(), Hold: func(context.Context, drivers.Role) (func(), error) { return nil, held }}, Now: time.Now,
	})
	if err != nil || ended(r) != "refused busy" {
		t.Errorf("%+v, %v", r, err)
	}
}
