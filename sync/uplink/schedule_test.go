package uplink_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bianmin/core/casefile"
	"bianmin/internal/chance"
	"bianmin/platform/platformtest"
	"bianmin/platform/registry"
	"bianmin/sync/channel"
	"bianmin/sync/uplink"
)

// schedule is what is filed, and what happens to which request, by its number.
type schedule struct {
	Pages []int // of each case: the size of its one page, 0 for none
	Rated bool  // the first case gets a second event
	Harms map[int]harm
}

func schedules(t *rapid.T) schedule {
	s := schedule{
		Pages: rapid.SliceOfN(rapid.SampledFrom([]int{0, 3000, 70_000}), 1, 3).Draw(t, "pages"),
		Rated: rapid.Bool().Draw(t, "rated"), Harms: map[int]harm{},
	}
	corrupted := false
	for i := range rapid.IntRange(1, 8).Draw(t, "requests") {
		h := harm{rapid.SampledFrom(append([]string{""}, harms...)).Draw(t, "harm"), rapid.IntRange(0, 99).Draw(t, "at")}
		if h.Kind == "corrupt-body" {
			if corrupted { // the terminal's own copy would have to be bad: refused, and rightly
				continue
			}
			corrupted = true
		}
		if h.Kind != "" {
			s.Harms[i] = h
		}
	}
	return s
}

// worker is a platform and a terminal that many schedules share.
type worker struct {
	*terminal
	p      *platformtest.Platform
	reg    *registry.Registry
	client *http.Client
	gate   *gate
	line   http.RoundTripper
	counts *sync.Map
	cases  int
	events int
}

// brisk are waits of the same shape that cost no time.
var brisk = uplink.Timing{Poll: 3 * time.Millisecond, First: time.Millisecond, LinkMost: 3 * time.Millisecond, LinkLong: 3 * time.Millisecond, PacketMost: 3 * time.Millisecond}

func newWorker(t *testing.T, counts *sync.Map) *worker {
	p := platformtest.Start(t, platformtest.Options{})
	w := &worker{terminal: newTerminal(t, p, "QH0301", p.URL), p: p, counts: counts}
	w.gate = newGate(t, p.Addr)
	w.client = channel.New(channel.Options{
		Root: w.identity.Trust.TLSRoot, Certificate: &w.identity.TLSCert, Times: func() []time.Time { return []time.Time{time.Now()} }, Dial: w.gate.dial,
	})
	w.client.Transport.(*http.Transport).WriteBufferSize = 128 // so that a header comes in several TLS records, and half of one arrives
	t.Cleanup(w.client.CloseIdleConnections)
	var err error
	if w.reg, err = registry.OpenReader(t.Context(), p.Dir); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.reg.Close() })
	return w
}

// play files and sends under a schedule, and checks that the platform holds each event once, whole, and nothing else.
func (w *worker) play(t *rapid.T, s schedule) {
	var filed []casefile.Filed
	for _, size := range s.Pages {
		if size == 0 {
			filed = append(filed, w.file())
		} else {
			filed = append(filed, w.file(size))
		}
	}
	events := len(filed)
	if s.Rated {
		w.evaluate(filed[0])
		events++
	}
	line := &harmer{line: w.line, gate: w.gate, harms: s.Harms, late: map[int][]*http.Request{}, counts: w.counts}
	client := *w.client
	client.Transport = line
	var said bytes.Buffer // written by one logger, read behind it
	up, err := uplink.New(uplink.Options{
		Queue: w.desk.Store(), Client: &client, URL: w.url, Key: w.identity.Believed(), Now: time.Now,
		Log: slog.New(slog.NewTextHandler(&said, &slog.HandlerOptions{Level: slog.LevelDebug})), Timing: brisk, Changed: func(uplink.State) {},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { err = up.Run(ctx) })
	drained := func() bool { c := w.undelivered(t); return c == 0 }
	for deadline := time.Now().Add(30 * time.Second); !drained() && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	cancel()
	running.Wait()
	line.rest()
	if err != nil || !drained() {
		t.Fatalf("not sent: %d are left, %v\n%s", w.undelivered(t), err, said.String()[max(0, said.Len()-3000):])
	}
	w.cases, w.events = w.cases+len(filed), w.events+events
	w.check(t, filed)
}

func (w *worker) undelivered(t *rapid.T) int {
	c, err := w.desk.Store().Counts(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return c.Waiting + c.Refused + c.Held
}

func (w *worker) check(t *rapid.T, filed []casefile.Filed) {
	ctx := context.Background()
	counts, err := w.reg.Counts(ctx)
	if err != nil || counts[registry.Accepted] != w.events || len(counts) != 1 {
		t.Fatalf("the platform holds packets %v, %d were filed (%v)", counts, w.events, err)
	}
	cases, err := w.reg.Cases(ctx)
	if err != nil || len(cases) != w.cases {
		t.Fatalf("the platform holds %d cases, %d were filed (%v)", len(cases), w.cases, err)
	}
	for _, f := range filed {
		p, known, err := w.reg.Opening(ctx, string(f.Number))
		if err != nil || !known || p.EventDigest != f.Digest {
			t.Fatalf("case %s at the platform: %+v, %v", f.Number, p, err)
		}
		reader, err := w.desk.Store().OpenPacket(ctx, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		ours := make([]byte, reader.Total())
		if _, err := reader.ReadAt(ours, 0); err != nil {
			t.Fatal(err)
		}
		_ = reader.Close()
		theirs, err := os.ReadFile(filepath.Join(w.p.Dir, "packets", p.ID[:2], p.ID))
		if err != nil || !bytes.Equal(ours, theirs) {
			t.Fatalf("case %s: the platform holds %d other bytes than the %d sent (%v)", f.Number, len(theirs), len(ours), err)
		}
		summary, err := w.desk.Summary(ctx, f)
		if err != nil || summary.State != casefile.StateAccepted {
			t.Fatalf("case %s at the terminal: %q, %v", f.Number, summary.State, err)
		}
	}
}

// TestExactlyOnce: whatever happens to whichever request, at whichever place, the platform's state is that of each event delivered once.
func TestExactlyOnce(t *testing.T) {
	const workers = 4
	rounds := chance.Count(t, 250, 5000)
	before := flag.Lookup("rapid.checks").Value.String()
	if err := flag.Set("rapid.checks", strconv.Itoa(rounds)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = flag.Set("rapid.checks", before) })
	var counts sync.Map
	t.Run("schedules", func(t *testing.T) {
		for i := range workers {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				var w *worker
				rapid.Check(t, func(rt *rapid.T) {
					if w == nil { // a schedule that failed leaves a platform that is no measure for the next
						w = newWorker(t, &counts)
						if w.line = w.client.Transport; i == 0 { // what the platform answers on such a line keeps to the contract, too
							w.line = platformtest.Checked(t, w.line)
						}
					}
					played := w
					w = nil
					played.play(rt, schedules(rt))
					w = played
				})
			})
		}
	})
	for _, kind := range harms {
		if n, ok := counts.Load(kind); !ok {
			t.Errorf("%q never happened", kind)
		} else {
			t.Logf("%s: %d", kind, n.(*atomic.Int64).Load())
		}
	}
}
