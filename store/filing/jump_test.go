package filing_test

import (
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/drivers"
	"bianmin/internal/chance"
	"bianmin/store"
	"bianmin/store/filing"
	"bianmin/sync/seal"
)

// jumper is a terminal whose clock somebody plays with, beside the true time.
type jumper struct {
	*point

	t     *testing.T
	f     *filing.Filing
	truth time.Time
	boots int

	page    casefile.Attachment
	filed   casefile.Filed
	job     int64
	took    int
	packets map[string]string // what left, by packet
	acked   map[string]bool
}

// pass lets time go by, for the true clock and the machine's.
func (j *jumper) pass(d time.Duration) {
	j.truth = j.truth.Add(d)
	j.clock.pass(d)
}

// start starts the machine again with a wall clock.
func (j *jumper) start(wall time.Time) {
	j.t.Helper()
	if err := j.f.Close(); err != nil {
		j.t.Fatal(err)
	}
	j.boots++
	j.clock.boot(wall, fmt.Sprint("boot-", 10+j.boots))
	j.f = j.open(j.t)
	if err := j.attach(); err != nil { // a page of no case goes with a start, and is scanned again
		j.t.Fatal(err)
	}
}

var jumps = []struct {
	name string
	do   func(j *jumper)
}{
	{"ten years ahead", func(j *jumper) { j.clock.set(j.truth.AddDate(10, 0, 0)) }},
	{"ten years back", func(j *jumper) { j.clock.set(j.truth.AddDate(-10, 0, 0)) }},
	{"started ten years ahead", func(j *jumper) { j.start(j.truth.AddDate(10, 0, 0)) }},
	{"started ten years back", func(j *jumper) { j.start(j.truth.AddDate(-10, 0, 0)) }},
	{"started without a clock", func(j *jumper) { j.start(time.Unix(20, 0)) }},
	{"started right, then ten years ahead", func(j *jumper) { j.start(j.truth); j.clock.set(j.truth.AddDate(10, 0, 0)) }},
	{"started right, then ten years back", func(j *jumper) { j.start(j.truth); j.clock.set(j.truth.AddDate(-10, 0, 0)) }},
}

// TestJumpsAtEachStep lets the clock jump before each step of a terminal's day. A step that is refused says that the clock is
// in doubt, and goes through when the platform has said the time; dates are true, nothing is lost, purged early, offered
// again when it was acknowledged, or other than before, and what is old goes in the end.
func TestJumpsAtEachStep(t *testing.T) {
	random := chance.Random(t)
	for at := range (&jumper{}).steps() {
		for _, n := range random.Perm(len(jumps))[:min(len(jumps), chance.Count(t, 2, len(jumps)))] {
			jump := jumps[n]
			t.Run(fmt.Sprintf("%s before step %d", jump.name, at), func(t *testing.T) {
				j := &jumper{t: t, point: newPoint(t), truth: morning, packets: map[string]string{}, acked: map[string]bool{}}
				j.f = j.open(t)
				for i, step := range j.steps() {
					if i == at {
						jump.do(j)
					}
					j.through(i, step)
					j.pass(time.Hour)
				}
				j.end()
			})
		}
	}
}

func (j *jumper) steps() []func() error {
	return []func() error{
		j.attach, j.submit, j.beginPrint, j.endPrint, j.rate, j.fail, j.register, j.acknowledge, j.take, j.purge, j.attach, j.submit, j.deliver, j.purge,
	}
}

// through does a step; only doubt about the clock may keep it, and only until the platform says the time.
func (j *jumper) through(i int, step func() error) {
	j.t.Helper()
	err := step()
	if store.Code(err) == casefile.ClockDoubt {
		clock, lost := j.f.Store().Clock(j.t.Context())
		if lost != nil || !clock.Judgement.Doubt {
			j.t.Errorf("step %d is refused, and the clock is not in doubt: %v", i, lost)
		}
		if err := j.f.Store().SetPlatformTime(j.t.Context(), j.truth); err != nil {
			j.t.Fatal(err)
		}
		err = step()
	}
	if err != nil {
		j.t.Fatalf("step %d: %v", i, err)
	}
	j.offered(i)
}

// offered compares what the sender would send with what it has sent.
func (j *jumper) offered(i int) {
	j.t.Helper()
	reading, err := j.clock.read()
	if err != nil {
		j.t.Fatal(err)
	}
	items, err := j.f.Store().Pending(j.t.Context(), reading.Wall, 10)
	if err != nil {
		j.t.Fatal(err)
	}
	for _, item := range items {
		if j.acked[item.Packet] {
			j.t.Errorf("after step %d packet %s is offered again", i, item.Packet)
		}
		if before := j.packets[item.Packet]; before != "" && before != item.Digest {
			j.t.Errorf("after step %d packet %s is another one", i, item.Packet)
		}
		j.packets[item.Packet] = item.Digest
	}
	ids, err := j.f.Store().Packets(j.t.Context())
	if err != nil || len(ids) < len(j.packets) {
		j.t.Errorf("after step %d %d packets of %d are there: %v", i, len(ids), len(j.packets), err)
	}
}

