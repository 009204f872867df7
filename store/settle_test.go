package store

import (
	"fmt"
	"io"
	"path/filepath"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm2"

	"bianmin/core/casefile"
	"bianmin/sync/packet"
	"bianmin/sync/seal"
)

// shelf files cases whose content does not matter.
type shelf struct {
	t      testing.TB
	s      *Store
	key    *sm2.PrivateKey // of every case
	public []byte
	n      int
}

func newShelf(t testing.TB, s *Store) *shelf {
	t.Helper()
	key, err := seal.NewCaseKey()
	must(t, err)
	must(t, s.SetPlatformTime(t.Context(), morning))
	return &shelf{t: t, s: s, key: key, public: seal.CompressKey(&key.PublicKey)}
}

func (f *shelf) record(slot Slot, kind casefile.EventKind) Record {
	f.n++
	id := fmt.Sprintf("%032x", f.n)
	event := casefile.Event{ID: id, Case: slot.Number, Sequence: slot.Sequence, Kind: kind, Terminal: "QH0301", Generation: "A", Actor: "citizen"}
	return Record{Event: event, Digest: id, Packet: packet.Packet{Digest: id, Head: make([]byte, 1500), Total: 1500}, Detail: []byte{1}}
}

// submit files a case that stands for another, "" for none, with one page.
func (f *shelf) submit(previous casefile.Number) (number casefile.Number, id string) {
	f.t.Helper()
	page, err := f.s.Attach(f.t.Context(), "image/png", newZeros(1000))
	must(f.t, err)
	must(f.t, f.s.Submit(f.t.Context(), "QH0301", "A", func(slot Slot) (Record, error) {
		r := f.record(slot, casefile.Submitted)
		r.Event.Submission = &casefile.Submission{Previous: previous}
		r.Case, r.Attachments = &NewCase{Tag: []byte{1}, Public: f.public, ByCard: []byte{1}, ByRecovery: []byte{1}, Summary: []byte{1}}, []casefile.Attachment{page}
		number, id = slot.Number, r.Event.ID
		return r, nil
	}))
	return number, id
}

func (f *shelf) add(number casefile.Number, kind casefile.EventKind) (id string) {
	f.t.Helper()
	must(f.t, f.s.Append(f.t.Context(), number, "A", func(slot Slot) (Record, error) {
		r := f.record(slot, kind)
		id = r.Event.ID
		return r, nil
	}))
	return id
}

func (f *shelf) refuse(id string) {
	f.t.Helper()
	must(f.t, f.s.RecordRefusal(f.t.Context(), id, []byte("no "+id), "内容有误", morning))
}

func (f *shelf) accept(id string) {
	f.t.Helper()
	must(f.t, f.s.RecordAcknowledgement(f.t.Context(), id, []byte("yes "+id), "S1", morning))
}

func (f *shelf) pages() int {
	f.t.Helper()
	found, err := filepath.Glob(filepath.Join(f.s.folder, "attachments", "*", "*"))
	must(f.t, err)
	return len(found)
}

// stands checks how the queue stands: waiting, refused, held.
func (f *shelf) stands(when string, waiting, refused, held int) {
	f.t.Helper()
	c, err := f.s.Counts(f.t.Context())
	must(f.t, err)
	if c.Waiting != waiting || c.Refused != refused || c.Held != held || c.Oldest.IsZero() != (waiting == 0) {
		f.t.Errorf("%s: %+v, want %d waiting, %d refused, %d held", when, c, waiting, refused, held)
	}
	items, err := f.s.Pending(f.t.Context(), morning, 100)
	must(f.t, err)
	if len(items) > waiting {
		f.t.Errorf("%s: %d may be sent, %d wait", when, len(items), waiting)
	}
}

