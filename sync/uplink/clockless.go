package uplink

import (
	"context"
	"fmt"
	"net/http"

	"bianmin/sync/seal"
)

// Clockless brings a terminal out of a clock that stands where the platform's certificate is not valid, as after a dead
// battery: it takes the platform's signed time home and nothing else. What proves the answer is its signature over a
// nonce, so the certificate need only have been valid at some time. All fields are required.
type Clockless struct {
	Client *http.Client // believes the platform's certificate at any time of its root's life, see Months
	URL    string
	Key    seal.Signers
	Memory Memory
}

// Mend asks once. Afterwards the store knows the time.
func (c Clockless) Mend(ctx context.Context) error {
	signed, trip, err := Probe{Client: c.Client, URL: c.URL, Key: c.Key, Timeout: maxTrip}.ask(ctx)
	if err != nil {
		return fmt.Errorf("ask for the time without a clock: %w", err)
	}
	if err := c.Memory.SetPlatformTime(ctx, signed.Time.Add(trip/2)); err != nil {
		return fmt.Errorf("take over the platform's time: %w", err)
	}
	return nil
}
