package rig

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"bianmin/assets"
	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/internal/chance"
	"bianmin/store"
	"bianmin/store/cut"
)

const robotSecret = "柳树沟的水井在村东头"

// deskPoints and deskSenderPoints are where the programs of a desk may be killed, with the most passings counted.
var (
	deskPoints = []passing{
		{store.PointDeskBefore, 3},
		{store.PointDeskAfter, 3},
		{store.PointPrintBegun, 2},
		{store.PointPrintEnded, 2},
		{store.PointAttachmentWritten, 2},
		{store.PointAttachmentSynced, 2},
		{store.PointAttachmentRenamed, 2},
	}
	draftPoints      = []passing{{store.PointDraftBefore, 1}, {store.PointDraftAfter, 1}} // only while a case is being accepted
	deskSenderPoints = []passing{{store.PointAckBefore, 3}, {store.PointAckAfter, 3}, {store.PointTakeBefore, 1}, {store.PointTakeAfter, 1}}
)

// TestDeskKilledAtCommitPoints kills the desk or its sender at named commit
// points of the day, 190 times, with only the window absent: cases are accepted for an absent
// principal, corrected, handed over, evaluated and closed, days are closed. Nothing that was committed
// may be lost, and by the rules of proxy service the books must agree here and at the platform.
func TestDeskKilledAtCommitPoints(t *testing.T) {
	t.Parallel()
	random := chance.Random(t)
	bin := built(t, "x11,gles,commitpoints", "./drivers/sim/rig/deskrobot", "./sync/sender", "./packaging/provision", "./platform")
	k := newDeskKilling(t, started(t, Options{Bin: bin, Role: RoleAgent, Behind: 30 * 24 * time.Hour}))
	k.activate()
	n := chance.Count(t, 190, 190)
	for day := n / 8; k.killed < n; k.rounds++ {
		if t.Failed() || k.rounds > 2*n {
			break
		}
		k.round(random)
		if k.killed >= day {
			day += n / 8
			k.endOfDay(random)
		}
	}
	k.settle(n)
}

type deskKilling struct {
	killing // looks at store and receipts
	rounds  int
	days    int
	senders int // killed
}

