package filing_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"bianmin/store"
	"bianmin/store/filing"
	"bianmin/sync/seal"
	"bianmin/sync/seal/sealtest"
)

// bare is the least a durable record can cost on this disk: the same bytes
// appended to a file and one fdatasync.
type bare struct {
	file *os.File
	fill []byte
}

func newBare(b *testing.B, folder string) *bare {
	b.Helper()
	file, err := os.OpenFile(filepath.Join(folder, "bare"), os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = file.Close() })
	return &bare{file: file, fill: bytes.Repeat([]byte{0xA5}, 4<<20)}
}

func (w *bare) write(b *testing.B, n int64) time.Duration {
	b.Helper()
	begun := time.Now()
	if _, err := w.file.Write(w.fill[:n]); err != nil {
		b.Fatal(err)
	}
	if err := syscall.Fdatasync(int(w.file.Fd())); err != nil {
		b.Fatal(err)
	}
	return time.Since(begun)
}

func median(times []time.Duration) float64 {
	slices.Sort(times)
	return float64(times[len(times)/2])
}

// report gives the medians and their ratio, which is what can be compared between machines.
func report(b *testing.B, ours, least []time.Duration) {
	b.Helper()
	b.ReportMetric(median(ours)/median(least), "x-fdatasync")
	b.ReportMetric(median(ours)/1e3, "µs-p50")
	b.ReportMetric(median(least)/1e3, "µs-fdatasync-p50")
	b.ReportMetric(0, "ns/op")
}

func benchDesk(b *testing.B) *filing.Filing {
	b.Helper()
	folder, authority := b.TempDir(), sealtest.New(b)
	authority.Enrol(b, filepath.Join(folder, "keys"), "QH0301", "A")
	f, err := filing.Open(b.Context(), filing.Options{Folder: folder, Cost: cheap, MinFree: 1})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = f.Close() })
	if err := f.Store().SetPlatformTime(b.Context(), time.Now()); err != nil {
		b.Fatal(err)
	}
	return f
}

// BenchmarkSubmit times the whole submit (keys, sealing, signing, one
// transaction) and beside it, in turn, the bare write of its packet's bytes.
func BenchmarkSubmit(b *testing.B) {
	f := benchDesk(b)
	least := newBare(b, b.TempDir())
	who := person("王小丫", "990102194501010027")
	var ours, bares []time.Duration
	for b.Loop() {
		s, pages := submission(b, f, who, []byte("page"))
		begun := time.Now()
		filed, err := f.Submit(b.Context(), s, pages, who)
		if err != nil {
			b.Fatal(err)
		}
		ours = append(ours, time.Since(begun))
		reader, err := f.Store().OpenPacket(b.Context(), filed.Event.ID)
		if err != nil {
			b.Fatal(err)
		}
		bares = append(bares, least.write(b, reader.HeadLength()))
	}
	report(b, ours, bares)
}

// BenchmarkAttach times keeping a page of 2 MB, and beside it the bare write.
func BenchmarkAttach(b *testing.B) {
	f := benchDesk(b)
	least := newBare(b, b.TempDir())
	page := bytes.Repeat([]byte("page"), 512<<10)
	var ours, bares []time.Duration
	for b.Loop() {
		begun := time.Now()
		kept, err := f.Attach(b.Context(), "image/jpeg", page)
		if err != nil {
			b.Fatal(err)
		}
		ours = append(ours, time.Since(begun))
		bares = append(bares, least.write(b, kept.Sealed))
		if err := f.Drop(b.Context(), kept.Digest); err != nil {
			b.Fatal(err)
		}
	}
	report(b, ours, bares)
}

// BenchmarkAcknowledge times the answer's transaction, which syncs nothing.
func BenchmarkAcknowledge(b *testing.B) {
	f := benchDesk(b)
	least := newBare(b, b.TempDir())
	who := person("王小丫", "990102194501010027")
	var ours, bares []time.Duration
	for b.Loop() {
		filed := submit(b, f, who)
		begun := time.Now()
		if err := f.Store().RecordAcknowledgement(b.Context(), filed.Event.ID, bytes.Repeat([]byte("a"), 400), "O1", time.Now()); err != nil {
			b.Fatal(err)
		}
		ours = append(ours, time.Since(begun))
		bares = append(bares, least.write(b, 400))
	}
	report(b, ours, bares)
}

// BenchmarkCardKeys times what a card costs at its first use in a session.
func BenchmarkCardKeys(b *testing.B) {
	for b.Loop() {
		seal.DeriveCardKeys([32]byte{1}, seal.CardCost(), "990102194501010027", "王小丫", "望河县公安局", "20100101-长期")
	}
}

// BenchmarkPending times looking at the queue with many packets waiting.
func BenchmarkPending(b *testing.B) {
	f := benchDesk(b)
	who := person("王小丫", "990102194501010027")
	for range 300 {
		submit(b, f, who)
	}
	var s *store.Store = f.Store()
	for b.Loop() {
		if items, err := s.Pending(b.Context(), time.Now(), 10); err != nil || len(items) != 10 {
			b.Fatal(len(items), err)
		}
	}
}
