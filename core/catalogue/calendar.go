package catalogue

import (
	"slices"
	"time"
)

const dateLayout = "2006-01-02"

// IsWorking tells whether a day is a working day. Only the calendar date counts.
func (c Calendar) IsWorking(day time.Time) bool {
	date := day.Format(dateLayout)
	if slices.Contains(c.Working, date) {
		return true
	}
	weekend := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
	return !weekend && !slices.Contains(c.Resting, date)
}

// AddWorkingDays returns the date on which a limit of n working days ends. The
// day itself does not count: a case filed on Friday with a limit of 1 ends on Monday.
// With n 0 or less it is the day itself.
func (c Calendar) AddWorkingDays(day time.Time, n int) time.Time {
	for n > 0 {
		day = day.AddDate(0, 0, 1)
		if c.IsWorking(day) {
			n--
		}
	}
	return day
}

// WorkingDays counts the working days after from up to and including to; negative when to is earlier.
func (c Calendar) WorkingDays(from, to time.Time) int {
	if to.Before(from) {
		return -c.WorkingDays(to, from)
	}
	n := 0
	for day := from; day.Format(dateLayout) < to.Format(dateLayout); {
		day = day.AddDate(0, 0, 1)
		if c.IsWorking(day) {
			n++
		}
	}
	return n
}

// Covers tells whether the calendar lists holidays of the day's year; outside
// those years only weekends rest, and a deadline is an estimate.
func (c Calendar) Covers(day time.Time) bool {
	year := day.Format("2006")
	return slices.ContainsFunc(c.Resting, func(date string) bool { return len(date) >= 4 && date[:4] == year })
}
