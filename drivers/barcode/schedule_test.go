package barcode_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/receipt"
	"bianmin/drivers"
	"bianmin/drivers/barcode"
	"bianmin/drivers/drivertest/faulttest"
)

// TestSchedules: codes have no checksum on the line, so whoever reads one checks it, as a receipt's signature is
// checked. Whatever goes wrong on the wire, what passes that check is a code that was held before the reader, once and
// in its turn; what comes otherwise is a typed error or nothing; and when the trouble is over codes come again.
func TestSchedules(t *testing.T) {
	faulttest.Role{
		Devices: len(ends), Steps: 4, Out: 600, Both: 600,
		Kinds: []faulttest.Kind{faulttest.Noise, faulttest.Cut, faulttest.Late, faulttest.Silent, faulttest.Unplug},
		Try: func(s faulttest.Schedule, w *faulttest.World) error {
			return (&shooting{schedule: s, world: w, random: s.Random(), shots: make(chan string, 8)}).run()
		},
	}.Run(t, "right", "refused", "nothing", string(drivers.FaultUnplugged))
}

// ends are what readers put behind a code: where there is nothing, the silence is the end.
var ends = []string{"\r", "\r\n", "\n", ""}

// secret signs the codes of the test.
var secret = ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))

// receiptCode is a receipt's code whose signature covers all of it.
func receiptCode(n int) (string, error) {
	c := receipt.Code{
		Case: casefile.Number(fmt.Sprintf("QH0301A-261122-%04d-X", n)), Item: "11630000MB1234567X4000105001000", Time: time.Unix(1795339325, 0).UTC(),
		Certificate: receipt.Certificate{Terminal: "QH0301", Generation: "A", NotBefore: time.Unix(1767225600, 0).UTC(), NotAfter: time.Unix(1924992000, 0).UTC()},
	}
	signed, err := everything(c)
	if err != nil {
		return "", err
	}
	copy(c.Signature[:], ed25519.Sign(secret, signed))
	return c.Encode()
}

func everything(c receipt.Code) ([]byte, error) {
	body, err := c.SignedBytes()
	if err != nil {
		return nil, err
	}
	certificate, err := c.Certificate.MarshalBinary()
	return append(body, certificate...), err
}

func genuine(text string) bool {
	c, err := receipt.DecodeCode(text)
	if err != nil {
		return false
	}
	signed, err := everything(c)
	return err == nil && ed25519.Verify(secret.Public().(ed25519.PublicKey), signed, c.Signature[:])
}

// shooting is one schedule's code reader.
type shooting struct {
	schedule faulttest.Schedule
	world    *faulttest.World
	random   *rand.Rand
	shots    chan string // what the device is to send
	wire     *faulttest.Wire
	reader   *barcode.Reader
	sent     []string // that may still come, oldest first
	number   int
}

func (s *shooting) talk(ctx context.Context, end io.ReadWriter) {
	for {
		select {
		case shot := <-s.shots:
			if _, err := io.WriteString(end, shot); err != nil {
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

func (s *shooting) run() (err error) {
	if s.wire, err = s.world.Wire(s.talk); err != nil {
		return err
	}
	defer func() {
		if s.reader != nil {
			err = errors.Join(err, s.reader.Close())
		}
		err = errors.Join(err, s.wire.Close())
	}()
	if err := s.schedule.Each(s.step); err != nil {
		return err
	}
	return s.afterwards()
}

func (s *shooting) open(fresh bool) error {
	if s.reader != nil && !fresh {
		return nil
	}
	if s.reader != nil {
		if err := s.reader.Close(); err != nil {
			return fmt.Errorf("close: %w", err)
		}
	}
	l, err := s.wire.Open(s.world)
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	s.reader = barcode.New(l)
	return nil
}

// shoot holds a code before the reader.
func (s *shooting) shoot() error {
	code, err := receiptCode(s.number)
	if err != nil {
		return err
	}
	s.number++
	s.sent = append(s.sent, code)
	s.shots <- code + ends[s.schedule.Device]
	return nil
}

// scan waits for what comes; more is false when nothing came in time or the device is gone.
func (s *shooting) scan(limit time.Duration) (right, more bool, err error) {
	ctx, cancel := context.WithTimeout(s.world, limit)
	defer cancel()
	start := time.Now()
	code, err := s.reader.Scan(ctx)
	if took := time.Since(start); took > limit+s.world.Slack {
		return false, false, fmt.Errorf("the scan took %v", took)
	}
	var typed *drivers.Error
	switch {
	case err == nil && !genuine(code.Text):
		s.world.Count("refused")
		return false, true, nil
	case err == nil:
		s.world.Count("right")
		return true, true, s.turn(code.Text)
	case errors.As(err, &typed):
		s.world.Count(string(typed.Fault))
		if typed.Fault == drivers.FaultUnplugged && len(s.wire.Happened(faulttest.Unplug)) == 0 {
			return false, false, fmt.Errorf("the cable is in: %w", err)
		}
		return false, typed.Fault == drivers.FaultProtocol, nil
	case errors.Is(err, context.DeadlineExceeded):
		s.world.Count("nothing")
		return false, false, nil
	}
	return false, false, fmt.Errorf("an error without a code: %w", err)
}

// turn checks that a code was sent, has not come before, and is not overtaken.
func (s *shooting) turn(text string) error {
	for i, sent := range s.sent {
		if sent == text {
			s.sent = s.sent[i+1:]
			return nil
		}
	}
	return errors.New("a code that nobody held before the reader, or that came before")
}

// apart is the time between two codes of a hand, and how long one waits for them.
func (s *shooting) apart() (pause, limit time.Duration) {
	if s.world.Real {
		return 300 * time.Millisecond, 1500 * time.Millisecond
	}
	return 500 * time.Millisecond, 12 * time.Second
}

func (s *shooting) step(step int) error {
	fresh, err := s.wire.Arm(step)
	if err != nil {
		return err
	}
	if err := s.open(fresh); err != nil {
		return err
	}
	_, limit := s.apart()
	shots := 1
	if ends[s.schedule.Device] != "" {
		shots += s.random.IntN(2) // two at once
	}
	for range shots {
		if err := s.shoot(); err != nil {
			return err
		}
	}
	came := 0
	for tries := 0; came < shots && tries < 100; tries++ {
		right, more, err := s.scan(limit)
		if err != nil {
			return err
		}
		if right {
			came++
		}
		if !more {
			break
		}
	}
	if came < shots && !s.world.Real && !s.schedule.Before(step) { // in real time a busy machine is a fault too
		return fmt.Errorf("nothing went wrong, and yet only %d of %d codes came", came, shots)
	}
	return nil
}

// afterwards all is well again: within a few codes they come as they are sent.
func (s *shooting) afterwards() error {
	fresh, err := s.wire.Rest(s.world)
	if err != nil {
		return err
	}
	if err := s.open(fresh); err != nil {
		return err
	}
	pause, limit := s.apart()
	for range 4 {
		if err := s.shoot(); err != nil {
			return err
		}
		for more := true; more; {
			var right bool
			if right, more, err = s.scan(limit); err != nil {
				return err
			}
			if right && len(s.sent) == 0 {
				return nil
			}
		}
		hold, cancel := context.WithTimeout(s.world, pause)
		<-hold.Done()
		cancel()
	}
	return errors.New("afterwards no code comes")
}
