package states

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
)

// portrait is nobody's photo: a round head over shoulders, of the size of a card's.
func portrait() []byte {
	img := image.NewRGBA(image.Rect(0, 0, 102, 126))
	for y := range 126 {
		for x := range 102 {
			at := color.RGBA{0xE8, 0xEE, 0xF4, 0xFF}
			dx, dy := x-51, y-50
			switch {
			case dx*dx+dy*dy < 26*26:
				at = color.RGBA{0xC9, 0xA8, 0x8C, 0xFF}
			case dx*dx+(y-130)*(y-130) < 48*48:
				at = color.RGBA{0x3A, 0x4A, 0x66, 0xFF}
			}
			img.SetRGBA(x, y, at)
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		panic(err) // memory takes all
	}
	return out.Bytes()
}
