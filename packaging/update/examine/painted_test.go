package examine

import (
	"image"
	"image/color"
	"testing"
)

func TestPainted(t *testing.T) {
	picture := image.NewGray(image.Rect(0, 0, 64, 64))
	if Painted(picture) {
		t.Error("one colour is taken for a screen")
	}
	for x := 20; x < 40; x++ {
		for y := 20; y < 40; y++ {
			picture.SetGray(x, y, color.Gray{Y: 200})
		}
	}
	if !Painted(picture) {
		t.Error("a button is not seen")
	}
	if Painted(image.NewGray(image.Rectangle{})) {
		t.Error("an empty picture shows something")
	}
}
