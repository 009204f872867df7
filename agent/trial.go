package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"log/slog"
	"time"

	"bianmin/agent/desk"
	"bianmin/agent/wiring"
	"bianmin/assets"
	"bianmin/core/casefile"
	"bianmin/core/pinyin"
	"bianmin/core/text"
	"bianmin/packaging/settings"
	"bianmin/packaging/update/examine"
	"bianmin/packaging/update/trial"
	"bianmin/ui/onui"
	"bianmin/ui/toolkit"
)

var errAnotherTrial = errors.New("another version is on trial on this PC, or the updater's note cannot be read: nothing is served")

// onTrial is all that a version on trial does: its window says that the new version is being checked. When it is healthy
// the process is replaced and serves; when not, it ends.
func onTrial(ctx context.Context, f flags, s settings.Settings, look trial.View, log *slog.Logger) error {
	if !look.Mine {
		return errAnotherTrial
	}
	words, err := text.Load(assets.Words())
	if err != nil {
		return fmt.Errorf("load the words: %w", err)
	}
	names, err := pinyin.Load(bytes.NewReader(assets.PinyinData()))
	if err != nil {
		return fmt.Errorf("load the pinyin data: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w := &window{log: log, cancel: cancel}
	w.open(s, words, names)
	if err := w.examined(ctx, f, s, look.Trial); err != nil {
		return fmt.Errorf("the new version is not healthy: %w", err)
	}
	return toolkit.Replace()
}

func (w *window) examined(ctx context.Context, f flags, s settings.Settings, t *trial.Trial) (err error) {
	if f.probe != "" {
		probe, err := w.listen(f.probe)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, probe.Close()) }()
	}
	ended := make(chan error, 1)
	go func() {
		w.show(desk.State{
			Page: desk.OutOfService, Serial: 1, Lang: text.Chinese, Phone: s.Phone, Now: time.Now().In(casefile.Zone),
			OutOfService: &desk.OutOfServiceView{Reason: "trial", Phone: s.Phone},
		})
		ended <- examine.Run(ctx, t, examine.Options{
			Folder: s.Update.State, Data: s.Data, Limit: s.Update.Trial, Reader: wiring.Reader(s.Devices), Log: w.log, Shown: w.painted,
		})
		onui.Do(w.app.Quit)
	}()
	watch := w.watchFirstFrame()
	w.window.Show()
	w.app.Run()
	w.cancel()
	return errors.Join(<-ended, watch())
}

// painted tells whether the window shows anything.
func (w *window) painted() bool {
	var picture image.Image
	onui.DoAndWait(func() { picture = w.window.Canvas().Capture() })
	return examine.Painted(picture)
}
