package social_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"bianmin/core/identity"
	"bianmin/drivers"
	"bianmin/drivers/drivertest"
	"bianmin/drivers/drivertest/faulttest"
	"bianmin/drivers/link/channel"
	"bianmin/drivers/link/pcsc"
	"bianmin/drivers/sim/social"
	driver "bianmin/drivers/social"
)

// TestSchedules: whatever goes wrong between service, reader and card, a read gives the card that is in or a typed error within its limit, and when
// the trouble is over the reader works again.
func TestSchedules(t *testing.T) {
	faulttest.Role{
		Devices: len(kinds), Steps: 4, Out: 230, Both: 230,
		Kinds: []faulttest.Kind{faulttest.Noise, faulttest.Cut, faulttest.Late, faulttest.Late, faulttest.Lie, faulttest.Silent, faulttest.Unplug, faulttest.Hand},
		Try: func(s faulttest.Schedule, w *faulttest.World) error {
			return (&session{schedule: s, world: w}).run()
		},
	}.Run(t, "right", "no card", string(drivers.FaultCard), string(drivers.FaultCardOther), string(drivers.FaultSilent), string(drivers.FaultUnplugged))
}

// kinds of cards.
var kinds = []func(*social.Card){func(*social.Card) {}, func(c *social.Card) { c.Numbers = true }, func(c *social.Card) { c.T0 = true }, func(c *social.Card) { c.Locked = true }}

// words are status words that a card may say at the wrong time.
var words = [][2]byte{{0x6A, 0x82}, {0x6A, 0x83}, {0x6A, 0x86}, {0x6B, 0x00}, {0x69, 0x82}, {0x69, 0x85}, {0x67, 0x00}, {0x6D, 0x00}, {0x61, 0x10}, {0x6C, 0x0B}, {0x63, 0x00}, {0x90, 0x00}}

// session is one schedule's reader.
type session struct {
	schedule faulttest.Schedule
	world    *faulttest.World
	service  *social.Reader
	armed    []faulttest.Fault
	happened []faulttest.Fault
	passed   int // bytes of answers in this step
}

func (s *session) run() error {
	s.service = &social.Reader{Pass: s.pass}
	limit := 10 * time.Second
	if s.world.Real {
		limit = time.Second
	}
	reader := driver.New(driver.Options{Limit: limit, Now: time.Now, Service: s.service})
	if err := s.schedule.Each(func(step int) error { return s.step(reader, step, limit) }); err != nil {
		return err
	}
	s.arm(s.schedule.Steps)
	s.service.Insert(s.card())
	if got, err := reader.Read(s.world); err != nil || !reflect.DeepEqual(got, s.want()) {
		return fmt.Errorf("afterwards: %w", errors.Join(err, s.differs(got)))
	}
	return reader.Close()
}

func (s *session) card() *social.Card {
	card := social.New()
	kinds[s.schedule.Device](card)
	return card
}

func (s *session) want() identity.SocialCard {
	want := drivertest.WholeSocialCard()
	if s.card().Locked {
		want.Holder = nil
	}
	return want
}

// arm begins a step: what hangs goes on, what was pulled is put back.
func (s *session) arm(step int) {
	s.service.Hang(false)
	s.service.Unplug(false)
	s.armed, s.happened, s.passed = nil, nil, 0
	for _, f := range s.schedule.Faults {
		if f.Step == step {
			s.armed = append(s.armed, f)
		}
	}
}

