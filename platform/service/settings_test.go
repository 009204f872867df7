package service_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bianmin/packaging/settings/schema"
	"bianmin/platform/platformtest"
	"bianmin/platform/registry"
	"bianmin/sync/channel"
	"bianmin/sync/standing"
	"bianmin/sync/wire"
)

// fetch asks for the settings as a terminal does, and checks them as it does.
func (m *peer) fetch() standing.Ruling {
	m.t.Helper()
	signed, err := standing.Fetch(m.t.Context(), m.client, m.p.URL, standing.Of(m.id))
	if err != nil {
		m.t.Fatal(err)
	}
	return m.read(signed)
}

func (m *peer) read(signed wire.SignedSettings) standing.Ruling {
	m.t.Helper()
	content, err := json.Marshal(signed)
	if err != nil {
		m.t.Fatal(err)
	}
	ruling, err := standing.Read(content, standing.Of(m.id))
	if err != nil {
		m.t.Fatal(err)
	}
	return ruling
}

// pulse sends a heartbeat and gives the answer.
func (m *peer) pulse(beat wire.Heartbeat) channel.Signed {
	m.t.Helper()
	beat.Nonce, beat.Time, beat.Software = randomID(m.t), time.Now(), "bianmin 1"
	body, err := json.Marshal(beat)
	if err != nil {
		m.t.Fatal(err)
	}
	response, err := m.client.Post(m.p.URL+"/v1/heartbeats", wire.TypeJSON, strings.NewReader(string(body)))
	if err != nil {
		m.t.Fatal(err)
	}
	answer, err := channel.ReadSigned(response, m.id.Believed())
	if err != nil {
		m.t.Fatal(err)
	}
	return answer
}

// TestMostSpecialSettingWins: for all, a role, a division, a point, a terminal; each change has a number, and only whom it concerns sees it.
func TestMostSpecialSettingWins(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	kiosk := newPeer(t, p, "QH0301")
	desk := newPeer(t, p, "QH0302", "--role", "agent")
	away := newPeer(t, p, "QH0401", "--point", "石桥镇便民服务中心", "--region", "990302001201")
	if r := kiosk.fetch(); r.Number != 0 || len(r.Values) != 0 || kiosk.pulse(wire.Heartbeat{}).Settings != 0 {
		t.Fatalf("before anything was set: %+v", r)
	}
	set := func(value string, more ...string) {
		t.Helper()
		p.Run(append([]string{"settings", "set", schema.Idle, value}, more...)...)
	}
	want := func(kioskWant, deskWant, awayWant string, numbers ...int64) {
		t.Helper()
		for i, m := range []*peer{kiosk, desk, away} {
			value := []string{kioskWant, deskWant, awayWant}[i]
			if r := m.fetch(); r.Values[schema.Idle] != value || r.Number != numbers[i] {
				t.Errorf("%s has %q under number %d, want %q under %d", m.id.Number, r.Values[schema.Idle], r.Number, value, numbers[i])
			}
			if said := m.pulse(wire.Heartbeat{}).Settings; said != numbers[i] {
				t.Errorf("%s is told number %d, want %d", m.id.Number, said, numbers[i])
			}
		}
	}
	set("40s", "--all")
	want("40s", "40s", "40s", 1, 1, 1)
	set("50s", "--terminal", "QH0301")
	want("50s", "40s", "40s", 2, 1, 1)
	set("60s", "--role", "agent")
	want("50s", "1m", "40s", 2, 3, 1)
	set("70s", "--region", "9903")
	want("50s", "70s", "70s", 4, 4, 4)
	set("80s", "--region", "990302001201")
	want("50s", "70s", "80s", 4, 4, 5)
	set("75s", "--region", "99") // more general than what is there
	want("50s", "70s", "80s", 6, 6, 6)
	set("90s", "--point-of", "QH0302")
	want("50s", "90s", "80s", 7, 7, 6)
	p.Run("settings", "unset", schema.Idle, "--terminal", "QH0301")
	want("90s", "90s", "80s", 8, 7, 6)
	p.Run("settings", "unset", schema.Idle, "--point-of", "QH0301")
	want("70s", "70s", "80s", 9, 9, 6)
	set("45s", "--terminal", "QH0401", "--lock")
	if r := away.fetch(); len(r.Locked) != 1 || r.Locked[0] != schema.Idle || r.Values[schema.Idle] != "45s" {
		t.Errorf("locked: %+v", r)
	}
}

// TestSettingsAreKept: through a restart, in the order they were made, and what counts no more in the history.
func TestSettingsAreKept(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	m := newPeer(t, p, "QH0301")
	for _, value := range []string{"8", "9"} {
		p.Run("settings", "set", schema.Retention, value, "--all")
	}
	p.Run("settings", "set", schema.Phone, "0989-5310700", "--region", "9903", "--lock")
	p.Run("settings", "unset", schema.Phone, "--region", "9903")
	p.Stop()
	p.Serve(p.Addr)
	if r := m.fetch(); r.Number != 4 || r.Values[schema.Retention] != "9" || len(r.Values) != 1 {
		t.Errorf("after a restart: %+v", r)
	}
	var now, all []map[string]any
	if err := json.Unmarshal(p.Run("settings", "list"), &now); err != nil || len(now) != 1 {
		t.Errorf("listed: %v, %v", now, err)
	}
	if err := json.Unmarshal(p.Run("settings", "list", "--history"), &all); err != nil || len(all) != 4 || all[3]["value"] != nil {
		t.Errorf("all: %v, %v", all, err)
	}
}

