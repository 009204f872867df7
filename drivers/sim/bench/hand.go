package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/driver/desktop"
	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"bianmin/drivers/sim/rig"
	"bianmin/ui/onui"
	"bianmin/ui/theme"
	"bianmin/ui/toolkit"
)

// screenSize is the size of the display's first screen in px.
func screenSize(conn *xgb.Conn) (width, height int, ok bool) {
	setup := xproto.Setup(conn)
	if len(setup.Roots) == 0 {
		return 0, 0, false
	}
	root := setup.Roots[0]
	return int(root.WidthInPixels), int(root.HeightInPixels), true
}

// byHand opens the kiosk's window and the bench's window and waits until one of them is closed.
func (d demo) byHand(ctx context.Context, width, height int) error {
	scale := min(1, float64(height-80)/theme.DesignHeight, float64(width)*0.55/theme.DesignWidth)
	// Ctrl+C ends the windows; network and platform stay for what is compared afterwards.
	r, err := rig.Start(context.WithoutCancel(ctx), rig.Options{
		Dir: filepath.Join(d.dir, "work"), Bin: d.bin,
		Screen: rig.Screen{Width: theme.DesignWidth, Height: theme.DesignHeight, Scale: scale, Window: true},
		Idle:   2 * time.Minute, Done: time.Minute, Apart: true, Full: true,
	})
	if err != nil {
		return err
	}
	if err := r.StartSender(); err != nil {
		return errors.Join(err, r.Close())
	}
	screens := filepath.Join(d.dir, "screens")
	kiosk, err := openTerminal(r, func() (*rig.Program, error) { return r.StartKiosk(nil, "-shots", screens) })
	if err != nil {
		return errors.Join(err, r.Close())
	}
	fmt.Printf("demo: technician's account %s, PIN %s (tap the point's name five times)\n", r.Staff.ID, r.Staff.PIN)
	err = d.openBench(ctx, r, kiosk, place{x: int(scale*theme.DesignWidth) + 16, width: width, height: height})
	kiosk.stop()
	return errors.Join(err, d.leave(context.WithoutCancel(ctx), r), r.Close())
}

// lowKiosk is by how many px the kiosk's window is wider than asked at the most.
const lowKiosk = 48

// place is where the bench window goes: right of the kiosk, on what is left of the display.
type place struct{ x, width, height int }

// openBench shows the bench window until it is closed or the kiosk ends.
func (d demo) openBench(ctx context.Context, r *rig.Rig, kiosk *terminal, at place) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	toolkit.Log(slog.New(slog.NewTextHandler(os.Stderr, nil)))
	a := app.New()
	a.Settings().SetTheme(look(at.width - at.x))
	main := a.NewWindow("模拟设备台")
	bench := newWindow(ctx, r.Stand, kiosk.useCamera)
	main.SetContent(bench.content)
	main.Canvas().SetOnTypedKey(func(k *fyne.KeyEvent) { bench.key(k.Name) })
	x := at.x
	if at.width-x < roomy { // on a low display the kiosk's window is wider than asked
		x = max(0, min(x+lowKiosk, at.width-int(bench.content.MinSize().Width)))
	}
	main.Resize(fyne.NewSize(float32(at.width-x), float32(min(1000, at.height-60))))
	if window, ok := main.(desktop.Window); ok {
		window.RequestPosition(x, 0)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		watch(ctx, r, bench)
	}()
	go func() {
		kiosk.wait(ctx)
		onui.Do(a.Quit)
	}()
	bench.refresh()
	main.ShowAndRun()
	cancel()
	<-done
	bench.work.Wait()
	return nil
}

// watch keeps the bench window up to date: the devices often, the platform's cases now and then.
func watch(ctx context.Context, r *rig.Rig, bench *window) {
	devices, platform := time.NewTicker(300*time.Millisecond), time.NewTicker(3*time.Second)
	lying := ""
	defer devices.Stop()
	defer platform.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-devices.C:
			onui.Do(bench.refresh)
			if last := lastOf(bench.devices.State().Documents); last != lying {
				lying = last
				page := firstPage(ctx, r, last)
				onui.Do(func() { bench.setPage(page) })
			}
		case <-platform.C:
			cases, _, err := r.Cases(ctx)
			if err != nil {
				continue
			}
			if words, err := platformWords(cases); err == nil {
				onui.Do(func() { bench.setCases(words) })
			}
		}
	}
}

// leave writes what the demo came to and checks every receipt against the platform.
func (d demo) leave(ctx context.Context, r *rig.Rig) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if len(r.Stand.Printed()) == 0 {
		return errors.New("nothing was filed and printed, so there was nothing to compare with the platform")
	}
	if _, err := r.Stand.Do(ctx, "network restore"); err != nil {
		return err
	}
	checked, err := r.CheckReceipts(ctx, d.dir)
	if err != nil {
		return err
	}
	for _, o := range checked {
		fmt.Printf("demo: case number %s, platform number %s: receipt's code verified, the platform's opened case is the one on the receipt\n", o.Number, o.Official)
	}
	if err := os.Rename(filepath.Join(d.dir, "screens", "journey.json"), filepath.Join(d.dir, "journey.json")); err != nil {
		return fmt.Errorf("keep the record: %w", err)
	}
	fmt.Printf("demo: look into %s: screens/*.png receipt.png receipt.bin platform.json journey.json\n", d.dir)
	return nil
}
