package dots

import (
	"fmt"
	"image"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// Face draws characters of one font. It is safe for use by several goroutines.
type Face struct {
	font  *opentype.Font
	mutex sync.Mutex
	sizes map[int]font.Face
	buf   sfnt.Buffer
}

// NewFace reads a TrueType or OpenType file, not a collection.
func NewFace(file []byte) (*Face, error) {
	f, err := opentype.Parse(file)
	if err != nil {
		return nil, fmt.Errorf("read font: %w", err)
	}
	return &Face{font: f, sizes: map[int]font.Face{}}, nil
}

// Has tells whether the font can draw r.
func (f *Face) Has(r rune) bool {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	index, err := f.font.GlyphIndex(&f.buf, r)
	return err == nil && index != 0
}

// ink is how dark a pixel of the anti-aliased glyph must be to become a dot.
const ink = 0x68

// Draw draws r into the cell of width × height dots whose top left corner is
// (x, y); a character wider than the cell is squeezed. A character the font
// lacks is drawn as an empty box.
func (f *Face) Draw(dst *Bitmap, x, y, width, height int, r rune, bold bool) {
	if r == ' ' || r == '\u3000' {
		return
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	index, err := f.font.GlyphIndex(&f.buf, r)
	if err != nil || index == 0 {
		box(dst, x, y, width, height)
		return
	}
	pixels, baseline := height, height*7/8
	if r < 0x80 { // Latin is drawn smaller, so that its tails stay inside the cell
		pixels, baseline = height*5/6, height*19/24
	}
	face, err := f.size(pixels)
	if err != nil {
		box(dst, x, y, width, height)
		return
	}
	bounds, mask, corner, advance, ok := face.Glyph(fixed.P(0, baseline), r)
	if !ok {
		return
	}
	squeeze(dst, image.Rect(x, y, x+width, y+height), advance.Ceil(), bounds, mask, corner, bold)
}

// squeeze copies the glyph's ink into the cell: columns are scaled down when it
// is wider and centred when narrower, and it is moved down when it stands out at the top.
func squeeze(dst *Bitmap, cell image.Rectangle, advance int, bounds image.Rectangle, mask image.Image, corner image.Point, bold bool) {
	wide := max(advance, bounds.Max.X, 1)
	origin := cell.Min.Add(image.Pt(max(0, (cell.Dx()-wide)/2), max(0, min(-bounds.Min.Y, cell.Dy()-bounds.Max.Y))))
	for gy := bounds.Min.Y; gy < bounds.Max.Y; gy++ {
		for gx := bounds.Min.X; gx < bounds.Max.X; gx++ {
			_, _, _, a := mask.At(corner.X+gx-bounds.Min.X, corner.Y+gy-bounds.Min.Y).RGBA()
			if a>>8 < ink {
				continue
			}
			dot := origin.Add(image.Pt(gx, gy))
			if wide > cell.Dx() {
				dot.X = cell.Min.X + gx*cell.Dx()/wide
			}
			for range 2 {
				if dot.In(cell) {
					dst.Set(dot.X, dot.Y)
				}
				if !bold {
					break
				}
				dot.X++
			}
		}
	}
}

func box(dst *Bitmap, x, y, width, height int) {
	left, top, right, bottom := x+1, y+2, x+width-2, y+height-3
	dst.Fill(left, top, right-left+1, 1)
	dst.Fill(left, bottom, right-left+1, 1)
	dst.Fill(left, top, 1, bottom-top+1)
	dst.Fill(right, top, 1, bottom-top+1)
}

func (f *Face) size(pixels int) (font.Face, error) {
	if face, ok := f.sizes[pixels]; ok {
		return face, nil
	}
	face, err := opentype.NewFace(f.font, &opentype.FaceOptions{Size: float64(pixels), DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return nil, fmt.Errorf("scale font: %w", err)
	}
	f.sizes[pixels] = face
	return face, nil
}
