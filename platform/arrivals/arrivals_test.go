package arrivals

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

var start = time.Date(2026, 11, 27, 2, 0, 0, 0, time.UTC)

// visit is a terminal that comes at a moment; again counts its tries.
type visit struct {
	at    time.Time
	who   int
	tries int
}

type visits []visit

func (v visits) Len() int           { return len(v) }
func (v visits) Less(i, j int) bool { return v[i].at.Before(v[j].at) }
func (v visits) Swap(i, j int)      { v[i], v[j] = v[j], v[i] }
func (v *visits) Push(x any)        { *v = append(*v, x.(visit)) }
func (v *visits) Pop() any {
	old := *v
	last := old[len(old)-1]
	*v = old[:len(old)-1]
	return last
}

// county lets a county come back at once; late is how much later than told a terminal comes. It gives when each was let in, in order, and the most tries one needed.
func county(t *testing.T, terminals int, perSecond float64, late func(wait time.Duration) time.Duration) (in []visit, tries int) {
	t.Helper()
	now := start
	l := New(perSecond, func() time.Time { return now })
	var coming visits
	for who := range terminals {
		coming = append(coming, visit{at: start.Add(time.Duration(rand.IntN(2000)) * time.Millisecond), who: who})
	}
	heap.Init(&coming)
	for len(coming) > 0 {
		v := heap.Pop(&coming).(visit)
		now = v.at
		v.tries++
		tries = max(tries, v.tries)
		wait := l.Enter(fmt.Sprint(v.who))
		if wait == 0 {
			in = append(in, v)
			continue
		}
		if v.tries > 40 || wait > time.Duration(float64(terminals)/perSecond/slack*float64(time.Second))+3*time.Second {
			t.Fatalf("terminal %d is sent away for %v at its try %d", v.who, wait, v.tries)
		}
		v.at = now.Add(wait + late(wait))
		heap.Push(&coming, v)
	}
	if n := l.Waiting(); n != 0 {
		t.Errorf("%d still have a place", n)
	}
	return in, tries
}

// bounded fails when more than the gate's rate were let in within any second.
func bounded(t *testing.T, in []visit, perSecond float64) {
	t.Helper()
	most := int(perSecond*(1+early.Seconds())) + 1
	for i := most; i < len(in); i++ {
		if span := in[i].at.Sub(in[i-most].at); span < time.Second {
			t.Fatalf("%d were let in within %v", most+1, span)
		}
	}
}

// TestCountyComesBack: of a county that comes at once everybody is let in, soon after its turn, never too many in a second; who comes late is let in all the same.
func TestCountyComesBack(t *testing.T) {
	const terminals, rate = 6000, 200.0
	for name, late := range map[string]func(time.Duration) time.Duration{
		"on time":           func(time.Duration) time.Duration { return 0 },
		"by the network":    func(time.Duration) time.Duration { return time.Duration(rand.IntN(3000)) * time.Millisecond },
		"up to a quarter":   func(w time.Duration) time.Duration { return time.Duration(rand.Float64() * float64(w) / 4) },
		"all in one moment": func(w time.Duration) time.Duration { return 20*time.Second - w%(20*time.Second) },
	} {
		in, tries := county(t, terminals, rate, late)
		if len(in) != terminals {
			t.Errorf("%s: %d of %d were let in", name, len(in), terminals)
		}
		bounded(t, in, rate)
		took := in[len(in)-1].at.Sub(start)
		t.Logf("%s: all in after %v, at most %d tries", name, took, tries)
		if name == "on time" && (tries > 2 || took.Seconds() > terminals/rate/slack+3) {
			t.Errorf("%s: %d tries, %v", name, tries, took)
		}
	}
}

// TestPlaces: no two have the same moment, places are in the order of coming, and who asks again hears of the same one.
func TestPlaces(t *testing.T) {
	now := start
	l := New(10, func() time.Time { return now })
	var last time.Duration
	taken := map[time.Time]bool{}
	for i := range 500 {
		who := fmt.Sprint(i)
		wait := l.Enter(who)
		if again := l.Enter(who); wait > 0 && again != wait {
			t.Fatalf("%s is told %v, then %v", who, wait, again)
		}
		if wait == 0 {
			continue
		}
		if wait <= last || taken[now.Add(wait)] {
			t.Fatalf("%s waits %v behind one that waits %v", who, wait, last)
		}
		last, taken[now.Add(wait)] = wait, true
	}
	if l.Enter("0") != 0 {
		t.Error("who is in has to wait")
	}
	now = now.Add(Stay)
	if l.Enter("0") != 0 {
		t.Error("who was heard within the time has to wait")
	}
}

// TestOrdinaryTraffic: terminals that are heard are never sent away, however long the line is, and who comes alone is let in at once.
func TestOrdinaryTraffic(t *testing.T) {
	now := start
	l := New(5, func() time.Time { return now })
	for i := range 300 { // one by one, as on a day without an outage
		now = now.Add(time.Second)
		if wait := l.Enter(fmt.Sprint("usual", i)); wait != 0 {
			t.Fatalf("somebody who comes alone waits %v", wait)
		}
	}
	for i := range 2000 {
		l.Enter(fmt.Sprint("crowd", i))
	}
	if l.Waiting() < 1900 {
		t.Fatalf("%d wait", l.Waiting())
	}
	for range 30 {
		now = now.Add(20 * time.Second)
		for i := range 300 {
			if wait := l.Enter(fmt.Sprint("usual", i)); wait != 0 {
				t.Fatalf("who was heard 20 s before is sent away for %v", wait)
			}
		}
	}
}

// TestClockPutBack: a clock that goes back two hours keeps nobody out for two hours.
func TestClockPutBack(t *testing.T) {
	now := start
	l := New(10, func() time.Time { return now })
	for i := range 100 {
		l.Enter(fmt.Sprint(i))
	}
	now = now.Add(-2 * time.Hour)
	for i := range 100 {
		if wait := l.Enter(fmt.Sprint(i)); wait > 30*time.Second {
			t.Fatalf("%d waits %v", i, wait)
		}
	}
}

// TestForgets: who does not come back is forgotten.
func TestForgets(t *testing.T) {
	now := start
	l := New(10, func() time.Time { return now })
	for i := range 1000 {
		l.Enter(fmt.Sprint(i))
	}
	now = now.Add(time.Hour)
	l.Enter("last")
	if len(l.guests) != 1 {
		t.Errorf("%d are remembered", len(l.guests))
	}
}

// TestNoLine: without a bound everybody is let in.
func TestNoLine(t *testing.T) {
	for _, l := range []*Line{New(0, time.Now), {}, nil} {
		for i := range 1000 {
			if l.Enter(fmt.Sprint(i)) != 0 {
				t.Fatal("somebody waits")
			}
		}
	}
}
