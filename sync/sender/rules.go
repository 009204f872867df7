package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"bianmin/packaging/settings"
	"bianmin/packaging/settings/schema"
	"bianmin/store"
	"bianmin/store/cut"
	"bianmin/sync/standing"
	"bianmin/sync/uplink"
	"bianmin/sync/wire"
)

// pointSettings is the commit point between the province's settings on the disk and what the store makes of them.
const pointSettings = "settings-taken"

// rules keeps the province's settings current, and this program and the store by what counts here. What
// kiosk, desk and updater make of them they find themselves, in the same file.
type rules struct {
	options options
	outbox  *store.Store
	keys    string
	who     standing.Who
	client  *http.Client
	url     string
	refused int64 // the newest number that is not asked for again until the next start; only the heartbeat's goroutine uses it

	mu    sync.Mutex
	watch *settings.Watch

	now atomic.Pointer[settings.Settings] // what counts
}

// held is what the platform is told.
func (r *rules) held() *wire.SettingsHeld {
	held, err := standing.Held(r.keys, r.who)
	if err != nil {
		r.options.log.Warn("the province's settings here are not in order", "error", err)
	}
	return held
}

// newest asks for the settings of a number that is newer than what is here.
func (r *rules) newest(ctx context.Context, number int64) {
	here, _ := standing.Load(r.keys, r.who) // what cannot be believed is as good as none, and replaced
	if number <= here.Number || number <= r.refused {
		return
	}
	if err := r.take(ctx); err != nil {
		var refusal *standing.Refusal
		if errors.As(err, &refusal) {
			r.refused = refusal.Number
		}
		if ctx.Err() == nil {
			r.options.log.Warn("the province's settings were not taken", "number", number, "error", err)
		}
	}
}

func (r *rules) take(ctx context.Context) error {
	signed, err := standing.Fetch(ctx, r.client, r.url, r.who)
	if err != nil {
		return err
	}
	ruling, changed, err := standing.Take(r.keys, r.who, signed)
	if err != nil || !changed {
		return err
	}
	r.options.log.Info("the province's settings were taken", "number", ruling.Number, "unknown", len(ruling.Unknown))
	if cut.Point != nil {
		cut.Point(pointSettings)
	}
	return r.apply(ctx)
}

// look notices settings that came on a stick, or that stand anew in this machine's own file.
func (r *rules) look(ctx context.Context) {
	r.mu.Lock()
	changed := r.watch.Changed()
	r.mu.Unlock()
	if !changed {
		return
	}
	err := r.apply(ctx)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		r.options.log.Warn("the settings were not applied", "error", err)
	default:
		r.options.log.Info("other settings count now")
	}
}

// apply lets the store purge and this program log by what counts now. Of a file that cannot be read what counted before stays.
func (r *rules) apply(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	now, err := r.read()
	if err != nil {
		return err
	}
	r.watch = settings.NewWatch(r.options.config, now)
	r.now.Store(&now)
	if now.Ruled.Problem != nil {
		r.options.log.Warn("the province's settings here are not in order", "error", now.Ruled.Problem)
	}
	if r.options.config != "" || now.Ruled.Value(schema.Log).From == settings.FromProvince {
		if err := r.options.level.UnmarshalText([]byte(now.Log)); err != nil {
			return fmt.Errorf("log level: %w", err)
		}
	}
	given := map[string]string{}
	for _, name := range []string{schema.Retention, schema.Cases, schema.DeskCases, schema.Reserve} {
		if v := now.Ruled.Value(name); v.From != settings.FromDefault {
			given[name] = v.Value
		}
	}
	known, err := r.outbox.Settings(ctx)
	if err != nil || maps.Equal(known, given) {
		return err
	}
	return r.outbox.SetSettings(ctx, given)
}

func (r *rules) read() (settings.Settings, error) {
	if r.options.config == "" {
		return settings.Bare(r.options.data), nil
	}
	return settings.Read(r.options.config)
}

// onMetered is how many times as long the waits of an idle line are where what goes over it costs.
const onMetered = 10

// pages tells the uplink what holds for attachments at present.
func (r *rules) pages() uplink.Rules {
	p := r.now.Load().Pages(time.Now())
	return uplink.Rules{Hold: map[string]string{
		schema.Quiet: uplink.HoldQuiet, schema.MeteredNight: uplink.HoldMetered, schema.MeteredForms: uplink.HoldForms,
	}[p.Wait], Cap: p.Cap}
}

// slower is how much less is said at present while nothing is to be sent.
func (r *rules) slower() int {
	if r.now.Load().Pages(time.Now()).Metered {
		return onMetered
	}
	return 1
}
