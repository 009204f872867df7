package casefile

import (
	"time"

	"bianmin/core/identity"
)

// Zone is the time of all dates people read: China has one, without summer time.
var Zone = time.FixedZone("CST", 8*60*60)

// Calendar says which days are worked: Monday to Friday, but not Off (public
// holidays), and On besides (working weekends, 调休). The zero value knows weekends only.
type Calendar struct {
	Off map[identity.Date]bool
	On  map[identity.Date]bool
}

// Working tells whether a day is worked.
func (c Calendar) Working(day identity.Date) bool {
	if c.On[day] {
		return true
	}
	if c.Off[day] {
		return false
	}
	weekday := day.In(time.UTC).Weekday()
	return weekday != time.Saturday && weekday != time.Sunday
}

// Deadline is the last day of a limit of so many working days. The day of
// acceptance, by the platform's time, does not count; the next working day is
// the first. Without a limit (days < 1) it is the day of acceptance.
func (c Calendar) Deadline(accepted time.Time, days int) identity.Date {
	day := accepted.In(Zone)
	for days > 0 {
		day = day.AddDate(0, 0, 1)
		if c.Working(identity.DateOf(day)) {
			days--
		}
	}
	return identity.DateOf(day)
}

// Left counts the working days after today up to the deadline; negative when
// it has passed: the working days after the deadline up to today.
func (c Calendar) Left(today, deadline identity.Date) int {
	if deadline.Before(today) {
		return -c.Left(deadline, today)
	}
	count := 0
	for day := today.In(time.UTC); identity.DateOf(day).Before(deadline); {
		day = day.AddDate(0, 0, 1)
		if c.Working(identity.DateOf(day)) {
			count++
		}
	}
	return count
}
