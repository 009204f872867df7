package uplink_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
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
