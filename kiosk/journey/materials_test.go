package journey

import (
	"bytes"
	"errors"
	"image"
	_ "image/png"
	"math"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/drivers"
)

// pages are the pages of a material on the screen.
func (s *stage) pages(code string) []PageView {
	for _, line := range s.state.Materials.Lines {
		if line.Code == code {
			return line.Pages
		}
	}
	return nil
}

func TestPagesAddRetakeRemove(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toMaterials()
		s.scanner.quality = drivers.QualityBlurred
		s.tap(ScanPage{Material: "hukou"})
		first := s.pages("hukou")
		if len(first) != 1 || first[0].Quality != drivers.QualityBlurred || !s.state.Next.Enabled {
			t.Fatalf("a blurred page is told and may be kept: %+v", first)
		}
		if img, format, err := image.Decode(bytes.NewReader(first[0].Thumbnail)); err != nil || format != "png" || img.Bounds().Dx() != 60 {
			t.Errorf("thumbnail %v %v", format, err)
		}
		s.scanner.quality = drivers.QualityGood
		s.tap(RetakePage{Material: "hukou", Page: first[0].ID})
		again := s.pages("hukou")
		if len(again) != 1 || again[0].Quality != drivers.QualityGood || again[0].ID == first[0].ID {
			t.Fatalf("retaken %+v", again)
		}
		s.tap(ScanPage{Material: "hukou"}, RemovePage{Material: "hukou", Page: again[0].ID}, RemovePage{Material: "hukou", Page: "p99"})
		if got := s.pages("hukou"); len(got) != 1 || got[0].ID == again[0].ID {
			t.Fatalf("removed %+v", got)
		}
		s.settle()
		if len(s.desk.attached) != 1 {
			t.Errorf("%d pages kept, want 1", len(s.desk.attached))
		}
		s.tap(RetakePage{Material: "hukou", Page: "p99"}, ScanPage{Material: "id"}, ScanPage{Material: "nothing"})
		if len(s.pages("hukou")) != 1 {
			t.Error("a page nobody asked for was scanned")
		}
		s.reader.remove()
		s.tap(Leave{}, LeaveNow{})
		s.over() // and the page left is dropped
	})
}

func TestPagesHaveALimit(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toMaterials()
		for range maxPages + 2 {
			s.tap(ScanPage{Material: "hukou"})
		}
		if got := len(s.pages("hukou")); got != maxPages {
			t.Errorf("%d pages", got)
		}
		if p := s.state.Materials.Problem; p.Key != keyTooManyPages || p.Args["pages"] != maxPages {
			t.Errorf("problem %+v", p)
		}
	})
}

func TestButtonScans(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toMaterials()
		s.button.presses <- struct{}{}
		s.wait(time.Second)
		if len(s.pages("hukou")) != 1 {
			t.Fatal("the button scans the open material")
		}
		s.tap(Help{Open: true})
		s.button.presses <- struct{}{}
		s.wait(time.Second)
		if len(s.pages("hukou")) != 1 {
			t.Error("the button scans nothing behind an overlay")
		}
		s.tap(Help{}, Onward{})
		s.on(Review)
		s.button.presses <- struct{}{}
		s.wait(time.Second)
		if s.scanner.scans != 1 {
			t.Error("the button scans nothing on other screens")
		}
	})
}

func TestScanningIsShownAndOneAtATime(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toMaterials()
		s.scanner.delay = 10 * time.Second
		v := s.tap(ScanPage{Material: "hukou"}, ScanPage{Material: "hukou"})
		if v.Materials.Busy != "hukou" || v.Next.Enabled || v.Next.Why.Key != keyWhyScanning {
			t.Fatalf("busy %+v", v.Materials)
		}
		s.wait(30 * time.Second)
		if s.scanner.scans != 1 || len(s.pages("hukou")) != 1 {
			t.Errorf("%d scans, %d pages", s.scanner.scans, len(s.pages("hukou")))
		}
	})
}

