package uplink_test

import (
	"io"
	"net/http"
	"runtime"
	"runtime/debug"
	"sync"
	"testing"
	"time"

	"bianmin/platform/platformtest"
)

// mostBeside is what sending a case may hold in memory at most, however large the case.
const mostBeside = 8 << 20

// swallow stands before the line: it takes the bodies of large requests piece by piece and says that the line broke, so that the
// platform's part of this process holds nothing.
type swallow struct {
	next http.RoundTripper
	mu   sync.Mutex
	sent int64
	peak uint64
}

func (s *swallow) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.ContentLength < 1<<20 {
		return s.next.RoundTrip(request)
	}
	defer request.Body.Close()
	piece := make([]byte, 32<<10)
	for {
		n, err := request.Body.Read(piece)
		s.mu.Lock()
		before := s.sent >> 23
		if s.sent += int64(n); s.sent>>23 != before { // each 8 MB
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			s.peak = max(s.peak, m.HeapAlloc)
		}
		s.mu.Unlock()
		if err != nil {
			return nil, io.ErrUnexpectedEOF
		}
	}
}

func (s *swallow) seen() (int64, uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sent, s.peak
}

// sendLarge lets an uplink send one case of ten pages and gives the bytes sent and what the heap grew by at most meanwhile.
func sendLarge(t testing.TB, page int) (int64, uint64) {
	p := platformtest.Start(t, platformtest.Options{})
	m := newTerminal(t, p, "QH0301", p.URL)
	m.strict = false
	var pages []int
	for range 10 {
		pages = append(pages, page)
	}
	m.file(pages...)
	m.timing.First, m.timing.LinkMost = time.Hour, time.Hour
	var large *swallow
	m.through = func(next http.RoundTripper) http.RoundTripper { large = &swallow{next: next}; return large }
	defer debug.SetGCPercent(debug.SetGCPercent(10)) // what is garbage is not held
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	stop := m.send(nil)
	await(t, "the case on the line", func() bool { sent, _ := large.seen(); return sent >= int64(10*page) })
	stop()
	sent, peak := large.seen()
	if peak < before.HeapAlloc {
		return sent, 0
	}
	return sent, peak - before.HeapAlloc
}

// TestMemoryOfALargeCase: what sending holds is bounded by a buffer and not by the case.
func TestMemoryOfALargeCase(t *testing.T) {
	sent, held := sendLarge(t, 2<<20)
	t.Logf("%d MB sent, %d KB held", sent>>20, held>>10)
	if held > mostBeside {
		t.Errorf("%d bytes held for a case of %d", held, sent)
	}
}

// BenchmarkLargeCase sends 100 MB.
func BenchmarkLargeCase(b *testing.B) {
	var sent int64
	var held uint64
	for b.Loop() {
		sent, held = sendLarge(b, 10<<20)
	}
	b.ReportMetric(float64(sent)/1e6, "MB-sent")
	b.ReportMetric(float64(held)/1e6, "MB-held")
	b.ReportMetric(0, "ns/op")
}