func (j *jumper) attach() (err error) {
	j.page, err = j.f.Attach(j.t.Context(), "image/jpeg", []byte("page"))
	return err
}

func (j *jumper) submit() (err error) {
	if j.filed, err = fileOne(j.t.Context(), j.f, person("王小丫", "990102194501010027"), j.page, j.boots); err != nil {
		return err
	}
	at, exact := j.filed.Event.At.Moment()
	date := j.truth.In(casefile.Zone).Format(time.DateOnly)
	if j.filed.Event.At.BusinessDate != date || at.In(casefile.Zone).Format(time.DateOnly) != date {
		j.t.Errorf("filed on %s, receipt of %v, and it is %s", j.filed.Event.At.BusinessDate, at, date)
	}
	if d := at.Sub(j.truth); exact && d.Abs() > time.Minute {
		j.t.Errorf("the receipt's time is wrong by %v, and says it is exact", d)
	}
	return nil
}

func (j *jumper) beginPrint() (err error) {
	j.job, err = j.f.BeginPrint(j.t.Context(), filing.PrintJob{Kind: "receipt", Case: j.filed.Number})
	return err
}

func (j *jumper) endPrint() error {
	return j.f.EndPrint(j.t.Context(), j.job, drivers.PrintReport{Outcome: drivers.Printed})
}

func (j *jumper) rate() error {
	return j.f.Evaluate(j.t.Context(), j.filed, casefile.Evaluation{Level: 5, Times: 1})
}

func (j *jumper) first() (store.Item, error) {
	items, err := j.f.Store().Pending(j.t.Context(), j.wall(), 10)
	if err == nil && len(items) == 0 {
		err = errors.New("nothing is offered")
	}
	if err != nil {
		return store.Item{}, err
	}
	return items[0], nil
}

func (j *jumper) wall() time.Time {
	reading, _ := j.clock.read()
	return reading.Wall
}

// fail notes a try that failed, as the sender does, by the machine's wall clock.
func (j *jumper) fail() error {
	item, err := j.first()
	if err != nil {
		return err
	}
	return j.f.Store().RecordAttempt(j.t.Context(), item.Packet, j.wall().Add(time.Minute), "network")
}

func (j *jumper) register() error {
	item, err := j.first()
	if err != nil {
		return err
	}
	return j.f.Store().RecordRegistration(j.t.Context(), item.Packet, []byte("registered"))
}

func (j *jumper) acknowledge() error {
	item, err := j.first()
	if err != nil {
		return err
	}
	reader, err := j.f.Store().OpenPacket(j.t.Context(), item.Packet)
	if err != nil {
		return err
	}
	head, err := io.ReadAll(io.NewSectionReader(reader, 0, reader.HeadLength()))
	if err := errors.Join(err, reader.Close()); err != nil {
		return err
	}
	if seal.Digest(head) != item.Digest {
		return errors.New("the packet is not what its digest says")
	}
	j.acked[item.Packet] = true
	return j.f.Store().RecordAcknowledgement(j.t.Context(), item.Packet, []byte("accepted"), "O-1", j.truth)
}

func (j *jumper) deliver() error {
	for {
		if _, err := j.first(); err != nil {
			return nil //nolint:nilerr // all is delivered
		}
		if err := errors.Join(j.register(), j.acknowledge()); err != nil {
			return err
		}
	}
}

func (j *jumper) take() error {
	j.took++
	return j.f.Store().Take(j.t.Context(), fmt.Sprint(j.took), []casefile.Update{{
		ID: fmt.Sprintf("%032d", j.took), Case: j.filed.Number, Kind: casefile.PlatformRejected, At: j.truth, Reason: "材料不全",
	}})
}

func (j *jumper) purge() error {
	_, err := j.f.Store().Purge(j.t.Context())
	return err
}

// end: two cases were filed, and their packets go a week after they were acknowledged, and not before.
func (j *jumper) end() {
	j.t.Helper()
	ctx, s := j.t.Context(), j.f.Store()
	if err := j.deliver(); err != nil {
		j.t.Fatal(err)
	}
	cases, err := s.AllCases(ctx)
	if err != nil || len(cases) != 2 {
		j.t.Fatalf("%d cases, two were filed: %v", len(cases), err)
	}
	for _, c := range []struct {
		after time.Duration
		left  int
	}{{6 * 24 * time.Hour, 3}, {2 * 24 * time.Hour, 0}} {
		j.pass(c.after)
		if err := s.SetPlatformTime(ctx, j.truth); err != nil {
			j.t.Fatal(err)
		}
		if err := j.purge(); err != nil {
			j.t.Fatal(err)
		}
		if ids, err := s.Packets(ctx); err != nil || len(ids) != c.left {
			j.t.Errorf("%v later %d packets are there, want %d: %v", c.after, len(ids), c.left, err)
		}
	}
	if cases, err := s.AllCases(ctx); err != nil || len(cases) != 2 {
		j.t.Errorf("%d cases in the end: %v", len(cases), err)
	}
}
