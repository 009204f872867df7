package idcard_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
	"time"

	"bianmin/core/identity"
	"bianmin/drivers"
	"bianmin/drivers/drivertest/faulttest"
	"bianmin/drivers/idcard"
	"bianmin/drivers/sim"
	"bianmin/drivers/sim/reader"
)

// TestSchedules: whatever goes wrong on the wire and in whatever order, a read gives the card that lies there or a typed
// error within its limit, and when the trouble is over the reader works again.
func TestSchedules(t *testing.T) {
	cards, err := sim.Cards()
	if err != nil {
		t.Fatal(err)
	}
	faulttest.Role{
		Devices: len(readers), Steps: 4, Out: 2700, Both: 2800, Lie: lie,
		Kinds: []faulttest.Kind{faulttest.Noise, faulttest.Noise, faulttest.Cut, faulttest.Cut, faulttest.Late, faulttest.Late, faulttest.Lie, faulttest.Silent, faulttest.Unplug},
		Kept: []faulttest.Schedule{
			// A reader that was left with the beginning of a command took the next ones for its rest.
			{Device: 0, Seed: 2355388693, Steps: 1, Faults: []faulttest.Fault{{Step: 0, Kind: "silent", At: 27, N: 0}}},
			// What was heard once, and never again in three tries, was believed: that the reader is broken.
			{Device: 2, Seed: 1972010420, Steps: 1, Faults: []faulttest.Fault{{Step: 0, Kind: "lie", At: 23, N: 34364}, {Step: 0, Kind: "late", At: 5, N: 1923}}},
			// The same in the second read: said once, at its last try, while the card was still found.
			{Device: 3, Seed: 648807591, Steps: 1, Faults: []faulttest.Fault{{Step: 0, Kind: "cut", At: 1385, N: 2}, {Step: 0, Kind: "lie", At: 2005, N: 4572}}},
		},
		Try: func(s faulttest.Schedule, w *faulttest.World) error {
			return (&reading{schedule: s, world: w, cards: cards, random: s.Random()}).run()
		},
	}.Run(t, "right", string(drivers.FaultProtocol), string(drivers.FaultSilent), string(drivers.FaultUnplugged), string(drivers.FaultCard))
}

var readers = []reader.Options{{}, {AlwaysFinds: true}, {ReadsOnce: true}, {ReadsOnce: true, AlwaysFinds: true}}

// lies are statuses a short answer can be turned into.
var lies = []byte{0x90, 0x9F, 0x91, 0x80, 0x81, 0x41, 0x31, 0x33, 0x10, 0x21, 0x23, 0x24, 0x60, 0x66, 0x00, 0xFF}

// lie gives a whole short answer another status and the checksum that belongs to it.
func lie(answer []byte, n int) ([]byte, bool) {
	if len(answer) < 11 || answer[0] != 0xAA || int(answer[5])<<8|int(answer[6]) != len(answer)-7 {
		return answer, false
	}
	said := lies[n%len(lies)]
	lied := append([]byte{}, answer...)
	lied[len(lied)-1] ^= lied[9] ^ said
	lied[9] = said
	return lied, true
}

// reading is one schedule's reader.
type reading struct {
	schedule faulttest.Schedule
	world    *faulttest.World
	cards    []sim.Card
	random   *rand.Rand
	limit    time.Duration
	device   *reader.Reader
	wire     *faulttest.Wire
	reader   *idcard.Reader
}

func (r *reading) run() (err error) {
	options := readers[r.schedule.Device]
	options.Seed = r.schedule.Seed
	r.limit = 10 * time.Second
	if r.world.Real {
		r.limit = 2500 * time.Millisecond
	} else {
		options.Baud, options.Radio = 115200, 40*time.Millisecond
	}
	r.device = reader.New(options)
	if r.wire, err = r.world.Wire(func(ctx context.Context, end io.ReadWriter) { r.device.Talk(ctx, end) }); err != nil {
		return err
	}
	defer func() {
		if r.reader != nil {
			err = errors.Join(err, r.reader.Close())
		}
		err = errors.Join(err, r.wire.Close())
	}()
	if err := r.schedule.Each(r.step); err != nil {
		return err
	}
	return r.afterwards()
}

// open opens the reader anew, as the device manager does after a failure.
func (r *reading) open() error {
	if r.reader != nil {
		if err := r.reader.Close(); err != nil {
			return fmt.Errorf("close: %w", err)
		}
	}
	l, err := r.wire.Open(r.world)
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	r.reader = idcard.New(l, idcard.Options{Limit: r.limit, Now: time.Now})
	return nil
}

