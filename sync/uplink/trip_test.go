package uplink_test

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"

	"bianmin/platform/platformtest"
	"bianmin/store"
	"bianmin/sync/channel"
	"bianmin/sync/uplink"
	"bianmin/sync/wire"
)

// told keeps the first time that was taken home.
type told chan time.Time

func (told) Counts(context.Context) (store.Counts, error) { return store.Counts{}, nil }
func (c told) SetPlatformTime(_ context.Context, at time.Time) error {
	select {
	case c <- at:
	default:
	}
	return nil
}

// slowly connects only after a time.
func slowly(client *http.Client, after time.Duration) *http.Client {
	transport := client.Transport.(*http.Transport).Clone()
	dial := transport.DialTLSContext
	transport.DialTLSContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		wait := time.NewTimer(after)
		defer wait.Stop()
		select {
		case <-wait.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		return dial(ctx, network, address)
	}
	return &http.Client{Transport: transport, CheckRedirect: client.CheckRedirect}
}

// TestConnectingIsNoPartOfTheTime: how long it took to connect does not shift the time that is taken over, from a heartbeat or with a dead clock.
func TestConnectingIsNoPartOfTheTime(t *testing.T) {
	t.Parallel()
	const connecting = 1500 * time.Millisecond
	signed := time.Now().UTC().Truncate(time.Second)
	p := platformtest.Start(t, platformtest.Options{Now: func() time.Time { return signed }})
	m := newTerminal(t, p, "QH0301", p.URL)
	key := m.identity.Believed()
	for name, ask := range map[string]func(client *http.Client, home told){
		"heartbeat": func(client *http.Client, home told) {
			heard := make(chan error, 1)
			run(t, uplink.Pulse{
				Memory: home, Client: client, URL: p.URL, Key: key, Software: "test", Now: time.Now, Log: slog.New(slog.DiscardHandler),
				Timing: uplink.Timing{BeatEvery: time.Hour}, Staff: func([]wire.Staff) error { return nil },
			}, heard)
			if err := <-heard; err != nil {
				t.Error(err)
			}
		},
		"dead clock": func(client *http.Client, home told) {
			if err := (uplink.Clockless{Client: client, URL: p.URL, Key: key, Memory: home}).Mend(t.Context()); err != nil {
				t.Error(err)
			}
		},
	} {
		client := slowly(channel.New(channel.Options{Root: m.identity.Trust.TLSRoot, Certificate: &m.identity.TLSCert, Times: func() []time.Time { return []time.Time{time.Now()} }}), connecting)
		home, begun := make(told, 1), time.Now()
		ask(client, home)
		whole := time.Since(begun)
		if ahead := (<-home).Sub(signed); ahead < 0 || ahead > (whole-connecting)/2 {
			t.Errorf("%s: the time taken over is %v ahead after %v, of which %v went by before there was a connection", name, ahead, whole, connecting)
		}
		client.CloseIdleConnections()
	}
}
