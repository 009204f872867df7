package journey

import (
	"time"

	"bianmin/core/casefile"
)

// clock is the business time as the desk told it last.
type clock struct {
	told time.Time // zero while it is not known
	at   time.Time // when it was told, for counting on
}

// moment is the time for people to read and for the record. Where the wall
// clock does not agree on the date, only the date is known (exact is false);
// where nothing is known it is zero.
func (m *machine) moment() (at time.Time, exact bool) {
	if m.clock.told.IsZero() || m.health.ClockDoubt {
		return time.Time{}, false
	}
	wall := m.options.Now().In(casefile.Zone)
	told := m.clock.told.In(casefile.Zone).Add(time.Since(m.clock.at))
	if told.Format(time.DateOnly) == wall.Format(time.DateOnly) {
		return wall, true
	}
	year, month, day := told.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, casefile.Zone), false
}

// headerClock is what the header shows, to the minute: no clock at all rather than a wrong one.
func (m *machine) headerClock() time.Time {
	if at, exact := m.moment(); exact {
		return at.Truncate(time.Minute)
	}
	return time.Time{}
}

// recorded is the time that stands in a record.
func (m *machine) recorded() time.Time {
	if at, _ := m.moment(); !at.IsZero() {
		return at
	}
	return m.day()
}