func (r *reading) step(step int) error {
	fresh, err := r.wire.Arm(step)
	if err != nil {
		return err
	}
	if fresh || r.reader == nil {
		if err := r.open(); err != nil {
			return err
		}
	}
	if r.random.IntN(4) == 0 {
		if err := r.status(); err != nil {
			return err
		}
	}
	card := r.cards[r.random.IntN(len(r.cards))]
	r.device.Place(card)
	start := time.Now()
	got, err := r.reader.Read(r.world)
	if took := time.Since(start); took > r.limit+r.world.Slack {
		return fmt.Errorf("the read took %v", took)
	}
	r.device.Remove()
	var typed *drivers.Error
	switch {
	case err == nil:
		r.world.Count("right")
		return r.compare(got, card)
	case errors.Is(err, drivers.ErrNoCard):
		r.world.Count("no card")
		if len(r.wire.Happened(faulttest.Lie)) == 0 && !r.schedule.Before(step, faulttest.Late) {
			return errors.New("no card, and one lies there")
		}
	case errors.As(err, &typed):
		r.world.Count(string(typed.Fault))
		return r.failed(step, typed)
	default:
		return fmt.Errorf("an error without a code: %w", err)
	}
	return nil
}

// failed checks a failure against what has happened, and opens the reader anew where its owner would.
func (r *reading) failed(step int, err *drivers.Error) error {
	switch {
	case !r.world.Real && !r.schedule.Before(step): // in real time a busy machine is a fault too
		return fmt.Errorf("nothing went wrong, and yet: %w", err)
	case err.Fault == drivers.FaultDevice && len(r.wire.Happened(faulttest.Lie)) < 2:
		return fmt.Errorf("the reader has not said twice that it is broken: %w", err)
	case err.Fault == drivers.FaultUnplugged && len(r.wire.Happened(faulttest.Unplug)) == 0:
		return fmt.Errorf("the cable is in: %w", err)
	}
	if err.Fault == drivers.FaultUnplugged || r.random.IntN(2) == 0 {
		return nil // Arm puts the cable back; or the driver is used on
	}
	if _, err := r.wire.Heal(); err != nil {
		return err
	}
	return r.open()
}

func (r *reading) status() error {
	start := time.Now()
	status, err := r.reader.Status(r.world)
	if took := time.Since(start); took > r.limit+r.world.Slack {
		return fmt.Errorf("the status took %v", took)
	}
	if status.Condition == drivers.HardwareError && len(r.wire.Happened(faulttest.Lie)) < 2 {
		return errors.New("status: the reader has not said twice that it is broken")
	}
	var typed *drivers.Error
	if err != nil && !errors.As(err, &typed) {
		return fmt.Errorf("status: an error without a code: %w", err)
	}
	return nil
}

// compare checks a card that was read. Damage to one byte is always seen; more can pass a checksum of one byte by
// chance. The text is then right all the same, but for readers that give a card once: there it must look right, and be marked.
func (r *reading) compare(got identity.Card, card sim.Card) error {
	damage := 0
	for _, f := range r.wire.Happened(faulttest.Noise, faulttest.Cut) {
		damage += max(f.N, -f.N)
		if f.N > 0 {
			damage++ // all behind it is at another place
		}
	}
	if damage < 2 && !identical(got, card) {
		return fmt.Errorf("another card, after damage to %d bytes", damage)
	}
	once := readers[r.schedule.Device].ReadsOnce && !readers[r.schedule.Device].AlwaysFinds
	switch {
	case sameText(got, card):
		return nil
	case !once:
		return errors.New("another card, and it could be read twice")
	case got.ReadTwice:
		return errors.New("another card, and it says that it was read twice")
	case got.Check() != nil:
		return errors.New("a card whose fields contradict each other")
	}
	r.world.Count("wrong beyond every check")
	return nil
}

// afterwards all is well again, and so must the reader be: at the fourth try at the latest, for what came too late
// may still be on its way at the first ones.
func (r *reading) afterwards() error {
	fresh, err := r.wire.Rest(r.world)
	if err != nil {
		return err
	}
	if fresh || r.reader == nil {
		if err := r.open(); err != nil {
			return err
		}
	}
	card := r.cards[0]
	var got identity.Card
	for range 4 {
		r.device.Place(card)
		got, err = r.reader.Read(r.world)
		if err == nil && !identical(got, card) {
			return errors.New("afterwards another card comes")
		}
		if err == nil {
			return nil
		}
		r.device.Remove()
	}
	return fmt.Errorf("afterwards the reader does not get well: %w", err)
}
