package service_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"

	"bianmin/platform/platformtest"
	"bianmin/sync/enrol"
	"bianmin/sync/wire"
)

type made struct{ ID, Name, Role, Code string }

func newAgent(t *testing.T, p *platformtest.Platform, name, terminal string, more ...string) made {
	t.Helper()
	var m made
	if err := json.Unmarshal(p.Run(append([]string{"agent", "new", "--name", name, "--terminal", terminal}, more...)...), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// beat sends a heartbeat and gives the answer.
func (m *peer) beat() heard {
	m.t.Helper()
	body, err := json.Marshal(wire.Heartbeat{Nonce: randomID(m.t), Time: time.Now().UTC(), Software: "test"})
	if err != nil {
		m.t.Fatal(err)
	}
	r := m.request(http.MethodPost, "/v1/heartbeats", bytes.NewReader(body))
	r.Header.Set("Content-Type", wire.TypeJSON)
	return m.do(r)
}

func ids(agents []wire.Agent) map[string]bool {
	set := map[string]bool{}
	for _, a := range agents {
		set[a.ID] = true
	}
	return set
}

// TestAccountsTravel: the desks of a point hear of its accounts, at enrolment and
// with heartbeats; kiosks and other points do not, and a barred account is gone.
func TestAccountsTravel(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	li := newAgent(t, p, "李会计", "QH0301", "--can-confirm", "--absence", "10", "--villages", "990301001201,990301001202")
	wang := newAgent(t, p, "王学员", "QH0301", "--role", "trainee")
	other := newAgent(t, p, "赵站长", "QH0401", "--role", "lead")
	kiosk := newPeer(t, p, "QH0301")
	data := t.TempDir()
	if _, err := enrol.Enrol(t.Context(), enrol.Options{Ticket: p.Ticket("QH0302", p.URL, "--role", "agent"), Data: data, Software: "test", Now: time.Now}); err != nil {
		t.Fatal(err)
	}
	given, err := enrol.LoadAgents(filepath.Join(data, "keys"))
	if err != nil || len(given) != 2 {
		t.Fatalf("enrolled with %d accounts, %v", len(given), err)
	}
	desk := newPeer(t, p, "QH0303", "--role", "agent")
	far := newPeer(t, p, "QH0401", "--role", "agent", "--point", "石桥村便民服务点")

	heard := desk.beat().answer
	if got := ids(heard.Agents); len(got) != 2 || !got[li.ID] || !got[wang.ID] {
		t.Errorf("the desk hears of %v", got)
	}
	for _, a := range heard.Agents {
		if a.ID != li.ID {
			continue
		}
		if a.Name != "李会计" || a.Role != "agent" || !a.CanConfirm || a.AbsenceHours != 240 || len(a.Villages) != 2 {
			t.Errorf("the account came as %+v", a)
		}
		if !bytes.Equal(a.Hash, argon2.IDKey([]byte(li.Code), a.Salt, a.Time, a.Memory, a.Threads, 32)) {
			t.Error("the verifier does not know the code")
		}
	}
	if got := ids(far.beat().answer.Agents); len(got) != 1 || !got[other.ID] {
		t.Errorf("another point's desk hears of %v", got)
	}
	if answer := kiosk.beat().answer; answer.Agents != nil || answer.Evaluations != nil {
		t.Errorf("the kiosk hears of %v and %v", answer.Agents, answer.Evaluations)
	}
	var renewed made
	if err := json.Unmarshal(p.Run("agent", "code", li.ID), &renewed); err != nil || renewed.Code == li.Code || renewed.ID != li.ID {
		t.Fatalf("a new code: %+v, %v", renewed, err)
	}
	for _, a := range desk.beat().answer.Agents {
		if knows := bytes.Equal(a.Hash, argon2.IDKey([]byte(renewed.Code), a.Salt, a.Time, a.Memory, a.Threads, 32)); knows != (a.ID == li.ID) {
			t.Errorf("account %s knows the new code: %v", a.ID, knows)
		}
	}
	p.Run("agent", "bar", wang.ID)
	p.Run("agent", "bar", li.ID)
	if err := p.Try("agent", "code", li.ID); err == nil {
		t.Error("a barred account got a new code")
	}
	if answer := desk.beat().answer; answer.Agents == nil || len(answer.Agents) != 0 {
		t.Errorf("after barring all the desk hears of %v, want an empty list", answer.Agents)
	}
	var listed []struct {
		ID     string
		Barred bool
	}
	if err := json.Unmarshal(p.Run("agent", "list"), &listed); err != nil || len(listed) != 3 {
		t.Fatalf("%+v, %v", listed, err)
	}
	for _, a := range listed {
		if a.Barred != (a.ID != other.ID) {
			t.Errorf("listed %+v", a)
		}
	}
}
