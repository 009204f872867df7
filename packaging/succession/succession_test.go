package succession_test

import (
	"path/filepath"
	"testing"

	"bianmin/core/casefile"
	"bianmin/internal/chance"
	"bianmin/platform/platformtest"
)

// TestReplaced moves a queue to a new machine, through the real sender: what
// the old one had sent, what waited, what it accepts when it is switched on
// again. Nothing is lost, nothing comes twice, no number is given twice.
func TestReplaced(t *testing.T) {
	n := chance.Count(t, 20, 100)
	p := platformtest.Start(t, platformtest.Options{})
	old, fresh, stick := t.TempDir(), t.TempDir(), t.TempDir()
	enrolIn(t, p, terminal, old)
	before := desk(t, old)
	var filed []casefile.Filed
	i := 0
	more := func(count int, f func(i int) casefile.Filed) {
		for range count {
			i++
			filed = append(filed, f(i))
		}
	}
	onOld := func(i int) casefile.Filed { return mustFile(t, before, i) }
	more(n/4, onOld)
	send(t, old, drained(t, before)) // these are delivered
	p.Stop()                         // the line is cut
	more(n-n/4, onOld)
	if c := counts(t, before); c.Waiting != n-n/4 {
		t.Fatalf("%d wait, want %d", c.Waiting, n-n/4)
	}
	p.Serve(p.Addr)

	enrolIn(t, p, terminal, fresh)
	if _, err := machine(fresh).Offer(stick); err != nil {
		t.Fatal(err)
	}
	made, err := machine(old).Backup(t.Context(), stick, false)
	if err != nil {
		t.Fatal(err)
	}
	if made.Waiting != n-n/4 || made.Cases != n {
		t.Errorf("the backup holds %d cases, %d waiting", made.Cases, made.Waiting)
	}
	after := desk(t, fresh)
	more(1, func(i int) casefile.Filed { return mustFile(t, after, i) }) // the new machine serves already
	for round := range 2 {                                               // the second time brings nothing
		taken, err := machine(fresh).Restore(t.Context(), stick)
		if err != nil {
			t.Fatal(err)
		}
		want := made.Waiting * (1 - round)
		if len(taken) != 1 || taken[0].Cases != n*(1-round) || (round == 0 && taken[0].Waiting != want) {
			t.Errorf("round %d brought %+v", round, taken)
		}
	}
	// The old machine is switched on again, off the line, and accepts on.
	more(3, onOld)
	send(t, fresh, drained(t, after))
	// On the line its sender is refused, and it closes.
	send(t, old, func() bool { return before.Ready(t.Context()) != nil })
	wantCode(t, before.Ready(t.Context()), casefile.Replaced)
	if _, err := file(t, before, 9999); err == nil {
		t.Error("the replaced machine accepted a case")
	} else {
		wantCode(t, err, casefile.Replaced)
	}
	if c := counts(t, before); c.Waiting != n-n/4+3 {
		t.Errorf("the old machine shows %d waiting, want %d", c.Waiting, n-n/4+3)
	}
	// What it accepted meanwhile comes along with a second backup.
	if _, err := machine(old).Backup(t.Context(), stick, true); err != nil {
		t.Fatal(err)
	}
	taken, err := machine(fresh).Restore(t.Context(), stick)
	if err != nil || len(taken) != 1 || taken[0].Cases != 3 || taken[0].Packets != 3 {
		t.Fatalf("the second backup brought %+v, %v", taken, err)
	}
	send(t, fresh, drained(t, after))
	mustHold(t, p, filed)
	if c := counts(t, after); c.Refused != 0 {
		t.Errorf("%d refused", c.Refused)
	}
	if err := after.Close(); err != nil { // the kiosk replaces its process after each session
		t.Fatal(err)
	}
	after = desk(t, fresh)
	// A person's cases of the old machine open with the card on the new one.
	for _, who := range []int{1, n, n + 1, i} {
		cases, err := after.Cases(t.Context(), person(who))
		if err != nil || len(cases) != 1 || cases[0].State != casefile.StateAccepted {
			t.Errorf("person %d has %+v, %v", who, cases, err)
		}
	}
	if found, err := filepath.Glob(filepath.Join(fresh, "restore.*")); err != nil || len(found) > 0 {
		t.Errorf("left behind: %v, %v", found, err)
	}
}
