package settings

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bianmin/packaging/settings/schema"
	"bianmin/sync/seal"
	"bianmin/sync/seal/sealtest"
	"bianmin/sync/standing"
	"bianmin/sync/wire"
)

func TestJoin(t *testing.T) {
	for _, c := range []struct {
		name, key, here, province string
		locked                    bool
		value                     string
		from                      From
		problem                   string
	}{
		{"nobody", schema.Idle, "", "", false, "90s", FromDefault, ""},
		{"the province", schema.Idle, "", "2m", false, "2m", FromProvince, ""},
		{"here alone", schema.Idle, "60s", "", false, "1m", FromHere, ""},
		{"here before the province", schema.Idle, "60s", "2m", false, "1m", FromHere, ""},
		{"locked", schema.Idle, "60s", "2m", true, "2m", FromProvince, IsLocked},
		{"beyond what a machine may say", schema.Idle, "30s", "2m", false, "2m", FromProvince, OutOfBounds},
		{"the same, while the province is silent", schema.Idle, "2s", "", false, "2s", FromHere, OutOfBounds},
		{"of no form, while the province is silent", schema.Idle, "1.5s", "", false, "1.5s", FromHere, OutOfBounds},
		{"the province's alone, said here", schema.Hours, "02:00-03:00", "01:30-02:00", false, "01:30-02:00", FromProvince, NotHere},
		{"the same, while the province is silent", schema.Hours, "02:00-03:00", "", false, "02:00-03:00", FromHere, ""},
		{"no default", schema.Mirror, "", "", false, "", FromDefault, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			ruling := standing.Ruling{Values: map[string]string{}}
			if c.province != "" {
				ruling.Values[c.key] = c.province
			}
			if c.locked {
				ruling.Locked = []string{c.key}
			}
			v := Ruled{Values: Join(map[string]string{c.key: c.here}, ruling)}.Value(c.key)
			if v.Value != c.value || v.From != c.from || v.Problem != c.problem {
				t.Errorf("counts %q from %s, %q", v.Value, v.From, v.Problem)
			}
		})
	}
}

// TestJoinHolds: whatever is said where, the province's word gives way only to a machine's that is allowed, and what counts is one of the words.
func TestJoinHolds(t *testing.T) {
	said := map[string][]string{
		schema.Retention: {"", "7", "30"}, schema.Cases: {"", "90"}, schema.DeskCases: {"", "400"}, schema.Reserve: {"", "256", "1"},
		schema.Idle: {"", "2s", "45s", "2m", "9m"}, schema.Warn: {"", "1s", "20s"}, schema.Done: {"", "1m", "5m"}, schema.Lock: {"", "2m", "25m"},
		schema.Cap: {"", "0", "64", "fast"}, schema.Quiet: {"", "none", "08:00-18:00", "day"}, schema.Metered: {"", "no", "night", "dear"},
		schema.Phone: {"", "110", "no"}, schema.Log: {"", "warn", "loud"}, schema.Mirror: {"", "https://a.example", "http://a.example"},
		schema.Hours: {"", "02:00-03:00"},
	}
	rapid.Check(t, func(t *rapid.T) {
		local, ruling := map[string]string{}, standing.Ruling{Values: map[string]string{}}
		for _, k := range schema.Keys() {
			if k.File {
				local[k.Name] = rapid.SampledFrom(said[k.Name]).Draw(t, "here "+k.Name)
			}
			if normal, err := k.Province(rapid.SampledFrom(said[k.Name]).Draw(t, "province "+k.Name)); err == nil {
				ruling.Values[k.Name] = normal
				if rapid.Bool().Draw(t, "locked "+k.Name) {
					ruling.Locked = append(ruling.Locked, k.Name)
				}
			}
		}
		values := Join(local, ruling)
		if len(values) != len(schema.Keys()) {
			t.Fatalf("%d values of %d", len(values), len(schema.Keys()))
		}
		for _, v := range values {
			key, _ := schema.Find(v.Key)
			province, here := ruling.Values[v.Key], local[v.Key]
			_, outside := key.Local(here)
			allowed := here != "" && key.Here && !slices.Contains(ruling.Locked, v.Key) && outside == nil
			want := FromDefault
			switch {
			case here != "" && (province == "" || allowed):
				want = FromHere
			case province != "":
				want = FromProvince
			}
			if v.From != want || v.Value != map[From]string{FromDefault: key.Default, FromProvince: province, FromHere: v.Here}[want] || v.Idle() != (here != "" && want != FromHere) {
				t.Fatalf("%+v, want it from %s", v, want)
			}
			if v.Idle() && v.Problem == "" {
				t.Fatalf("%+v does not say why", v)
			}
		}
		again := Ruled{Values: values}.With(ruling)
		if !slices.Equal(values, again) {
			t.Fatalf("asked again: %+v, before %+v", again, values)
		}
	})
}

// machine is an enrolled terminal with a configuration.
type machine struct {
	t        *testing.T
	province *sealtest.Authority
	config   string
	keys     string
	who      standing.Who
}