// TestLatePageIsDropped: a page that comes when the person has gone back belongs to nobody.
func TestLatePageIsDropped(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toMaterials()
		s.scanner.delay = 2 * time.Second
		s.tap(ScanPage{Material: "hukou"}, Back{})
		s.on(Question)
		s.wait(5 * time.Second)
		s.tap(Onward{})
		if v := s.on(Materials).Materials; v.Busy != "" || len(s.pages("hukou")) != 0 {
			t.Errorf("materials %+v", v)
		}
		s.reader.remove()
		s.tap(Leave{}, LeaveNow{})
		s.over()
	})
}

func TestScannerFaults(t *testing.T) {
	set := loadCatalogue(t)
	for _, fault := range scanFaults {
		t.Run(string(fault), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t, set)
				s.toMaterials()
				s.scanner.set(fault)
				v := s.tap(ScanPage{Material: "hukou"})
				if s.on(Materials); v.Materials.Problem.Key != "scan.problem."+string(fault) || v.Materials.Busy != "" {
					t.Fatalf("materials %+v", v.Materials)
				}
				s.scanner.set("")
				if v := s.tap(ScanPage{Material: "hukou"}).Materials; v.Problem.Key != "" || v.Missing != 0 {
					t.Fatalf("again %+v", v)
				}
			})
		})
	}
	for _, fault := range []drivers.Fault{drivers.FaultUnplugged, drivers.FaultSilent, drivers.FaultDevice, drivers.FaultMissingTool, drivers.FaultNotPermitted} {
		t.Run(string(fault), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t, set)
				s.toMaterials()
				s.scanner.set(fault)
				v := s.tap(ScanPage{Material: "hukou"})
				if s.on(DeviceFault); v.DeviceFault.Role != drivers.RoleScanner || v.DeviceFault.Fault != fault || v.DeviceFault.Skip || !v.Back {
					t.Fatalf("fault %+v", v.DeviceFault)
				}
				s.tap(Retry{})
				s.on(DeviceFault)
				s.scanner.set("")
				s.tap(Retry{})
				if s.on(Materials); len(s.pages("hukou")) != 1 {
					t.Fatal("trying again scans again")
				}
				s.scanner.set(fault)
				s.tap(ScanPage{Material: "hukou"}, Back{})
				if s.on(Materials); len(s.pages("hukou")) != 1 {
					t.Fatal("going back keeps the pages")
				}
				s.tap(ScanPage{Material: "hukou"})
				s.on(DeviceFault)
				s.session.Send(DeviceChanged{Status: drivers.Status{Role: drivers.RoleScanner, Condition: drivers.Online}})
				s.settle()
				s.on(Materials)
			})
		})
	}
}

func TestPageNotKept(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toMaterials()
		s.desk.attachErr.set(&casefile.Error{Code: casefile.DiskFull})
		v := s.tap(ScanPage{Material: "hukou"}).Materials
		if v.Problem.Key != keyPageNotKept || v.Missing != 1 {
			t.Fatalf("materials %+v", v)
		}
		s.desk.attachErr.set(nil)
		s.scanner.image = []byte("no picture")
		if v := s.tap(ScanPage{Material: "hukou"}).Materials; v.Problem.Key != "scan.problem.protocol" {
			t.Errorf("what is no picture is no page: %+v", v)
		}
	})
}

// TestScannerIsMissedBeforeAnythingIsEntered: an item that always needs a scan is not begun without a scanner.
func TestScannerIsMissedBeforeAnythingIsEntered(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.session.Send(DeviceChanged{Status: drivers.Status{Role: drivers.RoleScanner, Condition: drivers.NoDevice, Fault: drivers.FaultUnplugged}})
		s.tap(Begin{}, OpenCategory{}, OpenItem{Code: "pension-check"}, StartItem{})
		if v := s.on(DeviceFault).DeviceFault; v.Role != drivers.RoleScanner || v.Fault != drivers.FaultUnplugged {
			t.Fatalf("fault %+v", v)
		}
		s.tap(Retry{})
		s.on(DeviceFault)
		s.tap(Back{})
		s.on(Guide)
		s.tap(StartItem{})
		s.session.Send(DeviceChanged{Status: drivers.Status{Role: drivers.RoleScanner, Condition: drivers.Online}})
		s.settle()
		s.on(PlaceCard)
		s.tap(Back{}, Back{}, OpenItem{Code: "instant"}, StartItem{})
		s.on(PlaceCard)
	})
}

