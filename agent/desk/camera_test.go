package desk

import (
	"cmp"
	"context"
	"image"
	"sync"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/drivers"
)

// fakeViewer is a document camera: a scanner with a view.
type fakeViewer struct {
	*fakeScanner
	t     testing.TB
	mutex sync.Mutex
	on    bool
	views int
	lost  drivers.Fault // of the view
	pace  time.Duration // 100 ms when 0
}

func (v *fakeViewer) View(ctx context.Context, show func(image.Image)) error {
	v.mutex.Lock()
	if v.on {
		v.t.Error("two look through the camera")
	}
	v.on, v.views = true, v.views+1
	v.mutex.Unlock()
	defer func() {
		v.mutex.Lock()
		v.on = false
		v.mutex.Unlock()
	}()
	for n := 0; ; n++ {
		v.mutex.Lock()
		fault := v.lost
		v.mutex.Unlock()
		if ctx.Err() != nil {
			fault = drivers.FaultCancelled
		}
		if fault != "" {
			return &drivers.Error{Role: drivers.RoleScanner, Fault: fault, Op: "view"}
		}
		seen := image.NewGray(image.Rect(0, 0, 64, 48))
		for i := range seen.Pix {
			seen.Pix[i] = uint8(200 + n%50)
		}
		show(seen)
		pause(ctx, cmp.Or(v.pace, 100*time.Millisecond))
	}
}

func (v *fakeViewer) Scan(ctx context.Context, options drivers.ScanOptions) (drivers.ScannedPage, error) {
	if v.isOn() {
		v.t.Error("a page is taken in the middle of a view")
	}
	return v.fakeScanner.Scan(ctx, options)
}

func (v *fakeViewer) isOn() bool {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	return v.on
}

func (v *fakeViewer) lose(fault drivers.Fault) {
	v.mutex.Lock()
	v.lost = fault
	v.mutex.Unlock()
}

// atTheCamera is an application at a desk whose scanner is a document camera.
func atTheCamera(t *testing.T) (*stage, *fakeViewer) {
	v := &fakeViewer{t: t}
	s := newStage(t, func(o *Options) {
		v.fakeScanner, _ = o.Devices.Scanner.(*fakeScanner)
		o.Devices.Scanner = v
	})
	s.statuses.Store(&[]drivers.Status{{Role: drivers.RoleScanner, Condition: drivers.Online}})
	return s, v
}

// withApplication begins one at the desk.
func withApplication(s *stage, v *fakeViewer) (*stage, *fakeViewer) {
	s.t.Helper()
	s.signOn("100001")
	s.answered()
	return s, v
}

// looks fails unless the window is open and the camera on; closed unless both are off, and nothing can be seen any more.
func (s *stage) looks(v *fakeViewer) *Viewfinder {
	s.t.Helper()
	if s.state.Camera == nil || !v.isOn() || s.state.Camera.Finder.Copy(nil) == nil {
		s.t.Fatalf("the camera's window is %+v, the camera on: %v", s.state.Camera, v.isOn())
	}
	return s.state.Camera
}

func (s *stage) closed(v *fakeViewer, finder *Finder) {
	s.t.Helper()
	s.wait(200 * time.Millisecond)
	if s.state.Camera != nil || v.isOn() || finder.Copy(nil) != nil || finder.set(image.NewGray(image.Rect(0, 0, 1, 1))) {
		s.t.Errorf("the window is %+v, the camera on: %v", s.state.Camera, v.isOn())
	}
}