// TestSettingsCommandRefuses: nothing that a terminal would refuse is ever set.
func TestSettingsCommandRefuses(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	newPeer(t, p, "QH0301")
	for _, c := range []struct{ want, args string }{
		{"no setting", "set colour blue --all"},
		{"out of bounds", "set retention.days 0 --all"},
		{"not the form", "set phone no --all"},
		{"not the form", "set update.mirror http://u.example --all"},
		{"--role", "set phone 110 --role boss"},
		{"--region", "set phone 110 --region 9"},
		{"--terminal", "set phone 110 --terminal qh"},
		{"unknown", "set phone 110 --point-of QH0999"},
		{"at least one", "set phone 110"},
		{"none of the others", "set phone 110 --all --role kiosk"},
		{"anyway", "set retention.days 9 --all --lock"},
		{"not set", "unset phone --all"},
		{"unknown", "show QH0999"},
		{"unknown", "export --terminal QH0999"},
		{"not above", "raise --number 0"},
	} {
		err := p.Try(append([]string{"settings"}, strings.Fields(c.args)...)...)
		if c.args == "raise --number 0" { // nothing is held: it begins at 1
			if err != nil {
				t.Errorf("raise: %v", err)
			}
			if err = p.Try("settings", "raise", "--number", "1"); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("raise to what is there: %v", err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.args, err)
		}
	}
}

// TestSettingsExport: a file for a stick is this generation's alone, and shows what the network would bring.
func TestSettingsExport(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	m, other := newPeer(t, p, "QH0301"), newPeer(t, p, "QH0302")
	p.Run("settings", "set", schema.Phone, "0989-5310700", "--all", "--lock")
	file := filepath.Join(t.TempDir(), "QH0301.settings")
	p.Run("settings", "export", "--terminal", "QH0301", "--out", file)
	var signed wire.SignedSettings
	if err := json.Unmarshal(p.Run("settings", "export", "--terminal", "QH0301"), &signed); err != nil {
		t.Fatal(err)
	}
	r, fetched := m.read(signed), m.fetch()
	if r.Number != fetched.Number || r.Values[schema.Phone] != fetched.Values[schema.Phone] || !r.Made.Equal(fetched.Made) || len(r.Locked) != 1 {
		t.Errorf("the file says %+v, the network %+v", r, fetched)
	}
	if _, _, err := standing.Weigh(t.TempDir(), standing.Of(other.id), signed); !errors.Is(err, standing.ErrForeign) {
		t.Errorf("another terminal: %v", err)
	}
	again := newPeer(t, p, "QH0301") // the next generation
	if _, _, err := standing.Weigh(t.TempDir(), standing.Of(again.id), signed); !errors.Is(err, standing.ErrForeign) {
		t.Errorf("the next generation: %v", err)
	}
	response, err := m.client.Get(p.URL + "/v1/settings?nonce=" + randomID(t)) // replaced meanwhile
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(response.Body); err != nil || response.StatusCode != http.StatusForbidden || response.Body.Close() != nil {
		t.Errorf("the replaced generation gets %d %s, %v", response.StatusCode, body, err)
	}
}

// TestRestoredPlatformRaisesItsNumber: terminals hold more than a platform that was put back; after raise they listen again.
func TestRestoredPlatformRaisesItsNumber(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	m := newPeer(t, p, "QH0301")
	if said := m.pulse(wire.Heartbeat{Settings: &wire.SettingsHeld{Number: 41, Refused: 42, Reason: "log: no"}}).Settings; said != 0 {
		t.Fatalf("told %d", said)
	}
	var shown struct {
		Held, Refused int64
		Reason        string
	}
	if err := json.Unmarshal(p.Run("settings", "show", "QH0301"), &shown); err != nil || shown.Held != 41 || shown.Refused != 42 || shown.Reason != "log: no" {
		t.Errorf("shown %+v, %v", shown, err)
	}
	p.Run("settings", "raise")
	if r := m.fetch(); r.Number != 42 || len(r.Values) != 0 {
		t.Errorf("raised: %+v", r)
	}
	m.pulse(wire.Heartbeat{Settings: &wire.SettingsHeld{Number: 1 << 62}})
	if err := p.Try("settings", "raise"); err == nil || !strings.Contains(err.Error(), "cannot be") {
		t.Errorf("after nonsense: %v", err)
	}
	p.Run("settings", "set", schema.Log, "warn", "--all")
	reg, err := registry.OpenReader(t.Context(), p.Dir)
	if err != nil {
		t.Fatal(err)
	}
	defer reg.Close()
	member, err := reg.Member(t.Context(), "QH0301")
	if err != nil || member.Ruled != 43 || time.Since(member.RuledAt) > time.Minute {
		t.Errorf("the fleet knows number %d of %v, %v", member.Ruled, member.RuledAt, err)
	}
}

// TestEnrolmentBringsSettings: what was set before a terminal came is there from its first start.
func TestEnrolmentBringsSettings(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	p.Run("settings", "set", schema.Retention, "30", "--all")
	p.Run("settings", "set", schema.Phone, "0989-5310700", "--terminal", "QH0301")
	m := newPeer(t, p, "QH0301")
	if r := m.fetch(); r.Number != 2 || r.Values[schema.Phone] != "0989-5310700" {
		t.Errorf("fetched %+v", r)
	}
}
