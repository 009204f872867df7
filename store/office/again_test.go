package office_test

import (
	"slices"
	"strings"
	"testing"

	"bianmin/core/casefile"
)

// TestRefusedCorrectionIsAskedAgain: what the platform refused corrected nothing: the agent has the notice and what was filed before, and answers it anew.
func TestRefusedCorrectionIsAskedAgain(t *testing.T) {
	p := newPoint(t)
	o := p.active(t)
	b := signOn(t, o, li, liSecret)
	filed := submit(t, b, zhang, "blurred page")
	accept(t, o)
	notice := strings.Repeat("0c", 16)
	must(t, o.Store().Take(t.Context(), "1", []casefile.Update{
		{ID: notice, Case: filed.Number, Kind: casefile.PlatformReturned, At: morning, Notice: &casefile.Notice{Points: []casefile.NoticePoint{{ID: "1", Field: "phone", Text: "少一位"}}}},
	}))
	correction := casefile.Event{Correction: &casefile.Correction{Notice: notice, Points: []string{"1"}, Values: []byte(`{"phone":"13900000000"}`)}}
	done := add(t, b, filed.Number, casefile.Corrected, correction)
	must(t, o.Store().RecordRefusal(t.Context(), done.Event.ID, []byte("no"), "附件损坏", morning))
	file, err := b.Case(t.Context(), filed.Number)
	must(t, err)
	if file.State != casefile.StateCorrection || file.NoticeID != notice || strings.Contains(string(file.Submission.Values), "13900000000") {
		t.Errorf("%s, %q, %s", file.State, file.NoticeID, file.Submission.Values)
	}
	add(t, b, filed.Number, casefile.Corrected, correction)
	if n, err := o.Store().Counts(t.Context()); err != nil || n.Refused != 0 || n.Waiting != 1 {
		t.Errorf("%+v, %v", n, err)
	}
}

// TestRefusedFirstEventElsewhere: of a case that another terminal opened the first event from here opens nothing: refused, it holds nothing back, and the
// next correction goes out.
func TestRefusedFirstEventElsewhere(t *testing.T) {
	p := newPoint(t)
	o := p.active(t)
	b := signOn(t, o, li, liSecret)
	number, err := casefile.NewNumber(casefile.NumberParts{Terminal: "QH0302", Generation: "B", Date: "2026-11-20", Sequence: 7})
	must(t, err)
	correction := casefile.Event{Correction: &casefile.Correction{Points: []string{"1"}}}
	first := add(t, b, number, casefile.Corrected, correction)
	urged := add(t, b, number, casefile.Urged, casefile.Event{Turn: &casefile.Turn{Reason: "等久了"}})
	must(t, o.Store().RecordRefusal(t.Context(), first.Event.ID, []byte("no"), "附件损坏", morning))
	pending := func() (ids []string) {
		t.Helper()
		items, err := o.Store().Pending(t.Context(), morning, 10)
		must(t, err)
		for _, i := range items {
			ids = append(ids, i.Packet)
		}
		return ids
	}
	if ids := pending(); !slices.Equal(ids, []string{urged.Event.ID}) {
		t.Errorf("held back: %v are pending", ids)
	}
	must(t, o.Store().RecordAcknowledgement(t.Context(), urged.Event.ID, []byte("yes"), "O1", morning))
	again := add(t, b, number, casefile.Corrected, correction)
	if ids := pending(); !slices.Equal(ids, []string{again.Event.ID}) {
		t.Errorf("the new correction does not go out: %v are pending", ids)
	}
}
