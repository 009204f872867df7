// Command bare is the smallest program that shows a window with the kiosk's
// toolkit: one colour. The kiosk's start is measured against it.
package main

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/canvas"

	"bianmin/ui/theme"
)

func main() {
	w := app.New().NewWindow("bare")
	w.SetPadded(false)
	w.SetContent(canvas.NewRectangle(theme.Colour(theme.Action)))
	w.Resize(fyne.NewSize(theme.DesignWidth, theme.DesignHeight))
	w.SetFullScreen(true)
	w.ShowAndRun()
}
