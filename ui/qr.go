package ui

import (
	"fmt"
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/boombuler/barcode/qr"

	"bianmin/ui/theme"
)

// QR shows a QR code in a white frame.
type QR struct {
	drawn
	ground *canvas.Rectangle
	code   *canvas.Raster
	dots   image.Image // one pixel per module
}

// NewQR makes a QR code of a fixed side in the toolkit's units; no content leaves it empty.
func NewQR(look theme.Look, side float32, content string) (*QR, error) {
	q := &QR{}
	q.look = look
	q.ground = panel(look, theme.Surface, theme.LineControl, theme.Border)
	q.ground.CornerRadius = 0
	q.code = canvas.NewRaster(q.Picture)
	q.parts = []fyne.CanvasObject{q.ground, q.code}
	edge := look.Px(10)
	q.arrange = func(size fyne.Size) {
		place(q.ground, 0, 0, size.Width, size.Height)
		place(q.code, edge, edge, size.Width-2*edge, size.Height-2*edge)
	}
	q.measure = func(float32) fyne.Size { return fyne.NewSize(side, side) }
	q.ExtendBaseWidget(q)
	return q, q.Set(content)
}

// Set changes the content. It fails when the content is too long for a QR code.
func (q *QR) Set(content string) error {
	q.dots = nil
	if content != "" {
		code, err := qr.Encode(content, qr.M, qr.Auto)
		if err != nil {
			return fmt.Errorf("encode a QR code: %w", err)
		}
		q.dots = code
	}
	q.code.Refresh()
	return nil
}

// Picture returns the code in a size in pixels, each module a square of whole
// pixels, with white around.
func (q *QR) Picture(width, height int) image.Image {
	out := image.NewGray(image.Rect(0, 0, max(width, 1), max(height, 1)))
	for i := range out.Pix {
		out.Pix[i] = 0xFF
	}
	if q.dots == nil {
		return out
	}
	const quiet = 2
	bounds := q.dots.Bounds()
	modules := bounds.Dx()
	size := max(1, min(width, height)/(modules+2*quiet))
	left, top := (width-size*modules)/2, (height-size*modules)/2
	for y := range modules {
		for x := range modules {
			if level := color.GrayModel.Convert(q.dots.At(bounds.Min.X+x, bounds.Min.Y+y)).(color.Gray); level.Y < 128 { //nolint:errcheck // the gray model converts to gray
				square(out, left+x*size, top+y*size, size)
			}
		}
	}
	return out
}

func square(img *image.Gray, left, top, size int) {
	for y := top; y < top+size; y++ {
		for x := left; x < left+size; x++ {
			img.SetGray(x, y, color.Gray{})
		}
	}
}
