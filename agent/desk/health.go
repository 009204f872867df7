package desk

import (
	"context"
	"errors"
	"time"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/text"
	"bianmin/drivers"
)

const (
	slotHealth slot = "health"
	slotCounts slot = "counts"
)

// deviceName is the word for a device.
func deviceName(role drivers.Role) text.Key {
	return text.Key("desk.notice.device.name." + string(role))
}

// watchHealth looks at the point's condition for as long as the program lives.
func (m *machine) watchHealth() {
	office, every := m.options.Office, m.options.Times.Health
	m.do(slotHealth, func(ctx context.Context, emit func(then)) then {
		for {
			health, err := office.Health(ctx)
			today, todayErr := office.Today(ctx)
			ready := office.Ready(ctx)
			if ctx.Err() != nil {
				return nil
			}
			emit(func(m *machine) { m.healthSeen(health, errors.Join(err, todayErr), ready, today) })
			if !pause(ctx, every) {
				return nil
			}
		}
	})
}

// committed looks at once, because there is more that waits.
func (m *machine) committed() { m.watchHealth() }

func (m *machine) healthSeen(health agency.Health, err, ready error, today time.Time) {
	if err != nil {
		m.log.Warn("condition not known", "error", err)
	}
	// What the platform wrote came with a contact.
	changed := health.Waiting != m.health.Waiting || health.Refused != m.health.Refused || !health.LastContact.Equal(m.health.LastContact)
	m.health = health
	if !today.IsZero() {
		m.today = today
	}
	var e *casefile.Error
	m.problem = ""
	if errors.As(ready, &e) {
		m.problem = e.Code
	} else if ready != nil {
		m.problem = casefile.Internal
	}
	m.checkService()
	if m.shift != nil && m.locked == nil {
		m.refreshStanding()
		if changed || m.lists() {
			m.refresh() // what the platform wrote changes no number here, and people wait for it
		}
	}
}

// lists tells whether the page shows what may change without anybody at the desk.
func (m *machine) lists() bool {
	switch m.page {
	case Today, Cases, Corrections, Results, Visits, Sync:
		return m.overlay == nil
	}
	return false
}

// checkService goes out of service when the store itself cannot be used, and comes back.
func (m *machine) checkService() {
	down := m.problem == casefile.Damaged || m.problem == casefile.NewerDatabase
	switch {
	case down && m.stopped == "":
		m.endShift()
		m.locked = nil
		m.stopped = m.problem
		m.to(OutOfService)
	case !down && m.stopped != "":
		m.stopped = ""
		m.toSignOn()
	}
}

// lookAtDevices notes what the device manager knows, and says a fault once.
func (m *machine) lookAtDevices() {
	statuses := map[drivers.Role]drivers.Status{}
	for _, status := range m.options.Devices.Statuses() {
		statuses[status.Role] = status
		before, known := m.told[status.Role]
		m.told[status.Role] = status.Fault
		if known && before == status.Fault || m.shift == nil || m.locked != nil {
			continue
		}
		if status.Fault != "" {
			m.notice = &Notice{Tone: Warn, Message: fault(status.Role, status.Fault)}
		} else if known && before != "" {
			m.say(Good, "desk.notice.device.back", map[string]any{"device": deviceName(status.Role)})
		}
	}
	m.statuses = statuses
}

// date is the business date, YYYY-MM-DD.
func (m *machine) date() string { return m.today.In(casefile.Zone).Format(time.DateOnly) }

func (m *machine) statusBar() StatusBar {
	h := m.health
	bar := StatusBar{Online: h.Online, Waiting: h.Waiting, Refused: h.Refused, Oldest: h.Oldest, Clock: h.Offset}
	for _, role := range []drivers.Role{drivers.RoleReader, drivers.RoleSocial, drivers.RolePrinter, drivers.RoleDocument, drivers.RoleScanner} {
		if status, ok := m.statuses[role]; ok {
			status.At = time.Time{} // a newer look that saw the same changes nothing
			bar.Devices = append(bar.Devices, status)
		}
	}
	return bar
}

func (m *machine) refreshStanding() {
	m.look("standing", func(ctx context.Context, book Book) then {
		standing, err := book.Standing(ctx)
		return func(m *machine) {
			if err == nil {
				m.shift.standing = standing
			}
		}
	})
}

// mayWrite tells whether this account may change anything, and says why not.
func (m *machine) mayWrite() bool {
	if m.shift.standing == agency.StandingReading {
		m.say(Warn, "desk.refusal."+string(agency.OnlyReading), nil)
		return false
	}
	return true
}
