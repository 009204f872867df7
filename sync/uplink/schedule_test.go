package uplink_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
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

// harm is what happens to one request, at the place its name says; of a body or an answer At says where, in hundredths.
type harm struct {
	Kind string
	At   int
}

// harms are those to requests, and below them those to a connection, at each place, of each sort.
var harms = func() []string {
	all := []string{
		"cut-before", "cut-header", "cut-body", "stall-body", "corrupt-body", "lose-answer", "cut-answer", "corrupt-answer", "duplicate", "late-copy", "reorder",
	}
	for _, place := range places {
		for _, what := range blows {
			all = append(all, place+" "+what)
		}
	}
	return all
}()

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

var errHarm = errors.New("the line broke")

// harmer is a line that does what a schedule says.
type harmer struct {
	line http.RoundTripper
	gate *gate

	mu     sync.Mutex
	harms  map[int]harm
	n      int
	late   map[int][]*http.Request // copies that arrive before the request of a number
	counts *sync.Map               // how often each harm happened
}

// next gives what happens to the next request, and the copies that arrive before it.
func (l *harmer) next() (harm, int, []*http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := l.n
	l.n++
	due := l.late[n]
	delete(l.late, n)
	return l.harms[n], n, due
}

// RoundTrip sends a request as the schedule lets it.
func (l *harmer) RoundTrip(request *http.Request) (*http.Response, error) {
	h, n, due := l.next()
	for _, copied := range due {
		l.deliver(copied)
	}
	var body []byte
	if request.Body != nil {
		var err error
		body, err = io.ReadAll(request.Body)
		if err := errors.Join(err, request.Body.Close()); err != nil {
			return nil, err
		}
	}
	place, what, low := strings.Cut(h.Kind, " ")
	if low { // counted where it falls: not every request is long enough
		b := &blow{where: place, what: what, at: h.At, size: len(body), struck: func() { count(l.counts, h.Kind) }}
		if place == "handshake" {
			l.line.(interface{ CloseIdleConnections() }).CloseIdleConnections()
		}
		return l.line.RoundTrip(l.gate.watch(with(request, body, len(body), 0), b))
	}
	if h.Kind != "" {
		count(l.counts, h.Kind)
	}
	at := len(body) * h.At / 100
	switch h.Kind {
	case "cut-before":
		return nil, errHarm
	case "cut-header":
		return l.line.RoundTrip(with(request, body, min(at, 60), 0))
	case "cut-body":
		return l.line.RoundTrip(with(request, body, at, 0))
	case "stall-body":
		return l.line.RoundTrip(with(request, body, at, 3*time.Millisecond))
	case "corrupt-body":
		if len(body) > 0 {
			body[at] ^= 0x40
		}
	case "reorder":
		l.overtaken(n)
	case "duplicate":
		l.deliver(with(request, body, len(body), 0))
	case "late-copy":
		l.mu.Lock()
		l.late[n+2] = append(l.late[n+2], with(request, bytes.Clone(body), len(body), 0))
		l.mu.Unlock()
	}
	response, err := l.line.RoundTrip(with(request, body, len(body), 0))
	if err != nil {
		return nil, err
	}
	return answered(response, h)
}

// overtaken waits until the next request has been on its way for a moment, so that this one comes behind it.
func (l *harmer) overtaken(n int) {
	for range 10 {
		time.Sleep(time.Millisecond)
		l.mu.Lock()
		later := l.n > n+1
		l.mu.Unlock()
		if later {
			time.Sleep(time.Millisecond)
			return
		}
	}
}

func count(counts *sync.Map, kind string) {
	n, _ := counts.LoadOrStore(kind, new(atomic.Int64))
	n.(*atomic.Int64).Add(1)
}

// answered is the answer as it comes back.
func answered(response *http.Response, h harm) (*http.Response, error) {
	if h.Kind != "lose-answer" && h.Kind != "cut-answer" && h.Kind != "corrupt-answer" {
		return response, nil
	}
	content, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return nil, err
	}
	at := len(content) * h.At / 100
	switch {
	case h.Kind == "lose-answer":
		return nil, errHarm
	case h.Kind == "cut-answer":
		response.Body = io.NopCloser(io.MultiReader(bytes.NewReader(content[:at]), breaking{}))
	default:
		if len(content) > 0 {
			content[at] ^= 0x40
		}
		response.Body = io.NopCloser(bytes.NewReader(content))
	}
	return response, nil
}

// deliver sends a copy whose answer nobody hears.
func (l *harmer) deliver(request *http.Request) {
	response, err := l.line.RoundTrip(request)
	if err != nil {
		return
	}
	_, _ = io.Copy(io.Discard, response.Body)
	_ = response.Body.Close()
}

// rest delivers the copies that are still on their way.
func (l *harmer) rest() {
	l.mu.Lock()
	late := l.late
	l.late = map[int][]*http.Request{}
	l.mu.Unlock()
	for _, requests := range late {
		for _, request := range requests {
			l.deliver(request)
		}
	}
}

// with is a request whose body ends after some bytes: whole, or broken after a pause.
func with(request *http.Request, body []byte, whole int, pause time.Duration) *http.Request {
	again := request.Clone(context.WithoutCancel(request.Context()))
	if request.Body == nil {
		return again
	}
	again.ContentLength = int64(len(body))
	var from io.Reader = bytes.NewReader(body[:whole])
	if whole < len(body) {
		from = io.MultiReader(from, breaking{pause})
	}
	again.Body = io.NopCloser(from)
	return again
}

// breaking ends with an error, after a pause.
type breaking struct{ pause time.Duration }

func (b breaking) Read([]byte) (int, error) {
	time.Sleep(b.pause)
	return 0, errHarm
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
