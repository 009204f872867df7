package store

import (
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"bianmin/core/casefile"
)

// grow puts n accepted cases, with event, packet row gone and outbox row kept, as a terminal that has worked for years holds them, and
// waiting cases of which the packet still waits.
func grow(t testing.TB, s *Store, cases, waiting int, public []byte) {
	t.Helper()
	numbers := strings.NewReplacer("$public", hex.EncodeToString(public), "$cases", strconv.Itoa(cases), "$waiting", strconv.Itoa(waiting))
	tx, err := s.writer.Begin()
	must(t, err)
	for _, statement := range []string{
		`CREATE TEMP TABLE n AS WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < $cases) SELECT i, printf('QH0301A-2%05d-%04d-X', i / 9000, i % 9000) AS number, lower(hex(randomblob(16))) AS id FROM c`,
		`INSERT INTO cases (number, tag, generation, public, by_card, by_recovery, summary, state, filed_ms, sequence, official)
			SELECT number, randomblob(32), 'A', x'$public', randomblob(60), randomblob(140), randomblob(400), 'accepted', 1700000000000 + i * 1000, 1, 'S' || i FROM n`,
		`INSERT INTO events (case_number, position, id, kind, sequence, at_ms, digest, detail) SELECT number, 1, id, 'submitted', 1, 1700000000000 + i * 1000, id || id, randomblob(250) FROM n`,
		`INSERT INTO packets (id, digest, head) SELECT id, id || id, randomblob(1800) FROM n WHERE i > $cases - $waiting`,
		`INSERT INTO outbox (packet, case_number, generation, sequence, kind, state, priority, registered, head_length, total, committed_ms, done_ms)
			SELECT id, number, 'A', 1, 'submitted', i <= $cases - $waiting, 1, i <= $cases - $waiting, 1800, 1800, 1700000000000 + i * 1000, 1700000000000 + i * 1000 FROM n`,
		`INSERT INTO audit (at_ms, actor, action, subject, detail, hash) SELECT 1700000000000 + i, 'citizen', 'submitted', number, id || id, randomblob(32) FROM n`,
		`DROP TABLE n`,
	} {
		if _, err := tx.Exec(numbers.Replace(statement)); err != nil {
			t.Fatal(statement, err)
		}
	}
	must(t, tx.Commit())
	_, err = s.writer.Exec("PRAGMA wal_checkpoint(TRUNCATE)")
	must(t, err)
}

// cases is how many a store of many years holds.
func cases(b *testing.B) int {
	text := os.Getenv("BIANMIN_CASES")
	if text == "" {
		return 1_000_000
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// BenchmarkMillion times in turn, on a store with a million cases and on an empty one, the filing of a case without its sealing, and a look at
// the queue with the counts of it; and the opening of the large one, in a new boot and again.
func BenchmarkMillion(b *testing.B) {
	folder := b.TempDir()
	many, none := open(b, folder, newMachine()), open(b, b.TempDir(), newMachine())
	grow(b, many, cases(b), 1000, make([]byte, 33))
	must(b, many.Close())
	m := newMachine()
	m.reading.BootID = "boot-2"
	begun := time.Now()
	many = open(b, folder, m)
	b.ReportMetric(time.Since(begun).Seconds(), "s-open")
	must(b, many.Close())
	begun = time.Now()
	many = open(b, folder, m)
	b.ReportMetric(time.Since(begun).Seconds(), "s-open-again")
	many.check.end() // measured is the work, not the check beside it
	filled, empty := &shelf{t: b, s: many, public: make([]byte, 33), n: 1 << 30}, &shelf{t: b, s: none, public: make([]byte, 33)}
	for _, s := range []*Store{many, none} {
		must(b, s.SetPlatformTime(b.Context(), morning))
	}
	for range 100 {
		empty.file()
	}
	var submits, claims [2][]time.Duration
	for b.Loop() {
		for i, f := range []*shelf{filled, empty} {
			begun := time.Now()
			f.file()
			submits[i] = append(submits[i], time.Since(begun))
			begun = time.Now()
			f.claim()
			claims[i] = append(claims[i], time.Since(begun))
		}
	}
	b.ReportMetric(middle(submits[0])/middle(submits[1]), "x-submit")
	b.ReportMetric(middle(claims[0])/middle(claims[1]), "x-claim")
	b.ReportMetric(middle(submits[1])/1e3, "µs-submit-empty")
	b.ReportMetric(middle(claims[1])/1e3, "µs-claim-empty")
	b.ReportMetric(0, "ns/op")
}

// file commits all rows of a case with one page, whose content is made up.
func (f *shelf) file() {
	must(f.t, f.s.Submit(f.t.Context(), "QH0301", "A", func(slot Slot) (Record, error) {
		r := f.record(slot, casefile.Submitted)
		r.Case = &NewCase{Tag: make([]byte, 32), Public: f.public, ByCard: make([]byte, 60), ByRecovery: make([]byte, 140), Summary: make([]byte, 400)}
		r.Attachments = []casefile.Attachment{{Digest: r.Event.ID + r.Event.ID, Sealed: 1000}}
		return r, nil
	}))
}

func (f *shelf) claim() {
	items, err := f.s.Pending(f.t.Context(), morning, 10)
	if err != nil || len(items) == 0 {
		f.t.Fatal(len(items), err)
	}
	if _, err := f.s.Counts(f.t.Context()); err != nil {
		f.t.Fatal(err)
	}
}

func middle(times []time.Duration) float64 {
	slices.Sort(times)
	return float64(times[len(times)/2])
}

// BenchmarkRows times all rows of a case in one transaction, and beside it, in turn, 4 KB appended to a file and one fdatasync; and counts
// the syncs that lie between the two.
func BenchmarkRows(b *testing.B) {
	s := open(b, b.TempDir(), newMachine())
	must(b, s.SetPlatformTime(b.Context(), morning))
	f := &shelf{t: b, s: s, public: make([]byte, 33)}
	file, err := os.OpenFile(filepath.Join(b.TempDir(), "bare"), os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	must(b, err)
	defer func() { must(b, file.Close()) }()
	var ours, bare []time.Duration
	for b.Loop() {
		begun := time.Now()
		f.file()
		ours = append(ours, time.Since(begun))
		begun = time.Now()
		_, err := file.Write(make([]byte, 4096))
		must(b, errors.Join(err, syscall.Fdatasync(int(file.Fd()))))
		bare = append(bare, time.Since(begun))
	}
	b.ReportMetric(middle(ours)/middle(bare), "x-fdatasync")
	b.ReportMetric(middle(ours)/1e3, "µs-p50")
	b.ReportMetric(middle(bare)/1e3, "µs-fdatasync-p50")
	b.ReportMetric(0, "ns/op")
}
