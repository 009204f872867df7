package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"bianmin/agent/desk"
	"bianmin/agent/view"
	"bianmin/agent/wiring"
	"bianmin/core/casefile"
	"bianmin/core/pinyin"
	"bianmin/core/text"
	"bianmin/packaging/settings"
	"bianmin/ui/onui"
	"bianmin/ui/play"
	"bianmin/ui/theme"
	"bianmin/ui/toolkit"
)

// window is one run of the desk's window: until the sign-off, or until it is closed.
type window struct {
	log    *slog.Logger
	config string // the configuration file
	app    fyne.App
	window fyne.Window
	view   *view.Window
	desk   *desk.Desk
	cancel context.CancelFunc
	shown  atomic.Pointer[desk.State] // what is on the screen, for the probe
	signed bool                       // somebody has signed on; only the drawing goroutine uses it
	again  atomic.Pointer[[]string]   // the process is to be replaced with these arguments
	stays  bool                       // not when a shift is over: in practice, which it would clear, and for the canary test
}

// live opens the window and lives until a shift is over or the window is closed. again are the arguments
// the process is to be replaced with, nil when it is not.
func live(ctx context.Context, f flags, s settings.Settings, parts *wiring.Agent, log *slog.Logger) (again []string, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w := &window{log: log, config: f.config, desk: parts.Desk(), cancel: cancel, stays: f.plain || f.practice}
	w.open(s, parts.Words(), parts.Pinyin())
	if f.probe != "" {
		probe, err := w.listen(f.probe)
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, probe.Close()) }()
	}
	ended := make(chan error, 1)
	go func() {
		ended <- w.work(ctx, s, parts)
		onui.Do(w.app.Quit)
	}()
	watch := w.watchFirstFrame()
	w.window.Show()
	w.app.Run()
	cancel()
	last := <-ended
	if err := watch(); err != nil {
		return nil, err
	}
	if last != nil && !errors.Is(last, context.Canceled) {
		return nil, last
	}
	if args := w.again.Load(); args != nil {
		return *args, nil
	}
	return nil, nil
}

// work runs the desk and draws its states; a PC enrolled as something else only says so.
func (w *window) work(ctx context.Context, s settings.Settings, parts *wiring.Agent) error {
	if identity := parts.Office.Identity(); identity != nil && identity.Role != role {
		w.show(desk.State{
			Page: desk.OutOfService, Serial: 1, Lang: text.Chinese, Point: identity.Point, Phone: s.Phone, Now: time.Now().In(casefile.Zone),
			OutOfService: &desk.OutOfServiceView{Reason: "role", Phone: s.Phone},
		})
		<-ctx.Done()
		return ctx.Err()
	}
	drawn := make(chan struct{})
	go func() {
		defer close(drawn)
		for state := range w.desk.States() {
			w.show(state)
		}
	}()
	watching, quiet := context.WithCancel(ctx)
	var beside sync.WaitGroup
	if !w.stays {
		beside.Go(func() { w.stepAside(watching, settings.NewWatch(w.config, s), parts.Outdated) })
	}
	err := w.desk.Run(ctx)
	quiet()
	beside.Wait()
	<-drawn
	return err
}

// settingsPoll is how soon a change of the settings is noticed.
const settingsPoll = 5 * time.Second

// stepAside asks the desk to end when other settings count, or another edition of the catalogue came, and nobody is signed on.
func (w *window) stepAside(ctx context.Context, watch *settings.Watch, outdated func() bool) {
	tick := time.NewTicker(settingsPoll)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if watch.Changed() || outdated() {
				w.emit(desk.StepAside{})
			}
		}
	}
}

// shiftOver tells whether a state says that a shift is over: the agent signed off, or the keys were closed behind the idle lock.
func shiftOver(state desk.State) bool {
	return state.Page == desk.SignOn || state.Locked != nil && state.Locked.Closed
}

// show draws a state, and ends the run when a shift is over.
func (w *window) show(state desk.State) {
	if state.Leaving != "" || w.signed && shiftOver(state) && !w.stays {
		args := argsFor(state.Leaving, os.Args[1:])
		w.again.Store(&args)
		w.cancel()
		return
	}
	w.signed = w.signed || state.Account != ""
	onui.DoAndWait(func() {
		w.view.Show(state)
		w.shown.Store(&state)
	})
}

// open builds the window; it is shown by live.
func (w *window) open(s settings.Settings, words *text.Catalog, names *pinyin.Dictionary) {
	w.app = app.New()
	w.app.Settings().SetTheme(theme.DeskToolkit())
	w.window = w.app.NewWindow("便民代办")
	w.window.SetPadded(false)
	w.view = view.New(view.Options{Catalog: words, Emit: w.emit, Match: matcher(names.Readings)})
	w.window.SetContent(w.view.Root())
	w.view.Bind(w.window.Canvas())
	w.window.Resize(sizeOf(s.Screen))
	w.window.SetFullScreen(s.Screen.Fullscreen)
	w.window.SetCloseIntercept(func() { w.view.AskClose(w.cancel) })
}

// emit hands an event to the desk without keeping the window waiting: the desk's own
// goroutine takes events at once, but for the moment in which it writes.
func (w *window) emit(event desk.Event) {
	if w.desk != nil { // a version on trial has none
		w.desk.Send(event)
	}
}

// sizeOf is the window's size; a kiosk's upright panel, the configuration's default, is none for a desk.
func sizeOf(s settings.Screen) fyne.Size {
	if s.Height > s.Width || s.Width < theme.DeskWidth || s.Height < theme.DeskHeight {
		return fyne.NewSize(theme.DeskWidth, theme.DeskHeight)
	}
	return fyne.NewSize(float32(s.Width), float32(s.Height))
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

// watchFirstFrame ends the run when the window has not appeared in time; the returned function says so.
func (w *window) watchFirstFrame() (failed func() error) {
	return toolkit.WatchFirstFrame(toolkit.FirstFrame, func() bool { return w.shown.Load() != nil }, w.cancel)
}
