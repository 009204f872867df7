package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/driver/desktop"

	"bianmin/assets"
	"bianmin/core/pinyin"
	"bianmin/core/text"
	"bianmin/kiosk/journey"
	"bianmin/kiosk/screen"
	"bianmin/kiosk/wiring"
	"bianmin/packaging/settings"
	"bianmin/packaging/supervise"
	"bianmin/packaging/update/trial"
	"bianmin/ui"
	"bianmin/ui/onui"
	"bianmin/ui/play"
	"bianmin/ui/rootpicture"
	"bianmin/ui/theme"
	"bianmin/ui/toolkit"
)

// supervisedFrame is how long the window may take where a supervisor has a limit of its own.
const supervisedFrame = 10 * time.Minute

// wishPoll is how soon a wish for another version, or a change of the settings, is noticed.
const wishPoll = 5 * time.Second

// kiosk is one run of the window: one session.
type kiosk struct {
	flags    flags
	settings settings.Settings
	log      *slog.Logger
	app      fyne.App
	window   fyne.Window
	screens  *screen.Window
	session  atomic.Pointer[journey.Session]
	pinyin   *pinyin.Dictionary
	recorder *recorder                     // nil unless pictures are wanted
	ready    sync.Once                     // a first frame was drawn
	shown    atomic.Pointer[journey.State] // what is on the screen, for the probe
}

// live opens the window and lives one session. It tells how that ended; "" when it was stopped from outside.
func live(ctx context.Context, f flags, s settings.Settings, parts *wiring.Kiosk, log *slog.Logger) (end journey.End, err error) {
	words, err := text.Load(assets.Words())
	if err != nil {
		return "", fmt.Errorf("load the words: %w", err)
	}
	k := &kiosk{flags: f, settings: s, log: log, pinyin: parts.Pinyin}
	k.session.Store(parts.Session())
	if f.shots != "" {
		if k.recorder, err = openRecorder(f.shots, time.Now); err != nil {
			return "", err
		}
	}
	k.open(words)
	if f.probe != "" {
		probe, err := k.listen()
		if err != nil {
			return "", err
		}
		defer func() { err = errors.Join(err, probe.Close()) }()
	}
	asked := ctx
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan ending, 1)
	go func() {
		end := k.sessions(ctx, parts)
		ended <- end
		onui.Do(k.app.Quit)
	}()
	watch := k.watchFirstFrame(cancel)
	var beside sync.WaitGroup
	beside.Go(func() { k.warn("the supervisor does not hear", supervise.Beat(ctx, painting)) })
	beside.Go(func() { k.stepAside(ctx, time.Now(), parts.Outdated) })
	k.window.Show()
	k.app.Run()
	cancel()
	last := <-ended
	beside.Wait()
	log.Info("the window closed", "end", last.end, "error", last.err, "asked by", asker(asked))
	if err := watch(); err != nil {
		return "", err
	}
	if last.err != nil && !errors.Is(last.err, context.Canceled) {
		return "", last.err
	}
	return last.end, nil
}

// asker is who ended the run from outside: a signal by its name; "nobody" when the window or the session ended by itself.
func asker(ctx context.Context) string {
	if ctx.Err() == nil {
		return "nobody"
	}
	return context.Cause(ctx).Error()
}

