package identity

import (
	"errors"
	"fmt"
	"time"
)

// ErrDate means that a text is no date of the calendar in the form YYYYMMDD.
var ErrDate = errors.New("not a date YYYYMMDD")

// ParseDate reads a date written YYYYMMDD, as cards and numbers carry it. It
// returns ErrDate for anything else, February 30th included.
func ParseDate(s string) (Date, error) {
	if len(s) != 8 {
		return Date{}, ErrDate
	}
	n := 0
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return Date{}, ErrDate
		}
		n = n*10 + int(c-'0')
	}
	d := Date{Year: n / 10000, Month: time.Month(n / 100 % 100), Day: n % 100}
	if d.Year == 0 || DateOf(d.In(time.UTC)) != d {
		return Date{}, ErrDate
	}
	return d, nil
}

// DateOf is the calendar date of t in t's own zone.
func DateOf(t time.Time) Date {
	year, month, day := t.Date()
	return Date{Year: year, Month: month, Day: day}
}

// In is midnight of the date in a zone.
func (d Date) In(zone *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, zone)
}

// IsZero tells whether no date is given.
func (d Date) IsZero() bool { return d == Date{} }

// Compact writes the date as YYYYMMDD; "" when none is given.
func (d Date) Compact() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d%02d%02d", d.Year, int(d.Month), d.Day)
}

// String writes the date as YYYY-MM-DD; "" when none is given.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// Before tells whether d is an earlier day than other.
func (d Date) Before(other Date) bool {
	if d.Year != other.Year {
		return d.Year < other.Year
	}
	if d.Month != other.Month {
		return d.Month < other.Month
	}
	return d.Day < other.Day
}

// Age is the number of full years (周岁) from d to the day on; a year is full on
// the birthday itself, for February 29th on March 1st of common years. It is 0 for days before d.
func (d Date) Age(on Date) int {
	if on.Before(d) {
		return 0
	}
	years := on.Year - d.Year
	if on.Month < d.Month || (on.Month == d.Month && on.Day < d.Day) {
		years--
	}
	return years
}
