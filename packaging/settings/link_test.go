package settings

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/packaging/settings/schema"
)

// TestPages: what a point's file says of its line is what holds for scanned pages at each hour.
func TestPages(t *testing.T) {
	at := func(hour, minute int) time.Time { return time.Date(2026, 11, 27, hour, minute, 0, 0, casefile.Zone) }
	for _, c := range []struct {
		said string
		at   time.Time
		want Pages
	}{
		{"", at(12, 0), Pages{}},
		{"link: {cap: 64}", at(12, 0), Pages{Cap: 64 << 10}},
		{`link: {cap: 0, quiet: "08:00-18:00"}`, at(8, 0), Pages{Wait: schema.Quiet}},
		{`link: {quiet: "08:00-18:00"}`, at(18, 0), Pages{}},
		{`link: {quiet: "18:00-08:00"}`, at(23, 59), Pages{Wait: schema.Quiet}},
		{`link: {quiet: "18:00-08:00"}`, at(7, 59), Pages{Wait: schema.Quiet}},
		{`link: {quiet: "18:00-08:00"}`, at(8, 0), Pages{}},
		{`link: {quiet: none}`, at(8, 0), Pages{}},
		{"link: {metered: forms}", at(2, 0), Pages{Wait: schema.MeteredForms, Metered: true}},
		{"link: {metered: night}", at(12, 0), Pages{Wait: schema.MeteredNight, Metered: true}},
		{"link: {metered: night}", at(2, 0), Pages{Metered: true}},
		{"link: {metered: night}\nupdate: {hours: \"12:00-13:00\"}", at(12, 0), Pages{Metered: true}},
		{"link: {metered: no}", at(12, 0), Pages{}},
	} {
		path := filepath.Join(t.TempDir(), "terminal.yaml")
		if err := os.WriteFile(path, []byte("data: d\n"+c.said+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Read(path)
		if err != nil {
			t.Errorf("%s: %v", c.said, err)
			continue
		}
		if got := s.Pages(c.at.UTC()); got != c.want {
			t.Errorf("%s at %v: %+v, want %+v", c.said, c.at, got, c.want)
		}
	}
}

// TestSlipsOfTheLine: a slip in what is said of the line is named by its key.
func TestSlipsOfTheLine(t *testing.T) {
	for said, key := range map[string]string{
		"link: {cap: fast}": schema.Cap, `link: {quiet: "25:00-26:00"}`: schema.Quiet, "link: {metered: yes}": schema.Metered,
	} {
		path := filepath.Join(t.TempDir(), "terminal.yaml")
		if err := os.WriteFile(path, []byte("data: d\n"+said+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(path); err == nil || !strings.Contains(err.Error(), key) {
			t.Errorf("%s: %v", said, err)
		}
	}
}
