package settings

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"bianmin/core/casefile"
	"bianmin/packaging/settings/schema"
)

// Pages says what holds for scanned pages at a time.
type Pages struct {
	Wait    string // schema.Quiet or a value of schema.Metered, "" when they go
	Cap     int64  // bytes a second at most, 0 for no limit
	Metered bool   // what goes over the line costs: everything keeps quieter
}

// Pages says what holds for scanned pages now.
func (s Settings) Pages(now time.Time) Pages {
	kilobytes, err := strconv.ParseInt(s.Link.Cap, 10, 32)
	if err != nil {
		kilobytes = 0 // it was read by the schema
	}
	p := Pages{Cap: kilobytes << 10, Metered: s.Link.Metered == schema.MeteredNight || s.Link.Metered == schema.MeteredForms}
	switch {
	case s.Link.Metered == schema.MeteredForms:
		p.Wait = schema.MeteredForms
	case s.Link.Metered == schema.MeteredNight && !within(s.Update.Hours, now):
		p.Wait = schema.MeteredNight
	case within(s.Link.Quiet, now):
		p.Wait = schema.Quiet
	}
	return p
}

func (l Link) check() error {
	for name, value := range map[string]string{schema.Cap: l.Cap, schema.Quiet: l.Quiet, schema.Metered: l.Metered} {
		key, _ := schema.Find(name)
		if _, err := key.Read(value); value != "" && err != nil {
			return fmt.Errorf("%s: %q: %w", name, value, err)
		}
	}
	return nil
}

// within tells whether a time lies in hours of China's time, which may go past midnight.
func within(hours string, now time.Time) bool {
	from, until, ok := minutes(hours)
	if !ok {
		return false
	}
	local := now.In(casefile.Zone)
	at := local.Hour()*60 + local.Minute()
	if from < until {
		return from <= at && at < until
	}
	return at >= from || at < until
}

// minutes reads hours as minutes of the day; the second may be before the first, past midnight.
func minutes(hours string) (from, until int, ok bool) {
	begin, end, ok := strings.Cut(hours, "-")
	first, err1 := time.Parse("15:04", begin)
	last, err2 := time.Parse("15:04", end)
	if !ok || err1 != nil || err2 != nil || begin == end {
		return 0, 0, false
	}
	return first.Hour()*60 + first.Minute(), last.Hour()*60 + last.Minute(), true
}
