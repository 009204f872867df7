package rig

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/internal/chance"
	"bianmin/store"
)

// correctOnWindow has the department send a case back, waits until the terminal knows, has the person correct it on the real window while the
// network is cut, and compares what the platform holds once it is back: the same case, corrected once, with just what was asked for.
func correctOnWindow(t *testing.T, r *Rig, display *Display, number casefile.Number) {
	t.Helper()
	ctx, out := t.Context(), filepath.Join(t.TempDir(), "correction")
	points := []string{"--point", "field=phone,text=电话打不通，请核对", "--point", "material=HOUSEHOLD,page=1,text=这一页看不清，请重新扫描"}
	if err := r.Act(ctx, number, append([]string{"return", "--days", "5"}, points...)...); err != nil {
		t.Fatal(err)
	}
	r.Sender.Stop() // it asks at its start, and else every half minute
	if err := r.StartSender(); err != nil {
		t.Fatal(err)
	}
	awaitState(t, r, number, casefile.StateCorrection)
	do(t, r, "network cut")
	killInCorrection(t, r, display, number)
	if err := r.PlayJourney(ctx, display.Env(), filepath.Join(root(t), "kiosk/testdata/journeys/correction.yaml"), out); err != nil {
		t.Fatal(err)
	}
	code, err := r.ReadReceipt(filepath.Join(out, "receipt.png"))
	if err != nil || code.Case != number {
		t.Fatalf("the correction's receipt names %q, %v", code.Case, err)
	}
	_, cases, err := r.Cases(ctx)
	if c := find(cases, number); err != nil || c == nil || c.State != casefile.StateCorrection {
		t.Fatalf("without network the platform has %+v, %v", c, err)
	}
	do(t, r, "network restore")
	corrected := func(e CaseEvent) bool { return e.Kind == string(casefile.Corrected) }
	c, err := r.waitCase(ctx, number, func(c *Case) bool { return slices.ContainsFunc(c.Events, corrected) && allAccepted(c.Events) })
	if err != nil {
		t.Fatal(err)
	}
	first := slices.IndexFunc(c.Events, corrected)
	if c.State != casefile.StateProcessing || slices.ContainsFunc(c.Events[first+1:], corrected) {
		t.Errorf("the case is %s with events %+v", c.State, c.Events)
	}
	event, err := c.Events[first].Opened()
	if err != nil {
		t.Fatal(err)
	}
	answer, values := event.Correction, map[string]any{}
	if answer == nil || json.Unmarshal(answer.Values, &values) != nil || len(values) != 1 || values["phone"] != "13805319999" {
		t.Fatalf("the platform opens the correction as %+v", answer)
	}
	if answer.Notice == "" || len(answer.Points) != 2 || answer.Signature == nil ||
		len(answer.Materials) != 1 || answer.Materials[0].Code != "HOUSEHOLD" || len(answer.Materials[0].Pages) != 1 || event.Actor != "citizen" {
		t.Errorf("the platform opens the correction as %+v", answer)
	}
	if len(c.Events[first].Attachments) != 2 {
		t.Errorf("%d attachments", len(c.Events[first].Attachments))
	}
	for _, a := range c.Events[first].Attachments {
		if !a.Verified || a.Plain == 0 {
			t.Errorf("attachment %s does not open to what the terminal sealed", a.Digest)
		}
	}
}

// killInCorrection kills the kiosk at a random moment up to the signature: the case asks as before, and nothing of what was given is filed.
func killInCorrection(t *testing.T, r *Rig, display *Display, number casefile.Number) {
	t.Helper()
	random, journey := chance.Random(t), journeyOf(t, "correction.yaml")
	first, last := stepOf(journey, "现在就补"), stepOf(journey, submitting)
	for range chance.Count(t, 1, 10) {
		moment := killAt(t, r, display, journey, 1+first+random.IntN(last-2-first), time.Duration(random.Int64N(int64(300*time.Millisecond))))
		s, err := store.OpenToRead(t.Context(), r.TerminalData())
		if err != nil {
			t.Fatal(err)
		}
		found, err := s.CaseByNumber(t.Context(), number)
		counts, err2 := s.Counts(t.Context())
		if err != nil || err2 != nil || found.State != casefile.StateCorrection || counts.Waiting != 0 {
			t.Errorf("killed %s: the case is %s, %d packets wait, %v %v", moment, found.State, counts.Waiting, err, err2)
		}
		_ = s.Close()
	}
	do(t, r, "card remove")
}

// awaitState waits until the terminal's own store has the case in a state.
func awaitState(t *testing.T, r *Rig, number casefile.Number, state string) {
	t.Helper()
	s, err := store.OpenToRead(t.Context(), r.TerminalData())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	for begun := time.Now(); ; time.Sleep(200 * time.Millisecond) {
		found, err := s.CaseByNumber(t.Context(), number)
		if err != nil {
			t.Fatal(err)
		}
		if found.State == state {
			return
		}
		if time.Since(begun) > 90*time.Second {
			t.Fatalf("the terminal has the case as %s", found.State)
		}
	}
}