// TestCamera: pages are taken one after the other into a material while the view goes on; nothing below the window is touched; when
// it is closed the camera is off and the case goes its way.
func TestCamera(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s, v := withApplication(atTheCamera(t))
		s.send(ScanInto{Material: "HOUSEHOLD"})
		s.wait(2 * time.Second)
		c := s.looks(v)
		if c.Serial < 10 || c.Name == nil || !c.Several || c.Taken != 0 {
			t.Errorf("%+v", c)
		}
		for n := 1; n <= 3; n++ {
			s.send(CameraTake{})
			if !s.state.Camera.Busy || s.state.Camera.Finder.Copy(nil) == nil {
				t.Errorf("while page %d is taken: %+v", n, s.state.Camera)
			}
			s.send(CameraTake{}, CameraDone{}) // too early
			s.wait(time.Second)
			if c := s.looks(v); c.Taken != n || c.Busy || len(c.Last.Thumbnail) == 0 || len(s.state.Accept.Materials[2].Pages) != n {
				t.Errorf("page %d: %+v", n, c)
			}
		}
		s.send(CameraDrop{})
		if c := s.looks(v); c.Taken != 2 || !c.CanDrop || len(s.state.Accept.Materials[2].Pages) != 2 {
			t.Errorf("taken back: %+v", c)
		}
		s.send(CameraTake{})
		s.wait(time.Second)
		if ids := s.pagesOf(2); ids != "p1 p2 p4 " {
			t.Errorf("pages %s", ids)
		}
		s.send(Go{Page: Today}, Back{}, ScanInto{Material: "HOUSEHOLD"}, RemovePage{Page: "p1"}, File{})
		s.on(Accept)
		s.looks(v)
		s.send(CameraDone{})
		s.closed(v, c.Finder)
		if a := s.state.Accept; a.Busy != "" || len(a.Materials[2].Pages) != 3 {
			t.Errorf("busy %q, %d pages", a.Busy, len(a.Materials[2].Pages))
		}
		s.send(File{})
		s.wait(2 * time.Second)
		if s.on(Accept).Accept.Filed == nil {
			t.Errorf("not filed: %+v", s.state.Notice)
		}
	})
}

// TestCameraGoesOff: the camera is off as soon as the desk locks, by itself or by key, and when the agent signs off; a page that was being
// taken then is kept.
func TestCameraGoesOff(t *testing.T) {
	for name, leave := range map[string]func(s *stage){
		"locked":                    func(s *stage) { s.send(Lock{}) },
		"left alone":                func(s *stage) { s.wait(6 * time.Minute) },
		"signed off":                func(s *stage) { s.send(SignOff{}) },
		"locked while one is taken": func(s *stage) { s.send(CameraTake{}, Lock{}) },
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s, v := withApplication(atTheCamera(t))
				s.send(ScanInto{Material: "HOUSEHOLD"})
				s.wait(time.Second)
				finder := s.looks(v).Finder
				s.send(CameraTake{})
				s.wait(time.Second)
				s.looks(v)
				leave(s)
				s.closed(v, finder)
				if name == "signed off" {
					return
				}
				s.on(Locked)
				s.wait(time.Second)
				s.send(Unlock{Secret: goodSecret})
				s.wait(2 * time.Second)
				want := 1
				if name == "locked while one is taken" {
					want = 2
				}
				if a := s.on(Accept).Accept; a.Busy != "" || len(a.Materials[2].Pages) != want {
					t.Errorf("unlocked: busy %q, %d pages", a.Busy, len(a.Materials[2].Pages))
				}
				if s.state.Camera != nil || v.isOn() {
					t.Error("it is on again by itself")
				}
			})
		})
	}
}

