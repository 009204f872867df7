package faulttest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"bianmin/internal/chance"
)

// Role is a kind of device, as its driver's test sees it.
type Role struct {
	Devices int    // how many different ones there are
	Steps   int    // how often one is used at most
	Kinds   []Kind // what can go wrong; what stands there twice comes twice as often
	Out     int    // bytes of a device's answers in one step, about
	Both    int    // bytes in both directions
	// Lie changes a whole short answer; false where it does not know the answer.
	Lie func(answer []byte, n int) ([]byte, bool)
	// Noise makes one byte of noise that the protocol can tell from an answer; nil is any byte.
	Noise func(random *rand.Rand) byte
	// Try uses a device under the schedule and says what was not as it must be. It may use no *testing.T.
	Try func(s Schedule, w *World) error
	// Kept are schedules that once failed.
	Kept []Schedule
}

// World is where one schedule is tried.
type World struct {
	context.Context
	// Real says that time is real and the machine may be slow.
	Real bool
	// Slack is how much later than its limit something may end.
	Slack time.Duration

	role     *Role
	schedule Schedule
	path     string
	tally    *tally
}

// Wire lays the cable to a device.
func (w *World) Wire(talk Talk) (*Wire, error) {
	wire := &Wire{role: w.role, schedule: w.schedule, talk: talk, random: w.schedule.Random()}
	if !w.Real {
		wire.cable = newMemory(wire.run)
		return wire, nil
	}
	c, err := newTerminal(w, w.path, wire.run)
	wire.cable = c
	return wire, err
}

// Count notes how something ended, for the log.
func (w *World) Count(outcome string) { w.tally.add(outcome) }

type tally struct {
	mutex sync.Mutex
	of    map[string]int
}

func (c *tally) add(outcome string) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.of[outcome]++
}

const (
	onTerminals = 300 // schedules per role on ptys in real time
	inMemory    = 700 // on an injected clock
	inMemoryAll = 9700
	atOnce      = 300 // ptys at one time
	fewest      = 12  // of them, on a machine that is too busy for more
)

// Run tries the kept schedules, then random ones: on an injected clock, and on pseudo terminals. One of the outcomes
// that must come to pass must have been counted each: a test in which nothing happens shows nothing.
func (r Role) Run(t *testing.T, must ...string) {
	seed := chance.Seed(t)
	t.Run("kept", func(t *testing.T) {
		for _, s := range r.Kept {
			if err := r.inMemory(t, s, &tally{of: map[string]int{}}); err != nil {
				t.Errorf("%v\n%s,", err, s)
			}
		}
	})
	t.Run("injected clock", func(t *testing.T) {
		count := &tally{of: map[string]int{}}
		for i := range chance.Count(t, inMemory, inMemoryAll) {
			s := r.draw(rand.New(rand.NewPCG(seed, uint64(i))), true)
			if err := r.inMemory(t, s, count); err != nil {
				r.report(t, s, err, 400, func(s Schedule) error { return r.inMemory(t, s, count) })
				return
			}
		}
		count.check(t, must)
	})
	t.Run("terminals", func(t *testing.T) { r.inRealTime(t, seed, chance.Count(t, onTerminals, onTerminals), atOnce, must) })
}

// RunReal tries the kept schedules, then random ones in real time only, so many at once: of devices behind system calls or programs, which know no
// other clock. CI tries few of them, make long all.
func (r Role) RunReal(t *testing.T, few, all, places int, must ...string) {
	seed := chance.Seed(t)
	t.Run("kept", func(t *testing.T) {
		for i, s := range r.Kept {
			w := r.world(t, fmt.Sprint("kept", i), s, &tally{of: map[string]int{}})
			if err := r.Try(s, w); err != nil {
				t.Errorf("%v\n%s,", err, s)
			}
		}
	})
	t.Run("real time", func(t *testing.T) { r.inRealTime(t, seed, chance.Count(t, few, all), places, must) })
}

