package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"bianmin/assets"
	"bianmin/sync/edition"
)

// TestCatalogueReachesTheTerminal: the real sender hears of an edition with a heartbeat, takes it, takes what changed of the next, and is
// killed at each step of putting it into place.
func TestCatalogueReachesTheTerminal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.startPlatform("")
	w.enrol()
	office := t.TempDir()
	if err := os.CopyFS(office, assets.Catalogue()); err != nil {
		t.Fatal(err)
	}
	publish := func(version string) {
		path := filepath.Join(office, "catalogue.json")
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var main map[string]any
		if err := json.Unmarshal(content, &main); err != nil {
			t.Fatal(err)
		}
		main["version"] = version
		if content, err = json.Marshal(main); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		w.run("catalogue", "publish", office)
	}
	version := func() string {
		held, _, err := edition.InForce(t.Context(), w.terminal)
		if err != nil {
			t.Fatal(err)
		}
		return held.Name
	}
	publish("a")
	sender := w.startSender("")
	await(t, "the first edition", func() bool { return version() == "a" })
	sender.kill()
	for i, point := range []string{edition.PointBuilt, edition.PointNoted, edition.PointTaken} {
		name := string(rune('b' + i))
		publish(name)
		before := version()
		sender = w.startSender(point + ":1")
		sender.wait()
		if now := version(); now != before && now != name {
			t.Fatalf("%s: %q is in force", point, now)
		}
		sender = w.startSender("")
		await(t, "edition "+name, func() bool { return version() == name })
		sender.kill()
	}
}
