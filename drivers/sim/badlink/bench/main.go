// Command bench measures how much of a bad line the real sender uses towards the
// real platform, in rows with thresholds, and beside it what a POST from the
// beginning and go-tus make of the same line. It needs root.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := start(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench-link:", err)
		os.Exit(1)
	}
}

// programs are where the built programs lie.
type programs struct{ bin, work string }

func (p programs) path(name string) string { return filepath.Join(p.bin, name) }

func start(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("bench-link", flag.ContinueOnError)
	bin := flags.String("bin", filepath.Dir(os.Args[0]), "`folder` of sender, platform, and peers where it was built")
	only := flags.String("only", "", "only rows whose name has this in it")
	times := flags.Int("times", 1, "how often each row of ours is measured; the middle one counts")
	at := flags.Int("at", 4, "how many rows are measured at a time")
	ticket := flags.String("prepare", "", "enrol with this `string`, file a case into -data and end; the bench calls itself so at the terminal's end of the line")
	data := flags.String("data", "", "`folder` of -prepare")
	pages := flags.String("pages", "", "sizes of the case's pages in bytes, with commas")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *ticket != "" {
		return prepare(ctx, *ticket, *data, *pages)
	}
	work, err := os.MkdirTemp("", "bench-link")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	p := programs{bin: *bin, work: work}
	_, lacking := os.Stat(p.path("peers"))
	var wanted []row
	for _, r := range rows {
		if strings.Contains(r.name, *only) && (r.by == ours || lacking == nil) {
			wanted = append(wanted, r)
		}
	}
	return measureAll(ctx, p, wanted, *times, *at)
}

// measureAll measures several rows at a time; each has its own line, and none of them needs much of the machine.
func measureAll(ctx context.Context, p programs, wanted []row, times, at int) error {
	free := make(chan struct{}, at)
	outcomes := make([][]outcome, len(wanted))
	var mu sync.Mutex
	var work sync.WaitGroup
	var failed error
	for i, r := range wanted {
		n := max(times, r.times)
		if r.by != ours {
			n = 1
		}
		for range n {
			free <- struct{}{}
			work.Go(func() {
				defer func() { <-free }()
				o, err := measure(ctx, p, r)
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					failed = errors.Join(failed, fmt.Errorf("%s, %s: %w", r.by, r.name, err))
					return
				}
				outcomes[i] = append(outcomes[i], o)
				fmt.Fprintf(os.Stderr, "  %s, %s: %s\n", r.by, r.name, o)
			})
		}
	}
	work.Wait()
	if failed != nil {
		return failed
	}
	return report(wanted, outcomes)
}

// limit is how long a row may take: a way of sending that does not get there ends somewhere.
func (r row) limit() time.Duration {
	ideal := time.Duration(r.payload()*8) * time.Second / time.Duration(r.line.Rate)
	if r.by == ours {
		return 8*ideal + time.Minute
	}
	return 3*ideal + 30*time.Second
}
