package journey

import (
	"flag"
	"fmt"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"bianmin/drivers"
	"bianmin/internal/chance"
)

// step is one thing that happens: to the person, the devices, the desk or time.
type step struct {
	kind string
	n    int
	b    bool
}

// kinds of step; sensible ones come often, so that sessions get far.
var kinds = []string{
	"right", "right", "right", "right", "right", "right", "right", "right", "onward", "onward", "onward", "back", "time", "time",
	"answer", "answer", "event", "event", "event", "device", "desk", "burst", "pages", "card", "nobody",
}

// steps come from numbers that are mixed first: rapid prefers small ones, and every kind should come as often as it stands in the list.
func steps() *rapid.Generator[[]step] {
	return rapid.Custom(func(t *rapid.T) []step {
		var all []step
		for i, n := range rapid.SliceOfN(rapid.Uint64(), 5, 120).Draw(t, "numbers") {
			n = (n + uint64(i) + 1) * 0x9E3779B97F4A7C15
			n ^= n >> 29
			n *= 0xBF58476D1CE4E5B9
			n ^= n >> 32
			all = append(all, step{kind: kinds[n%uint64(len(kinds))], n: int(n >> 16 % 1001), b: n>>60&1 == 0})
		}
		return all
	})
}

// failing stands in for the test inside a bubble, so that a failure comes back to rapid and is made small.
type failing struct {
	testing.TB
	why string
}

type stopped struct{}

func (f *failing) Helper() {}
func (f *failing) Errorf(format string, args ...any) {
	f.why = fmt.Sprintf(format, args...)
}
func (f *failing) Error(args ...any)                 { f.why = fmt.Sprint(args...) }
func (f *failing) Fatal(args ...any)                 { f.why = fmt.Sprint(args...); panic(stopped{}) }
func (f *failing) Fatalf(format string, args ...any) { f.Errorf(format, args...); panic(stopped{}) }

// checks sets how many sequences are tried: few by default, BIANMIN_N or the long run say more.
func checks(t *testing.T, few, long int) {
	t.Helper()
	set := map[string]string{
		"rapid.checks": strconv.Itoa(chance.Count(t, few, long)),
		"rapid.seed":   strconv.FormatUint(chance.Seed(t), 10),
	}
	for name, value := range set {
		before := flag.Lookup(name).Value.String()
		if err := flag.Set(name, value); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = flag.Set(name, before) })
	}
}

// TestRandomSessions: whatever happens in whatever order, every state is sound,
// nothing is filed twice or unsigned, nothing is printed before it is committed,
// and nothing of the person stays.
func TestRandomSessions(t *testing.T) {
	checks(t, 500, 50_000)
	set := loadCatalogue(t)
	seen, filed := map[Screen]int{}, 0
	rapid.Check(t, func(rt *rapid.T) {
		start := rapid.SampledFrom(allScreens()).Draw(rt, "start")
		returned := rapid.IntRange(0, 7).Draw(rt, "returned") == 0
		sequence := steps().Draw(rt, "steps")
		why := ""
		synctest.Test(t, func(t *testing.T) {
			f := &failing{TB: t}
			defer func() {
				if r := recover(); r != nil {
					if _, ok := r.(stopped); !ok {
						panic(r)
					}
				}
				why = f.why
			}()
			s := newStage(f, set)
			defer func() {
				for screen := range s.seen {
					seen[screen]++
				}
				filed += len(s.desk.corrected())
			}()
			if returned {
				s.toReturned(returnedCase())
			} else {
				routes[start](s)
			}
			for _, step := range sequence {
				s.play(step)
				select {
				case <-s.done:
					s.settle()
					s.soundEnd()
					return
				default:
				}
			}
			s.reader.remove()
			s.reader.fail("")
			s.finish()
			s.soundEnd()
		})
		if why != "" {
			rt.Fatal(why)
		}
	})
	t.Logf("sequences that saw each screen: %v, corrections filed: %d", seen, filed)
	if filed == 0 {
		t.Error("no sequence filed a correction: the test looks at too little")
	}
	for _, screen := range allScreens() {
		if seen[screen] == 0 {
			t.Errorf("no sequence came to %s: the test looks at too little", screen)
		}
	}
}

// finish mends everything and leaves: every session must come to its end.
func (s *stage) finish() {
	s.desk.mend()
	s.scanner.set("")
	s.printer.set(drivers.Printed, "")
	for range 60 {
		if s.state.Screen == Attract {
			s.tap(Begin{})
		}
		s.tap(Help{}, Leave{}, LeaveNow{})
		select {
		case <-s.done:
			s.settle()
			return
		case <-time.After(5 * time.Second):
			s.settle()
		}
	}
	s.t.Fatalf("the session does not end; it shows %s", s.state.Screen)
}