func TestPromiseAndPagesExcludeEachOther(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toPromise()
		s.tap(Onward{}, PromiseMaterial{Material: "plan", Promised: true})
		if v := s.on(Materials).Materials; v.Lines[2].Way != "" || v.Lines[2].CanPromise {
			t.Fatalf("without the letter nothing is promised: %+v", v.Lines[2])
		}
		s.tap(Back{}, AcceptPromise{Accepted: true}, Onward{}, PromiseMaterial{Material: "plan", Promised: true})
		if v := s.on(Materials).Materials; v.Lines[2].Way != casefile.Promised || v.Missing != 0 {
			t.Fatalf("promised: %+v", v.Lines[2])
		}
		s.tap(SelectMaterial{Code: "plan"}, ScanPage{Material: "plan"})
		if v := s.on(Materials).Materials; v.Lines[2].Way != casefile.Scanned {
			t.Fatalf("scanned all the same: %+v", v.Lines[2])
		}
		s.tap(PromiseMaterial{Material: "plan", Promised: true}, PromiseMaterial{Material: "poor", Promised: true})
		if v := s.on(Materials).Materials; v.Lines[2].Way != casefile.Scanned {
			t.Fatalf("a page is better than a promise: %+v", v.Lines[2])
		}
		s.tap(RemovePage{Material: "plan", Page: s.pages("plan")[0].ID}, PromiseMaterial{Material: "plan", Promised: true}, PromiseMaterial{Material: "plan"})
		if v := s.on(Materials).Materials; v.Lines[2].Way != "" || !v.Lines[2].Active {
			t.Fatalf("taken back: %+v", v.Lines[2])
		}
	})
}

func TestAnyChangeWipesTheSignature(t *testing.T) {
	set := loadCatalogue(t)
	for _, c := range []struct {
		name   string
		change []Event
	}{
		{"one more page", []Event{Back{}, ScanPage{Material: "hukou"}, Onward{}}},
		{"an answer", []Event{Edit{What: "phone"}, Answer{Value: "13900000000"}, Onward{}}},
		{"rewritten", []Event{Sign{}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t, set)
				s.toReview()
				if v := s.tap(name()); !v.Next.Enabled {
					t.Fatal("not signed")
				}
				s.tap(c.change...)
				if v := s.on(Review); v.Review.Signed || v.Next.Enabled || v.Next.Why.Key != keyWhySign {
					t.Errorf("still signed: %+v", v.Next)
				}
				s.tap(Onward{})
				if len(s.desk.submissions) > 0 {
					t.Error("filed without a signature")
				}
			})
		})
	}
}

func TestWhatIsASignature(t *testing.T) {
	nan := float32(math.NaN())
	for _, c := range []struct {
		name    string
		strokes []Stroke
		want    bool
	}{
		{"nothing", nil, false},
		{"a dot", []Stroke{{Points: []Point{{5, 5}}}}, false},
		{"a slip", []Stroke{{Points: []Point{{5, 5}, {25, 5}}}, {Points: []Point{{5, 9}, {25, 9}}}}, false},
		{"one short stroke", []Stroke{{Points: []Point{{0, 0}, {200, 0}}}}, false},
		{"one long stroke", []Stroke{{Points: []Point{{0, 0}, {200, 0}, {0, 10}}}}, true},
		{"a name", name().Strokes, true},
		{"no points", []Stroke{{}, {}}, false},
		{"no numbers", []Stroke{{Points: []Point{{nan, 1}, {float32(math.Inf(1)), 3}, {9e9, 3}}}}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			clean := sound(c.strokes)
			if got := signed(clean); got != c.want {
				t.Errorf("signed %v", got)
			}
			if _, err := picture(clean); (err != nil) != (len(clean) == 0) {
				t.Errorf("picture: %v", err)
			}
		})
	}
	var wild []Stroke
	for range 3 * maxStrokes {
		wild = append(wild, Stroke{Points: make([]Point, 100)})
	}
	if clean := sound(wild); len(clean) > maxStrokes || len(clean)*100 > maxPoints {
		t.Errorf("%d strokes kept", len(clean))
	}
}

var errBroken = errors.New("broken")