// painting returns when the window's own goroutine takes work: a window that hangs does not live.
func painting(ctx context.Context) error {
	taken := make(chan struct{})
	onui.Do(func() { close(taken) })
	select {
	case <-taken:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// tellReady tells the supervisor of the first frame once it was really painted: a picture of it can be taken.
func (k *kiosk) tellReady() {
	if supervise.Supervised() {
		k.capture()
	}
	k.warn("the supervisor does not hear", supervise.Ready())
}

// warn logs what went wrong and stops nothing.
func (k *kiosk) warn(what string, err error) {
	if err != nil {
		k.log.Warn(what, "error", err)
	}
}

// ending is how a session ended.
type ending struct {
	end journey.End
	err error
}

// sessions lives one session; only where privacy is off, for the canary test, further ones follow in the same process.
func (k *kiosk) sessions(ctx context.Context, parts *wiring.Kiosk) ending {
	for {
		session := k.session.Load()
		drawn := make(chan struct{})
		go k.draw(session, drawn)
		end, err := session.Run(ctx)
		<-drawn
		if !k.flags.plain || err != nil || end != journey.Replace {
			return ending{end, err}
		}
		k.session.Store(parts.Session())
	}
}

// open builds window and screens; they are shown by live.
func (k *kiosk) open(words *text.Catalog) {
	k.app = app.New()
	panel := fyne.NewSize(float32(k.settings.Screen.Width), float32(k.settings.Screen.Height))
	k.app.Settings().SetTheme(theme.Toolkit(theme.For(panel, false)))
	k.window = k.app.NewWindow("便民服务")
	k.window.SetPadded(false)
	k.screens = screen.New(screen.Options{
		Catalog: words, Emit: k.emit, Size: panel, Engine: naming{k.pinyin.Engine(pinyin.Options{})},
		After: func(d time.Duration, f func()) { time.AfterFunc(d, func() { onui.Do(f) }) },
	})
	k.window.SetContent(k.screens.Root())
	k.window.Resize(panel)
	k.window.SetFullScreen(k.settings.Screen.Fullscreen)
	if k.settings.Screen.Fullscreen {
		k.window.SetCloseIntercept(func() {}) // the only way out is a technician's account
	} else if window, ok := k.window.(desktop.Window); ok {
		window.RequestPosition(0, 0)
	}
}

// emit hands an event to the session; a version on trial has none.
func (k *kiosk) emit(e journey.Event) {
	if session := k.session.Load(); session != nil {
		session.Send(e)
	}
}

// stepAside asks the session to end when nobody is served, and another version is wished for, other settings count or another
// edition of the catalogue came.
func (k *kiosk) stepAside(ctx context.Context, started time.Time, outdated func() bool) {
	watch := settings.NewWatch(k.flags.config, k.settings)
	tick := time.NewTicker(wishPoll)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if trial.Wished(k.settings.Update.State, started) || watch.Changed() || outdated() {
				k.emit(journey.StepAside{})
			}
		}
	}
}

// draw shows every state until the session is over.
func (k *kiosk) draw(session *journey.Session, done chan<- struct{}) {
	defer close(done)
	for state := range session.States() {
		k.show(state)
	}
}

// show draws a state.
func (k *kiosk) show(state journey.State) {
	onui.DoAndWait(func() {
		k.screens.Show(state)
		k.shown.Store(&state)
	})
	k.ready.Do(k.tellReady)
	if k.recorder != nil {
		if err := k.recorder.keep(state, k.capture); err != nil {
			k.log.Warn("a screen was not recorded", "error", err)
		}
	}
	if state.Screen == journey.Goodbye {
		k.goodbye()
	}
}

// goodbye leaves the picture on the root window, which is what one sees while the process is replaced.
func (k *kiosk) goodbye() {
	if !k.settings.Screen.Fullscreen {
		return
	}
	if err := rootpicture.Set(os.Getenv("DISPLAY"), k.capture(), theme.Colour(theme.Ground)); err != nil {
		k.log.Warn("the goodbye picture could not be left on the display", "error", err)
	}
}

// capture is what the window shows now.
func (k *kiosk) capture() (picture image.Image) {
	onui.DoAndWait(func() { picture = k.window.Canvas().Capture() })
	return picture
}

// listen opens the player's eye on the window.
func (k *kiosk) listen() (*play.Probe, error) {
	return play.ListenProbe(k.flags.probe, play.Source{
		Window: func() fyne.Window { return k.window },
		Screen: func() (string, int) {
			if state := k.shown.Load(); state != nil {
				return string(state.Screen), state.Serial
			}
			return "", 0
		},
		Wait: onui.DoAndWait,
	})
}

// watchFirstFrame ends the session when the window has not appeared in time; the returned function says so.
func (k *kiosk) watchFirstFrame(cancel context.CancelFunc) (failed func() error) {
	limit := toolkit.FirstFrame
	if supervise.Supervised() { // who waits for the first frame has a limit of its own
		limit = supervisedFrame
	}
	return toolkit.WatchFirstFrame(limit, func() bool { return k.shown.Load() != nil }, cancel)
}

// naming lets the screens tell the pinyin engine that a person's name is typed.
type naming struct{ *pinyin.Engine }

var (
	_ ui.NameTaker = naming{}
	_ ui.Taker     = naming{}
)

// TypeName offers surnames first, or no longer.
func (n naming) TypeName(name bool) { n.SetOptions(pinyin.Options{Name: name}) }
