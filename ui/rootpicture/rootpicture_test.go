package rootpicture_test

import (
	"image"
	"image/color"
	"image/draw"
	"testing"

	"github.com/jezek/xgb"

	"bianmin/drivers/sim/rig"
	"bianmin/ui/play"
	"bianmin/ui/rootpicture"
)

// TestSet puts a picture smaller than the screen on a real X server and looks
// at the screen after the connection that put it there is gone.
func TestSet(t *testing.T) {
	display, err := rig.OpenDisplay(t.Context(), 1080, 1920)
	if err != nil {
		t.Fatal(err)
	}
	defer display.Close()
	other, err := xgb.NewConnDisplay(display.Name) // as a session's own program would be
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	blue, white := color.NRGBA{R: 0x0B, G: 0x4A, B: 0xA2, A: 0xFF}, color.NRGBA{R: 0xF6, G: 0xF7, B: 0xF9, A: 0xFF}
	img := image.NewNRGBA(image.Rect(10, 10, 910, 1710))
	draw.Draw(img, img.Bounds(), image.NewUniform(blue), image.Point{}, draw.Src)
	if err := rootpicture.Set(display.Name, img, white); err != nil {
		t.Fatal(err)
	}
	hand, err := play.OpenHand(display.Name)
	if err != nil {
		t.Fatal(err)
	}
	defer hand.Close()
	screen, err := hand.Picture()
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[image.Point]color.NRGBA{
		{X: 0, Y: 0}: blue, {X: 899, Y: 1699}: blue, {X: 450, Y: 850}: blue, {X: 900, Y: 5}: white, {X: 5, Y: 1700}: white, {X: 1079, Y: 1919}: white,
	} {
		if got := color.NRGBAModel.Convert(screen.At(at.X, at.Y)); got != want {
			t.Errorf("at %v: %v, want %v", at, got, want)
		}
	}
}

func TestSetWithoutServer(t *testing.T) {
	if err := rootpicture.Set(":4242", image.NewGray(image.Rect(0, 0, 1, 1)), color.White); err == nil {
		t.Error("it put a picture on a display that is not there")
	}
}
