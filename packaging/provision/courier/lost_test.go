package courier

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bianmin/platform/platformtest"
	"bianmin/store"
	"bianmin/sync/courier"
)

// TestLostScan: a packet whose scan is gone from the disk, or cut short, stays here alone and its reason is noted; the others travel. When
// the scan is back the packet travels too.
func TestLostScan(t *testing.T) {
	platform := platformtest.Start(t, platformtest.Options{})
	v := newVillage(t, platform, "QH0301")
	gone, _, short := v.file(40_000), v.file(300), v.file(50_000)
	var scans []string
	err := filepath.WalkDir(filepath.Join(v.data, "attachments"), func(path string, entry os.DirEntry, err error) error {
		if info, _ := entry.Info(); err == nil && !entry.IsDir() && info.Size() > 30_000 {
			scans = append(scans, path)
		}
		return err
	})
	if err != nil || len(scans) != 2 {
		t.Fatalf("%v %v", scans, err)
	}
	keep := map[string][]byte{}
	for i, path := range scans {
		if keep[path], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			err = os.Remove(path)
		} else {
			err = os.Truncate(path, 20_000)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	folder := newStick(t)
	said := v.must("export", folder)
	if !strings.Contains(said, "1 件") || !strings.Contains(said, "读不出来") {
		t.Errorf("%q", said)
	}
	if n := len(bundles(t, folder, courier.OutExt)); n != 1 {
		t.Errorf("%d bundles", n)
	}
	var out status
	if err := json.Unmarshal([]byte(v.must("status", "--json")), &out); err != nil || out.Away != 1 || len(out.Trips) != 1 {
		t.Errorf("%+v %v", out, err)
	}
	v.store(func(ctx context.Context, s *store.Store) {
		items, err := s.Waiting(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range items {
			if bad := item.Case == gone || item.Case == short; bad != (item.Why == "local-file") {
				t.Errorf("%s waits because %q", item.Case, item.Why)
			}
		}
	})
	if said := v.county(folder); len(said) != 1 || said[0].Accepted != 1 {
		t.Errorf("%+v", said)
	}
	v.must("import", folder)
	for path, content := range keep { // a technician brings them back from the mirror
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if n := v.waiting(); n != 2 {
		t.Errorf("%d packets wait", n)
	}
	if said := v.must("export", folder); !strings.Contains(said, "2 件") || strings.Contains(said, "读不出来") {
		t.Errorf("%q", said)
	}
	v.county(folder)
	v.must("import", folder)
	if n := v.waiting(); n != 0 {
		t.Errorf("%d packets wait", n)
	}
}

// TestPoisonedPacket: a packet that the platform has trouble with stops no other on the stick, and is carried again.
func TestPoisonedPacket(t *testing.T) {
	platform := platformtest.Start(t, platformtest.Options{})
	v := newVillage(t, platform, "QH0301")
	for range 3 {
		v.file(300)
	}
	var second string
	v.store(func(ctx context.Context, s *store.Store) {
		items, err := s.Waiting(ctx)
		if err != nil || len(items) != 3 {
			t.Fatal(items, err)
		}
		second = items[1].Packet
	})
	bad := filepath.Join(platform.Dir, "incoming", second)
	if err := os.Symlink(filepath.Join(t.TempDir(), "gone", "away"), bad); err != nil { // its bytes cannot be kept
		t.Fatal(err)
	}
	folder := newStick(t)
	v.must("export", folder)
	if err := platform.Try("courier", "take", folder); err == nil || !strings.Contains(err.Error(), "1 of 1") {
		t.Errorf("the county was told: %v", err)
	}
	if said := v.must("import", folder); !strings.Contains(said, "送达 2 件") || !strings.Contains(said, "有 1 件") {
		t.Errorf("%q", said)
	}
	if n := v.waiting(); n != 1 {
		t.Errorf("%d packets wait", n)
	}
	if err := os.Remove(bad); err != nil {
		t.Fatal(err)
	}
	v.must("export", folder)
	if err := platform.Try("courier", "take", folder); err != nil {
		t.Error(err)
	}
	v.must("import", folder)
	if n := v.waiting(); n != 0 {
		t.Errorf("%d packets wait", n)
	}
}