// TestRefusedCaseEnds: a refused case is repaired by another, and what it left counts as nothing, goes after the retention, and does not keep a
// machine from being retired.
func TestRefusedCaseEnds(t *testing.T) {
	m := newMachine()
	s := open(t, t.TempDir(), m)
	f := newShelf(t, s)
	number, id := f.submit("")
	f.add(number, casefile.Urged)
	f.stands("filed", 2, 0, 0)
	f.refuse(id)
	f.stands("refused", 0, 1, 1)
	f.add(number, casefile.Urged)
	f.stands("one more event", 0, 1, 2)
	again, newer := f.submit(number)
	f.stands("repaired", 1, 0, 0)
	if by, err := s.SettledBy(t.Context(), number); err != nil || by != again {
		t.Errorf("in the place of the refused case came %q (%v), want %q", by, err, again)
	}
	if waiting, refused, err := s.Undelivered(t.Context()); err != nil || len(waiting) != 1 || len(refused) != 0 {
		t.Errorf("undelivered: %v, %v, %v", waiting, refused, err)
	}
	f.accept(newer)
	m.change(func(r *casefile.Reading) { r.Wall, r.Monotonic = r.Wall.AddDate(0, 0, 8), r.Monotonic+8*24*time.Hour })
	must(t, s.SetPlatformTime(t.Context(), morning.AddDate(0, 0, 8)))
	if _, err := s.Purge(t.Context()); err != nil || f.pages() != 0 {
		t.Errorf("%d pages are left (%v)", f.pages(), err)
	}
	must(t, s.SetPlatformTime(t.Context(), morning.AddDate(0, 0, 200)))
	if _, err := s.Purge(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := s.CaseByNumber(t.Context(), number); err == nil {
		t.Error("the refused case stays for ever")
	}
	f.stands("in the end", 0, 0, 0)
}

// TestRefusedEventLetsOthersGo: a refused event in the middle of an accepted case holds nothing back; each is judged by itself.
func TestRefusedEventLetsOthersGo(t *testing.T) {
	s := open(t, t.TempDir(), newMachine())
	f := newShelf(t, s)
	number, id := f.submit("")
	f.accept(id)
	middle := f.add(number, casefile.Urged)
	f.add(number, casefile.Urged)
	f.refuse(middle)
	f.stands("the middle one refused", 1, 1, 0)
	if items, err := s.Pending(t.Context(), morning, 10); err != nil || len(items) != 1 || items[0].Sequence != 3 {
		t.Errorf("%+v, %v", items, err)
	}
	must(t, s.Settle(t.Context(), number, "technician:000001", "filed on paper"))
	f.stands("dealt with", 1, 0, 0)
}

// TestHeldAndReleased: a packet that was put aside waits with what is behind it, until it is let go.
func TestHeldAndReleased(t *testing.T) {
	s := open(t, t.TempDir(), newMachine())
	f := newShelf(t, s)
	number, id := f.submit("")
	f.add(number, casefile.Urged)
	must(t, s.Hold(t.Context(), id, "technician:000001"))
	f.stands("put aside", 1, 0, 1)
	if items, err := s.Pending(t.Context(), morning, 10); err != nil || len(items) != 0 {
		t.Errorf("%d are sent all the same, %v", len(items), err)
	}
	if err := s.Hold(t.Context(), id, "technician:000001"); err == nil {
		t.Error("it was put aside twice")
	}
	must(t, s.Release(t.Context(), id, "technician:000001"))
	f.stands("let go", 2, 0, 0)
	f.accept(id)
	if err := s.Hold(t.Context(), id, "technician:000001"); err == nil {
		t.Error("what was accepted was put aside")
	}
}

// TestWithdrawnRefusedCaseEnds: whoever withdraws a refused case has dealt with it.
func TestWithdrawnRefusedCaseEnds(t *testing.T) {
	s := open(t, t.TempDir(), newMachine())
	f := newShelf(t, s)
	number, id := f.submit("")
	f.refuse(id)
	f.add(number, casefile.Withdrawn)
	f.stands("withdrawn", 0, 0, 0)
}

// TestAcknowledgedWhileTheClockIsInDoubt: an acknowledgement is dated by the platform when the machine's own clock cannot be believed: its packet is
// neither kept until 2036 nor purged at once.
func TestAcknowledgedWhileTheClockIsInDoubt(t *testing.T) {
	for name, wall := range map[string]time.Time{"2036": morning.AddDate(10, 0, 0), "1970": time.Unix(1000, 0)} {
		t.Run(name, func(t *testing.T) {
			m := newMachine()
			s := open(t, t.TempDir(), m)
			f := newShelf(t, s)
			must(t, s.SetPlatformTime(t.Context(), morning))
			_, id := f.submit("")
			m.change(func(r *casefile.Reading) { r.Wall, r.Monotonic, r.BootID = wall, time.Minute, "boot-2" })
			must(t, s.RecordAcknowledgement(t.Context(), id, []byte("yes"), "S1", morning.Add(time.Hour)))
			purged := func(after time.Duration) int {
				must(t, s.SetPlatformTime(t.Context(), morning.Add(after)))
				n, err := s.Purge(t.Context())
				must(t, err)
				return n
			}
			if n := purged(2 * time.Hour); n != 0 {
				t.Error("purged an hour after the acknowledgement")
			}
			if n := purged(8 * 24 * time.Hour); n != 1 {
				t.Error("kept longer than the retention")
			}
		})
	}
}

// TestAcknowledgedBeforeAnyMark: a store that was never told the time keeps what was acknowledged as long as any other.
func TestAcknowledgedBeforeAnyMark(t *testing.T) {
	m := newMachine()
	s := open(t, t.TempDir(), m)
	fill(t, s, 1, 1)
	_, err := s.writer.Exec("INSERT INTO cases (number, tag, generation, public, by_card, by_recovery, summary, state, filed_ms, sequence) SELECT packet, x'01', 'A', x'', x'', x'', x'', 'done', 1, 1 FROM outbox")
	must(t, err)
	m.change(func(r *casefile.Reading) { r.Wall = time.Unix(1000, 0) })
	must(t, s.RecordAcknowledgement(t.Context(), fmt.Sprintf("%032x", 1), []byte("yes"), "", morning))
	must(t, s.SetPlatformTime(t.Context(), morning.Add(time.Hour)))
	if n, err := s.Purge(t.Context()); n != 0 || err != nil {
		t.Errorf("%d purged at once, %v", n, err)
	}
}

type zeros struct{ left int }

func newZeros(n int) *zeros { return &zeros{n} }

func (z *zeros) Read(p []byte) (int, error) {
	if z.left == 0 {
		return 0, io.EOF
	}
	n := min(len(p), z.left)
	clear(p[:n])
	z.left -= n
	return n, nil
}
