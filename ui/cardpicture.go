package ui

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"bianmin/ui/theme"
)

// CardPicture shows where the card goes: a card above the reader's area.
type CardPicture struct {
	drawn
	ground *canvas.Rectangle
	sketch *canvas.Raster
	label  *Text
}

// Units of the drawing: a panel 968 wide and 758 high.
const (
	cardPictureWidth  = 968
	cardPictureHeight = 758
)

// NewCardPicture makes the picture; label are the words on the reader's area.
func NewCardPicture(look theme.Look, label string) *CardPicture {
	c := &CardPicture{}
	c.look = look
	c.ground = panel(look, theme.Surface, theme.Line, theme.Border)
	c.sketch = canvas.NewRaster(c.draw)
	c.label = NewText(look, theme.SectionText, theme.ActionPressed, label).Centred()
	c.parts = []fyne.CanvasObject{c.ground, c.sketch, c.label}
	c.arrange = func(size fyne.Size) {
		place(c.ground, 0, 0, size.Width, size.Height)
		place(c.sketch, 0, 0, size.Width, size.Height)
		unit := pictureUnit(size.Width, size.Height)
		wide := 440 * unit
		high := c.label.HeightAt(wide)
		top := (size.Height-cardPictureHeight*unit)/2 + 504*unit
		place(c.label, (size.Width-wide)/2, top-high/2, wide, high)
	}
	c.measure = func(width float32) fyne.Size {
		return fyne.NewSize(0, look.Px(cardPictureHeight))
	}
	c.ExtendBaseWidget(c)
	return c
}

// LeastHeight is the lowest picture that can be understood.
func (c *CardPicture) LeastHeight(float32) float32 { return c.look.Px(380) }

func pictureUnit(width, height float32) float32 {
	return min(width/cardPictureWidth, height/cardPictureHeight)
}

func (c *CardPicture) draw(width, height int) image.Image {
	unit := pictureUnit(float32(width), float32(height))
	s := newSketch(max(width, 1), max(height, 1), unit)
	left := (float32(width)/unit - cardPictureWidth) / 2
	top := (float32(height)/unit - cardPictureHeight) / 2
	at := func(x, y float32) Point { return Point{left + x, top + y} }
	bar := func(x0, x1, y, thick float32, role theme.Role) {
		s.line([]Point{at(x0+thick/2, y), at(x1-thick/2, y)}, thick, theme.Colour(role))
	}
	box := func(x0, y0, x1, y1, radius, thick float32, role theme.Role) {
		s.line(roundOutline(left+x0, top+y0, left+x1, top+y1, radius), thick, theme.Colour(role))
	}
	// the reader
	s.fillRound(left+192, top+399, left+776, top+609, 30, theme.Colour(theme.Tint))
	box(192, 399, 776, 609, 30, 5, theme.Action)
	s.fillRound(left+254, top+441, left+714, top+567, 20, theme.Colour(theme.Surface))
	d := newSketch(max(width, 1), max(height, 1), unit)
	d.dashes(460, 126, 20, 4, 20, 13, theme.Colour(theme.Action))
	paste(s, d, left+254, top+441)
	// the card
	s.fillRound(left+284, top+110, left+684, top+362, 20, theme.Colour(theme.PictureGround))
	box(284, 110, 684, 362, 20, 4, theme.Ink)
	bar(320, 440, 170, 22, theme.PictureDark)
	bar(320, 510, 212, 22, theme.PictureLight)
	bar(320, 480, 254, 22, theme.PictureLight)
	bar(320, 648, 320, 24, theme.PictureDark)
	s.fillRound(left+544, top+150, left+648, top+282, 6, theme.Colour(theme.PictureLight))
	// the arrow
	s.line([]Point{at(484, 368), at(484, 414)}, 8, theme.Colour(theme.Action))
	s.line([]Point{at(460, 391), at(484, 417), at(508, 391)}, 8, theme.Colour(theme.Action))
	return s.img
}
