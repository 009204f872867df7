//go:build pcsc

package social_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/link/channel"
	"bianmin/drivers/link/pcsc"
	"bianmin/drivers/selftest"
	"bianmin/drivers/sim/social"
	driver "bianmin/drivers/social"
)

// service starts the real PC/SC service with Debian's virtual reader.
func service(t *testing.T) (s *social.Service, stop func()) {
	t.Helper()
	s, err := social.StartService(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	stop = sync.OnceFunc(s.Stop)
	t.Cleanup(stop)
	until(t, "the virtual reader", func() bool { names, err := pcsc.Readers(t.Context()); return err == nil && len(names) > 0 })
	return s, stop
}

func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for begun := time.Now(); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Since(begun) > 20*time.Second {
			t.Fatal(what + " never came")
		}
	}
}

// insert puts a card in and gives the hand that pulls it.
func insert(t *testing.T, card *social.Card) (pull func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- card.Insert(ctx, social.Virtual) }()
	return sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// connect waits until the service has seen the card.
func connect(t *testing.T) *pcsc.Card {
	t.Helper()
	var card *pcsc.Card
	until(t, "the card", func() (is bool) {
		var err error
		card, err = pcsc.Connect(t.Context(), "Virtual PCD 00 00")
		return err == nil
	})
	return card
}

// nobody is there to say anything.
type nobody struct{}

func (nobody) Tell(drivers.Role, selftest.Prompt) {}

func (nobody) Ask(context.Context, drivers.Role, selftest.Question) selftest.Answer {
	return selftest.Nothing
}

