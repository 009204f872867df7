package rig

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"bianmin/assets"
	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/core/identity"
	"bianmin/drivers/sim"
	"bianmin/internal/chance"
	"bianmin/store/office"
	"bianmin/ui/play"
)

// TestSeedDay fills the desk as the demo by hand does: afterwards the list holds a
// case in each state, and what the platform opens and what the desk keeps agree.
func TestSeedDay(t *testing.T) {
	t.Parallel()
	bin := built(t, "x11,gles", "./agent", "./drivers/sim/rig/deskrobot", "./sync/sender", "./packaging/provision", "./platform")
	r := started(t, Options{Bin: bin, Role: RoleAgent, Behind: SeedBehind(time.Now())})
	begun := time.Now()
	numbers, err := r.SeedDay(t.Context(), func(what string) { t.Logf("%s: %s", time.Since(begun), what) })
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s: %d cases", time.Since(begun), len(numbers))
	err = r.withOffice(t.Context(), func(o *office.Office) error {
		card, err := sim.LoadCard(agentCard)
		if err != nil {
			return err
		}
		from, err := identity.ParseDate(card.From)
		if err != nil {
			return err
		}
		own := identity.Card{Name: card.Name, Number: card.Number, Issuer: card.Issuer, ValidFrom: from, LongTerm: true}
		if account, err := o.ByCard(t.Context(), own); err != nil || account != r.Accounts.Agent.ID {
			t.Errorf("the agent's card picks %q: %v", account, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = r.WithBook(t.Context(), SeedSecret, func(book *office.Book) error {
		lookAtSeeded(t, book, numbers)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	do(t, r, "network restore")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := r.seedAgrees(ctx); err != nil {
		t.Error(err)
	}
	if shots := os.Getenv("BIANMIN_SHOTS"); shots != "" || chance.Long() {
		walkSeeded(t, r, cmp.Or(shots, t.TempDir()))
	}
}

// lookAtSeeded reads the desk's own books: every state and everything a page shows is there.
func lookAtSeeded(t *testing.T, book *office.Book, numbers map[string]casefile.Number) {
	t.Helper()
	page, err := book.List(t.Context(), agency.Query{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	if page.Total != len(numbers) {
		t.Errorf("%d cases are listed, %d were filed", page.Total, len(numbers))
	}
	states := map[string]int{}
	for _, line := range page.Lines {
		states[line.State]++
		if line.Branches > 1 && line.Done > 0 && line.Done < line.Branches {
			states["branches"]++
		}
	}
	for _, want := range []string{
		casefile.StateQueued, casefile.StateAccepted, casefile.StateRefused, casefile.StateProcessing, casefile.StateCorrection, casefile.StateSuspended,
		casefile.StateDone, casefile.StateRejected, casefile.StateDelivered, casefile.StateWithdrawn, casefile.StateEnded, casefile.StateClosed, "branches",
	} {
		if states[want] == 0 {
			t.Errorf("no case is %s: %v", want, states)
		}
	}
	counts, err := book.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{office.CountOverdue, office.CountSoon, office.CountWaiting, office.CountRefused} {
		if counts[want] == 0 {
			t.Errorf("nothing is %s: %v", want, counts)
		}
	}
	lookBeside(t, book, numbers)
}

// lookBeside looks at what stands beside the list: drafts, visits, fees, originals, evaluations, what waits, reasons.
func lookBeside(t *testing.T, book *office.Book, numbers map[string]casefile.Number) {
	t.Helper()
	today := time.Now().In(casefile.Zone).Format(time.DateOnly)
	drafts, draftErr := book.Drafts(t.Context())
	visits, visitErr := book.Visits(t.Context(), today)
	fees, feeErr := book.Fees(t.Context(), today)
	days, dayErr := book.Days(t.Context())
	papers, paperErr := book.Custody(t.Context())
	rated, rateErr := book.Evaluations(t.Context(), "2000-01-01", today)
	queue, queueErr := book.Queue(t.Context())
	refused, refusedErr := book.Case(t.Context(), numbers["closing"])
	corrected, correctedErr := book.Case(t.Context(), numbers["carer"])
	if err := errors.Join(draftErr, visitErr, feeErr, dayErr, paperErr, rateErr, queueErr, refusedErr, correctedErr); err != nil {
		t.Fatal(err)
	}
	steps := map[casefile.PaperStep]bool{}
	for _, paper := range papers {
		steps[paper.Step] = true
	}
	for what, so := range map[string]bool{
		"two drafts":                 len(drafts) == 2,
		"visits of today, one done":  len(visits) == 3 && slices.ContainsFunc(visits, func(v agency.VisitLine) bool { return v.Outcome == "done" }),
		"a fee and a refund today":   len(fees) == 3 && slices.ContainsFunc(fees, func(f agency.FeeLine) bool { return f.Fen < 0 }),
		"two closed days, one open":  len(days) == 3 && days[0].Closing == nil && days[1].Closing != nil && days[2].Closing != nil,
		"originals here and away":    steps[casefile.PaperReceived] && steps[casefile.PaperHandedOn] && steps[casefile.PaperReturned],
		"given, declined evaluation": rated.Given > 0 && rated.Declined > 0,
		"events that wait":           len(queue) > 3,
		"a reason of the refusal":    refused.Reason != "",
		"a correction that was sent": slices.ContainsFunc(corrected.Moments, func(m agency.Moment) bool { return m.Kind == casefile.Corrected }),
	} {
		if !so {
			t.Errorf("not there: %s (%d drafts, %d visits, %d fees, %d days, %d papers, %+v, %d wait)", what, len(drafts), len(visits), len(fees), len(days), len(papers), rated, len(queue))
		}
	}
}

// seedAgrees waits until nothing waits any more and compares the books of both sides.
func (r *Rig) seedAgrees(ctx context.Context) error {
	look := time.NewTicker(200 * time.Millisecond)
	defer look.Stop()
	for waiting := 1; waiting > 0; {
		var err error
		if waiting, err = r.waiting(ctx); err != nil {
			return err
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	_, cases, err := r.Cases(ctx)
	if err != nil {
		return err
	}
	set, err := catalogue.Load(assets.Catalogue())
	if err != nil {
		return err
	}
	theirs, err := ReadBooks(cases, set)
	if err != nil {
		return err
	}
	ours, err := r.OwnBooks(ctx, SeedSecret)
	if err != nil {
		return err
	}
	return SameBooks(ours, theirs)
}

// walkSeeded walks the pages of the filled desk on its real window.
func walkSeeded(t *testing.T, r *Rig, shots string) {
	t.Helper()
	display, err := OpenDisplay(t.Context(), DeskWidth, DeskHeight)
	if err != nil {
		t.Fatal(err)
	}
	defer display.Close()
	journey, err := r.DeskJourney(filepath.Join(root(t), "agent/testdata/journeys/seeded.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	desk, err := r.OpenDesk(display)
	if err != nil {
		t.Fatal(err)
	}
	defer desk.Close()
	var result *play.Result
	if result, err = desk.Play(t.Context(), journey, shots, nil); err != nil {
		t.Fatalf("%v\n%s", err, desk.Agent.Tail(20))
	}
	t.Logf("%d pictures", len(result.Shots))
}
