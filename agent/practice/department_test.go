package practice

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/store"
)

// filing is a store whose case states follow the rules of casefile.
type filing struct {
	t       *testing.T
	pending []store.Item
	status  map[casefile.Number]casefile.Status
	kinds   map[casefile.Number][]casefile.EventKind
	apart   []casefile.Update
	full    bool
}

var errFull = errors.New("no room")

func (f *filing) Cursor(context.Context) (string, error) { return "", nil }

func (f *filing) Reread(context.Context) (bool, error) { return false, nil }

func (f *filing) Take(_ context.Context, _ string, updates []casefile.Update, _ ...store.Aside) error {
	if f.full {
		return errFull
	}
	for _, u := range updates {
		if u.Case == "" {
			f.apart = append(f.apart, u)
			continue
		}
		f.apply(u.Case, casefile.Entry{Kind: u.Kind, At: u.At})
		f.kinds[u.Case] = append(f.kinds[u.Case], u.Kind)
	}
	return nil
}

func (f *filing) apply(number casefile.Number, entry casefile.Entry) {
	next, err := f.status[number].Apply(entry)
	if err != nil {
		f.t.Errorf("case %s: %v", number, err)
	}
	f.status[number] = next
}

func (f *filing) Pending(context.Context, time.Time, int) ([]store.Item, error) {
	return f.pending, nil
}

func (f *filing) RecordAcknowledgement(_ context.Context, id string, _ []byte, official string, at time.Time) error {
	item := f.pending[0]
	if item.Packet != id {
		f.t.Errorf("acknowledged %s before %s", id, item.Packet)
	}
	f.pending = f.pending[1:]
	if item.Kind == casefile.Submitted {
		f.apply(item.Case, casefile.Entry{Kind: casefile.PlatformAccepted, At: at, Official: official})
	}
	return nil
}

func (f *filing) RecordLink(context.Context, bool, bool) error { return nil }

// town is a department with a clock in the test's hands.
type town struct {
	*Department
	filing *filing
	now    time.Time
}

func newTown(t *testing.T) *town {
	f := &filing{t: t, status: map[casefile.Number]casefile.Status{}, kinds: map[casefile.Number][]casefile.EventKind{}}
	return &town{Department: NewDepartment(f, words(t), slog.New(slog.DiscardHandler), Pace{}), filing: f, now: time.Date(2026, 11, 25, 9, 0, 0, 0, casefile.Zone)}
}

// pass lets time go by a second at a time.
func (w *town) pass(d time.Duration) {
	w.filing.t.Helper()
	for range int(d / time.Second) {
		w.now = w.now.Add(time.Second)
		if err := w.look(w.filing.t.Context(), w.now); err != nil {
			w.filing.t.Fatal(err)
		}
	}
}

// add commits an event of the agent's.
func (w *town) add(number casefile.Number, kind casefile.EventKind) {
	w.filing.apply(number, casefile.Entry{Kind: kind, At: w.now})
	w.filing.pending = append(w.filing.pending, store.Item{Packet: string(number) + string(kind), Case: number, Kind: kind})
	if kind != casefile.Submitted {
		w.Added(number, kind, w.now)
	}
}

func (w *town) file(number casefile.Number, s casefile.Submission) {
	w.add(number, casefile.Submitted)
	w.Filed(number, s, w.now)
}

func scanned() casefile.Submission {
	return casefile.Submission{
		Item: casefile.ItemRef{Name: "高龄津贴", DepartmentName: "民政局"}, Values: json.RawMessage(`{"phone":"13800000000"}`),
		Materials: []casefile.Material{{Code: "ID", Way: casefile.Held}, {Code: "BOOK", Way: casefile.Scanned, Pages: []casefile.Page{{}}}},
	}
}

func (w *town) wants(number casefile.Number, state string, kinds ...casefile.EventKind) {
	w.filing.t.Helper()
	if got := w.filing.kinds[number]; !slices.Equal(got, kinds) || w.filing.status[number].State != state {
		w.filing.t.Errorf("case %s is %s after %v, want %s after %v", number, w.filing.status[number].State, got, state, kinds)
	}
}

// TestPlots: the first case is returned and waits for the agent however long, the second is decided well, the third against.
func TestPlots(t *testing.T) {
	const working, returned, finished, rejected = casefile.PlatformProgress, casefile.PlatformReturned, casefile.PlatformFinished, casefile.PlatformRejected
	w := newTown(t)
	for _, number := range []casefile.Number{"1", "2", "3"} {
		w.file(number, scanned())
	}
	w.pass(time.Second)
	w.wants("1", casefile.StateAccepted)
	w.pass(time.Minute)
	w.wants("1", casefile.StateCorrection, working, returned)
	w.wants("2", casefile.StateDone, working, finished)
	w.wants("3", casefile.StateRejected, working, rejected)
	w.add("1", casefile.Corrected)
	w.pass(time.Minute)
	w.wants("1", casefile.StateDone, working, returned, working, finished)
	w.file("4", casefile.Submission{})
	w.pass(time.Minute)
	w.wants("4", casefile.StateDone, working, working, finished)
}

// TestTheAgentsTurns: a suspended case rests, an urged one is answered at once, a withdrawn one is let be.
func TestTheAgentsTurns(t *testing.T) {
	w := newTown(t)
	w.file("1", scanned())
	w.pass(time.Second)
	w.add("1", casefile.Suspended)
	w.pass(time.Minute)
	w.wants("1", casefile.StateSuspended)
	w.add("1", casefile.Resumed)
	w.add("1", casefile.Urged)
	w.pass(time.Second)
	w.wants("1", casefile.StateProcessing, casefile.PlatformProgress)
	w.add("1", casefile.Withdrawn)
	w.pass(time.Minute)
	w.wants("1", casefile.StateWithdrawn, casefile.PlatformProgress)
	w.Added("from elsewhere", casefile.Corrected, w.now)
}

// TestNoticePoints: a notice names a page that is there and a field that was filled.
func TestNoticePoints(t *testing.T) {
	all := points(words(t), scanned())
	if len(all) != 2 || all[0].Material != "BOOK" || all[0].Page != 1 || all[1].Field != "phone" || all[0].Text == "" || all[1].Text == "" {
		t.Errorf("the notice asks for %+v", all)
	}
	if all := points(words(t), casefile.Submission{Values: json.RawMessage("{}")}); len(all) != 0 {
		t.Errorf("of nothing it asks for %+v", all)
	}
}

// TestFullDisk: an answer that could not be written comes later.
func TestFullDisk(t *testing.T) {
	w := newTown(t)
	w.file("1", scanned())
	w.filing.full = true
	w.now = w.now.Add(time.Minute)
	if err := w.look(t.Context(), w.now); !errors.Is(err, errFull) {
		t.Errorf("on a full disk: %v", err)
	}
	w.filing.full = false
	w.pass(time.Minute)
	w.wants("1", casefile.StateCorrection, casefile.PlatformProgress, casefile.PlatformReturned)
}

// TestAppoint: the first day has a visit and an appointment.
func TestAppoint(t *testing.T) {
	w := newTown(t)
	if err := w.Appoint(t.Context(), w.now); err != nil {
		t.Fatal(err)
	}
	if a := w.filing.apart; len(a) != 2 || a[0].Appointment.Kind != "visit" || a[1].Appointment.Kind != "point" || a[0].Appointment.Date != "2026-11-25" || a[0].ID == a[1].ID {
		t.Errorf("appointed %+v", a)
	}
}
