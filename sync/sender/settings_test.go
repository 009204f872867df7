package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bianmin/packaging/settings/schema"
	"bianmin/platform/registry"
	"bianmin/store"
	"bianmin/sync/seal"
	"bianmin/sync/standing"
	"bianmin/sync/wire"
)

func (w *world) who() (keys string, who standing.Who) {
	w.t.Helper()
	keys = filepath.Join(w.terminal, "keys")
	identity, err := seal.LoadIdentity(keys)
	if err != nil {
		w.t.Fatal(err)
	}
	return keys, standing.Of(identity)
}

// ruling is what the terminal holds.
func (w *world) ruling() standing.Ruling {
	w.t.Helper()
	keys, who := w.who()
	r, err := standing.Load(keys, who)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// reserve is the room that is kept by what the store was told.
func (w *world) reserve() int64 {
	w.t.Helper()
	bytes, err := w.desk.Store().Reserve(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return bytes
}

// retention is what its store purges by.
func (w *world) retention() string {
	w.t.Helper()
	given, err := w.desk.Store().Settings(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return given[store.SettingRetention]
}

// heard is what the terminal last told the platform of its settings; nil when it told nothing.
func (w *world) heard() *wire.SettingsHeld {
	w.t.Helper()
	reg, err := registry.OpenReader(w.t.Context(), w.platform)
	if err != nil {
		w.t.Fatal(err)
	}
	defer reg.Close()
	m, err := reg.Member(w.t.Context(), "QH0301")
	if err != nil {
		w.t.Fatal(err)
	}
	if m.Beat == nil {
		return nil
	}
	return m.Beat.Said.Settings
}

// TestSettingsReachTheTerminal: the real sender takes them from the real platform, lets the store go by them, and says which it
// holds; it goes on with them offline, and takes a stick's at once.
func TestSettingsReachTheTerminal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	platform := w.startPlatform("")
	w.enrol()
	w.run("settings", "set", schema.Retention, "30", "--all")
	w.run("settings", "set", schema.Log, "debug", "--role", "kiosk")
	sender := w.startSender("")
	await(t, "the settings", func() bool { return w.ruling().Number == 2 && w.retention() == "30" })
	sender.kill()
	sender = w.startSender("") // its first heartbeat says what it holds
	await(t, "the word about them", func() bool { held := w.heard(); return held != nil && held.Number == 2 })

	// Offline they go on; a stick brings newer ones, and the sender needs no restart.
	w.run("settings", "set", schema.Retention, "31", "--terminal", "QH0301")
	file := w.run("settings", "export", "--terminal", "QH0301")
	platform.kill()
	sender.kill()
	sender = w.startSender("")
	await(t, "the kept settings", func() bool { return w.retention() == "30" })
	var signed wire.SignedSettings
	if err := json.Unmarshal(file, &signed); err != nil {
		t.Fatal(err)
	}
	keys, who := w.who()
	if _, changed, err := standing.Take(keys, who, signed); err != nil || !changed {
		t.Fatalf("from the stick: %v, %v", changed, err)
	}
	await(t, "the stick's settings", func() bool { return w.retention() == "31" })

	// A damaged file is none: defaults count, and the platform's next word mends it.
	if err := os.WriteFile(filepath.Join(keys, standing.File), []byte(`{"answer":`), 0o600); err != nil {
		t.Fatal(err)
	}
	await(t, "the defaults", func() bool { return w.retention() == "" })
	w.run("settings", "set", schema.Reserve, "256", "--all")
	w.startPlatform("")
	sender.kill()
	w.startSender("")
	await(t, "the mended settings", func() bool { return w.retention() == "31" && w.reserve() == 256<<20 })
	if r := w.ruling(); r.Number != 4 {
		t.Errorf("mended to %+v", r)
	}
}

// TestSettingsOutOfBoundsAreRefused: one hostile value refuses all, the terminal keeps what it had, and the platform hears why.
func TestSettingsOutOfBoundsAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.startPlatform("")
	w.enrol()
	w.run("settings", "set", schema.Retention, "30", "--all")
	sender := w.startSender("")
	await(t, "the settings", func() bool { return w.retention() == "30" })
	reg, err := registry.Open(t.Context(), w.platform, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []registry.Setting{{Key: schema.Cases, Value: "0"}, {Key: schema.Retention, Value: "40"}} { // past the command's own checks
		s.Scope = registry.ForAll
		if _, err := reg.Set(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	if err := reg.Close(); err != nil {
		t.Fatal(err)
	}
	sender.kill()
	sender = w.startSender("")
	await(t, "the refusal", func() bool { return strings.Contains(sender.err.String(), "cases.days") })
	sender.kill()
	sender = w.startSender("")
	await(t, "the word about it", func() bool { held := w.heard(); return held != nil && held.Refused == 3 })
	if held := w.heard(); held.Number != 1 || !strings.HasPrefix(held.Reason, "cases.days: ") || w.ruling().Number != 1 || w.retention() != "30" {
		t.Errorf("the platform heard %+v; here is number %d, retention %s", held, w.ruling().Number, w.retention())
	}
	w.run("settings", "set", schema.Cases, "90", "--all")
	sender.kill()
	w.startSender("")
	await(t, "settings in order", func() bool { return w.ruling().Number == 4 && w.retention() == "40" })
}

// TestSettingsKilled: killed between the settings on the disk and what the store makes of them, the next start makes it.
func TestSettingsKilled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.startPlatform("")
	w.enrol()
	for _, days := range []string{"30", "31", "32"} {
		w.run("settings", "set", schema.Retention, days, "--all")
		sender := w.startSender(pointSettings + ":1")
		if status := sender.wait(); status != -1 {
			t.Fatalf("ended with %d before its point: %s", status, sender.err.String())
		}
		if r := w.ruling(); r.Values[schema.Retention] != days {
			t.Fatalf("the disk says %+v", r)
		}
		if w.retention() == days {
			t.Fatal("it was killed too late")
		}
		sender = w.startSender("")
		await(t, "the store to follow", func() bool { return w.retention() == days })
		sender.kill()
	}
}

// TestOlderSettingsPutBack: the province's older word, signed as it is, put back by hand or from a copy of the folder, lasts
// until the next contact; the newest number is the platform's to know.
func TestOlderSettingsPutBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.startPlatform("")
	w.enrol()
	keys, _ := w.who()
	w.run("settings", "set", schema.Retention, "30", "--all")
	sender := w.startSender("")
	await(t, "the first settings", func() bool { return w.retention() == "30" })
	older, err := os.ReadFile(filepath.Join(keys, standing.File))
	if err != nil {
		t.Fatal(err)
	}
	w.run("settings", "set", schema.Retention, "31", "--all")
	sender.kill()
	sender = w.startSender("")
	await(t, "the newer ones", func() bool { return w.retention() == "31" })
	sender.kill()
	if err := seal.WriteFile(filepath.Join(keys, standing.File), older); err != nil {
		t.Fatal(err)
	}
	if r := w.ruling(); r.Values[schema.Retention] != "30" {
		t.Fatalf("put back: %+v", r)
	}
	w.startSender("")
	await(t, "the newer ones again", func() bool { return w.ruling().Number == 2 && w.retention() == "31" })
}

// TestOwnFileBesideTheProvince: the sender logs by what counts, and follows its own file and the province without a restart.
func TestOwnFileBesideTheProvince(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.startPlatform("")
	w.enrol()
	config := filepath.Join(t.TempDir(), "terminal.yaml")
	write := func(log string) {
		t.Helper()
		if err := os.WriteFile(config, []byte("data: "+w.terminal+"\n"+log), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("log: error\n")
	sender := w.start("", "sender", "-config", config)
	keys, who := w.who()
	await(t, "its first heartbeat", func() bool { return w.heard() != nil })
	if text := sender.err.String(); text != "" {
		t.Errorf("at level error it said %s", text)
	}
	write("log: [") // half edited: what counted before stays
	w.run("settings", "set", schema.Log, "info", "--all", "--lock")
	var signed wire.SignedSettings
	if err := json.Unmarshal(w.run("settings", "export", "--terminal", "QH0301"), &signed); err != nil {
		t.Fatal(err)
	}
	if _, _, err := standing.Take(keys, who, signed); err != nil {
		t.Fatal(err)
	}
	time.Sleep(2 * enrolmentPoll)
	if text := sender.err.String(); text != "" || !sender.running() {
		t.Fatalf("with a broken file it said %s", text)
	}
	write("log: error\n")
	await(t, "the province's level", func() bool { return strings.Contains(sender.err.String(), "other settings count now") })
}
