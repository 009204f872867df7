package escpos

import (
	"fmt"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"

	"bianmin/core/receipt"
	"bianmin/drivers/dots"
)

const (
	// maxRows is the number of rows in one raster command: clones choke on more.
	maxRows = 240
	// maxRaster is the size in bytes of one raster command, for the same reason.
	maxRaster = 1800
	// border is the white border a QR code needs, in modules.
	border = 4
	// largestModule is the size of a QR module in dots where the paper leaves room.
	largestModule = 5
)

// drawn sends one line as dots. A line of double size is sent small and doubled by the printer.
func (e *encoder) drawn(s string, align receipt.Align, size int, bold bool) {
	picture := dots.New(max(cells(s), 1)*cellWidth, cellHeight+lineGap/size)
	x := 0
	for _, r := range s {
		w := width(r) * cellWidth
		e.raster.Draw(picture, max(x-(2*cellWidth-w)*boolInt(w == 0)/2, 0), 0, max(w, 2*cellWidth*boolInt(w == 0)), cellHeight, r, bold)
		x += w
	}
	e.style(align, 1, false)
	e.picture(picture, size)
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// picture sends a bitmap in slices a small printer can take; zoom is 1 or 2.
func (e *encoder) picture(p *dots.Bitmap, zoom int) {
	mode := byte(0)
	if zoom == 2 {
		mode = 3
	}
	rows := min(maxRows, max(1, maxRaster/p.Stride))
	for y := 0; y < p.Height; y += rows {
		n := min(rows, p.Height-y)
		piece := []byte{gs, 'v', '0', mode, byte(p.Stride), byte(p.Stride >> 8), byte(n), byte(n >> 8)}
		e.put(append(piece, p.Pix[y*p.Stride:(y+n)*p.Stride]...))
	}
}

func (e *encoder) qr(data string) error {
	code, err := qr.Encode(data, qr.M, qr.Auto)
	if err != nil { // its words would be the data
		return fmt.Errorf("QR code of %d bytes: longer than a code can hold", len(data))
	}
	modules := code.Bounds().Dx()
	module := min(largestModule, e.profile.Dots()/(modules+2*border))
	if module < 2 {
		return fmt.Errorf("QR code of %d modules is too wide for %d mm paper", modules, e.profile.Paper)
	}
	e.style(receipt.Center, 1, false)
	if e.profile.RasterQR {
		e.drawQR(code, modules, module)
		return nil
	}
	e.put([]byte{lf}) // the printer draws no white border of its own
	e.put([]byte{gs, '(', 'k', 4, 0, 49, 65, 50, 0})
	e.put([]byte{gs, '(', 'k', 3, 0, 49, 67, byte(module)})
	e.put([]byte{gs, '(', 'k', 3, 0, 49, 69, 49})
	n := len(data) + 3
	e.put(append([]byte{gs, '(', 'k', byte(n), byte(n >> 8), 49, 80, 48}, data...))
	e.put([]byte{gs, '(', 'k', 3, 0, 49, 81, 48})
	e.put([]byte{lf})
	return nil
}

// drawQR draws the code at half size and lets the printer double it: a quarter of the bytes.
func (e *encoder) drawQR(code barcode.Barcode, modules, module int) {
	zoom := 2
	if module < 4 {
		zoom = 1
	}
	side := module / zoom
	picture := dots.New((modules+2*border)*side, (modules+2*border)*side)
	for y := range modules {
		for x := range modules {
			if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
				picture.Fill((x+border)*side, (y+border)*side, side, side)
			}
		}
	}
	e.picture(picture, zoom)
}
