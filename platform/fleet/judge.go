package fleet

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"bianmin/drivers"
	"bianmin/platform/registry"
	"bianmin/sync/wire"
)

// Limits are when something is worth somebody's attention. The zero value is filled with the defaults.
type Limits struct {
	Silent   time.Duration // since the last heartbeat; 15 min
	Late     time.Duration // age of the oldest packet that waits; 4 h
	Clock    time.Duration // of the terminal's clock from the platform's; 2 min
	Program  time.Duration // since the program at the screen told of its devices; 15 min
	DiskFree int64         // bytes; 2 GiB
	Software string        // version wanted, "1.2.3"; "" is the newest one in the fleet
}

func (l Limits) filled() Limits {
	for _, d := range []struct {
		to *time.Duration
		or time.Duration
	}{
		{&l.Silent, 15 * time.Minute}, {&l.Late, 4 * time.Hour}, {&l.Clock, 2 * time.Minute}, {&l.Program, 15 * time.Minute},
	} {
		*d.to = cmp.Or(*d.to, d.or)
	}
	l.DiskFree = cmp.Or(l.DiskFree, 2<<30)
	return l
}

// Kind is what a finding is about; it is also the filter of the page and the label of the metric.
type Kind string

// Kinds of finding, the most urgent first.
const (
	Silent  Kind = "silent"  // no heartbeat, or none yet
	Paper   Kind = "paper"   // out of paper, jammed, or low
	Device  Kind = "device"  // a device has a fault
	Program Kind = "program" // the machine lives, the program at the screen does not
	Refused Kind = "refused" // packets that the platform would not take
	Late    Kind = "late"    // what was filed does not arrive
	Disk    Kind = "disk"
	Clock   Kind = "clock"
	Version Kind = "version"
	Audit   Kind = "audit"    // the audit trail lost entries, or they were changed
	Keys    Kind = "keys"     // its certificates end soon, and it has not renewed them
	News    Kind = "news"     // updates that the terminal could not take
	Ruling  Kind = "settings" // the province's settings were refused, or have not come
)

// Kinds lists all kinds in the page's order.
var Kinds = []Kind{Silent, Paper, Device, Program, Refused, Late, Audit, Keys, Disk, Clock, Version, News, Ruling}

// Finding is one thing that somebody should look at.
type Finding struct {
	Kind Kind
	Bad  bool          // the point cannot serve, or is about to be unable to; otherwise it can wait
	Code string        // picks the words; Kind when ""
	Role string        // of a device
	For  time.Duration // how long, or how far off
	N    int64         // packets, bytes, or the settings' number
}

// Line is a terminal with what is to be said of it.
type Line struct {
	registry.Member
	Findings []Finding // none for a terminal that is out
}

// Bad tells whether something is urgent.
func (l Line) Bad() bool {
	return slices.ContainsFunc(l.Findings, func(f Finding) bool { return f.Bad })
}

// Has tells whether something of the kind was found.
func (l Line) Has(kind Kind) bool {
	return slices.ContainsFunc(l.Findings, func(f Finding) bool { return f.Kind == kind })
}

// Software is the version the terminal last said, without the product's name; "" before its first heartbeat.
func (l Line) Software() string {
	if l.Beat == nil {
		return ""
	}
	return versionOf(l.Beat.Said.Software)
}

// Held is the number of the province's settings that the terminal last said it holds; "" when it said nothing.
func (l Line) Held() string {
	if l.Beat == nil || l.Beat.Said.Settings == nil {
		return ""
	}
	return strconv.FormatInt(l.Beat.Said.Settings.Number, 10)
}

// Judge looks at the whole fleet as it stands at a moment. It must not be asked about one terminal alone: what is old depends on the others.
func Judge(fleet []registry.Member, limits Limits, now time.Time) []Line {
	limits = limits.filled()
	if limits.Software == "" {
		limits.Software = newest(fleet)
	}
	lines := make([]Line, 0, len(fleet))
	for _, m := range fleet {
		l := Line{Member: m}
		if !m.Out() {
			l.Findings = judge(m, limits, now)
		}
		lines = append(lines, l)
	}
	return lines
}

