package rig

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"bianmin/assets"
	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/core/identity"
	"bianmin/internal/chance"
	"bianmin/store"
	"bianmin/store/office"
	"bianmin/ui/play"
)

// TestDeskWindowKilledAtAnyMoment kills the desk with its real window at random
// moments of its day, ten times, and the sender now and then: cases are accepted with
// fee and original, corrected, handed over, and the day is closed. After each kill
// nothing that was accepted may be gone, and by the rules the books must agree.
func TestDeskWindowKilledAtAnyMoment(t *testing.T) {
	t.Parallel()
	random := chance.Random(t)
	bin := built(t, "x11,gles", "./agent", "./drivers/sim/rig/deskrobot", "./sync/sender", "./packaging/provision", "./platform")
	w := &windowKilling{deskKilling: newDeskKilling(t, started(t, Options{Bin: bin, Role: RoleAgent})), people: map[string]string{}}
	if err := w.rig.StartSender(); err != nil {
		t.Fatal(err)
	}
	if p := w.robot("", "-cases", "0"); p.endError() != nil { // the account gets its keys
		t.Fatalf("the account got no keys: %v\n%s", p.endError(), p.Tail(20))
	}
	display, err := OpenDisplay(t.Context(), DeskWidth, DeskHeight)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(display.Close)
	w.display = display
	n := chance.Count(t, 10, 40)
	for round := 0; round < n && !t.Failed(); round++ {
		w.sending()
		kind, name := w.next(random)
		moment := w.play(kind, name, random, round%2 == 1)
		if round%3 == 2 {
			w.rig.Sender.Kill()
		}
		w.lookAfter(moment)
		w.sending()
		w.department()
	}
	if !t.Failed() {
		w.end(n)
	}
}

type windowKilling struct {
	*deskKilling
	display *Display
	people  map[string]string // card of each person who was here, by name
	seen    []casefile.Number // shown as filed
	fees    []string          // receipt numbers of the ledger
	kinds   [3]int            // journeys played
}

// Journeys that are killed.
const (
	killAccept = iota
	killCorrect
	killDeliver
)

var killJourneys = []string{"kill-accept.yaml", "kill-correct.yaml", "kill-deliver.yaml"}

func (w *windowKilling) sending() {
	w.t.Helper()
	if err := w.rig.Sender.running(); err != nil {
		if err := w.rig.StartSender(); err != nil {
			w.t.Fatal(err)
		}
	}
}

// next is the journey for what is due: a correction, a hand-over, or a case of somebody new.
func (w *windowKilling) next(random *rand.Rand) (kind int, name string) {
	w.t.Helper()
	if random.IntN(4) > 0 {
		for _, line := range w.lines() {
			switch line.State {
			case casefile.StateCorrection:
				return killCorrect, line.Person
			case casefile.StateDone:
				return killDeliver, line.Person
			}
		}
	}
	return killAccept, w.somebody()
}