func (d *fakeDesk) mend() {
	d.ready.set(nil)
	d.submitErr.set(nil)
	d.attachErr.set(nil)
	d.rateErr.set(nil)
	d.listErr.set(nil)
	d.healthErr.set(nil)
	d.health.set(Health{Online: true})
}

func (s *stage) play(step step) {
	switch step.kind {
	case "right":
		s.right(step)
	case "onward":
		s.tap(Onward{})
	case "back":
		s.tap(Back{})
	case "time":
		s.wait(time.Duration(step.n) * 50 * time.Millisecond)
	case "nobody":
		s.wait(time.Duration(step.n) * 200 * time.Millisecond)
	case "answer":
		s.tap(Answer{Value: pick(wildValues, step.n)})
	case "event":
		s.tap(pick(wildEvents(s, step), step.n))
	case "burst":
		event := pick([]Event{Onward{}, Back{}, Begin{}, StartItem{}, Evaluate{Level: 5}, Reprint{}, ScanPage{Material: "hukou"}, LeaveNow{}}, step.n)
		for range 5 {
			s.session.Send(event)
		}
		s.settle()
	case "device":
		s.trouble(step)
	case "desk":
		s.deskTrouble(step)
	case "pages":
		s.tap(ScanPage{Material: pick([]string{"hukou", "plan", "poor", "photo"}, step.n)})
	case "card":
		if step.b {
			s.reader.place(person1())
		} else {
			s.reader.remove()
		}
		s.wait(time.Second)
	}
}

// right does what a sensible person does on this screen.
func (s *stage) right(step step) {
	switch s.state.Screen {
	case Attract:
		s.tap(Begin{})
	case Home:
		s.tap(pick([]Event{OpenCategory{}, OpenCategory{}, OpenCategory{Code: "pension"}, OpenMyCases{}, OpenSearch{}}, step.n))
	case Category, Search:
		s.tap(OpenItem{Code: pick([]string{"pension-check", "full", "instant", "window-only"}, step.n)})
	case PlaceCard:
		s.reader.fail("")
		s.reader.place(person1())
		s.wait(time.Second)
	case Question:
		s.rightAnswer()
	case Promise:
		s.tap(AcceptPromise{Accepted: step.b}, Onward{})
	case Materials:
		s.scanActive()
		s.tap(Onward{})
	case Review:
		s.tap(name(), Onward{})
	case MyCases:
		s.tap(OpenCase{Number: string(returnedCase().Number)})
	case CaseDetail:
		s.tap(CorrectCase{}, RepairCase{})
	case Done:
		s.tap(Evaluate{Level: step.n%5 + 1})
	case PrintUnknown:
		s.tap(PrintAnswer{CameOut: step.b})
	case EvaluateMore:
		s.tap(EvaluateReason{Code: "slow", Chosen: true}, Onward{})
	case DeviceFault:
		s.printer.set(drivers.Printed, "")
		s.scanner.set("")
		s.reader.fail("")
		s.tap(Retry{})
	case StaffSignIn:
		s.tap(StaffPick{Account: "t1"}, StaffPIN{PIN: "123456"})
	default:
		s.tap(Onward{})
	}
}

// scanActive scans one page of the open material.
func (s *stage) scanActive() {
	for _, line := range s.state.Materials.Lines {
		if line.Active {
			s.tap(ScanPage{Material: line.Code})
			return
		}
	}
}

func (s *stage) rightAnswer() {
	v := s.state.Question
	if v.Column != nil {
		v = v.Column
	}
	answers := map[string][]Event{
		"phone": {Answer{Value: "13800000000"}}, "kind": {Answer{Value: "b"}}, "wants": {Answer{Value: []any{"x"}}},
		"alone": {Answer{Value: true}}, "income": {Answer{Value: 7.0}}, "partner": {Answer{Value: "赵二"}}, "works": {Answer{Value: false}},
		"name": {Answer{Value: "乙"}}, "born": {Answer{Value: "1950-01-01"}}, "rows": {AddRow{}},
		"address": {Answer{Value: "990301100000"}, Answer{Value: "990301100202"}, Answer{Value: map[string]any{"detail": "3号"}}},
		"home":    {Answer{}, Answer{Value: "990301100000"}, Answer{Value: "990301100202"}},
	}
	s.tap(answers[v.Field.Name]...)
	s.tap(Onward{})
}

func pick[T any](all []T, n int) T { return all[n%len(all)] }
