package social_test

import (
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/drivertest"
	"bianmin/drivers/sim/social"
	driver "bianmin/drivers/social"
)

// TestContract is the contract of readers of social-security cards with a service in memory; contract_pcsc_test.go has the real one.
func TestContract(t *testing.T) {
	drivertest.SocialCardReader(t, func(t *testing.T) drivertest.SocialRig {
		service := &social.Reader{}
		reader := driver.New(driver.Options{Now: time.Now, Service: service})
		return drivertest.SocialRig{
			Reader: reader, Insert: service.Insert, Pull: func() { service.Insert(nil) }, Hang: service.Hang, Limit: 5 * time.Second,
			Unplug: func() { service.Unplug(true) }, Plug: func() { service.Unplug(false) }, Away: drivers.FaultUnplugged,
		}
	})
}
