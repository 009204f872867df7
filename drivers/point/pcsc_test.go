//go:build pcsc

package point_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/point"
	"bianmin/drivers/selftest"
	"bianmin/drivers/sim/social"
)

// told keeps the log's lines while the manager writes them.
type told struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (l *told) Write(b []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.Write(b)
}

func (l *told) String() string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.String()
}

func started(t *testing.T, reader bool) (s *social.Service, stop func()) {
	t.Helper()
	s, err := social.StartService(t.Context(), reader)
	if err != nil {
		t.Fatal(err)
	}
	stop = sync.OnceFunc(s.Stop)
	t.Cleanup(stop)
	return s, stop
}

// stands waits until the manager says of the reader what it should.
func stands(t *testing.T, p *point.Point, condition drivers.Condition, fault drivers.Fault) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		last := p.Statuses()[0]
		if last.Role == drivers.RoleSocial && last.Condition == condition && last.Fault == fault {
			return
		}
		select {
		case <-deadline:
			t.Fatalf("the reader stands at %s %s, want %s %s", last.Condition, last.Fault, condition, fault)
		case <-tick.C:
		}
	}
}

// TestSocialReader: the reader under the manager while the service, the reader and cards come and go, with the reason in the log.
func TestSocialReader(t *testing.T) {
	log := &told{}
	p, err := point.Start(t.Context(), point.Config{Social: &point.Social{Link: "pcsc:Virtual PCD 00 00"}}, point.Options{
		Log: slog.New(slog.NewTextHandler(log, nil)), Watch: 100 * time.Millisecond, Retry: 50 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}()
	stands(t, p, drivers.NoDevice, drivers.FaultMissingTool)
	if _, err := p.Social().Read(t.Context()); drivers.FaultOf(err) != drivers.FaultMissingTool {
		t.Errorf("Read without the service = %v", err)
	}
	_, stop := started(t, false)
	stands(t, p, drivers.NoDevice, drivers.FaultUnplugged)
	stop()
	running, stop := started(t, true)
	stands(t, p, drivers.Online, drivers.FaultNone)
	reader := p.Social()
	if _, err := reader.Read(t.Context()); !errors.Is(err, drivers.ErrNoCard) {
		t.Errorf("Read without a card = %v", err)
	}
	for range 2 { // the same card again
		readOne(t, reader)
	}
	for _, level := range []selftest.Level{selftest.Internal, selftest.External} {
		result, err := selftest.Run(t.Context(), drivers.RoleSocial, level, selftest.Options{Devices: selftest.Devices{Social: reader, Statuses: p.Statuses}, Now: time.Now})
		if err != nil || result.Outcome != selftest.Passed || result.Model != "Virtual PCD 00 00" {
			t.Errorf("self test %s: %+v, %v", level, result, err)
		}
	}
	if err := running.Hang(true); err != nil {
		t.Fatal(err)
	}
	stands(t, p, drivers.Offline, drivers.FaultSilent)
	if err := running.Hang(false); err != nil {
		t.Fatal(err)
	}
	stands(t, p, drivers.Online, drivers.FaultNone)
	stop()
	stands(t, p, drivers.NoDevice, drivers.FaultMissingTool)
	_, _ = started(t, true)
	stands(t, p, drivers.Online, drivers.FaultNone)
	readOne(t, reader)
	for _, reason := range []string{"the PC/SC service does not run", "device is not there or was unplugged", "no answer within the time limit"} {
		if !strings.Contains(log.String(), reason) {
			t.Errorf("the log does not say %q", reason)
		}
	}
	for _, secret := range []string{"990301194803150249", "王秀兰", "QH1234567"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
}

// readOne puts a card in, reads it as a person's, and pulls it.
func readOne(t *testing.T, reader drivers.SocialCardReader) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- social.New().Insert(ctx, social.Virtual) }()
	lies(t, reader, drivers.CardLies)
	card, err := drivers.Holder{Reader: reader}.Read(t.Context())
	if err != nil || card.Name != "王秀兰" || card.Number != "990301194803150249" {
		t.Errorf("Read: %v, right name %v, right number %v", err, card.Name == "王秀兰", card.Number == "990301194803150249")
	}
	if got, err := reader.Present(t.Context()); got != drivers.CardLies || err != nil {
		t.Errorf("a card that was left behind: %s, %v", got, err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	lies(t, reader, drivers.CardGone)
}

func lies(t *testing.T, reader drivers.SocialCardReader, want drivers.Presence) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for begun := time.Now(); ; <-tick.C {
		got, err := reader.Present(t.Context())
		if got == want && err == nil {
			return
		}
		if time.Since(begun) > 20*time.Second {
			t.Fatalf("Present = %s, %v, want %s", got, err, want)
		}
	}
}
