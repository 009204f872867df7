package casefile

import "time"

// Limits of what a clock is believed without anyone confirming it.
const (
	// MaxJump is how far the wall clock may run ahead of the monotonic clock within one boot.
	MaxJump = 48 * time.Hour
	// MaxAbsence is how far the wall clock may stand after the time mark when the machine was
	// started again and nothing else is known: a closed village hall, not a clock of 2036.
	MaxAbsence = 14 * 24 * time.Hour
	// MaxBehind is how far the wall clock may stand before the time mark after a start. More means
	// that the clock lost its time (1970) and nobody knows how long the machine was off.
	MaxBehind = 15 * time.Minute
)

// Reading is one look at the machine's clocks.
type Reading struct {
	Wall      time.Time
	Monotonic time.Duration // since boot, sleep included
	BootID    string
}

// Mark is the time mark: the latest time a terminal committed or was told. It
// moves back only by the platform's signed time.
type Mark struct {
	Time time.Time
	Read Reading // the clocks when Time was noted
	// Anchored says that within Read's boot Time is known to be true: the platform said so or a technician confirmed it.
	Anchored bool
	// Offset is the platform's time minus the wall clock when last known; OffsetFrom is the platform's time then, zero when never.
	Offset     time.Duration
	OffsetFrom time.Time
}

// Judgement is what clock and mark together come to.
type Judgement struct {
	Now   time.Time // business time: never before the mark
	Doubt bool      // the platform or a technician must confirm before anything is accepted
	Why   string    // "ahead", "absent", "behind" when Doubt
}

// Reasons of doubt.
const (
	ClockAhead  = "ahead"  // the wall clock jumped ahead of the monotonic clock
	ClockAbsent = "absent" // the machine seems to have been off for longer than MaxAbsence
	ClockBehind = "behind" // the wall clock stands before the time mark after a start
)

// Judge finds the business time.
//
// Within one boot the monotonic clock counts on from the mark. If the mark is
// anchored it alone counts and the wall clock is not asked. Otherwise the later
// of both counts, and a wall clock more than MaxJump ahead is doubted. After a
// start the wall clock is believed from MaxBehind before to MaxAbsence after
// the mark. Without any mark it is doubted.
func Judge(reading Reading, mark Mark) Judgement {
	if mark.Time.IsZero() {
		return Judgement{Now: reading.Wall, Doubt: true, Why: ClockAbsent}
	}
	if reading.BootID != "" && reading.BootID == mark.Read.BootID && reading.Monotonic >= mark.Read.Monotonic {
		counted := mark.Time.Add(reading.Monotonic - mark.Read.Monotonic)
		switch {
		case mark.Anchored || reading.Wall.Before(counted):
			return Judgement{Now: counted}
		case reading.Wall.Sub(counted) > MaxJump:
			return Judgement{Now: counted, Doubt: true, Why: ClockAhead}
		}
		return Judgement{Now: reading.Wall}
	}
	switch {
	case reading.Wall.Before(mark.Time.Add(-MaxBehind)):
		return Judgement{Now: mark.Time, Doubt: true, Why: ClockBehind}
	case reading.Wall.Before(mark.Time):
		return Judgement{Now: mark.Time}
	case reading.Wall.Sub(mark.Time) > MaxAbsence:
		return Judgement{Now: reading.Wall, Doubt: true, Why: ClockAbsent}
	}
	return Judgement{Now: reading.Wall}
}

// BusinessDate is the date that stands in a case number: YYYY-MM-DD in China's time.
func (j Judgement) BusinessDate() string { return j.Now.In(Zone).Format(time.DateOnly) }

// Noted is the mark after committing something at a judged time; a doubted time is not noted.
func (m Mark) Noted(reading Reading, judged Judgement) Mark {
	if judged.Doubt || judged.Now.Before(m.Time) {
		return m
	}
	m.Anchored = m.Anchored && m.Read.BootID == reading.BootID
	m.Time, m.Read = judged.Now, reading
	return m
}

// Confirmed is the mark after a technician confirmed the judged time.
func (m Mark) Confirmed(reading Reading, judged Judgement) Mark {
	if judged.Why == ClockAhead {
		judged.Now = reading.Wall // what was doubted, and what the technician saw, is the wall clock
	}
	m.Time, m.Read, m.Anchored = judged.Now, reading, true
	return m
}

// Told is the mark after the platform signed its time; it alone may move back.
func (m Mark) Told(reading Reading, platform time.Time) Mark {
	return Mark{
		Time: platform, Read: reading, Anchored: true,
		Offset: platform.Sub(reading.Wall), OffsetFrom: platform,
	}
}

// Stamp is the time record of an event committed now.
func (m Mark) Stamp(reading Reading, judged Judgement) Stamp {
	stamp := Stamp{
		Wall: reading.Wall.In(Zone).Truncate(time.Millisecond), BusinessDate: judged.BusinessDate(),
		MonotonicMS: reading.Monotonic.Milliseconds(), BootID: reading.BootID, OffsetAgeSec: -1,
	}
	if !m.OffsetFrom.IsZero() {
		stamp.OffsetMS = m.Offset.Milliseconds()
		stamp.OffsetAgeSec = max(0, int64(judged.Now.Sub(m.OffsetFrom)/time.Second))
	}
	return stamp
}

// Moment is when the event was committed, for people to read. Where neither the
// wall clock nor the platform's offset agrees with the business date only the
// date is known: exact is false and the time of day means nothing.
func (s Stamp) Moment() (at time.Time, exact bool) {
	wall := s.Wall.In(Zone)
	if s.OffsetAgeSec >= 0 && s.OffsetMS != 0 {
		told := wall.Add(time.Duration(s.OffsetMS) * time.Millisecond)
		if told.Format(time.DateOnly) == s.BusinessDate {
			return told, true
		}
	}
	day, err := time.ParseInLocation(time.DateOnly, s.BusinessDate, Zone)
	if err != nil { // an event from before there were business dates: nothing else is known
		return wall, false
	}
	if wall.Format(time.DateOnly) == s.BusinessDate {
		return wall, true
	}
	return day, false
}