func judge(m registry.Member, limits Limits, now time.Time) (found []Finding) {
	add := func(is bool, f Finding) {
		if is {
			found = append(found, f)
		}
	}
	if m.Audit != nil {
		add(true, Finding{Kind: Audit, Bad: true, N: m.Audit.Known, For: now.Sub(m.Audit.At)})
	}
	left := m.Ends.Sub(now)
	add(left <= 0, Finding{Kind: Keys, Bad: true, Code: "over", For: -left})
	add(left > 0 && left < soonEnds, Finding{Kind: Keys, Bad: left < sooner, Code: "ending", For: left})
	if m.Beat == nil {
		age := now.Sub(m.Enrolled)
		add(age > limits.Silent, Finding{Kind: Silent, Bad: true, Code: "never", For: age})
		return found
	}
	said, silent := m.Beat.Said, now.Sub(m.Beat.At)
	add(silent > limits.Silent, Finding{Kind: Silent, Bad: true, For: silent})
	if said.Condition != nil {
		found = append(found, judgeDevices(said.Condition.Devices)...)
		if at := said.Condition.DevicesAt; at != nil {
			still := said.Time.Sub(*at) // both by the terminal's own clock
			add(still > limits.Program, Finding{Kind: Program, Bad: true, For: still})
		}
	}
	add(said.Refused > 0, Finding{Kind: Refused, Bad: true, N: int64(said.Refused)})
	if said.Oldest != nil {
		age := said.Time.Sub(*said.Oldest) + max(silent, 0) // what waited then waits still
		add(said.Waiting > 0 && age > limits.Late, Finding{Kind: Late, Bad: age > 6*limits.Late, For: age, N: int64(said.Waiting)})
	}
	if c := said.Condition; c != nil {
		add(c.DiskFree < limits.DiskFree, Finding{Kind: Disk, Bad: c.DiskFree < limits.DiskFree/4, N: c.DiskFree})
	}
	off := m.Beat.Offset()
	add(off.Abs() > limits.Clock, Finding{Kind: Clock, Code: offCode(off), For: off.Abs()})
	version := versionOf(said.Software)
	add(older(version, limits.Software), Finding{Kind: Version})
	if u := said.Unread; u != nil {
		add(u.Broken > 0, Finding{Kind: News, Bad: true, Code: "broken", N: int64(u.Broken)})
		add(u.Stuck != "", Finding{Kind: News, Bad: true, Code: "stuck"})
		add(u.Newer > 0, Finding{Kind: News, Code: "newer", N: int64(u.Newer)})
	}
	if held := said.Settings; held != nil {
		add(held.Refused > 0, Finding{Kind: Ruling, Code: "refused", N: held.Refused})
		add(held.Number > m.Ruled, Finding{Kind: Ruling, Code: "ahead", N: held.Number})
		late := m.Beat.At.Sub(m.RuledAt)
		add(held.Refused == 0 && held.Number < m.Ruled && late > soonRuled, Finding{Kind: Ruling, Code: "behind", N: m.Ruled, For: late})
	}
	return found
}

// soonRuled is within what a terminal that is heard has new settings.
const soonRuled = 30 * time.Minute

// A terminal renews its certificates by itself when a third of five years is left, at the latest a quarter.
const (
	soonEnds = 180 * 24 * time.Hour
	sooner   = 45 * 24 * time.Hour
)

func offCode(off time.Duration) string {
	if off < 0 {
		return "slow"
	}
	return "fast"
}

func judgeDevices(devices []wire.Device) (found []Finding) {
	for _, d := range devices {
		fault := drivers.Fault(d.Fault)
		switch {
		case drivers.Paper(d.Paper) == drivers.PaperOut || fault == drivers.FaultPaperOut:
			found = append(found, Finding{Kind: Paper, Bad: true, Code: "paper-out", Role: d.Role})
		case drivers.Paper(d.Paper) == drivers.PaperJammed || fault == drivers.FaultJam:
			found = append(found, Finding{Kind: Paper, Bad: true, Code: "jam", Role: d.Role})
		case passing[fault]:
		case fault != drivers.FaultNone:
			found = append(found, Finding{Kind: Device, Bad: true, Code: d.Fault, Role: d.Role})
		case broken[drivers.Condition(d.Condition)]:
			found = append(found, Finding{Kind: Device, Bad: true, Code: string(drivers.FaultDevice), Role: d.Role})
		case drivers.Paper(d.Paper) == drivers.PaperLow:
			found = append(found, Finding{Kind: Paper, Code: "paper-low", Role: d.Role})
		}
	}
	return found
}

// passing faults belong to a card, a page or a job, not to the device.
var passing = map[drivers.Fault]bool{
	drivers.FaultNoDocument: true, drivers.FaultBusy: true, drivers.FaultCard: true, drivers.FaultCardDoubt: true,
	drivers.FaultCancelled: true, drivers.FaultFormat: true, drivers.FaultAborted: true,
}

var broken = map[drivers.Condition]bool{drivers.Offline: true, drivers.NoDevice: true, drivers.HardwareError: true}

// versionOf takes "1.2.3" from "bianmin 1.2.3".
func versionOf(software string) string {
	_, version, found := strings.Cut(software, " ")
	if !found {
		return software
	}
	return version
}

// numbers reads the leading numbers of a version; false for one that has none, like a developer's.
func numbers(version string) ([]int, bool) {
	version, _, _ = strings.Cut(strings.TrimPrefix(version, "v"), "+")
	version, _, _ = strings.Cut(version, "-")
	version, _, _ = strings.Cut(version, "~")
	var all []int
	for _, part := range strings.Split(version, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return nil, false
		}
		all = append(all, n)
	}
	return all, true
}

// older tells whether a version is below the wanted one; versions that cannot be compared are not.
func older(version, wanted string) bool {
	a, ok := numbers(version)
	b, also := numbers(wanted)
	return ok && also && slices.Compare(a, b) < 0
}

func newest(fleet []registry.Member) (version string) {
	for _, m := range fleet {
		if m.Beat == nil || m.Out() {
			continue
		}
		said := versionOf(m.Beat.Said.Software)
		if _, ok := numbers(said); ok && (version == "" || older(version, said)) {
			version = said
		}
	}
	return version
}
