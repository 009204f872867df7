package courier

import (
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"bianmin/platform/platformtest"
	"bianmin/sync/seal"
)

// TestYearsOnSticks: a point that no network ever reached renews its certificates by stick, and follows two rotations of the platform's key for answers, although
// what one of them signed lies between. What it filed before goes out after, and nothing is carried for ever.
func TestYearsOnSticks(t *testing.T) {
	var ahead atomic.Int64
	now := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	platform := platformtest.Start(t, platformtest.Options{Now: now})
	v := newVillage(t, platform, "QH0301")
	v.now = now
	identity := func() *seal.Identity {
		id, err := seal.LoadIdentity(filepath.Join(v.data, "keys"))
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	v.file(20_000)
	lost := newStick(t)
	v.must("export", lost) // it is at the county, and its answer is signed by a key that is not the last when it comes back
	platform.Run("keys", "rotate", "signing", "--after", "0s")
	platform.Stop()
	ahead.Store(int64(4 * 365 * 24 * time.Hour))
	platform.Serve(platform.Addr)
	if said := v.county(lost); said[0].Accepted != 1 {
		t.Fatalf("%+v", said)
	}
	platform.Run("keys", "rotate", "signing", "--after", "0s")
	stick := newStick(t)
	v.must("export", stick)
	for range 2 { // it may come to the county twice
		v.county(stick)
	}
	v.must("import", stick)
	v.must("import", stick)
	after := identity()
	if n := v.waiting(); n != 0 || len(after.Former) != 1 || len(after.PlatformSigns) != 3 {
		t.Fatalf("%d wait, %d renewals, %d certificates of the platform", n, len(after.Former), len(after.PlatformSigns))
	}
	v.must("import", lost) // sealed to the key before
	v.file(20_000)
	if said := v.must("export", stick); said == "" {
		t.Error("nothing was said")
	}
	v.county(stick)
	v.must("import", stick)
	if again := identity(); v.waiting() != 0 || len(again.Former) != 1 {
		t.Errorf("%d wait, %d renewals", v.waiting(), len(again.Former))
	}
	if cases := platform.Cases(); len(cases) != 2 {
		t.Errorf("%d cases arrived", len(cases))
	}
}
