package desk

import (
	"testing"
	"time"

	"bianmin/drivers"
)

// pagesOf are the ids of a material's pages, in their order.
func (s *stage) pagesOf(n int) (ids string) {
	for _, p := range s.state.Accept.Materials[n].Pages {
		ids += p.ID + " "
	}
	return ids
}

// atTheFeeder is an application with two materials to scan, and a scanner that may take both sides.
func atTheFeeder(t *testing.T, both bool) *stage {
	s := newStage(t)
	s.signOn("100001")
	s.statuses.Store(&[]drivers.Status{{Role: drivers.RoleScanner, Condition: drivers.Online, Duplex: both}})
	s.wait(time.Minute)
	s.begin(insurance)
	s.send(SetField{Path: "first", Text: "y"}, SetField{Path: "bills", Text: "是"})
	return s
}

// TestBothSidesOfTheFeeder: fronts and backs stay in the paper's order, each sheet with its material; empty backs are asked about, stay
// until the agent says so, and only they go.
func TestBothSidesOfTheFeeder(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := atTheFeeder(t, true)
		if !s.state.Accept.CanBoth || s.state.Accept.BothSides {
			t.Fatalf("can both sides: %v, are to be: %v", s.state.Accept.CanBoth, s.state.Accept.BothSides)
		}
		s.scanner.loadBoth("ewe")
		s.send(BothSides{On: true}, ScanBatch{})
		s.wait(5 * time.Second)
		if s.pagesOf(1) != "p1 p2 " || s.pagesOf(3) != "p3 p4 p5 p6 " {
			t.Fatalf("pages %q and %q", s.pagesOf(1), s.pagesOf(3))
		}
		if o := s.state.Overlay; o == nil || o.Title.Key != "desk.ask.empty-backs" || o.Title.Args["n"] != 2 {
			t.Fatalf("asked %+v", o)
		}
		s.send(Answer{})
		if s.pagesOf(1) != "p1 p2 " || s.pagesOf(3) != "p3 p4 p5 p6 " || s.state.Overlay != nil {
			t.Errorf("kept: pages %q and %q", s.pagesOf(1), s.pagesOf(3))
		}
		s.scanner.loadBoth("we")
		s.send(ScanBatch{})
		s.told("desk.notice.nothing-to-scan")
		for _, id := range []string{"p1", "p2", "p3", "p4", "p5", "p6"} {
			s.send(RemovePage{Page: id})
		}
		s.send(ScanBatch{})
		s.wait(5 * time.Second)
		s.send(Answer{Yes: true})
		if s.pagesOf(1) != "p7 p8 " || s.pagesOf(3) != "p9 " {
			t.Errorf("left out: pages %q and %q", s.pagesOf(1), s.pagesOf(3))
		}
		s.told("desk.notice.left-out")
		s.wait(3 * time.Second)
		if len(s.office.files) != 3 {
			t.Errorf("%d files are kept", len(s.office.files))
		}
	})
}

// TestOneSideOfTheFeeder: a scanner that takes one side offers no other, and a back that did not come is told.
func TestOneSideOfTheFeeder(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := atTheFeeder(t, false)
		s.scanner.loadBoth("ww")
		s.send(BothSides{On: true}, ScanBatch{})
		s.wait(5 * time.Second)
		if s.state.Accept.CanBoth || s.pagesOf(1) != "p1 " || s.pagesOf(3) != "p2 " {
			t.Errorf("pages %q and %q", s.pagesOf(1), s.pagesOf(3))
		}
	})
	bubble(t, func(t *testing.T) {
		s := atTheFeeder(t, true)
		s.scanner.loadBoth("w-")
		s.send(BothSides{On: true}, ScanBatch{})
		s.wait(5 * time.Second)
		if s.pagesOf(1) != "p1 p2 " || s.pagesOf(3) != "p3 " {
			t.Errorf("pages %q and %q", s.pagesOf(1), s.pagesOf(3))
		}
		s.told("desk.notice.one-side")
	})
}

// TestFullBatch: a run ends at as many pages as a material may have, and says that there may be more.
func TestFullBatch(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := atTheFeeder(t, true)
		s.scanner.loadBoth("wwwwwwwwwwwwwww")
		s.send(BothSides{On: true}, ScanBatch{})
		s.wait(10 * time.Second)
		if n := len(s.state.Accept.Materials[1].Pages) + len(s.state.Accept.Materials[3].Pages); n != maxPages {
			t.Errorf("%d pages", n)
		}
		s.told("desk.notice.scanned-full")
	})
}

// TestLargePage: a page that cannot be made as small as it should be is kept, and the agent is told.
func TestLargePage(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := atTheFeeder(t, false)
		s.scanner.large = true
		s.scanner.load(2)
		s.send(ScanBatch{})
		s.wait(5 * time.Second)
		if s.pagesOf(1) != "p1 " || s.pagesOf(3) != "p2 " {
			t.Errorf("pages %q and %q", s.pagesOf(1), s.pagesOf(3))
		}
		s.told("desk.notice.large")
	})
}
