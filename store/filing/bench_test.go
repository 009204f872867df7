package filing_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
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

// BenchmarkAttach times keeping a page of 2 MB sealed, and beside it, in turn, a plain durable file of the same bytes under a name
// of its own; and counts the bytes that were given to the disk for it.
func BenchmarkAttach(b *testing.B) {
	f := benchDesk(b)
	plain := b.TempDir()
	page := bytes.Repeat([]byte("page"), 512<<10)
	var ours, bares []time.Duration
	var written int64
	for b.Loop() {
		before := given(b)
		begun := time.Now()
		kept, err := f.Attach(b.Context(), "image/jpeg", page)
		if err != nil {
			b.Fatal(err)
		}
		ours = append(ours, time.Since(begun))
		written += given(b) - before
		begun = time.Now()
		durable(b, plain, page)
		bares = append(bares, time.Since(begun))
		if err := f.Drop(b.Context(), kept.Digest); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(written)/float64(len(ours))/float64(len(page)), "x-bytes")
	report(b, ours, bares)
}

// durable is what a plain file costs that a power cut must not take: written, synced, renamed, its folder synced.
func durable(b *testing.B, folder string, content []byte) {
	b.Helper()
	file, err := os.CreateTemp(folder, "tmp-*")
	if err != nil {
		b.Fatal(err)
	}
	_, err = file.Write(content)
	err = errors.Join(err, syscall.Fdatasync(int(file.Fd())), file.Close(), os.Rename(file.Name(), filepath.Join(folder, "plain")), seal.SyncFolder(folder))
	if err != nil {
		b.Fatal(err)
	}
}

// given is how many bytes this process gave to the disk so far.
func given(b *testing.B) int64 {
	b.Helper()
	content, err := os.ReadFile("/proc/self/io")
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := bytes.Cut(content, []byte("\nwrite_bytes: "))
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	n, err := strconv.ParseInt(string(line), 10, 64)
	if err != nil {
		b.Fatal(err)
	}
	return n
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