func (s *session) step(reader *driver.Reader, step int, limit time.Duration) error {
	s.arm(step)
	s.service.Insert(s.card())
	begun := time.Now()
	got, err := reader.Read(s.world)
	if took := time.Since(begun); took > limit+s.world.Slack {
		return fmt.Errorf("the read took %v", took)
	}
	var typed *drivers.Error
	switch {
	case err == nil:
		s.world.Count("right")
		return s.differs(got)
	case errors.Is(err, drivers.ErrNoCard):
		return errors.New("no card, and one lay there when it began")
	case !errors.As(err, &typed) || typed.Role != drivers.RoleSocial:
		return fmt.Errorf("an error without a code: %w", err)
	case got.Number != "" || got.Holder != nil:
		return errors.New("something of a card beside an error")
	case len(s.happened) == 0:
		return fmt.Errorf("nothing went wrong, and yet: %w", err)
	case typed.Fault == drivers.FaultUnplugged && !s.has(faulttest.Unplug), typed.Fault == drivers.FaultSilent && !s.has(faulttest.Silent, faulttest.Late):
		return fmt.Errorf("that is not what went wrong: %w", err)
	}
	s.world.Count(string(typed.Fault))
	return s.present(reader)
}

// present looks at the reader after a failure: it must say what is so now.
func (s *session) present(reader *driver.Reader) error {
	if s.has(faulttest.Silent) {
		return nil // it says nothing
	}
	is, err := reader.Present(s.world)
	switch {
	case s.has(faulttest.Unplug):
		if drivers.FaultOf(err) != drivers.FaultUnplugged {
			return fmt.Errorf("present at a reader that was pulled: %s, %w", is, err)
		}
	case err != nil:
		return fmt.Errorf("present: %w", err)
	case s.has(faulttest.Hand) != (is == drivers.CardGone):
		return fmt.Errorf("present says %s", is)
	case is == drivers.CardGone:
		s.world.Count("no card")
		if _, err := reader.Read(s.world); !errors.Is(err, drivers.ErrNoCard) {
			return fmt.Errorf("a card was read that had been pulled: %w", err)
		}
	}
	return nil
}

// differs says what is wrong with a card that was read. A status word at the wrong time can hide the holder, or pass an answer's first half for all of it, which
// never fits its length; nothing else may differ.
func (s *session) differs(got identity.SocialCard) error {
	want := s.want()
	if s.has(faulttest.Lie) && got.Holder == nil {
		want.Holder = nil
	}
	if !reflect.DeepEqual(got, want) {
		return errors.New("another card was read")
	}
	return nil
}

func (s *session) has(kinds ...faulttest.Kind) bool {
	for _, f := range s.happened {
		for _, kind := range kinds {
			if f.Kind == kind {
				return true
			}
		}
	}
	return false
}

// pass lets the card's answers through with what the schedule has for them.
func (s *session) pass(ctx context.Context, answer []byte) ([]byte, error) {
	s.passed += len(answer)
	rest := s.armed[:0:0]
	var err error
	for _, f := range s.armed {
		if f.At >= s.passed || err != nil {
			rest = append(rest, f)
			continue
		}
		s.happened = append(s.happened, f)
		answer, err = s.fault(ctx, f, answer)
	}
	s.armed = rest
	return answer, err
}

// fault is what a fault does to an answer.
func (s *session) fault(ctx context.Context, f faulttest.Fault, answer []byte) ([]byte, error) {
	switch f.Kind {
	case faulttest.Noise: // the reader sees it by the protocol's check bytes, and tells that the card does not answer
		return nil, pcsc.ErrCard
	case faulttest.Cut:
		if end := len(answer) - 2; f.N%2 == 0 && end > 0 { // in the middle: what is left ends as it should
			return append(answer[:end-min(f.N, end):end-min(f.N, end)], answer[end:]...), nil
		}
		return answer[:len(answer)-min(f.N, len(answer))], nil
	case faulttest.Lie:
		lie := words[f.N%len(words)]
		if end := len(answer) - 2; end >= 0 {
			answer = append(answer[:end:end], lie[:]...)
		}
	case faulttest.Late:
		timer := time.NewTimer(time.Duration(f.N) * time.Millisecond)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return nil, channel.ErrTimeout
		}
	case faulttest.Silent:
		s.service.Hang(true)
		<-ctx.Done()
		return nil, channel.ErrTimeout
	case faulttest.Unplug:
		s.service.Unplug(true)
		return nil, channel.ErrUnplugged
	case faulttest.Hand:
		s.service.Insert(nil)
		return nil, pcsc.ErrNoCard
	}
	return answer, nil
}
