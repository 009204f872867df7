package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bianmin/core/casefile"
	"bianmin/store"
	"bianmin/sync/enrol"
)

// TestTheDepartmentsWordComesHome: the real programs, started and killed at every
// commit point of taking updates: the case stands where the department put it.
func TestTheDepartmentsWordComesHome(t *testing.T) {
	w := newWorld(t)
	platform := w.startPlatform("")
	w.enrol()
	filed := w.file(1000)
	sender := w.startSender("")
	stands := func(state string) func() bool {
		return func() bool {
			s, err := w.desk.Summary(t.Context(), filed)
			return err == nil && s.State == state
		}
	}
	await(t, "the acknowledgement", stands(casefile.StateAccepted))
	sender.kill()
	w.run("act", string(filed.Number), "return", "--point", "material=m1,text=缺页")
	for _, at := range []string{store.PointTakeBefore, store.PointTakeAfter} {
		p := w.startSender(at + ":1")
		if status := p.wait(); status == 0 {
			t.Fatalf("%s: the sender ended with %d", at, status)
		}
		want := map[string]string{store.PointTakeBefore: casefile.StateAccepted, store.PointTakeAfter: casefile.StateCorrection}[at]
		if !stands(want)() {
			t.Errorf("killed at %s the case does not stand at %s", at, want)
		}
	}
	sender = w.startSender("")
	w.run("act", string(filed.Number), "finish", "--result", "批准通知", "--way", "pickup")
	await(t, "the result", stands(casefile.StateDone))
	sender.kill()
	platform.kill()
}

// TestAccountsLieBesideTheKeys: a desk's sender keeps what heartbeats say of its people.
func TestAccountsLieBesideTheKeys(t *testing.T) {
	w := newWorld(t)
	w.startPlatform("")
	var made struct{ Enrolment, ID string }
	read := func(args ...string) {
		t.Helper()
		if err := json.Unmarshal(w.run(args...), &made); err != nil {
			t.Fatal(err)
		}
	}
	read("enrol", "new", "--url", "https://"+w.address, "--terminal", "QH0302", "--point", "柳树沟村便民服务点", "--region", "990301001201", "--role", "agent")
	w.enrolWith(made.Enrolment, "")
	keys := filepath.Join(w.terminal, "keys")
	if agents, err := enrol.LoadAgents(keys); err != nil || agents == nil || len(agents) != 0 {
		t.Fatalf("enrolled with %v, %v; want an empty list", agents, err)
	}
	read("agent", "new", "--name", "李会计", "--terminal", "QH0302")
	sender := w.startSender("")
	await(t, "the account", func() bool {
		agents, err := enrol.LoadAgents(keys)
		return err == nil && len(agents) == 1 && agents[0].ID == made.ID
	})
	w.run("agent", "bar", made.ID)
	sender.kill()
	sender = w.startSender("") // its first heartbeat comes at once
	await(t, "the account to go", func() bool {
		agents, err := enrol.LoadAgents(keys)
		return err == nil && len(agents) == 0
	})
	sender.kill()
	if content, err := os.ReadFile(filepath.Join(keys, "agents.json")); err != nil || strings.TrimSpace(string(content)) != "[]" {
		t.Errorf("agents.json holds %s, %v", content, err)
	}
}