// world is one in real time.
func (r Role) world(t *testing.T, name string, s Schedule, count *tally) *World {
	return &World{Context: t.Context(), Real: true, Slack: 15 * time.Second, role: &r, schedule: s, tally: count, path: name}
}

func (c *tally) check(t *testing.T, must []string) {
	t.Helper()
	t.Logf("%v", c.of)
	for _, outcome := range c.missing(must) {
		t.Errorf("never %s: the schedules do not show what they should", outcome)
	}
}

// missing are the outcomes that have not come to pass.
func (c *tally) missing(must []string) []string {
	return slices.DeleteFunc(slices.Clone(must), func(outcome string) bool { return c.of[outcome] > 0 })
}

func (r Role) report(t *testing.T, s Schedule, err error, tries int, fails func(Schedule) error) {
	t.Helper()
	small, why := shrink(s, fails, err, tries)
	t.Errorf("%v\nkeep it: %s,\n(it was %v\nunder %s)", why, small, err, s)
}

// inMemory tries a schedule in a bubble with a clock of its own. A goroutine that is left there is a failure too.
func (r Role) inMemory(t *testing.T, s Schedule, count *tally) (err error) {
	defer func() {
		if stuck := recover(); stuck != nil {
			err = fmt.Errorf("something is left or stuck: %v", stuck)
		}
	}()
	synctest.Test(t, func(t *testing.T) {
		err = r.Try(s, &World{Context: t.Context(), Slack: 10 * time.Millisecond, role: &r, schedule: s, tally: count})
	})
	return err
}

// inRealTime tries schedules in real time, many at once. On a machine that is too busy for so many every answer comes too late, and what must come
// to pass does not: then the same are tried again, fewer at once.
func (r Role) inRealTime(t *testing.T, seed uint64, all, places int, must []string) {
	begin(t)
	goroutines, files := goleak.IgnoreCurrent(), descriptors(t)
	count := &tally{of: map[string]int{}}
	folder := t.TempDir()
	try := func(name string, s Schedule) error {
		return r.Try(s, r.world(t, filepath.Join(folder, name), s, count))
	}
	for ; ; places /= 5 {
		failed, busy := r.together(t, seed, all, places, try), len(count.missing(must)) > 0
		if busy && places/5 >= fewest {
			t.Logf("%v: never %v, tried again with fewer at once", count.of, count.missing(must))
			continue
		}
		if failed != nil {
			again := 0
			r.report(t, failed.schedule, failed.err, 12, func(s Schedule) error {
				again++
				return try(fmt.Sprint("again", again), s)
			})
		}
		break
	}
	count.check(t, must)
	if err := goleak.Find(goroutines); err != nil {
		t.Errorf("goroutines are left: %v", err)
	}
	if left := descriptors(t); left > files {
		t.Errorf("%d descriptors before, %d afterwards", files, left)
	}
}

// together tries the seed's schedules, so many at one time, and gives one that failed.
func (r Role) together(t *testing.T, seed uint64, count, atOnce int, try func(string, Schedule) error) *failure {
	t.Helper()
	failed := make(chan *failure, 1)
	places := make(chan struct{}, atOnce)
	var all sync.WaitGroup
	for i := range count {
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			s := r.draw(rand.New(rand.NewPCG(seed, uint64(1e6+i))), false)
			if err := try(fmt.Sprint(atOnce, "-", i), s); err != nil {
				select {
				case failed <- &failure{s, err}:
				default: // one tells enough, and each try takes its time
				}
			}
		})
	}
	all.Wait()
	close(failed)
	return <-failed
}

type failure struct {
	schedule Schedule
	err      error
}

// begin has the runtime open what it keeps open from the first pipe on.
func begin(t *testing.T) {
	t.Helper()
	out, in, err := os.Pipe()
	if err == nil {
		err = errors.Join(out.Close(), in.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// descriptors are how many files this process holds open.
func descriptors(t *testing.T) int {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}
