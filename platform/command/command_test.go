package command_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"

	"bianmin/core/casefile"
	"bianmin/platform/authority"
	"bianmin/platform/command"
	"bianmin/platform/registry"
)

// run runs one command of the platform in this process.
func run(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	root := command.New(command.Options{Contract: []byte("{}"), Now: time.Now})
	root.SetArgs(command.LongFlags(root, args))
	root.SetOut(&out)
	root.SetErr(&out)
	err := root.ExecuteContext(t.Context())
	return out.String(), err
}

func TestLongFlags(t *testing.T) {
	root := command.New(command.Options{})
	got := command.LongFlags(root, []string{"-listen", ":1", "-data=d", "--faults", "-x", "-h", "-help", "cases", "-json", "-"})
	want := []string{"--listen", ":1", "--data=d", "--faults", "-x", "-h", "--help", "cases", "--json", "-"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestMistakes(t *testing.T) {
	dir := t.TempDir()
	good := map[string]string{
		"--data": dir, "--url": "https://p", "--terminal": "QH0301", "--point": "村", "--region": "990301001201", "--role": "kiosk", "--environment": "demo",
	}
	for _, c := range []struct{ flag, value, want string }{
		{"--terminal", "qh0301", "--terminal"},
		{"--terminal", "QH030", "--terminal"},
		{"--region", "99", "--region"},
		{"--point", "", "--point"},
		{"--role", "admin", "--role"},
		{"--environment", "test", "--environment"},
		{"--url", "http://p", "https"},
		{"--valid", "soon", "invalid"},
	} {
		args := []string{"enrol", "new"}
		for flag, value := range good {
			if flag != c.flag {
				args = append(args, flag, value)
			}
		}
		if out, err := run(t, append(args, c.flag, c.value)...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %q: %v\n%s", c.flag, c.value, err, out)
		}
	}
	for _, args := range [][]string{
		{"nonsense"},
		{"enrol", "nonsense"},
		{"cases"},
		{"cases", "--data", filepath.Join(dir, "nowhere")},
		{"trust", "--data", filepath.Join(dir, "nowhere")},
		{"staff", "new", "--data", dir},
		{"agent", "new", "--data", dir, "--terminal", "QH0301"},
		{"agent", "new", "--data", dir, "--terminal", "1", "--name", "李会计"},
		{"agent", "new", "--data", dir, "--terminal", "QH0301", "--name", "李会计", "--role", "boss"},
		{"agent", "new", "--data", dir, "--terminal", "QH0301", "--name", "李会计", "--absence", "0"},
		{"agent", "new", "--data", dir, "--terminal", "QH0301", "--name", "李会计", "--villages", "柳树沟"},
		{"agent", "bar", "000000", "--data", dir},
		{"terminal", "bar", "QH0399", "--data", dir},
		{"--listen", "127.0.0.1:0"},
		{"--listen", "nowhere:x", "--data", dir},
		{"--listen", "127.0.0.1:0", "--data", dir, "--faults", "no-such-file"},
		{"--listen", "127.0.0.1:0", "--data", dir, "--rules", dir},
		{"--listen", "127.0.0.1:0", "--data", dir, "--environment", "production"}, // the codes above made it a demo
	} {
		if out, err := run(t, args...); err == nil {
			t.Errorf("%v: no error\n%s", args, out)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "nowhere")); err == nil {
		t.Error("looking made a folder")
	}
}

// TestBehind: a demo platform's clock can run behind, one that serves people cannot.
func TestBehind(t *testing.T) {
	dir := t.TempDir()
	enrolment := []string{"enrol", "new", "--data", dir, "--url", "https://p", "--terminal", "QH0301", "--point", "村", "--region", "990301001201"}
	out, err := run(t, append(enrolment, "--behind", "480h")...)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var made struct{ Expires time.Time }
	if err := json.Unmarshal([]byte(out), &made); err != nil || time.Since(made.Expires) < 400*time.Hour {
		t.Errorf("made 480 hours behind it expires %s, %v", made.Expires, err)
	}
	dir = t.TempDir()
	enrolment[3] = dir
	if out, err := run(t, append(enrolment, "--environment", "production", "--behind", "480h")...); err == nil || !strings.Contains(err.Error(), "demo platform only") {
		t.Errorf("production: %v\n%s", err, out)
	}
}

// TestTerminalList: no terminal is an empty list.
func TestTerminalList(t *testing.T) {
	dir := t.TempDir()
	if out, err := run(t, "staff", "new", "--data", dir, "--name", "韩技术员"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if out, err := run(t, "terminal", "list", "--data", dir); err != nil || out != "[]\n" {
		t.Errorf("without terminals: %q, %v", out, err)
	}
}

func TestStaffPIN(t *testing.T) {
	dir := t.TempDir()
	out, err := run(t, "staff", "new", "--data", dir, "--name", "韩技术员")
	if err != nil {
		t.Fatal(err)
	}
	var made struct{ ID, Name, PIN string }
	if err := json.Unmarshal([]byte(out), &made); err != nil || len(made.ID) != 6 || len(made.PIN) != 6 {
		t.Fatalf("%s: %v", out, err)
	}
	reg, err := registry.OpenReader(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer reg.Close()
	staff, err := reg.Staff(t.Context())
	if err != nil || len(staff) != 1 {
		t.Fatalf("%+v, %v", staff, err)
	}
	s := staff[0]
	if !bytes.Equal(s.Hash, argon2.IDKey([]byte(made.PIN), s.Salt, s.Time, s.Memory, s.Threads, 32)) || s.ID != made.ID {
		t.Errorf("the verifier does not know the PIN: %+v", s)
	}
	if content, err := os.ReadFile(filepath.Join(dir, "platform.db")); err != nil || bytes.Contains(content, []byte(made.PIN)) {
		t.Errorf("the PIN lies in the database (%v)", err)
	}
}

// TestAuthorityStays: a second start finds the same authority; a new host brings a new server certificate only.
func TestAuthorityStays(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "authority")
	now := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	open := func(hosts ...string) *authority.Authority {
		t.Helper()
		a, err := authority.Open(authority.Options{Dir: dir, Environment: "demo", Hosts: hosts, Now: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	first := open()
	server := func(a *authority.Authority) []byte { return a.TLSConfig().Certificates[0].Certificate[0] }
	again := open()
	if again.Fingerprint() != first.Fingerprint() || !bytes.Equal(server(again), server(first)) || !again.SealingKey().Equal(first.SealingKey()) {
		t.Error("the second start made something anew")
	}
	named := open("platform.example", "192.0.2.7")
	if named.Fingerprint() != first.Fingerprint() || bytes.Equal(server(named), server(first)) {
		t.Error("a new host must bring a new server certificate and nothing else")
	}
	if leaf := named.TLSConfig().Certificates[0].Leaf; leaf.VerifyHostname("platform.example") != nil || leaf.VerifyHostname("192.0.2.7") != nil || leaf.VerifyHostname("localhost") != nil {
		t.Error("the new certificate does not cover its hosts")
	}
	now = now.AddDate(2, 0, -10) // ten days before the end
	if renewed := open("platform.example"); bytes.Equal(server(renewed), server(named)) {
		t.Error("a certificate near its end was not renewed")
	}
	for _, name := range []string{"sign-root.key", "tls-root.key", "sealing.key", "signing.key", "server.key"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
}

// TestOlderDatabase: a database of the first version is brought up, and keeps what it holds.
func TestOlderDatabase(t *testing.T) {
	dir := t.TempDir()
	first, err := os.ReadFile(filepath.Join("..", "registry", "schema.sql"))
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, "platform.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(string(first) + `; PRAGMA user_version = 1;
		INSERT INTO staff VALUES ('123456', '韩技术员', x'00', x'00', 1, 8, 1, 0);
		INSERT INTO packets (id, digest, number, generation, length, state, begun) VALUES ('p1', '', 'QH0301', 'A', 1, 'accepted', 1), ('p2', '', 'QH0301', 'A', 1, 'accepted', 2);
		INSERT INTO cases VALUES ('QH0301A-261122-0001-3', 'QH0301A', 'S202611220000001', '1', 'accepted', 1);
		INSERT INTO events VALUES ('QH0301A-261122-0001-3', 'QH0301A', 1, 'p1', 'submitted', 1), ('QH0301A-261122-0001-3', 'QH0301A', 2, 'p2', 'evaluated', 2)`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := registry.OpenReader(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "older version") {
		t.Errorf("a reader brought it up: %v", err)
	}
	for i := range 2 {
		reg, err := registry.Open(t.Context(), dir, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		staff, err := reg.Staff(t.Context())
		if err != nil || len(staff) != 1 || staff[0].ID != "123456" {
			t.Errorf("%+v, %v", staff, err)
		}
		if agents, err := reg.Agents(t.Context()); err != nil || len(agents) != 0 {
			t.Errorf("%+v, %v", agents, err)
		}
		// The case goes on where it stood.
		state, told, err := reg.Act(t.Context(), registry.Update{
			ID: fmt.Sprint("u", i), Case: "QH0301A-261122-0001-3", Kind: casefile.PlatformReturned, At: time.Now(), Sealed: []byte{1},
		}, 1)
		if err != nil || state != casefile.StateCorrection || !slices.Equal(told, []string{"QH0301"}) {
			t.Errorf("the case stands at %q, told %v, %v", state, told, err)
		}
		if err := reg.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestNewerDatabase: a database of a newer version is refused by name.
func TestNewerDatabase(t *testing.T) {
	dir := t.TempDir()
	reg, err := registry.Open(t.Context(), dir, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := reg.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, "platform.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("PRAGMA user_version = 99"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := registry.Open(t.Context(), dir, time.Now); err == nil || !strings.Contains(err.Error(), "newer version") {
		t.Errorf("got %v", err)
	}
}
