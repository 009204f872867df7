package readiness_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"bianmin/assets"
	"bianmin/core/text"
	"bianmin/drivers/sim/stand"
	"bianmin/packaging/readiness"
	"bianmin/packaging/settings"
	"bianmin/platform/platformtest"
	"bianmin/store"
	"bianmin/sync/enrol"
)

// machine is an enrolled terminal with its devices on the bench.
type machine struct {
	t        *testing.T
	platform *platformtest.Platform
	stand    *stand.Stand
	settings settings.Settings
	words    *text.Catalog
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	m := &machine{t: t, platform: platformtest.Start(t, platformtest.Options{})}
	folder := t.TempDir()
	var err error
	if m.stand, err = stand.Open(t.Context(), stand.Options{Dir: filepath.Join(folder, "bench"), Document: true}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.stand.Close(); err != nil {
			t.Error(err)
		}
	})
	if m.words, err = text.Load(assets.Words()); err != nil {
		t.Fatal(err)
	}
	reader, printer, _ := m.stand.Links()
	config := filepath.Join(folder, "terminal.yaml")
	content := "data: data\ndevices:\n  reader: {link: \"" + reader + "\"}\n  printer: {link: \"" + printer + "\"}\n  document: {link: \"" + m.stand.DocumentLink() + "\"}\n" +
		"update: {state: state, prefix: prefix}\n"
	if err := os.WriteFile(config, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if m.settings, err = settings.Read(config); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(m.settings.Data, 0o700); err != nil {
		t.Fatal(err)
	}
	return m
}

// enrol enrols the terminal and makes its store, as the programs do at their first start.
func (m *machine) enrol() {
	m.t.Helper()
	identity, err := enrol.Enrol(m.t.Context(), enrol.Options{
		Ticket: m.platform.Ticket("QH0301", m.platform.URL), Data: m.settings.Data, Software: "test", Now: time.Now,
	})
	if err != nil {
		m.t.Fatal(err)
	}
	opened, err := store.Open(m.t.Context(), store.Options{Folder: m.settings.Data, Clock: store.SystemClock})
	if err != nil {
		m.t.Fatal(err)
	}
	if _, err := opened.Standing(m.t.Context(), identity.Generation); err != nil {
		m.t.Error(err)
	}
	if err := opened.SetPlatformTime(m.t.Context(), time.Now()); err != nil {
		m.t.Error(err)
	}
	if err := opened.Close(); err != nil {
		m.t.Error(err)
	}
}

func (m *machine) look() readiness.Report {
	m.t.Helper()
	return readiness.Look(m.t.Context(), readiness.Options{Settings: m.settings, Words: m.words})
}

func (m *machine) do(command string) {
	m.t.Helper()
	if _, err := m.stand.Do(m.t.Context(), command); err != nil {
		m.t.Fatalf("%s: %v", command, err)
	}
}

// codes are the findings as "id state code".
func codes(r readiness.Report) (all []string) {
	for _, c := range r.Checks {
		all = append(all, c.ID+" "+string(c.State)+" "+c.Code)
	}
	return all
}
