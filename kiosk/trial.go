package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"bianmin/assets"
	"bianmin/core/casefile"
	"bianmin/core/pinyin"
	"bianmin/core/text"
	"bianmin/kiosk/journey"
	"bianmin/kiosk/wiring"
	"bianmin/packaging/settings"
	"bianmin/packaging/supervise"
	"bianmin/packaging/update/examine"
	"bianmin/packaging/update/trial"
	"bianmin/ui/onui"
	"bianmin/ui/toolkit"
)

var errAnotherTrial = errors.New("another version is on trial on this terminal, or the updater's note cannot be read: nothing is served")

// onTrial is all that a version on trial does: its window says that the new version is being checked, and has nothing to
// tap. When it is healthy the process is replaced and serves; when not, it ends and whoever supervises starts it again.
func onTrial(ctx context.Context, f flags, s settings.Settings, view trial.View, log *slog.Logger) error {
	if !view.Mine {
		return errAnotherTrial
	}
	words, err := text.Load(assets.Words())
	if err != nil {
		return fmt.Errorf("load the words: %w", err)
	}
	dictionary, err := pinyin.Load(bytes.NewReader(assets.PinyinData()))
	if err != nil {
		return fmt.Errorf("load the pinyin data: %w", err)
	}
	k := &kiosk{flags: f, settings: s, log: log, pinyin: dictionary}
	k.open(words)
	if err := k.examined(ctx, view.Trial); err != nil {
		return fmt.Errorf("the new version is not healthy: %w", err)
	}
	return toolkit.Replace()
}

func (k *kiosk) examined(ctx context.Context, t *trial.Trial) (err error) {
	if k.flags.probe != "" {
		probe, err := k.listen()
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, probe.Close()) }()
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		k.show(journey.State{
			Screen: journey.OutOfService, Serial: 1, Lang: text.Chinese, Now: time.Now().In(casefile.Zone),
			OutOfService: &journey.OutOfServiceView{Reason: "trial", Phone: k.settings.Phone},
		})
		ended <- examine.Run(ctx, t, examine.Options{
			Folder: k.settings.Update.State, Data: k.settings.Data, Limit: k.settings.Update.Trial, Reader: wiring.Reader(k.settings.Devices), Log: k.log,
			Shown: func() bool { return painting(ctx) == nil && examine.Painted(k.capture()) },
		})
		onui.Do(k.app.Quit)
	}()
	var beats sync.WaitGroup
	beats.Go(func() { k.warn("the supervisor does not hear", supervise.Beat(ctx, painting)) })
	defer beats.Wait()
	defer cancel()
	watch := k.watchFirstFrame(cancel)
	k.window.Show()
	k.app.Run()
	cancel()
	return errors.Join(<-ended, watch())
}
