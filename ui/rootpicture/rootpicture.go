// Package rootpicture puts a picture on the X root window, so that something
// calm is seen while a program replaces its own process and has no window. It
// opens no window itself.
package rootpicture

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"io"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// bytesAtOnce keeps each request far below the X server's limit of 256 KiB.
const bytesAtOnce = 200 << 10

// Set makes img the background of the whole screen of a display ("" for the
// environment's), in its upper left corner on the colour around. The server
// keeps it after this connection is closed, as long as any other program is connected.
func Set(display string, img image.Image, around color.Color) error {
	conn, err := connect(display)
	if err != nil {
		return fmt.Errorf("connect to the X server: %w", err)
	}
	defer conn.Close()
	screen := xproto.Setup(conn).DefaultScreen(conn)
	if screen.RootDepth != 24 && screen.RootDepth != 32 {
		return fmt.Errorf("put a picture on the screen: a depth of %d bits is not known", screen.RootDepth)
	}
	canvas := flatten(img, int(screen.WidthInPixels), int(screen.HeightInPixels), around)
	if err := put(conn, screen, canvas); err != nil {
		return fmt.Errorf("put a picture on the screen: %w", err)
	}
	return nil
}

func connect(display string) (*xgb.Conn, error) {
	xgb.Logger.SetOutput(io.Discard) // it says on standard error what its errors say again
	if display == "" {
		return xgb.NewConn()
	}
	return xgb.NewConnDisplay(display)
}

// flatten lays the picture on the ground as the server wants it: blue, green, red, nothing.
func flatten(img image.Image, wide, high int, around color.Color) []byte {
	canvas := image.NewRGBA(image.Rect(0, 0, wide, high))
	draw.Draw(canvas, canvas.Bounds(), image.NewUniform(around), image.Point{}, draw.Src)
	draw.Draw(canvas, canvas.Bounds(), img, img.Bounds().Min, draw.Over)
	for i := 0; i < len(canvas.Pix); i += 4 {
		canvas.Pix[i], canvas.Pix[i+2] = canvas.Pix[i+2], canvas.Pix[i]
	}
	return canvas.Pix
}

func put(conn *xgb.Conn, screen *xproto.ScreenInfo, pixels []byte) error {
	wide, high := screen.WidthInPixels, screen.HeightInPixels
	pixmap, err := xproto.NewPixmapId(conn)
	if err != nil {
		return err
	}
	if err := xproto.CreatePixmapChecked(conn, screen.RootDepth, pixmap, xproto.Drawable(screen.Root), wide, high).Check(); err != nil {
		return err
	}
	context, err := xproto.NewGcontextId(conn)
	if err != nil {
		return err
	}
	if err := xproto.CreateGCChecked(conn, context, xproto.Drawable(pixmap), 0, nil).Check(); err != nil {
		return err
	}
	row := int(wide) * 4
	rows := max(1, bytesAtOnce/row)
	for y := 0; y < int(high); y += rows {
		n := min(rows, int(high)-y)
		err := xproto.PutImageChecked(conn, xproto.ImageFormatZPixmap, xproto.Drawable(pixmap), context,
			wide, uint16(n), 0, int16(y), 0, screen.RootDepth, pixels[y*row:(y+n)*row]).Check() //nolint:gosec // a screen's sizes
		if err != nil {
			return err
		}
	}
	if err := xproto.ChangeWindowAttributesChecked(conn, screen.Root, xproto.CwBackPixmap, []uint32{uint32(pixmap)}).Check(); err != nil {
		return err
	}
	if err := xproto.ClearAreaChecked(conn, false, screen.Root, 0, 0, 0, 0).Check(); err != nil {
		return err
	}
	// the server keeps the picture as the window's background after these are gone
	return xproto.FreePixmapChecked(conn, pixmap).Check()
}
