package desk

import (
	"bytes"
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"bianmin/ui"
	"bianmin/ui/theme"
)

// Portrait is the photo of a card, to compare a person with; without one it takes no room.
type Portrait struct {
	ui.Base
	shown []byte
}

// portraitWide and portraitHigh have the form of a card's photo, 102 × 126.
const (
	portraitWide = 102
	portraitHigh = 126
)

// NewPortrait makes an empty one.
func NewPortrait(k *Kit) *Portrait {
	p := &Portrait{}
	p.Hidden = true
	p.Setup(p, k.Look, func(float32) fyne.Size { return fyne.NewSize(portraitWide, portraitHigh) }, func(size fyne.Size) {
		for _, part := range p.Parts() {
			ui.Place(part, 0, 0, size.Width, size.Height)
		}
	})
	return p
}

// Set shows a picture; nil, or what is none, shows nothing and lets the last one go.
func (p *Portrait) Set(png []byte) {
	if bytes.Equal(png, p.shown) {
		return
	}
	p.shown = png
	img, _, err := image.Decode(bytes.NewReader(png))
	p.Hidden = err != nil
	if p.Hidden {
		p.SetParts()
		return
	}
	ground := canvas.NewRectangle(theme.Colour(theme.PictureGround))
	ground.StrokeColor, ground.StrokeWidth = theme.Colour(theme.LineControl), 1
	picture := canvas.NewImageFromImage(img)
	picture.FillMode = canvas.ImageFillContain
	p.SetParts(ground, picture)
}
