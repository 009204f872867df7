package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"bianmin/drivers/sim/badlink"
)

// Ways of sending.
const (
	ours = "sender"
	post = "POST"
	tus  = "go-tus"
)

// row is one measurement.
type row struct {
	by    string
	name  string
	line  badlink.Conditions
	pages []int   // bytes
	times int     // at least so often, and the middle one counts, where it is short
	least float64 // payload over what the line could have carried while it held; 0 for the reader only, or only to finish
	waste float64 // most of the bytes sent that were no payload, 0 for any
}

const (
	megabyte = 1 << 20
	kilobyte = 1 << 10
)

func (r row) payload() (n int64) {
	for _, p := range r.pages {
		n += int64(p)
	}
	return n
}

func slow(every time.Duration, cut string) badlink.Conditions {
	c := badlink.Conditions{Rate: 128_000, Trip: 300 * time.Millisecond, Queue: 32 * kilobyte}
	if every > 0 {
		c.Every, c.For, c.Cut = every, 5*time.Second, cut
	}
	return c
}

// rows are the thresholds of the project, and the same lines for the others.
var rows = append([]row{
	{by: ours, name: "no cut", line: slow(0, ""), pages: []int{2 * megabyte}, least: 0.90},
	{by: ours, name: "cut every 60 s", line: slow(time.Minute, badlink.Reset), pages: []int{2 * megabyte}, least: 0.84},
	{by: ours, name: "cut every 30 s", line: slow(30*time.Second, badlink.Reset), pages: []int{2 * megabyte}, least: 0.82, waste: 0.08},
	{by: ours, name: "cut every 10 s", line: slow(10*time.Second, badlink.Reset), pages: []int{2 * megabyte}, least: 0.58, waste: 0.18},
	{by: ours, name: "black hole every 30 s", line: slow(30*time.Second, badlink.Hole), pages: []int{2 * megabyte}, least: 0.78},
	{by: ours, name: "20 kbit/s, 600 ms", line: badlink.Conditions{Rate: 20_000, Trip: 600 * time.Millisecond, Queue: 32 * kilobyte}, pages: []int{256 * kilobyte}, least: 0.70},
	{by: ours, name: "30 % lost", line: badlink.Conditions{Rate: 128_000, Trip: 300 * time.Millisecond, Queue: 32 * kilobyte, Loss: 0.3}, pages: []int{512 * kilobyte}},
	{by: ours, name: "ten pages, 1 Mbit/s, 600 ms", line: badlink.Conditions{Rate: 1_000_000, Trip: 600 * time.Millisecond, Queue: 128 * kilobyte}, pages: slices.Repeat([]int{64 * kilobyte}, 10), least: 0.58, times: 3},
}, others()...)

func others() (all []row) {
	for _, by := range []string{post, tus} {
		all = append(all,
			row{by: by, name: "no cut", line: slow(0, ""), pages: []int{2 * megabyte}},
			row{by: by, name: "cut every 60 s", line: slow(time.Minute, badlink.Reset), pages: []int{2 * megabyte}},
			row{by: by, name: "cut every 30 s", line: slow(30*time.Second, badlink.Reset), pages: []int{2 * megabyte}},
			row{by: by, name: "cut every 10 s", line: slow(10*time.Second, badlink.Reset), pages: []int{2 * megabyte}},
		)
	}
	return all
}

// outcome is what a row came to.
type outcome struct {
	finished bool
	used     float64 // payload over what the line could have carried
	wasted   float64 // of the bytes sent, those that were no payload: heads, what came twice
	took     time.Duration
	cuts     int
}

func (r row) outcome(c badlink.Count, finished bool) outcome {
	o := outcome{finished: finished, took: c.Took, cuts: c.Cuts}
	if finished {
		o.used = float64(r.payload()*8) / float64(r.line.Rate) / c.Held.Seconds()
		o.wasted = 1 - float64(r.payload())/float64(c.Up)
	}
	return o
}

func (o outcome) String() string {
	if !o.finished {
		return fmt.Sprintf("not finished within %.0f s, %d cuts", o.took.Seconds(), o.cuts)
	}
	return fmt.Sprintf("%.3f of the line, %.1f %% of the bytes no payload, %.0f s, %d cuts", o.used, o.wasted*100, o.took.Seconds(), o.cuts)
}

// report prints all, and is an error when a threshold does not hold.
func report(wanted []row, outcomes [][]outcome) error {
	var failed []error
	for i, r := range wanted {
		o := middle(outcomes[i])
		verdict := ""
		switch {
		case r.by != ours:
		case !o.finished || o.used < r.least || (r.waste > 0 && o.wasted > r.waste):
			verdict = "FAIL"
			failed = append(failed, fmt.Errorf("%s: %s", r.name, o))
		default:
			verdict = "ok"
		}
		least := ""
		if r.least > 0 {
			least = fmt.Sprintf("≥ %.2f", r.least)
		}
		fmt.Printf("%-7s %-28s %-7s %-4s %s\n", r.by, r.name, least, verdict, o)
	}
	return errors.Join(failed...)
}

func middle(all []outcome) outcome {
	all = slices.SortedFunc(slices.Values(all), func(a, b outcome) int { return cmp.Compare(a.used, b.used) })
	return all[len(all)/2]
}
