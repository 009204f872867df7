package desk

import (
	"context"
	"errors"
	"image"

	"bianmin/core/text"
	"bianmin/drivers"
)

// slotView is the view through the document camera.
const slotView slot = "view"

// shot is what is scanned, and what becomes of each page.
type shot struct {
	use func(m *machine, p page, err error)
	// name is what the next page belongs to, where that has a name; more tells whether another may follow, nil for one page only. A document
	// camera's window asks both.
	name func() text.Local
	more func() bool
	// drop takes back the page that came last; nil where that cannot be.
	drop func(m *machine)
	// left hears that the scan is over, before a scanner's page is used; missed that the camera's window was closed without a page.
	left, missed func(m *machine)
}

// camera is the document camera's open window.
type camera struct {
	shot
	opened  int // which window it is
	finder  *Finder
	serial  int // of the picture
	pages   []page
	busy    bool // a page is being taken
	lost    bool // nothing is seen, for the problem's reason
	problem Message
}

// viewer is the scanner where it shows what lies before it.
func (m *machine) viewer() drivers.Viewer {
	viewer, _ := m.options.Devices.Scanner.(drivers.Viewer)
	return viewer
}

func (m *machine) openCamera(s shot) {
	m.cameras++
	m.shift.camera = &camera{shot: s, opened: m.cameras, finder: &Finder{}}
	m.startView()
}

// startView looks through the camera until the slot is cancelled or it fails.
func (m *machine) startView() {
	c, viewer := m.shift.camera, m.viewer()
	m.fx.start(slotView, m.shift, false, func(ctx context.Context, emit func(then)) then {
		release, err := m.fx.lease(ctx, drivers.RoleScanner)
		if err != nil {
			return nil
		}
		defer release()
		err = viewer.View(ctx, func(seen image.Image) {
			if ctx.Err() == nil && c.finder.set(seen) {
				emit(func(*machine) { c.seen() })
			}
		})
		return func(m *machine) { m.viewEnded(c, err) }
	})
}

// seen notes another picture: whatever was wrong with the view is over.
func (c *camera) seen() {
	c.serial++
	if c.lost {
		c.lost, c.problem = false, Message{}
	}
}

func (m *machine) viewEnded(c *camera, err error) {
	if m.shift.camera != c {
		return
	}
	m.log.Warn("the view has ended", "error", err)
	c.finder.blank()
	c.serial++
	c.lost, c.problem = true, cameraTrouble(err)
}

// cameraFaults have words of their own.
var cameraFaults = map[drivers.Fault]bool{drivers.FaultBusy: true, drivers.FaultSilent: true, drivers.FaultProtocol: true}

// cameraTrouble picks the words for what is wrong with the camera.
func cameraTrouble(err error) Message {
	var device *drivers.Error
	if !errors.As(err, &device) {
		return trouble(err)
	}
	if cameraFaults[device.Fault] {
		return Message{Key: "desk.notice.camera." + string(device.Fault)}
	}
	said := fault(device.Role, device.Fault)
	said.Args["device"] = text.Key("desk.notice.camera.name")
	return said
}

// cameraTick looks again through a camera that has failed and is there now.
func (m *machine) cameraTick() {
	if w := m.shift; w != nil && w.camera != nil && w.camera.lost && m.statuses[drivers.RoleScanner].Condition == drivers.Online {
		m.startView()
	}
}

// cameraEvent takes what the camera's window sends.
func (m *machine) cameraEvent(w *shift, event Event) bool {
	switch event.(type) {
	case CameraTake:
		switch c := w.camera; {
		case c == nil || c.busy:
		case c.lost:
			m.startView()
		default:
			m.takePicture(w)
		}
	case CameraDrop:
		if c := w.camera; c != nil && !c.busy && c.drop != nil && len(c.pages) > 0 {
			c.drop(m)
			c.pages = c.pages[:len(c.pages)-1]
		}
	case CameraDone:
		if w.camera != nil && !w.camera.busy {
			m.closeCamera()
		}
	default:
		return false
	}
	return true
}

// ofCamera tells whether an event is for the camera's window, or changes nothing below it.
func ofCamera(event Event) bool {
	switch event.(type) {
	case CameraTake, CameraDone, CameraDrop:
		return true
	}
	return passes(event)
}

// takePicture ends the view, whose last picture stays to be seen, and takes a page.
func (m *machine) takePicture(w *shift) {
	c, mark := w.camera, m.mark()
	c.busy, c.problem = true, Message{}
	m.fx.cancel(slotView)
	m.look(slotScan, func(ctx context.Context, _ Book) then {
		pages, err := m.scanSheet(ctx, w, drivers.ScanOptions{}, mark)
		return func(m *machine) { m.taken(c, pages, err) }
	})
}

// taken hands the page on, also where the window was closed meanwhile, and looks on where another may follow.
func (m *machine) taken(c *camera, pages []page, err error) {
	c.busy = false
	open := m.shift.camera == c
	switch {
	case err != nil && open:
		m.log.Warn("not done", "doing", "take a page", "error", err)
		c.problem = cameraTrouble(err)
		m.startView()
		return
	case err != nil:
		return
	}
	p := pages[0]
	c.pages = append(c.pages, p)
	if open && c.more == nil {
		m.closeCamera()
	}
	c.use(m, p, nil)
	switch {
	case m.shift.camera != c:
	case c.more():
		m.startView()
	default:
		m.closeCamera()
	}
}

// closeCamera switches the camera off and forgets what was seen.
func (m *machine) closeCamera() {
	if m.shift == nil || m.shift.camera == nil {
		return
	}
	c := m.shift.camera
	m.shift.camera = nil
	m.fx.cancel(slotView)
	c.finder.close()
	if c.left != nil {
		c.left(m)
	}
	if len(c.pages) == 0 && c.missed != nil {
		c.missed(m)
	}
}

func (m *machine) drawCamera() *Viewfinder {
	if m.shift == nil || m.locked != nil || m.shift.camera == nil {
		return nil
	}
	c := m.shift.camera
	v := &Viewfinder{Opened: c.opened, Finder: c.finder, Serial: c.serial, Taken: len(c.pages), Several: c.more != nil, Busy: c.busy, Lost: c.lost, Problem: c.problem}
	if c.name != nil {
		v.Name = c.name()
	}
	v.CanDrop = c.drop != nil && len(c.pages) > 0
	if n := len(c.pages); n > 0 {
		v.Last = pageViews(c.pages[n-1:], "")[0]
	}
	return v
}
