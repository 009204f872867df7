package rig

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bianmin/core/agency"
	"bianmin/drivers/sim"
	"bianmin/store/office"
	"bianmin/ui/play"
)

// deskCanaries are what an agent types and reads of the person, and the card's photo.
func deskCanaries(t *testing.T, card string) []Canary {
	t.Helper()
	read, err := sim.LoadCard(card)
	if err != nil {
		t.Fatal(err)
	}
	return append(slices.Clone(canaries), Canary{Name: "child's name", Text: canaryChild}, Canary{Name: "photo", Raw: read.Photo()[64:96]})
}

const canaryChild = "诸葛念禾"

// writeCanaryCard writes the canary's card and gives its path.
func writeCanaryCard(t *testing.T, dir string) string {
	t.Helper()
	card := filepath.Join(dir, "canary.yaml")
	if err := os.WriteFile(card, []byte(strings.ReplaceAll(canaryCard, "%NUMBER%", canaryNumber)), 0o600); err != nil {
		t.Fatal(err)
	}
	return card
}

// afterSignOff plays a shift on the desk's real window: a case is filed, found and looked
// at, a draft is left, the agent signs off. Then the canaries are looked for in the memory of desk and
// sender, and in every file of the desk: store, WAL, attachments, temp, logs, scanner, printer's spool.
func afterSignOff(t *testing.T, flags ...string) (r *Rig, memory, files []Hit) {
	t.Helper()
	outside := t.TempDir() // the card is not the desk's
	r = started(t, Options{Bin: built(t, "x11,gles", "./agent", "./sync/sender", "./packaging/provision", "./platform"), Role: RoleAgent})
	display, err := OpenDisplay(t.Context(), DeskWidth, DeskHeight)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(display.Close)
	if err := r.StartSender(); err != nil {
		t.Fatal(err)
	}
	card := writeCanaryCard(t, outside)
	desk, err := r.OpenDesk(display, flags...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(desk.Close)
	if _, err := desk.Play(t.Context(), deskCanaryJourney(t, r, card), outside, nil); err != nil {
		t.Fatalf("%v\n%s", err, desk.Agent.Tail(20))
	}
	if _, err := r.CheckReceipts(t.Context(), outside); err != nil {
		t.Fatalf("the shift filed nothing: %v", err)
	}
	looked := deskCanaries(t, card)
	for _, p := range []*Program{desk.Agent, r.Sender} {
		hits, err := SearchMemory(looked, p.PID())
		if err != nil {
			t.Fatal(err)
		}
		memory = append(memory, hits...)
	}
	files, err = SearchFiles(looked, r.path("terminal"), r.path("logs"), r.path("scanner"), r.path("bench"))
	if err != nil {
		t.Fatal(err)
	}
	desk.Close()
	return r, memory, files
}

func deskCanaryJourney(t *testing.T, r *Rig, card string) *play.Journey {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root(t), "agent/testdata/journeys/canary.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	a := r.Accounts.Agent
	journey, err := play.ParseJourney(strings.NewReader(strings.NewReplacer(
		"{agent}", a.Name, "{code}", a.Code, "{secret}", SeedSecret, "{card}", card, "{name}", canaries[0].Text,
		"{child}", canaryChild, "{number}", "990301202611020623", "{phone}", canaryPhone,
	).Replace(string(content))))
	if err != nil {
		t.Fatal(err)
	}
	return journey
}

// TestNothingOfTheDeskRemains: after the sign-off no text of the person is in any memory or file of ours, while
// the case and the draft are there, sealed: the secret opens them, another does not.
func TestNothingOfTheDeskRemains(t *testing.T) {
	t.Parallel()
	r, memory, files := afterSignOff(t)
	for _, hit := range append(memory, files...) {
		t.Errorf("after the sign-off: %s", hit)
	}
	name := canaries[0].Text
	err := r.WithBook(t.Context(), SeedSecret, func(book *office.Book) error {
		page, err := book.List(t.Context(), agency.Query{Text: name})
		drafts, draftErr := book.Drafts(t.Context())
		if page.Total != 1 || len(drafts) != 1 || !strings.Contains(string(drafts[0].Content), name) {
			t.Errorf("%d cases and %d drafts of the person open with the secret, one each was left", page.Total, len(drafts))
		}
		return errors.Join(err, draftErr)
	})
	if err != nil {
		t.Error(err)
	}
	if err := r.WithBook(t.Context(), SeedSecret+"s", func(*office.Book) error { return nil }); !errors.Is(err, agency.ErrSecret) {
		t.Errorf("another secret: %v", err)
	}
}

// TestDeskCanaryIsSeenWithoutPrivacy proves that the test above can fail: with the
// process not replaced the memory still holds the person, with sealing off the disk does.
func TestDeskCanaryIsSeenWithoutPrivacy(t *testing.T) {
	t.Parallel()
	_, memory, files := afterSignOff(t, "-without-privacy")
	for what, hits := range map[string][]Hit{"memory": memory, "files": files} {
		seen := map[string]bool{}
		for _, hit := range hits {
			seen[hit.Canary] = true
		}
		t.Logf("%s: %v", what, seen)
		if !seen["name"] || !seen["phone"] || !seen["child's name"] {
			t.Errorf("privacy was off, but %s shows no canary: the search sees nothing", what)
		}
	}
}
