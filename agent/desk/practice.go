package desk

import (
	"slices"
	"time"

	"bianmin/core/agency"
)

// Leaving says where the program goes on when this desk ends; "" while it stays.
type Leaving string

// Where a desk may lead.
const (
	ToPractice Leaving = "practice"
	ToWork     Leaving = "work"
	Anew       Leaving = "anew" // to the same desk, by what counts now
)

// Practice is the invented bench of practice mode (练习). Its methods answer at once and are safe for any goroutine.
type Practice interface {
	// People are the invented people whose cards can be placed on the reader, in their order.
	People() []Choice
	// Placed is the code of whose card lies on the reader, "" for none. Place puts a card there, "" takes it away.
	Placed() string
	Place(code string)
	// Paper is the name of the paper that came out last, "" for none yet.
	Paper() string
	// Secret opens the invented accounts; Code activates the one that has no keys yet.
	Secret() string
	Code() string
}

// Bench is what stands in for devices and technician in practice mode.
type Bench struct {
	People []Choice
	Placed string // code of whose card lies on the reader, "" for none
	Paper  string // that came out last
	Secret string // of the invented accounts, on pages that ask for one
	Code   string // the one-time code, on the page that asks for it
}

func (m *machine) practiceEvent(event Event) bool {
	switch event := event.(type) {
	case Practise:
		if m.options.CanPractise {
			m.leave(ToPractice)
		}
	case EndPractice:
		if m.options.Practice != nil {
			m.leave(ToWork)
		}
	case StepAside:
		m.stepAside()
	case PlaceCard:
		m.placeCard(event.Person)
	default:
		return false
	}
	return true
}

// leave ends what is open and says where the program goes on; nothing is taken afterwards.
func (m *machine) leave(to Leaving) {
	m.endShift()
	m.locked, m.overlay = nil, nil
	m.leaving = to
	m.toSignOn()
}

// untouched is how long nobody has touched a sign-on page that is nobody's.
const untouched = 10 * time.Second

// stepAside ends the desk on its sign-on page, when nobody is about to sign on.
func (m *machine) stepAside() {
	if m.page == SignOn && m.shift == nil && m.locked == nil && m.overlay == nil && !m.entry.busy && time.Since(m.touched) >= untouched {
		m.log.Info("stepping aside: the program begins anew")
		m.leave(Anew)
	}
}

func (m *machine) placeCard(code string) {
	bench := m.options.Practice
	if bench == nil {
		return
	}
	known := func(c Choice) bool { return c.Code == code }
	if code == "" || slices.ContainsFunc(bench.People(), known) {
		bench.Place(code)
	}
}

// onlyPractises tells whether somebody who signs on is led to practice, being able to do nothing else.
func (m *machine) onlyPractises(standing agency.Standing) bool {
	return standing == agency.StandingPractice && m.options.CanPractise
}

func (m *machine) drawBench() *Bench {
	bench := m.options.Practice
	if bench == nil {
		return nil
	}
	v := &Bench{People: bench.People(), Placed: bench.Placed(), Paper: bench.Paper()}
	switch m.page {
	case SignOn, Locked:
		v.Secret = bench.Secret()
	case Activate:
		v.Code = bench.Code()
	}
	return v
}
