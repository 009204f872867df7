package camera

import (
	"image"
	"image/color"
	"math"
)

// Sheet is what a lens sees: a sheet of A4 with so many bars and lines of print on it, lying on a dark table, turned a little.
type Sheet struct {
	Bars    int     // by which tests know it again
	Degrees float64 // how far it is turned
	None    bool    // there is only the table
	Blurred bool    // the lens is out of focus
}

// Places on a sheet of 480 by 678.
const (
	sheetWide, sheetHigh = 480, 678
	paper, ink, table    = 236, 28, 70
)

// at is a sheet's grey at a point.
func (s Sheet) at(x, y int) uint8 {
	switch {
	case s.None:
		return table
	case x < 0 || y < 0 || x >= sheetWide || y >= sheetHigh:
		return table
	case y > 50 && y < 130: // the bars, 24 wide, every 48
		if x >= 48 && (x-48)/48 < s.Bars && (x-48)%48 < 24 {
			return ink
		}
	case x > 48 && x < 432 && y > 170 && y < 630 && y%24 < 10 && (x+29*(y/24))%49 > 7:
		return ink
	}
	return paper
}

// Lens draws what a lens of 4:3 sees.
func (s Sheet) Lens() *image.Gray {
	const width, height, most = 1024, 768, 1 << 12
	out := image.NewGray(image.Rect(0, 0, width, height))
	sin, cos := math.Sincos(s.Degrees * math.Pi / 180)
	sine, cosine := int(sin*most), int(cos*most)
	for y := range height {
		for x := range width {
			dx, dy := x-width/2, y-height/2
			out.Pix[y*out.Stride+x] = s.at((dx*cosine+dy*sine)/most+sheetWide/2, (dy*cosine-dx*sine)/most+sheetHigh/2)
		}
	}
	if s.Blurred {
		return blur(out)
	}
	return out
}

// blur gives each point the mean of a square around it.
func blur(sharp *image.Gray) *image.Gray {
	const reach = 7
	out := image.NewGray(sharp.Rect)
	wide, high := sharp.Rect.Dx(), sharp.Rect.Dy()
	sums := make([]int, (wide+1)*(high+1)) // of all points above and left
	for y := range high {
		row := 0
		for x := range wide {
			row += int(sharp.Pix[y*sharp.Stride+x])
			sums[(y+1)*(wide+1)+x+1] = sums[y*(wide+1)+x+1] + row
		}
	}
	for y := range high {
		top, bottom := max(0, y-reach), min(high, y+reach+1)
		for x := range wide {
			left, right := max(0, x-reach), min(wide, x+reach+1)
			sum := sums[bottom*(wide+1)+right] - sums[top*(wide+1)+right] - sums[bottom*(wide+1)+left] + sums[top*(wide+1)+left]
			out.Pix[y*out.Stride+x] = uint8(sum / ((bottom - top) * (right - left))) // #nosec G115 -- a mean of bytes
		}
	}
	return out
}

// BarsOn counts the bars on a page: a picture of a sheet that was cut out of its table and levelled.
func BarsOn(page image.Image) (n int) {
	b := page.Bounds()
	black := false
	for x := b.Min.X; x < b.Max.X; x++ {
		y := b.Min.Y + b.Dy()*90/sheetHigh
		grey, _ := color.GrayModel.Convert(page.At(x, y)).(color.Gray)
		is := grey.Y < 128 && x > b.Min.X+b.Dx()/20 && x < b.Max.X-b.Dx()/20
		if is && !black {
			n++
		}
		black = is
	}
	return n
}
