// Package faulttest tries drivers under random schedules of faults on the wire
// (noise, lost bytes, late ones, silence, a pulled cable, answers that lie): many
// at once on pseudo terminals in real time, and thousands over links in memory on
// an injected clock. A schedule that fails is made smaller and printed so that it
// can be kept. For tests only; what is right for a device is its driver's test's to say.
package faulttest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// Kind is what goes wrong.
type Kind string

// Kinds of faults. At counts the bytes of the device's answers since the step
// began; for Silent and Unplug the bytes in both directions.
const (
	Noise  Kind = "noise"  // N bytes come that nobody sent; with N < 0, -N bytes come changed
	Cut    Kind = "cut"    // N bytes are lost; with N = 10 000 the answer breaks off
	Late   Kind = "late"   // everything from here on comes N milliseconds later
	Lie    Kind = "lie"    // the next short answer says something else; N picks what
	Silent Kind = "silent" // nothing passes any more in either direction until the step is over
	Unplug Kind = "unplug" // the cable is pulled; it is put back before the next step
	Hand   Kind = "hand"   // what a person does to the device; its role says what At and N mean
)

// Fault is one thing that goes wrong.
type Fault struct {
	Step int // in which use of the device
	Kind Kind
	At   int // after how many bytes
	N    int // how much
}

// Schedule is some uses of one device and what goes wrong meanwhile.
type Schedule struct {
	Device int    // which of its role's devices
	Seed   uint64 // of the noise, and of what the driver's owner does after a failure
	Steps  int
	Faults []Fault
}

// String is the schedule as it stands in a table of kept ones.
func (s Schedule) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "{Device: %d, Seed: %d, Steps: %d, Faults: []faulttest.Fault{", s.Device, s.Seed, s.Steps)
	for i, f := range s.Faults {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "{Step: %d, Kind: %q, At: %d, N: %d}", f.Step, string(f.Kind), f.At, f.N)
	}
	b.WriteString("}}")
	return b.String()
}

// Before tells whether a fault of one of the kinds, or of any when none is named, is set for a step up to this one.
func (s Schedule) Before(step int, kinds ...Kind) bool {
	return slices.ContainsFunc(s.Faults, func(f Fault) bool {
		return f.Step <= step && (len(kinds) == 0 || slices.Contains(kinds, f.Kind))
	})
}

// In are the faults of one kind in one step.
func (s Schedule) In(step int, kind Kind) []Fault {
	var in []Fault
	for _, f := range s.Faults {
		if f.Step == step && f.Kind == kind {
			in = append(in, f)
		}
	}
	return in
}

// Each takes the schedule's steps in turn until one fails, and says which.
func (s Schedule) Each(step func(n int) error) error {
	for n := range s.Steps {
		if err := step(n); err != nil {
			return fmt.Errorf("step %d: %w", n, err)
		}
	}
	return nil
}

// nearest finds which of some faults the coming n bytes meet first, -1 for none, and how many of them come before it. Those that
// count in both directions are always looked at, of the others the kinds that can happen.
func nearest(faults []Fault, n, out, both int, can func(Kind) bool) (at, before int) {
	at, before = -1, n
	for i, f := range faults {
		position := out
		if f.Kind == Silent || f.Kind == Unplug {
			position = both
		} else if !can(f.Kind) {
			continue
		}
		if left := max(0, f.At-position); left < before {
			at, before = i, left
		}
	}
	return at, before
}

// Random is the chance of the schedule's own, the same at each try.
func (s Schedule) Random() *rand.Rand { return rand.New(rand.NewPCG(s.Seed, 0xFA)) }

// delays are how late things come, around the limits that drivers have.
var delays = []time.Duration{
	20 * time.Millisecond, 130 * time.Millisecond, 200 * time.Millisecond, 480 * time.Millisecond, 700 * time.Millisecond,
	1100 * time.Millisecond, 1900 * time.Millisecond, 3200 * time.Millisecond, 5500 * time.Millisecond, 9 * time.Second,
}

// soon is how late things come at most in real time.
const soon = 1200 * time.Millisecond

// draw makes a schedule; patient ones are long and have long delays, for a clock that costs nothing.
func (r Role) draw(random *rand.Rand, patient bool) Schedule {
	most := r.Steps
	if !patient {
		most = min(most, 2)
	}
	s := Schedule{Device: random.IntN(r.Devices), Seed: uint64(random.Uint32()), Steps: 1 + random.IntN(most)}
	for range 1 + random.IntN(2*s.Steps) {
		f := Fault{Step: random.IntN(s.Steps), Kind: r.Kinds[random.IntN(len(r.Kinds))]}
		most := r.Out
		if f.Kind == Silent || f.Kind == Unplug {
			most = r.Both
		}
		if f.At = random.IntN(most); random.IntN(2) == 0 {
			f.At = random.IntN(min(most, 40))
		}
		f.N = amount(f.Kind, random, patient)
		s.Faults = append(s.Faults, f)
	}
	slices.SortStableFunc(s.Faults, func(a, b Fault) int { return a.Step - b.Step })
	return s
}

func amount(kind Kind, random *rand.Rand, patient bool) int {
	switch kind {
	case Noise:
		n := 1 + random.IntN(4)
		if random.IntN(3) == 0 {
			n = 1 + random.IntN(80)
		}
		if random.IntN(2) == 0 {
			return -n
		}
		return n
	case Cut:
		if random.IntN(4) == 0 {
			return rest
		}
		return 1 + random.IntN(60)
	case Late:
		d := delays[random.IntN(len(delays))]
		if !patient {
			d = min(d, soon)
		}
		return int((d + time.Duration(random.IntN(60))*time.Millisecond).Milliseconds())
	case Lie, Hand:
		return random.IntN(1 << 16)
	}
	return 0
}

// smaller makes schedules that are simpler than s, the simplest first.
func (s Schedule) smaller() []Schedule {
	var all []Schedule
	for i := range s.Faults {
		less := s
		less.Faults = slices.Delete(slices.Clone(s.Faults), i, i+1)
		all = append(all, less)
	}
	for step := range s.Steps {
		if s.Steps > 1 {
			all = append(all, s.without(step))
		}
	}
	for i, f := range s.Faults {
		for _, simple := range []Fault{{f.Step, f.Kind, f.At / 2, f.N}, {f.Step, f.Kind, f.At - 1, f.N}, {f.Step, f.Kind, f.At, f.N / 2}} {
			if simple.At >= 0 && simple != f && (simple.N != 0 || f.N == 0) {
				less := s
				less.Faults = slices.Clone(s.Faults)
				less.Faults[i] = simple
				all = append(all, less)
			}
		}
	}
	return all
}

// without leaves a step and its faults out.
func (s Schedule) without(step int) Schedule {
	less := s
	less.Steps--
	less.Faults = nil
	for _, f := range s.Faults {
		if f.Step == step {
			continue
		}
		if f.Step > step {
			f.Step--
		}
		less.Faults = append(less.Faults, f)
	}
	return less
}

// shrink makes a failing schedule smaller as long as it fails, in at most so many tries.
func shrink(s Schedule, fails func(Schedule) error, err error, tries int) (Schedule, error) {
	for {
		found := false
		for _, less := range s.smaller() {
			if tries--; tries < 0 {
				return s, err
			}
			if failed := fails(less); failed != nil {
				s, err, found = less, failed, true
				break
			}
		}
		if !found {
			return s, err
		}
	}
}
