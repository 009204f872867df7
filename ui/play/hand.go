package play

import (
	"context"
	"fmt"
	"image"
	"io"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"
)

// Hand is a finger on the panel and an eye for pictures. Positions are in
// pixels of the window given by its identifier, 0 for the whole screen.
type Hand interface {
	Move(window uint32, x, y int) error
	Press() error
	Release() error
	Picture() (image.Image, error)
	Close()
}

// xHand is the X server's: real events by XTEST, at the drawn position.
type xHand struct {
	conn *xgb.Conn
	root xproto.Window
	wide uint16
	high uint16
}

// OpenHand connects to the X server; display "" means the environment's.
func OpenHand(display string) (Hand, error) {
	conn, err := connect(display)
	if err != nil {
		return nil, fmt.Errorf("connect to the X server: %w", err)
	}
	if err := xtest.Init(conn); err != nil {
		conn.Close()
		return nil, fmt.Errorf("the X server has no XTEST: %w", err)
	}
	screen := xproto.Setup(conn).DefaultScreen(conn)
	return &xHand{conn: conn, root: screen.Root, wide: screen.WidthInPixels, high: screen.HeightInPixels}, nil
}

func connect(display string) (*xgb.Conn, error) {
	xgb.Logger.SetOutput(io.Discard) // it says on standard error what its errors say again
	if display == "" {
		return xgb.NewConn()
	}
	return xgb.NewConnDisplay(display)
}

// Close ends the connection.
func (h *xHand) Close() { h.conn.Close() }

// Move puts the pointer there.
func (h *xHand) Move(window uint32, x, y int) error {
	if window != 0 {
		at, err := xproto.TranslateCoordinates(h.conn, xproto.Window(window), h.root, 0, 0).Reply()
		if err != nil {
			return fmt.Errorf("find the window on the screen: %w", err)
		}
		x, y = x+int(at.DstX), y+int(at.DstY)
	}
	if x < 0 || y < 0 || x >= int(h.wide) || y >= int(h.high) {
		return fmt.Errorf("%d,%d is outside of the screen of %dx%d", x, y, h.wide, h.high)
	}
	return h.fake(xproto.MotionNotify, 0, int16(x), int16(y)) //nolint:gosec // inside of the screen
}

// Press puts the finger down.
func (h *xHand) Press() error { return h.fake(xproto.ButtonPress, 1, 0, 0) }

// Release takes the finger up.
func (h *xHand) Release() error { return h.fake(xproto.ButtonRelease, 1, 0, 0) }

func (h *xHand) fake(kind, detail byte, x, y int16) error {
	if err := xtest.FakeInputChecked(h.conn, kind, detail, 0, h.root, x, y, 0).Check(); err != nil {
		return fmt.Errorf("send an event to the X server: %w", err)
	}
	return nil
}

// Picture is the whole screen as it is shown.
func (h *xHand) Picture() (image.Image, error) {
	got, err := xproto.GetImage(h.conn, xproto.ImageFormatZPixmap, xproto.Drawable(h.root), 0, 0, h.wide, h.high, 0xFFFFFFFF).Reply()
	if err != nil {
		return nil, fmt.Errorf("take a picture of the screen: %w", err)
	}
	return pictureOf(got.Data, int(h.wide), int(h.high))
}

// pictureOf turns 32 bits per pixel, blue first, into an image.
func pictureOf(data []byte, wide, high int) (image.Image, error) {
	if len(data) < wide*high*4 {
		return nil, fmt.Errorf("take a picture of the screen: %d bytes for %dx%d: only 24-bit screens are known", len(data), wide, high)
	}
	img := image.NewRGBA(image.Rect(0, 0, wide, high))
	for i := 0; i < wide*high*4; i += 4 {
		img.Pix[i], img.Pix[i+1], img.Pix[i+2], img.Pix[i+3] = data[i+2], data[i+1], data[i], 0xFF
	}
	return img, nil
}

// pause waits, unless the context ends first.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