// lines are the agent's cases as the desk's own list has them.
func (w *windowKilling) lines() (lines []agency.CaseLine) {
	w.t.Helper()
	err := w.rig.WithBook(w.t.Context(), robotSecret, func(book *office.Book) error {
		page, err := book.List(w.t.Context(), agency.Query{Limit: 1000})
		lines = page.Lines
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return lines
}

// somebody makes the card of an invented person who was never here.
func (w *windowKilling) somebody() string {
	w.t.Helper()
	n := len(w.people)
	name := "顾" + string([]rune("春夏秋冬东南西北")[n/8%8]) + string([]rune("兰梅竹菊荷桂松柏")[n%8])
	first := fmt.Sprintf("99030119%02d0512%03d", 60+n%40, 20+2*(n/40))
	check, err := identity.NumberCheckDigit(first)
	if err != nil {
		w.t.Fatal(err)
	}
	card := fmt.Sprintf("name: %s\nsex: \"2\"\nnation: \"01\"\nbirth: \"%s\"\naddress: 青禾县柳林镇柳树沟村二组21号\nnumber: \"%s\"\nissuer: 青禾县公安局\nfrom: \"20190611\"\nto: 长期\n",
		name, first[6:14], first+string(check))
	w.people[name] = filepath.Join(w.rig.options.Dir, fmt.Sprintf("person-%d.yaml", n))
	if err := os.WriteFile(w.people[name], []byte(card), 0o644); err != nil {
		w.t.Fatal(err)
	}
	return name
}

func (w *windowKilling) journey(file, name, sum string) *play.Journey {
	w.t.Helper()
	content, err := os.ReadFile(filepath.Join(root(w.t), "agent/testdata/journeys", file))
	if err != nil {
		w.t.Fatal(err)
	}
	filled := strings.NewReplacer("{agent}", w.rig.Accounts.Agent.Name, "{secret}", robotSecret, "{name}", name, "{card}", w.people[name], "{sum}", sum).Replace(string(content))
	journey, err := play.ParseJourney(strings.NewReader(filled))
	if err != nil {
		w.t.Fatal(err)
	}
	return journey
}

// play plays a journey on a fresh desk and kills it up to a second and a half after
// the beginning of a random step, or of one of its second half; it says when.
func (w *windowKilling) play(kind int, name string, random *rand.Rand, late bool) (moment string) {
	w.t.Helper()
	do(w.t, w.rig, "card remove")
	w.kinds[kind]++
	journey := w.journey(killJourneys[kind], name, "")
	first := 0
	if late {
		first = len(journey.Steps) / 2
	}
	step, after := 1+first+random.IntN(len(journey.Steps)-first), time.Duration(random.Int64N(int64(1500*time.Millisecond)))
	desk, err := w.rig.OpenDesk(w.display)
	if err != nil {
		w.t.Fatal(err)
	}
	defer desk.hand.Close()
	ctx, cancel := context.WithCancel(w.t.Context())
	defer cancel()
	result, err := desk.Play(ctx, journey, w.t.TempDir(), func(n int, what string) {
		if n == step {
			moment = fmt.Sprintf("%s after the beginning of step %d of %s (%s)", after, n, journey.Name, what)
			time.AfterFunc(after, func() {
				desk.Agent.Kill()
				cancel()
			})
		}
	})
	if err != nil && ctx.Err() == nil && !desk.Agent.killed() {
		w.t.Fatalf("the journey failed before the kill: %v\n%s", err, desk.Agent.Tail(10))
	}
	desk.Agent.Kill()
	w.killed++
	if number, ok := result.Seen["number"]; ok {
		w.seen = append(w.seen, casefile.Number(fmt.Sprint(number)))
	}
	return moment
}

var feeReceipt = regexp.MustCompile(`(QH0302[A-Z]-\d{6})(?:[^-\d]|$)`)

// lookAfter looks at store, books and paper after a kill.
func (w *windowKilling) lookAfter(moment string) {
	w.t.Helper()
	if os.Getenv("BIANMIN_TIMES") != "" {
		w.t.Logf("killed %s", moment)
	}
	strips := w.rig.Stand.Printed()
	w.lookAtDesk(moment)
	held := w.cases()
	for _, number := range w.seen {
		if !held[number] {
			w.t.Errorf("killed %s: %s was shown as filed, the store has no such case", moment, number)
		}
	}
	books, err := w.rig.OwnBooks(w.t.Context(), robotSecret)
	if err != nil {
		w.t.Fatalf("killed %s: the books do not open: %v", moment, err)
	}
	if err := books.checkReceipts(); err != nil {
		w.t.Errorf("killed %s: %v", moment, err)
	}
	var now []string
	for _, e := range books.Entries {
		now = append(now, e.Receipt)
	}
	for _, receipt := range w.fees {
		if !slices.Contains(now, receipt) {
			w.t.Errorf("killed %s: fee receipt %s is gone", moment, receipt)
		}
	}
	w.fees = now
	for _, strip := range strips {
		for _, found := range feeReceipt.FindAllSubmatch(strip.Raw, -1) {
			if !slices.Contains(now, string(found[1])) {
				w.t.Errorf("killed %s: fee receipt %s was printed, the ledger has no such entry", moment, found[1])
			}
		}
	}
	w.lookAtPrints(moment)
}

// lookAtPrints holds the print ledger against the paper: nothing came out that was not written down before, and
// no receipt is in it twice but as a reprint.
func (w *windowKilling) lookAtPrints(moment string) {
	w.t.Helper()
	papers, err := w.rig.Stand.Documents()
	if err != nil {
		w.t.Fatal(err)
	}
	w.opened(func(s *store.Store) error {
		jobs, err := s.Prints(w.t.Context(), "")
		receipts, pages := map[casefile.Number]int{}, 0
		for _, job := range jobs {
			switch {
			case job.Kind == "receipt" && !job.Reprint:
				receipts[job.Case]++
			case job.Kind != "receipt" && job.Kind != "fee":
				pages++
			}
		}
		for number, times := range receipts {
			if times > 1 {
				w.t.Errorf("killed %s: the receipt of %s was begun %d times without being marked", moment, number, times)
			}
		}
		for number := range w.receipts {
			if receipts[number] == 0 {
				w.t.Errorf("killed %s: a receipt of %s was printed, the print ledger does not know", moment, number)
			}
		}
		if len(papers) > pages {
			w.t.Errorf("killed %s: %d documents were printed, the print ledger knows %d", moment, len(papers), pages)
		}
		return err
	})
}

// department lets the department act on one case that has arrived: it returns it, and finishes it once it was corrected.
func (w *windowKilling) department() {
	w.t.Helper()
	for begun := time.Now(); time.Since(begun) < 5*time.Second; time.Sleep(100 * time.Millisecond) {
		if n, err := w.rig.waiting(w.t.Context()); err != nil {
			w.t.Fatal(err)
		} else if n == 0 {
			break
		}
	}
	acts := map[string][]string{
		casefile.StateAccepted:   {"return", "--point", "material=CHILDPAGE,page=1,text=看不清"},
		casefile.StateProcessing: {"finish", "--result", "参保登记回执"},
	}
	for _, line := range w.lines() {
		words := acts[line.State]
		if words == nil || line.Waiting {
			continue
		}
		if err := w.rig.Act(w.t.Context(), line.Number, words...); err != nil {
			w.t.Fatal(err)
		}
		w.rig.Sender.Kill() // a new one asks for news at once
		w.sending()
		for begun := time.Now(); ; time.Sleep(200 * time.Millisecond) {
			if now := w.lines(); !slices.ContainsFunc(now, func(l agency.CaseLine) bool { return l.Number == line.Number && l.State == line.State }) {
				return
			}
			if time.Since(begun) > time.Minute {
				w.t.Fatalf("the desk does not hear of %s\n%s", words[0], w.rig.Sender.Tail(10))
			}
		}
	}
}

// end closes the day in peace, lets everything arrive, and compares the books of both sides.
func (w *windowKilling) end(n int) {
	w.t.Helper()
	books, err := w.rig.OwnBooks(w.t.Context(), robotSecret)
	if err != nil {
		w.t.Fatal(err)
	}
	if books.SumFen() > 0 {
		w.whole(w.journey("kill-close.yaml", "", fmt.Sprintf("%d.00", books.SumFen()/100)))
	}
	w.lookAfter("never")
	held := w.cases()
	ctx, cancel := context.WithTimeout(w.t.Context(), 2*time.Minute)
	defer cancel()
	cases := waitArrived(ctx, w.t, w.rig, held)
	set, err := catalogue.Load(assets.Catalogue())
	if err != nil {
		w.t.Fatal(err)
	}
	theirs, err := ReadBooks(cases, set)
	if err != nil {
		w.t.Errorf("the platform's books: %v", err)
	}
	for _, c := range cases {
		if !held[c.Case] {
			w.t.Errorf("the platform holds %s, which the desk's store does not", c.Case)
		}
		checkAttached(w.t, c)
	}
	for number := range w.receipts {
		if find(cases, number) == nil {
			w.t.Errorf("receipt %s was printed, the platform has no such case", number)
		}
	}
	ours, err := w.rig.OwnBooks(w.t.Context(), robotSecret)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := SameBooks(ours, theirs); err != nil {
		w.t.Errorf("desk and platform differ: %v", err)
	}
	if _, err := auditOf(w.t, w.rig); err != nil {
		w.t.Errorf("the audit trail does not verify: %v", err)
	}
	w.t.Logf("%d kills in %v journeys (accept, correct, deliver), %d records, %d receipts printed, %d fee receipts, %d days closed, all at the platform once",
		n, w.kinds, len(held), len(w.receipts), len(theirs.Entries), len(theirs.Closings))
}

// whole plays a journey to its end.
func (w *windowKilling) whole(journey *play.Journey) {
	w.t.Helper()
	desk, err := w.rig.OpenDesk(w.display)
	if err != nil {
		w.t.Fatal(err)
	}
	defer desk.Close()
	if _, err := desk.Play(w.t.Context(), journey, w.t.TempDir(), nil); err != nil {
		w.t.Fatalf("%v\n%s", err, desk.Agent.Tail(10))
	}
}
