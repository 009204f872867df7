package point_test

import (
	"context"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/point"
	"bianmin/drivers/sim/button"
)

// TestCheckAtOnce: whoever starts and asks at once hears of devices that only speak, too, not that they were not looked at yet:
// those that are there and one that is away.
func TestCheckAtOnce(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	folder := t.TempDir()
	for _, name := range []string{"button", "code"} {
		line, err := button.New(ctx, folder+"/"+name)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = line.Close() }()
	}
	checked := func(config point.Config, want drivers.Condition) {
		t.Helper()
		p, err := point.Start(ctx, config, point.Options{})
		if err != nil {
			t.Fatal(err)
		}
		all := p.Check(ctx)
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		if len(all) != 2 || all[0].Condition != want || all[1].Condition != want {
			t.Errorf("%+v, want both %s", all, want)
		}
	}
	here := point.Config{Button: &point.Button{Link: "serial:" + folder + "/button"}, Code: &point.Code{Link: "serial:" + folder + "/code"}}
	away := point.Config{Button: &point.Button{Link: "serial:" + folder + "/none"}, Code: &point.Code{Link: "serial:" + folder + "/nor"}}
	for range 10 {
		checked(here, drivers.Online)
		checked(away, drivers.NoDevice)
	}
}
