package rig

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/internal/chance"
	"bianmin/store"
	"bianmin/store/cut"
)

// root is the tree's top folder.
func root(t *testing.T) string {
	t.Helper()
	top, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	return top
}

// shipped are the programs as they are shipped.
func shipped(t *testing.T) string {
	t.Helper()
	return built(t, "x11,gles", "./kiosk", "./sync/sender", "./packaging/provision", "./platform")
}

func started(t *testing.T, options Options) *Rig {
	t.Helper()
	options.Dir = filepath.Join(t.TempDir(), "rig")
	r, err := Start(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

const pensionItem = "11990301MB3010378U4992030001001"

// passing is one commit point and how often a session passes it.
type passing struct {
	point string
	times int
}

// kioskPoints and senderPoints are where each program may be killed.
var (
	kioskPoints = []passing{
		{store.PointAttachmentWritten, 2},
		{store.PointAttachmentSynced, 2},
		{store.PointAttachmentRenamed, 2}, // the page and the signature
		{store.PointSubmitBefore, 1},
		{store.PointSubmitAfter, 1},
		{store.PointPrintBegun, 1},
		{store.PointPrintEnded, 1},
		{store.PointEvaluateBefore, 1},
		{store.PointEvaluateAfter, 1},
	}
	senderPoints = []passing{{store.PointAckBefore, 2}, {store.PointAckAfter, 2}}
)

func (p passing) pick(random *rand.Rand) string {
	return fmt.Sprintf("%s:%d", p.point, 1+random.IntN(p.times))
}

// TestKilledAtCommitPoints kills kiosk or sender at named commit points of the
// journey, 190 times, with only the window absent. No receipt may be without a
// case, no case without its attachments, none twice at the platform.
func TestKilledAtCommitPoints(t *testing.T) {
	t.Parallel()
	random := chance.Random(t)
	bin := built(t, "x11,gles,commitpoints", "./drivers/sim/rig/windowless", "./sync/sender", "./packaging/provision", "./platform")
	r := started(t, Options{Bin: bin})
	k := &killing{t: t, rig: r, receipts: map[casefile.Number]bool{}}
	k.answers = filepath.Join(r.options.Dir, "answers.json")
	if err := os.WriteFile(k.answers, []byte(`{"pension":"resident","phone":"13805312764","residence":"home","notice":"sms"}`), 0o644); err != nil {
		t.Fatal(err)
	}
	n := chance.Count(t, 190, 190)
	for round := 1; round <= n; round++ {
		if t.Failed() {
			return
		}
		if random.IntN(4) == 0 {
			k.senderRound(senderPoints[random.IntN(len(senderPoints))].pick(random))
		} else {
			k.kioskRound(kioskPoints[random.IntN(len(kioskPoints))].pick(random))
		}
	}
	k.settle(n)
}

type killing struct {
	t        *testing.T
	rig      *Rig
	answers  string
	receipts map[casefile.Number]bool
	filed    int // cases in the store after the last round
	killed   int // rounds in which the program died where it should
}

// session lives one session of the windowless kiosk; it ends early when it kills itself.
func (k *killing) session(cutAt string) *Program {
	k.t.Helper()
	if err := k.rig.Sender.running(); err != nil {
		if err := k.rig.StartSender(); err != nil {
			k.t.Fatal(err)
		}
	}
	do(k.t, k.rig, "card remove")
	env := k.rig.Env()
	if cutAt != "" {
		env = append(env, cut.Variable+"="+cutAt)
	}
	p, err := k.rig.options.launch("windowless", env, "-config", k.rig.Config(), "-item", pensionItem, "-answers", k.answers)
	if err != nil {
		k.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(k.t.Context(), 3*time.Minute) // longer than the longest wait for a device
	defer cancel()
	placed := make(chan struct{})
	go func() {
		defer close(placed)
		k.placeCard(p)
	}()
	err = p.Wait(ctx)
	if ctx.Err() != nil {
		p.dump()
	}
	<-placed
	switch {
	case ctx.Err() != nil:
		k.t.Fatalf("the session did not end\n%s", p.Tail(500))
	case cutAt == "" && strings.Contains(p.Tail(1), "goodbye"):
		if testing.Verbose() && os.Getenv("BIANMIN_TIMES") != "" {
			k.t.Logf("\n%s", p.Tail(60))
		}
	case p.killed():
		k.killed++
	case err != nil:
		k.t.Fatalf("the session ended by itself: %v", err)
	}
	return p
}

// placeCard puts the person's card on the reader once it is asked for, lifts it
// again when the kiosk had not looked yet and takes it for one left behind, and
// kills the kiosk at goodbye: it would wait seconds for the card to be taken.
func (k *killing) placeCard(p *Program) {
	if _, err := p.WaitLine(k.t.Context(), "place-card"); err != nil {
		return // it was killed before; Wait tells how it ended
	}
	after := time.NewTicker(60 * time.Millisecond)
	defer after.Stop()
	for placed := false; ; {
		select {
		case <-p.Done():
			return
		case <-after.C:
		}
		last := p.Tail(1)
		switch {
		case strings.Contains(last, "goodbye"):
			p.Kill()
			return
		case strings.Contains(last, "card.lift"):
			k.order("card remove") // and it stays off until the kiosk has seen that it was lifted
			placed = false
		case !placed:
			k.order("card place 3")
			placed = true
		}
	}
}

// order gives the bench an order, from any goroutine.
func (k *killing) order(line string) {
	if _, err := k.rig.Stand.Do(k.t.Context(), line); err != nil {
		k.t.Error(err)
	}
}

// kioskRound kills the kiosk at a point and looks at once: at most one new case, and no receipt without a case.
func (k *killing) kioskRound(cutAt string) {
	k.t.Helper()
	k.session(cutAt)
	k.look(cutAt, 0, 1)
}

// senderRound kills the sender at a point while a whole session is filed.
func (k *killing) senderRound(cutAt string) {
	k.t.Helper()
	k.rig.Sender.Stop()
	if err := k.rig.StartSender(cut.Variable + "=" + cutAt); err != nil {
		k.t.Fatal(err)
	}
	k.session("")
	k.look(cutAt, 1, 1)
	select { // the platform's answer may still be on its way
	case <-k.rig.Sender.Done():
	case <-time.After(3 * time.Second):
	}
	if k.rig.Sender.killed() {
		k.killed++
	}
}

// look checks what the store and the printer hold after a round.
func (k *killing) look(point string, least, most int) {
	k.t.Helper()
	held := k.cases()
	if grown := len(held) - k.filed; grown < least || grown > most {
		k.t.Errorf("killed at %s: the store has %d new cases, want %d to %d", point, grown, least, most)
	}
	k.filed = len(held)
	for _, slip := range receipts(k.rig.Stand.Printed()) {
		k.check(point, slip, held)
	}
	k.rig.Stand.Forget()
}

func (k *killing) check(point string, slip slip, held map[casefile.Number]bool) {
	k.t.Helper()
	code, err := k.rig.verify(slip.code)
	if err != nil {
		k.t.Fatalf("killed at %s: a receipt does not verify: %v", point, err)
	}
	if !held[code.Case] {
		k.t.Errorf("killed at %s: the receipt of %s was printed, the store has no such case", point, code.Case)
	}
	k.receipts[code.Case] = true
}

// cases are the numbers of all cases in the terminal's store.
func (k *killing) cases() map[casefile.Number]bool {
	k.t.Helper()
	s, err := store.Open(k.t.Context(), store.Options{Folder: k.rig.TerminalData(), Clock: store.SystemClock})
	if err != nil {
		k.t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			k.t.Error(err)
		}
	}()
	all, err := s.AllCases(k.t.Context())
	if err != nil {
		k.t.Fatal(err)
	}
	numbers := map[casefile.Number]bool{}
	for _, c := range all {
		numbers[c.Number] = true
	}
	return numbers
}

// settle lets everything arrive and compares both sides.
func (k *killing) settle(n int) {
	k.t.Helper()
	k.rig.Sender.Stop()
	if err := k.rig.StartSender(); err != nil {
		k.t.Fatal(err)
	}
	held := k.cases()
	bothSides(k.t, k.rig, held, k.receipts)
	if _, err := auditOf(k.t, k.rig); err != nil {
		k.t.Errorf("the audit trail does not verify: %v", err)
	}
	k.t.Logf("%d rounds, %d programs killed, %d cases filed, %d receipts printed, all at the platform once", n, k.killed, len(held), len(k.receipts))
	if k.killed < n/3 {
		k.t.Errorf("only %d of %d rounds killed a program: the points are not reached", k.killed, n)
	}
}

func auditOf(t *testing.T, r *Rig) (int64, error) {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{Folder: r.TerminalData(), Clock: store.SystemClock})
	if err != nil {
		return 0, err
	}
	defer func() { _ = s.Close() }()
	return s.VerifyAudit(t.Context())
}

// bothSides waits until the platform holds exactly the store's cases, each once, with its attachments.
func bothSides(t *testing.T, r *Rig, held, printed map[casefile.Number]bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	cases := waitFor(ctx, t, r, held)
	seen := map[casefile.Number]int{}
	for _, c := range cases {
		seen[c.Case]++
		if !held[c.Case] {
			t.Errorf("the platform holds %s, which the terminal's store does not", c.Case)
		}
		checkWhole(t, c)
	}
	for number := range held {
		if seen[number] != 1 {
			t.Errorf("case %s is at the platform %d times", number, seen[number])
		}
	}
	for number := range printed {
		if seen[number] == 0 {
			t.Errorf("receipt %s was printed, the platform has no such case", number)
		}
	}
}

func waitFor(ctx context.Context, t *testing.T, r *Rig, held map[casefile.Number]bool) []Case {
	t.Helper()
	look := time.NewTicker(time.Second)
	defer look.Stop()
	for {
		_, cases, err := r.Cases(ctx)
		if err != nil && ctx.Err() == nil {
			t.Fatal(err)
		}
		accepted := 0
		for _, c := range cases {
			if c.State == "accepted" && allAccepted(c.Events) {
				accepted++
			}
		}
		if accepted >= len(held) {
			return cases
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			t.Fatalf("only %d of %d cases reached the platform\n%s", accepted, len(held), r.Sender.Tail(20))
		}
	}
}

// checkWhole checks that a case's first event is a signed application whose attachments all opened.
func checkWhole(t *testing.T, c Case) {
	t.Helper()
	event, err := c.Events[0].Opened()
	if err != nil || event.Submission == nil {
		t.Errorf("case %s does not open: %v %s", c.Case, err, c.Events[0].Problem)
		return
	}
	named := 0
	for _, m := range event.Submission.Materials {
		named += len(m.Pages)
	}
	if event.Submission.Signature != nil {
		named++
	}
	verified := 0
	for _, a := range c.Events[0].Attachments {
		if a.Verified {
			verified++
		}
	}
	if named < 2 || verified != named {
		t.Errorf("case %s names %d attachments, %d arrived whole", c.Case, named, verified)
	}
}