// TestCameraLost: whatever is wrong with the camera is said in its window, which looks again by itself once the camera is there, and when the
// agent says so; a page that could not be taken costs nothing.
func TestCameraLost(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s, v := withApplication(atTheCamera(t))
		s.send(ScanInto{Material: "HOUSEHOLD"})
		s.wait(time.Second)
		s.statuses.Store(&[]drivers.Status{{Role: drivers.RoleScanner, Condition: drivers.NoDevice, Fault: drivers.FaultUnplugged}})
		v.lose(drivers.FaultUnplugged)
		s.wait(2 * time.Second)
		c := s.state.Camera
		if c == nil || !c.Lost || c.Problem.Key != "desk.notice.device.unplugged" || c.Finder.Copy(nil) != nil {
			t.Fatalf("unplugged: %+v", c)
		}
		views := v.views
		s.wait(time.Minute)
		if v.views != views {
			t.Errorf("looked %d times through a camera that is not there", v.views-views)
		}
		v.lose("")
		s.statuses.Store(&[]drivers.Status{{Role: drivers.RoleScanner, Condition: drivers.Online}})
		s.wait(3 * time.Second)
		if c := s.looks(v); c.Lost || c.Problem.Key != "" {
			t.Errorf("back: %+v", c)
		}
		s.scanner.mu.Lock()
		s.scanner.fault = drivers.FaultProtocol
		s.scanner.mu.Unlock()
		s.send(CameraTake{})
		s.wait(3 * time.Second)
		if c := s.looks(v); c.Lost || c.Problem.Key != "desk.notice.camera.protocol" || c.Taken != 0 || c.Busy {
			t.Errorf("not taken: %+v", c)
		}
		s.scanner.mu.Lock()
		s.scanner.fault = ""
		s.scanner.mu.Unlock()
		s.send(CameraTake{})
		s.wait(time.Second)
		if c := s.looks(v); c.Taken != 1 || c.Problem.Key != "" {
			t.Errorf("taken at last: %+v", c)
		}
		v.lose(drivers.FaultBusy)
		s.wait(300 * time.Millisecond)
		v.lose("")
		s.send(CameraTake{})
		s.wait(300 * time.Millisecond)
		s.looks(v)
		s.send(CameraDone{})
	})
}

// TestCameraBatch: page after page goes into the materials in their order, and the window says which is next.
func TestCameraBatch(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s, v := withApplication(atTheCamera(t))
		s.begin(insurance)
		s.send(SetField{Path: "first", Text: "y"}, SetField{Path: "bills", Text: "是"}, ScanBatch{})
		s.wait(time.Second)
		first := s.looks(v).Name.In("zh")
		s.send(CameraTake{})
		s.wait(time.Second)
		if second := s.looks(v).Name.In("zh"); second == first || second == "" {
			t.Errorf("after %q comes %q", first, second)
		}
		s.send(CameraDrop{}) // it was for the first
		if again := s.looks(v).Name.In("zh"); again != first || s.pagesOf(1) != "" {
			t.Errorf("taken back from %q, next comes %q", first, again)
		}
		s.send(CameraDrop{}, CameraTake{}) // there is none to take back any more
		s.wait(time.Second)
		s.send(CameraTake{})
		s.wait(time.Second)
		finder := s.looks(v).Finder
		s.send(CameraDone{})
		s.told("desk.notice.scanned")
		s.closed(v, finder)
		if s.pagesOf(1) != "p2 " || s.pagesOf(3) != "p3 " || s.state.Accept.Busy != "" {
			t.Errorf("pages %q and %q, busy %q", s.pagesOf(1), s.pagesOf(3), s.state.Accept.Busy)
		}
	})
}

// TestCameraSignedForm: of a signed form one page is taken and the window closes; closed without one, the question stands again.
func TestCameraSignedForm(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s, v := atTheCamera(t)
		number := s.fileFor(pension, nil)
		s.decide(number, casefile.StateProcessing, nil)
		s.signOn("100001")
		s.open(number)
		s.send(Act{Action: ActSuspend}, Answer{Yes: true, Text: "等材料"})
		s.wait(time.Second)
		s.asked("desk.ask.signed")
		s.send(Answer{Yes: true})
		s.wait(time.Second)
		c := s.looks(v)
		if c.Several || c.Name != nil {
			t.Errorf("%+v", c)
		}
		s.send(CameraDone{})
		s.closed(v, c.Finder)
		s.asked("desk.ask.signed")
		s.send(Answer{Yes: true})
		s.wait(time.Second)
		c = s.looks(v)
		s.send(CameraTake{})
		s.wait(2 * time.Second)
		s.closed(v, c.Finder)
		if turn := s.last(number, casefile.Suspended).Turn; len(turn.Pages) != 1 {
			t.Errorf("suspended: %+v", turn)
		}
	})
}
