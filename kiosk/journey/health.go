package journey

import (
	"context"
	"time"

	"bianmin/core/casefile"
)

// healthSeen is a look at the terminal's condition.
type healthSeen struct {
	health  Health
	problem casefile.Code
	today   time.Time // business time, zero when it is not known
}

func (healthSeen) event() {}

func (m *machine) healthEvent(event Event) bool {
	if _, practise := event.(Practise); practise {
		if m.offersPractice() {
			m.end = EndPractise
		}
		return true
	}
	seen, ok := event.(healthSeen)
	if !ok {
		return false
	}
	m.health, m.problem = seen.health, seen.problem
	m.clock = clock{}
	if !seen.today.IsZero() {
		m.clock = clock{told: seen.today, at: time.Now()}
	}
	switch {
	case m.screen != OutOfService:
		m.checkService()
	case m.serving() == "":
		m.backInService()
	default:
		m.reason = m.serving()
	}
	return true
}

// watchHealth looks at the terminal and at the desk behind it, now and then again and again.
func (m *machine) watchHealth() {
	terminal, filing, every := m.options.Terminal, m.options.Filing, m.options.Times.Health
	m.fx.launch(slotHealth, func(ctx context.Context, emit emit) Event {
		for {
			health, err := terminal.Health(ctx)
			problem := health.Problem
			if err == nil && problem == "" {
				err = filing.Ready(ctx)
			}
			today, unknown := filing.Today(ctx)
			if unknown != nil {
				today = time.Time{}
			}
			if ctx.Err() != nil {
				return nil
			}
			if problem == "" {
				problem = code(err)
			}
			emit(healthSeen{health: health, problem: problem, today: today})
			if !pause(ctx, every) {
				return nil
			}
		}
	})
}

// serving is why the terminal cannot serve, "" when it can.
func (m *machine) serving() casefile.Code {
	if m.options.Catalogue() == nil {
		return reasonCatalogue
	}
	return m.problem
}

// checkService goes out of service where nothing was begun.
func (m *machine) checkService() {
	if problem := m.serving(); problem != "" && (m.screen == Attract || m.screen == Home) {
		m.outOfService(problem, m.screen)
	}
}

// refuses goes out of service when something is to begin that the terminal cannot do now.
func (m *machine) refuses() bool {
	problem := m.serving()
	if problem == "" {
		return false
	}
	m.outOfService(problem, m.screen)
	return true
}

// outOfService says why the terminal cannot work, and where it goes on when it can again.
func (m *machine) outOfService(reason casefile.Code, from Screen) {
	m.log.Warn("out of service", "reason", string(reason))
	m.reason, m.problem = reason, reason
	if m.screen == OutOfService {
		return
	}
	m.outBack = from
	m.to(OutOfService)
}

func (m *machine) backInService() {
	m.log.Info("in service again")
	m.to(m.outBack)
}

func (m *machine) drawOutOfService(s *State) {
	s.OutOfService = &OutOfServiceView{Reason: string(m.reason), Phone: m.options.Place.Phone, Practise: m.offersPractice()}
}

// offersPractice tells whether the way into practice mode is on the screen: only where nobody can be served because
// nobody set the terminal up, so that no citizen ever comes from service into practice.
func (m *machine) offersPractice() bool {
	return m.screen == OutOfService && m.reason == casefile.NotEnrolled && m.draft == nil && m.options.Place.CanPractise
}
