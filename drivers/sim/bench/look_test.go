package main

import (
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// TestReadUnderThePointer: a button that was clicked still has the pointer on it; its white letters stand on its own colour all the same.
func TestReadUnderThePointer(t *testing.T) {
	_, w := bench(t)
	window := test.NewTempWindow(t, w.content)
	window.Resize(fyne.NewSize(1280, 740))
	b := w.parts[0].faults[0].button
	test.Tap(b)
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(b)
	test.MoveMouse(window.Canvas(), at.AddXY(b.Size().Width/2, b.Size().Height/2))
	grey, _ := color.GrayModel.Convert(window.Canvas().Capture().At(int(at.X)+int(b.Size().Width)-8, int(at.Y)+6)).(color.Gray)
	if grey.Y > 120 {
		t.Errorf("behind white letters lies a grey of %d", grey.Y)
	}
}