func newDeskKilling(t *testing.T, r *Rig) *deskKilling {
	t.Helper()
	k := &deskKilling{killing: killing{t: t, rig: r, receipts: map[casefile.Number]bool{}}}
	k.answers = filepath.Join(r.options.Dir, "answers.json")
	text, err := os.ReadFile(filepath.Join(root(t), "assets/testdata/answers/newborn-insurance.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(k.answers, text, 0o644); err != nil {
		t.Fatal(err)
	}
	return k
}

// activate is killed while an account gets its keys, before and after they are committed: another try works, or they are there.
func (k *deskKilling) activate() {
	k.t.Helper()
	if err := k.rig.StartSender(); err != nil {
		k.t.Fatal(err)
	}
	for _, point := range []string{store.PointKeysBefore, store.PointKeysAfter} {
		if p := k.robot(point+":1", "-cases", "0"); !p.killed() {
			k.t.Fatalf("the desk was not killed at %s\n%s", point, p.Tail(20))
		}
	}
	if p := k.robot("", "-cases", "0"); p.endError() != nil {
		k.t.Fatalf("the account got no keys: %v\n%s", p.endError(), p.Tail(20))
	}
}

// robot lets the robot work until it ends or is killed; any other end is fatal.
func (k *deskKilling) robot(cutAt string, args ...string) *Program {
	k.t.Helper()
	env := k.rig.Env()
	if cutAt != "" {
		env = append(env, cut.Variable+"="+cutAt)
	}
	a := k.rig.Accounts.Agent
	p, err := k.rig.options.launch("deskrobot", env, append([]string{
		"-config", k.rig.Config(), "-bench", k.rig.Stand.Socket(), "-item", feeItem, "-answers", k.answers,
		"-account", a.ID, "-code", a.Code, "-secret", robotSecret,
	}, args...)...)
	if err != nil {
		k.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(k.t.Context(), 6*time.Minute)
	defer cancel()
	begun := time.Now()
	err = p.Wait(ctx)
	if os.Getenv("BIANMIN_TIMES") != "" {
		k.t.Logf("%s %v: %s, killed %v", cutAt, args, time.Since(begun), p.killed())
	}
	switch {
	case ctx.Err() != nil:
		p.dump()
		k.t.Fatalf("the robot hangs, to be killed at %q\n%s", cutAt, p.Tail(300))
	case p.killed():
		k.killed++
	case err != nil:
		k.t.Fatalf("the robot ended by itself, to be killed at %q: %v\n%s\nsender:\n%s", cutAt, err, p.Tail(200), k.rig.Sender.Tail(10))
	}
	return p
}

// round kills the desk at a point, and now and then the sender meanwhile, and looks at once.
func (k *deskKilling) round(random *rand.Rand) {
	k.t.Helper()
	k.tearCards()
	points := deskPoints
	if random.IntN(2) == 0 && !k.inHand() {
		points = draftPoints
	}
	point := points[random.IntN(len(points))].pick(random)
	ended := make(chan struct{})
	watched := make(chan struct{})
	if random.IntN(4) == 0 {
		k.rig.Sender.Stop()
		if err := k.rig.StartSender(cut.Variable + "=" + deskSenderPoints[random.IntN(len(deskSenderPoints))].pick(random)); err != nil {
			k.t.Fatal(err)
		}
	}
	go func() {
		defer close(watched)
		k.keepSending(ended)
	}()
	func() {
		defer func() { // also where the robot fails the test: nothing may be started after it
			close(ended)
			<-watched
		}()
		k.robot(point, "-cases", "2")
	}()
	k.killed += k.senders
	k.senders = 0
	k.lookAtDesk(point)
}

// keepSending starts a sender that was killed again, so that the robot gets its answers.
func (k *deskKilling) keepSending(ended <-chan struct{}) {
	for {
		select {
		case <-ended:
			return
		case <-k.rig.Sender.Done():
		}
		if k.rig.Sender.killed() {
			k.senders++
		}
		if err := k.rig.StartSender(); err != nil {
			k.t.Error(err)
			return
		}
	}
}

func (k *deskKilling) tearCards() {
	k.t.Helper()
	do(k.t, k.rig, "card remove")
}

// lookAtDesk: nothing that was in the store is gone, and no receipt is without a case.
func (k *deskKilling) lookAtDesk(point string) {
	k.t.Helper()
	held := k.cases()
	if len(held) < k.filed {
		k.t.Errorf("killed at %s: the store has %d records, %d before", point, len(held), k.filed)
	}
	k.filed = len(held)
	for _, slip := range receipts(k.rig.Stand.Printed()) {
		k.check(point, slip, held)
	}
	k.rig.Stand.Forget()
}

// endOfDay closes the day, killed once on the way, and lets the platform's clock go on to the next.
func (k *deskKilling) endOfDay(random *rand.Rand) {
	k.t.Helper()
	k.robot(deskPoints[random.IntN(len(deskPoints))].pick(random), "-cases", "0", "-close")
	k.robot("", "-cases", "0", "-close")
	k.lookAtDesk("the end of the day")
	k.days++
	before := k.today()
	k.rig.Sender.Stop()
	if err := k.rig.SetBehind(k.t.Context(), k.rig.behind-24*time.Hour); err != nil {
		k.t.Fatal(err)
	}
	if err := k.rig.StartSender(); err != nil {
		k.t.Fatal(err)
	}
	for begun := time.Now(); k.today() == before; time.Sleep(20 * time.Millisecond) {
		if time.Since(begun) > 20*time.Second {
			k.t.Fatalf("the desk does not hear of the next day\n%s", k.rig.Sender.Tail(10))
		}
	}
}

func (k *deskKilling) opened(look func(s *store.Store) error) {
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
	if err := look(s); err != nil {
		k.t.Fatal(err)
	}
}

// inHand tells whether a case is on its way, so that the robot begins no other.
func (k *deskKilling) inHand() (open bool) {
	k.t.Helper()
	k.opened(func(s *store.Store) error {
		all, err := s.AllCases(k.t.Context())
		open = slices.ContainsFunc(all, func(c store.Case) bool { return c.State != casefile.StateClosed })
		return err
	})
	return open
}

// today is the business date as the desk knows it.
func (k *deskKilling) today() (date string) {
	k.t.Helper()
	k.opened(func(s *store.Store) error {
		clock, err := s.Clock(k.t.Context())
		date = clock.Judgement.BusinessDate()
		return err
	})
	return date
}

// settle brings the last case to its end, lets everything arrive, and compares the books of both sides.
func (k *deskKilling) settle(n int) {
	k.t.Helper()
	if k.t.Failed() {
		return
	}
	k.tearCards()
	k.rig.Sender.Stop() // it may still be about to be killed, and nobody looks after it from here on
	if err := k.rig.StartSender(); err != nil {
		k.t.Fatal(err)
	}
	k.robot("", "-cases", "1", "-close")
	held := k.cases()
	ctx, cancel := context.WithTimeout(k.t.Context(), 3*time.Minute)
	defer cancel()
	cases := waitArrived(ctx, k.t, k.rig, held)
	set, err := catalogue.Load(assets.Catalogue())
	if err != nil {
		k.t.Fatal(err)
	}
	theirs, err := ReadBooks(cases, set)
	if err != nil {
		k.t.Errorf("the platform's books: %v", err)
	}
	seen := map[casefile.Number]bool{}
	for _, c := range cases {
		seen[c.Case] = true
		if !held[c.Case] {
			k.t.Errorf("the platform holds %s, which the desk's store does not", c.Case)
		}
		checkAttached(k.t, c)
	}
	for number := range k.receipts {
		if !seen[number] {
			k.t.Errorf("receipt %s was printed, the platform has no such case", number)
		}
	}
	ours, err := k.rig.OwnBooks(k.t.Context(), robotSecret)
	if err != nil {
		k.t.Fatal(err)
	}
	if err := SameBooks(ours, theirs); err != nil {
		k.t.Errorf("desk and platform differ: %v", err)
	}
	if _, err := auditOf(k.t, k.rig); err != nil {
		k.t.Errorf("the audit trail does not verify: %v", err)
	}
	k.t.Logf("%d rounds, %d programs killed, %d days closed, %d records, %d receipts printed, %d fee receipts over %d fen, all at the platform once",
		k.rounds, k.killed, len(theirs.Closings), len(held), len(k.receipts), len(theirs.Entries), theirs.SumFen())
	if k.killed < n || len(theirs.Closings) < k.days || len(theirs.Entries) == 0 || len(theirs.Sheets) == 0 {
		k.t.Errorf("%d programs killed, %d closings for %d days, %d entries, %d sheets: not everything was reached",
			k.killed, len(theirs.Closings), k.days, len(theirs.Entries), len(theirs.Sheets))
	}
}

// course is a case's events and updates as the platform holds them, without anything of the person.
func course(c Case) string {
	text := string(c.Case) + " " + c.State
	for _, e := range c.Events {
		text += fmt.Sprintf("\n  event %s %s %s %s", e.Packet, e.Kind, e.State, e.Code)
	}
	for _, u := range c.Updates {
		text += fmt.Sprintf("\n  update %s %s %s", u.ID, u.Kind, u.At.Format(time.RFC3339Nano))
	}
	return text
}

// waitArrived waits until the platform accepted every record of the store with all its events.
func waitArrived(ctx context.Context, t *testing.T, r *Rig, held map[casefile.Number]bool) []Case {
	t.Helper()
	var cases []Case
	for {
		_, now, err := r.Cases(ctx)
		if err != nil && ctx.Err() == nil {
			t.Fatal(err)
		}
		if err == nil {
			cases = now
		}
		waiting, err := r.waiting(ctx)
		if err != nil && ctx.Err() == nil {
			t.Fatal(err)
		}
		if waiting == 0 && len(cases) >= len(held) && !slices.ContainsFunc(cases, func(c Case) bool { return !c.Arrived() }) {
			return cases
		}
		if ctx.Err() != nil {
			for _, c := range cases {
				if !c.Arrived() {
					t.Log(course(c))
				}
			}
			t.Fatalf("%d of %d records are at the platform, %d packets wait here\n%s", len(cases), len(held), waiting, r.Sender.Tail(20))
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// checkAttached checks that everything a record's events name arrived and opens.
func checkAttached(t *testing.T, c Case) {
	t.Helper()
	for _, e := range c.Events {
		for _, a := range e.Attachments {
			if !a.Verified || a.Plain == 0 {
				t.Errorf("%s: an attachment of %s does not open to what the desk sealed", c.Case, e.Kind)
			}
		}
	}
}
