package escl_test

import (
	"testing"

	"bianmin/drivers"
	sim "bianmin/drivers/sim/escl"
)

var both = drivers.ScanOptions{Feeder: true, Duplex: true}

// sides gives the bars of the next sheet's front and back, -1 for none.
func (r *rig) sides(t *testing.T) [2]int {
	t.Helper()
	page, err := r.scanner.Scan(t.Context(), both)
	if err != nil {
		t.Fatal(err)
	}
	if page.Back == nil {
		return [2]int{bars(t, page), -1}
	}
	if page.Back.Back != nil || page.Back.Glass || page.Back.Empty != (bars(t, *page.Back) == 0) {
		t.Errorf("back %v, glass %v, empty %v", page.Back.Back, page.Back.Glass, page.Back.Empty)
	}
	return [2]int{bars(t, page), bars(t, *page.Back)}
}

// TestBothSides: fronts and backs come in the order of the paper, also where the scanner draws sheets in ahead.
func TestBothSides(t *testing.T) {
	for name, options := range map[string]sim.Options{"plain": {Duplex: true}, "draws in ahead": {Duplex: true, Ahead: 3}, "tells nothing": {Duplex: true, Mute: true}, "feeder only": {Duplex: true, NoGlass: true}} {
		t.Run(name, func(t *testing.T) {
			r := start(t, options)
			if status, err := r.scanner.Status(t.Context()); err != nil || !status.Duplex {
				t.Errorf("status %+v, %v", status, err)
			}
			sheets := []sim.Sheet{{Bars: 1, Back: 2}, {Bars: 3}, {Bars: 4, Back: 5}}
			r.far.Feed(sheets...)
			for n, sheet := range sheets {
				if got := r.sides(t); got != [2]int{sheet.Bars, sheet.Back} {
					t.Errorf("sheet %d came as %v", n, got)
				}
			}
			if _, err := r.scanner.Scan(t.Context(), both); drivers.FaultOf(err) != drivers.FaultNoDocument {
				t.Errorf("after the last sheet: %v", err)
			}
			if n := r.far.Jobs(); n != 0 || !r.far.Orders()[0].Duplex {
				t.Errorf("%d jobs left, ordered %+v", n, r.far.Orders()[0])
			}
			r.far.Feed(sim.Sheet{Bars: 6, Back: 7})
			if got := r.scan(t, feeder); got != 6 {
				t.Errorf("one side came as %d", got)
			}
			if _, err := r.scanner.Scan(t.Context(), feeder); drivers.FaultOf(err) != drivers.FaultNoDocument {
				t.Errorf("one side of the last sheet, and then: %v", err)
			}
		})
	}
}

// TestJamBetweenTheSides: a sheet whose back got stuck is no sheet with an empty back.
func TestJamBetweenTheSides(t *testing.T) {
	r := start(t, sim.Options{Duplex: true})
	r.far.Feed(sim.Sheet{Bars: 1, Back: 2}, sim.Sheet{Bars: 3, Back: 4})
	r.far.Have(sim.Trouble{JamAfterPage: true})
	if page, err := r.scanner.Scan(t.Context(), both); drivers.FaultOf(err) != drivers.FaultJam || page.Image != nil {
		t.Errorf("%d bytes, %v", len(page.Image), err)
	}
	r.far.Have(sim.Trouble{})
	r.far.Feed(sim.Sheet{Bars: 1, Back: 2}, sim.Sheet{Bars: 3, Back: 4})
	if got := [2][2]int{r.sides(t), r.sides(t)}; got != [2][2]int{{1, 2}, {3, 4}} {
		t.Errorf("laid in again: %v", got)
	}
}

// TestNoBackForTheLast: a scanner that gives no empty back has no further page for the last sheet, and no fault.
func TestNoBackForTheLast(t *testing.T) {
	r := start(t, sim.Options{Duplex: true, Thrifty: true})
	r.far.Feed(sim.Sheet{Bars: 1, Back: 2}, sim.Sheet{Bars: 3})
	if got := [2][2]int{r.sides(t), r.sides(t)}; got != [2][2]int{{1, 2}, {3, -1}} {
		t.Errorf("%v", got)
	}
	if _, err := r.scanner.Scan(t.Context(), both); drivers.FaultOf(err) != drivers.FaultNoDocument {
		t.Error(err)
	}
}

// TestOneSideOnly: a scanner without duplex scans one side, says so, and is not ordered to do what it cannot.
func TestOneSideOnly(t *testing.T) {
	r := start(t, sim.Options{})
	r.far.Feed(sim.Sheet{Bars: 1, Back: 2}, sim.Sheet{Bars: 3})
	if got := [2][2]int{r.sides(t), r.sides(t)}; got != [2][2]int{{1, -1}, {3, -1}} {
		t.Errorf("%v", got)
	}
	if status, err := r.scanner.Status(t.Context()); err != nil || status.Duplex {
		t.Errorf("status %+v, %v", status, err)
	}
}

// TestBackThatNobodyKnowsOf: where the scanner cannot be asked why a back did not come, it is not taken for a scanner that has none.
func TestBackThatNobodyKnowsOf(t *testing.T) {
	r := start(t, sim.Options{Duplex: true})
	r.far.Feed(sim.Sheet{Bars: 1, Back: 2})
	r.far.Have(sim.Trouble{JamAfterPage: true, Mumbles: true})
	if page, err := r.scanner.Scan(t.Context(), both); err == nil || page.Image != nil {
		t.Errorf("%d bytes, %v", len(page.Image), err)
	}
}
