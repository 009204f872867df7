package play_test

import (
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"bianmin/drivers/sim/rig"
	"bianmin/ui/play"
)

// TestHand presses on a window of its own on a real X server and reads the
// picture back.
func TestHand(t *testing.T) {
	display, err := rig.OpenDisplay(t.Context(), 640, 480)
	if err != nil {
		t.Fatal(err)
	}
	defer display.Close()
	conn, err := xgb.NewConnDisplay(display.Name)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	window := openWindow(t, conn, 100, 50, 200, 100)

	hand, err := play.OpenHand(display.Name)
	if err != nil {
		t.Fatal(err)
	}
	defer hand.Close()
	for _, do := range []func() error{
		func() error { return hand.Move(uint32(window), 30, 20) },
		hand.Press,
		func() error { return hand.Move(uint32(window), 60, 25) },
		hand.Release,
	} {
		if err := do(); err != nil {
			t.Fatal(err)
		}
	}
	press := await(t, conn, func(e xgb.Event) (xproto.ButtonPressEvent, bool) {
		p, ok := e.(xproto.ButtonPressEvent)
		return p, ok
	})
	if press.EventX != 30 || press.EventY != 20 || press.RootX != 130 || press.RootY != 70 || press.Detail != 1 {
		t.Errorf("pressed at %+v", press)
	}
	release := await(t, conn, func(e xgb.Event) (xproto.ButtonReleaseEvent, bool) {
		p, ok := e.(xproto.ButtonReleaseEvent)
		return p, ok
	})
	if release.EventX != 60 || release.EventY != 25 {
		t.Errorf("released at %+v", release)
	}
	img, err := hand.Picture()
	if err != nil {
		t.Fatal(err)
	}
	if img.Bounds().Dx() != 640 || img.Bounds().Dy() != 480 {
		t.Errorf("the picture is %v", img.Bounds())
	}
	if r, g, b, _ := img.At(150, 100).RGBA(); r>>8 != 0x0B || g>>8 != 0x4A || b>>8 != 0xA2 {
		t.Errorf("the window's colour is %x %x %x", r>>8, g>>8, b>>8)
	}
	if err := hand.Move(0, 640, 10); err == nil {
		t.Error("it moved off the screen")
	}
	if err := hand.Move(0x7FFFFFF, 1, 1); err == nil {
		t.Error("it moved on a window that is not there")
	}
}

func openWindow(t *testing.T, conn *xgb.Conn, x, y int16, wide, high uint16) xproto.Window {
	t.Helper()
	window, err := xproto.NewWindowId(conn)
	if err != nil {
		t.Fatal(err)
	}
	screen := xproto.Setup(conn).DefaultScreen(conn)
	err = xproto.CreateWindowChecked(conn, screen.RootDepth, window, screen.Root, x, y, wide, high, 0,
		xproto.WindowClassInputOutput, screen.RootVisual, xproto.CwBackPixel|xproto.CwEventMask,
		[]uint32{0x0B4AA2, xproto.EventMaskButtonPress | xproto.EventMaskButtonRelease | xproto.EventMaskExposure}).Check()
	if err != nil {
		t.Fatal(err)
	}
	if err := xproto.MapWindowChecked(conn, window).Check(); err != nil {
		t.Fatal(err)
	}
	await(t, conn, func(e xgb.Event) (xproto.ExposeEvent, bool) {
		p, ok := e.(xproto.ExposeEvent)
		return p, ok
	})
	return window
}

// await reads events until one fits.
func await[E any](t *testing.T, conn *xgb.Conn, fits func(xgb.Event) (E, bool)) E {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		event, failure := conn.PollForEvent()
		if failure != nil {
			t.Fatal(failure)
		}
		if found, ok := fits(event); ok {
			return found
		}
		select {
		case <-deadline:
			t.Fatal("the event did not come")
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func TestOpenHandWithoutServer(t *testing.T) {
	if _, err := play.OpenHand(":4242"); err == nil {
		t.Error("it connected to a display that is not there")
	}
}
