package main

import (
	"context"
	"errors"
	"math"
	"sync/atomic"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"bianmin/core/text"
	"bianmin/packaging/setup/stage"
	"bianmin/packaging/setup/view"
	"bianmin/ui/onui"
	"bianmin/ui/play"
	"bianmin/ui/theme"
	"bianmin/ui/toolkit"
)

// upright is the width of a window that stands, in the toolkit's units.
const upright = 675

// scaleOf is the toolkit's scale on a screen: the window fills it, and its letters grow with it.
func scaleOf(width, height int) float32 {
	scale := min(float64(width)/theme.DeskWidth, float64(height)/theme.DeskHeight)
	if height > width {
		scale = float64(width) / upright
	}
	return float32(max(1, math.Round(scale*10)/10))
}

// window is one run of the window.
type window struct {
	app    fyne.App
	window fyne.Window
	view   *view.Window
	shown  atomic.Pointer[stage.State] // what is on the screen, for the probe
}

// live opens the window and lives until it is closed.
func live(ctx context.Context, f flags, words *text.Catalog, s *stage.Stage) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w := &window{app: app.New()}
	w.app.Settings().SetTheme(theme.DeskToolkit())
	w.window = w.app.NewWindow(words.T(text.Chinese, "setup.title", nil))
	w.window.SetPadded(false)
	w.view = view.New(view.Options{Catalog: words, Emit: s.Send})
	w.window.SetContent(w.view.Root())
	w.view.Bind(w.window.Canvas())
	w.window.Resize(fyne.NewSize(theme.DeskWidth, theme.DeskHeight))
	w.window.SetFullScreen(true)
	w.window.SetCloseIntercept(func() { s.Send(stage.Leave{}) })
	if f.probe != "" {
		probe, err := w.listen(f.probe)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, probe.Close()) }()
	}
	ended := make(chan error, 1)
	go func() {
		ended <- s.Run(ctx, w.show)
		onui.Do(w.app.Quit)
	}()
	late := toolkit.WatchFirstFrame(toolkit.FirstFrame, func() bool { return w.shown.Load() != nil }, cancel)
	w.window.Show()
	w.app.Run()
	cancel()
	err = <-ended
	if errors.Is(err, context.Canceled) { // it was closed from outside
		err = nil
	}
	return errors.Join(err, late())
}

func (w *window) show(state stage.State) {
	onui.DoAndWait(func() {
		w.view.Show(state)
		w.shown.Store(&state)
	})
}

// listen opens the player's eye on the window.
func (w *window) listen(path string) (*play.Probe, error) {
	return play.ListenProbe(path, play.Source{
		Window: func() fyne.Window { return w.window },
		Screen: func() (string, int) {
			if state := w.shown.Load(); state != nil {
				return string(state.Page), state.Serial
			}
			return "", 0
		},
		Wait: onui.DoAndWait,
	})
}
