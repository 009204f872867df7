package readiness_test

import (
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
