//go:build pcsc

package social_test

import (
	"errors"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/drivertest"
	"bianmin/drivers/link/pcsc"
	"bianmin/drivers/sim/social"
	driver "bianmin/drivers/social"
)

// TestContractOfService is the same contract through the real PC/SC service, library and virtual reader.
func TestContractOfService(t *testing.T) {
	const name = "Virtual PCD 00 00"
	drivertest.SocialCardReader(t, func(t *testing.T) drivertest.SocialRig {
		running, stop := service(t)
		pull, hungUp := func() {}, false
		rig := drivertest.SocialRig{
			Reader: driver.New(driver.Options{Name: name, Now: time.Now}), Limit: 20 * time.Second, Away: drivers.FaultMissingTool,
			Insert: func(card *social.Card) {
				pull, hungUp = insert(t, card), card.Pulled > 0
				until(t, "the card", func() bool { is, err := pcsc.Present(t.Context(), name); return is && err == nil })
			},
			Hang: func(is bool) {
				if err := running.Hang(is); err != nil {
					t.Error(err)
				}
			},
			Unplug: func() { stop() },
			Plug:   func() { running, stop = service(t) },
		}
		rig.Pull = func() {
			pull()
			until(t, "the empty reader", func() bool { _, err := pcsc.Connect(t.Context(), name); return errors.Is(err, pcsc.ErrNoCard) })
			if hungUp { // after a card that went in the middle of an answer the virtual reader takes no other
				stop()
				running, stop = service(t)
			}
		}
		t.Cleanup(func() { pull() })
		return rig
	})
}
