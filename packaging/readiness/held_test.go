package readiness_test

import (
	"context"
	"sync"
	"testing"

	"bianmin/assets"
	"bianmin/drivers/dots"
	"bianmin/drivers/point"
	"bianmin/packaging/condition"
)

// pointOf opens the devices as the kiosk does.
func pointOf(t *testing.T, m *machine) (*point.Point, error) {
	t.Helper()
	face, err := dots.NewFace(assets.FontRegular())
	if err != nil {
		return nil, err
	}
	p, err := point.Start(t.Context(), condition.Devices(m.settings.Devices), point.Options{Log: silent, Raster: face, Watch: 100_000_000})
	if err == nil {
		p.Check(t.Context())
	}
	return p, err
}

// publish publishes as the kiosk does, until the end that it gives is called.
func publish(t *testing.T, m *machine, p *point.Point) (end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var work sync.WaitGroup
	work.Go(func() { condition.Publish(ctx, m.settings.Data, "kiosk test", p.Statuses, silent) })
	return func() {
		cancel()
		work.Wait()
	}
}