// TestService goes through the real service, library and virtual reader.
func TestService(t *testing.T) {
	if _, err := pcsc.Connect(t.Context(), ""); !errors.Is(err, pcsc.ErrNoService) {
		t.Errorf("without the service: %v", err)
	}
	running, stop := service(t)
	reader := driver.New(driver.Options{Now: time.Now})
	if status, err := reader.Status(t.Context()); err != nil && drivers.FaultOf(err) != drivers.FaultAmbiguous || status.Role != drivers.RoleSocial {
		t.Errorf("Status = %+v, %v", status, err)
	}
	reader = driver.New(driver.Options{Name: "Virtual PCD 00 00", Now: time.Now})
	lies(t, reader, drivers.CardGone)
	short := driver.New(driver.Options{Name: "Virtual PCD", Now: time.Now})
	if _, err := short.Status(t.Context()); drivers.FaultOf(err) != drivers.FaultAmbiguous {
		t.Errorf("the name of two readers: %v", err)
	}
	short = driver.New(driver.Options{Name: "Virtual PCD 00", Now: time.Now})
	if _, err := short.Status(t.Context()); drivers.FaultOf(err) != drivers.FaultAmbiguous {
		t.Errorf("the name of two slots: %v", err)
	}
	if status, err := reader.Status(t.Context()); err != nil || status.Condition != drivers.Online || status.Model != "Virtual PCD 00 00" {
		t.Errorf("Status = %+v, %v", status, err)
	}
	if _, err := reader.Read(t.Context()); !errors.Is(err, drivers.ErrNoCard) {
		t.Errorf("Read without a card = %v", err)
	}
	if _, err := pcsc.Connect(t.Context(), "no such reader"); !errors.Is(err, channel.ErrUnplugged) {
		t.Errorf("another reader: %v", err)
	}
	if _, err := pcsc.Connect(t.Context(), "Virtual PCD 00 00"); !errors.Is(err, pcsc.ErrNoCard) {
		t.Errorf("without a card: %v", err)
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			card := social.New()
			c.make(card)
			pull := insert(t, card)
			connected := connect(t)
			got, err := driver.Read(t.Context(), connected)
			check(t, got, err, c.want, c.err)
			if _, err := reader.Read(t.Context()); drivers.FaultOf(err) != drivers.FaultBusy {
				t.Errorf("Read while another holds it = %v", err)
			}
			if _, err := pcsc.Connect(t.Context(), "Virtual PCD 00 00"); !errors.Is(err, channel.ErrBusy) {
				t.Errorf("a second time: %v", err)
			}
			if err := connected.Close(); err != nil {
				t.Error(err)
			}
			got, err = reader.Read(t.Context())
			check(t, got, err, c.want, c.err)
			want := drivers.FaultCard
			if errors.Is(c.err, driver.ErrOther) {
				want = drivers.FaultCardOther
			}
			if fault := drivers.FaultOf(err); c.err != nil && fault != want {
				t.Errorf("fault %s, want %s", fault, want)
			}
			lies(t, reader, drivers.CardLies)
			pull()
			until(t, "the empty reader", func() bool {
				_, err := pcsc.Connect(t.Context(), "Virtual PCD 00 00")
				return errors.Is(err, pcsc.ErrNoCard)
			})
		})
	}
	t.Run("self test", func(t *testing.T) {
		ends := func(level selftest.Level) string {
			result, err := selftest.Run(t.Context(), drivers.RoleSocial, level, selftest.Options{
				Devices: selftest.Devices{Social: reader}, Person: nobody{}, Now: time.Now, Limits: selftest.Limits{Person: 3 * time.Second},
			})
			if err != nil || result.Model != "Virtual PCD 00 00" && level == selftest.Internal {
				t.Errorf("%+v, %v", result, err)
			}
			return string(result.Outcome) + " " + string(result.Code)
		}
		if internal, external, interactive := ends(selftest.Internal), ends(selftest.External), ends(selftest.Interactive); internal != "passed " || external != "passed " || interactive != "not-confirmed no-card" {
			t.Errorf("without a card: %q, %q, %q", internal, external, interactive)
		}
		pull := insert(t, social.New())
		if err := connect(t).Close(); err != nil {
			t.Error(err)
		}
		if external, interactive := ends(selftest.External), ends(selftest.Interactive); external != "passed " || interactive != "passed " {
			t.Errorf("with a card: %q, %q", external, interactive)
		}
		pull()
		until(t, "the empty reader", func() bool {
			_, err := pcsc.Connect(t.Context(), "Virtual PCD 00 00")
			return errors.Is(err, pcsc.ErrNoCard)
		})
	})
	t.Run("pulled", func(t *testing.T) {
		pull := insert(t, social.New())
		connected := connect(t)
		pull()
		until(t, "the pull", func() bool {
			_, err := driver.Read(t.Context(), connected)
			return errors.Is(err, pcsc.ErrNoCard)
		})
		if err := connected.Close(); err != nil {
			t.Error(err)
		}
		if _, err := connected.Transmit(t.Context(), []byte{0, 0xA4, 0, 0}); !errors.Is(err, channel.ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
	})
	t.Run("pulled while it is read", func(t *testing.T) {
		card := social.New()
		card.Pulled = 5
		pull := insert(t, card)
		until(t, "the card", func() bool { is, err := pcsc.Present(t.Context(), "Virtual PCD 00 00"); return is && err == nil })
		if _, err := reader.Read(t.Context()); drivers.FaultOf(err) != drivers.FaultCard {
			t.Errorf("Read = %v", err)
		}
		pull()
	})
	t.Run("hangs", func(t *testing.T) { hangs(t, running, reader) })
	stop()
	if status, err := reader.Status(t.Context()); drivers.FaultOf(err) != drivers.FaultMissingTool || status.Condition != drivers.NoDevice {
		t.Errorf("Status after the service = %+v, %v", status, err)
	}
	if _, err := pcsc.Readers(t.Context()); !errors.Is(err, pcsc.ErrNoService) {
		t.Errorf("after the service: %v", err)
	}
}

func lies(t *testing.T, reader *driver.Reader, want drivers.Presence) {
	t.Helper()
	if got, err := reader.Present(t.Context()); got != want || err != nil {
		t.Errorf("Present = %s, %v, want %s", got, err, want)
	}
}

// hangs: a service that answers nobody holds nobody up, and is used again when it answers.
func hangs(t *testing.T, s *social.Service, reader *driver.Reader) {
	if err := s.Hang(true); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := reader.Present(ctx); drivers.FaultOf(err) != drivers.FaultSilent {
		t.Errorf("Present = %v", err)
	}
	if _, err := reader.Read(ctx); drivers.FaultOf(err) != drivers.FaultSilent {
		t.Errorf("Read behind it = %v", err)
	}
	if err := s.Hang(false); err != nil {
		t.Fatal(err)
	}
	lies(t, reader, drivers.CardGone)
}