func newMachine(t *testing.T, config string) *machine {
	t.Helper()
	m := &machine{t: t, province: sealtest.New(t), config: write(t, "data: data\n"+config)}
	m.keys = filepath.Join(filepath.Dir(m.config), "data", "keys")
	m.who = standing.Of(m.province.Enrol(t, m.keys, "QH0301", "A"))
	return m
}

func (m *machine) take(number int64, values map[string]string, locked ...string) {
	m.t.Helper()
	said := wire.Settings{
		Version: wire.Version, Kind: wire.Ruling, Environment: "demo", Terminal: "QH0301", Generation: "A", Number: number,
		Made: time.Date(2026, 11, 26, 3, 0, 0, 0, time.UTC), Values: map[string]json.RawMessage{}, Locked: locked,
	}
	for key, value := range values {
		said.Values[key] = []byte(`"` + value + `"`)
	}
	body, err := json.Marshal(said)
	if err != nil {
		m.t.Fatal(err)
	}
	signature, err := seal.Sign(m.province.SignKey, body)
	if err != nil {
		m.t.Fatal(err)
	}
	if _, _, err := standing.Take(m.keys, m.who, wire.SignedSettings{Answer: body, Signature: signature}); err != nil {
		m.t.Fatal(err)
	}
}

func (m *machine) read() Settings {
	m.t.Helper()
	s, err := Read(m.config)
	if err != nil {
		m.t.Fatal(err)
	}
	return s
}

// TestProgramsReadWhatCounts: what kiosk, desk, sender and updater read is the province's word beside the file's.
func TestProgramsReadWhatCounts(t *testing.T) {
	m := newMachine(t, "session: {idle: 60s, warn: 5s}\nphone: \"110\"\nupdate: {hours: \"02:00-03:00\"}\n")
	s := m.read()
	if s.Session != (Session{time.Minute, 5 * time.Second, time.Minute}) || s.Phone != "110" || s.Update.Hours != "02:00-03:00" || s.Desk.Lock != 5*time.Minute || s.Ruled.Number != 0 {
		t.Fatalf("before the province said anything: %+v %+v", s.Session, s)
	}
	m.take(3, map[string]string{
		schema.Idle: "2m", schema.Warn: "40s", schema.Done: "90s", schema.Phone: "0989-1", schema.Log: "warn", schema.Mirror: "https://u.example/b",
		schema.Hours: "00:30-04:00", schema.Lock: "3m", schema.Retention: "30", "colour": "blue",
	}, schema.Phone)
	s = m.read()
	if s.Session != (Session{time.Minute, 40 * time.Second, 90 * time.Second}) || s.Phone != "0989-1" || s.Log != "warn" || s.Update.Mirror != "https://u.example/b" ||
		s.Update.Hours != "00:30-04:00" || s.Desk.Lock != 3*time.Minute || s.Ruled.Value(schema.Retention).Value != "30" {
		t.Fatalf("counts: %+v %+v", s.Session, s)
	}
	if r := s.Ruled; r.Number != 3 || r.Made.Year() != 2026 || len(r.Unknown) != 1 || r.Problem != nil {
		t.Errorf("of the province: %+v", r)
	}
	if bare := Bare(filepath.Dir(m.keys)); bare.Session.Idle != 2*time.Minute || bare.Phone != "0989-1" {
		t.Errorf("with the data folder alone: %+v", bare)
	}
	if err := os.Truncate(filepath.Join(m.keys, standing.File), 100); err != nil {
		t.Fatal(err)
	}
	if s = m.read(); s.Ruled.Problem == nil || s.Ruled.Number != 0 || s.Session.Done != time.Minute || s.Phone != "110" {
		t.Errorf("with half a file: %+v", s)
	}
	if err := os.WriteFile(m.config, []byte("data: data\nsession: {idle: 2ms}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(m.config); err == nil || !strings.Contains(err.Error(), "too short") {
		t.Errorf("a slip that the province's word would hide: %v", err)
	}
}

// TestWatch: a change of what counts is noticed, from either side, and goes on being noticed; anything else is not.
func TestWatch(t *testing.T) {
	m := newMachine(t, "phone: \"110\"\n")
	w := NewWatch(m.config, m.read())
	want := func(what string, changed bool) {
		t.Helper()
		for range 2 {
			if w.Changed() != changed {
				t.Fatalf("%s: changed is %v", what, !changed)
			}
		}
	}
	edit := func(content string) {
		t.Helper()
		if err := os.WriteFile(m.config, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want("nothing", false)
	m.take(1, map[string]string{schema.Phone: "0989-1", schema.Idle: "90s"})
	want("what does not count, and what counted before", false)
	edit("data: data\nphone: \"110\"\nexports: elsewhere\n")
	want("what no program need follow", false)
	edit("data: data\nphone: [")
	want("a half edit", false)
	edit("data: data\n")
	want("the province's number", true)
	edit("data: data\nphone: \"110\"\n")
	want("back again", false)
	m.take(2, map[string]string{schema.Lock: "2m"})
	want("the province's lock", true)
	w = NewWatch(m.config, m.read())
	want("after a fresh start", false)
	w = NewWatch("", Bare(filepath.Dir(m.keys)))
	want("without a file", false)
	m.take(3, map[string]string{schema.Retention: "30"})
	want("without a file, the province", true)
}
