package queue

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bianmin/assets"
	"bianmin/core/casefile"
	"bianmin/core/identity"
	"bianmin/core/text"
	"bianmin/packaging/stick"
	"bianmin/platform/platformtest"
	"bianmin/store"
	"bianmin/store/filing"
	"bianmin/sync/channel"
	"bianmin/sync/enrol"
	"bianmin/sync/linkstate"
	"bianmin/sync/seal"
	"bianmin/sync/uplink"
	"bianmin/sync/wire"
)

// machine is an enrolled terminal with the real store, and the real platform.
type machine struct {
	t            *testing.T
	platform     *platformtest.Platform
	data, config string
	id           *seal.Identity
	n            int
}

func newMachine(t *testing.T, rules string) *machine {
	t.Helper()
	p := platformtest.Start(t, platformtest.Options{Rules: rules})
	m := &machine{t: t, platform: p, data: filepath.Join(t.TempDir(), "data"), config: filepath.Join(t.TempDir(), "terminal.yaml")}
	id, err := enrol.Enrol(t.Context(), enrol.Options{Ticket: p.Ticket("QH0301", p.URL), Data: m.data, Software: "test", Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	m.id = id
	if err := os.WriteFile(m.config, fmt.Appendf(nil, "data: %s\nupdate: {state: %s}\n", m.data, filepath.Join(m.data, "update")), 0o600); err != nil {
		t.Fatal(err)
	}
	return m
}

// file commits a case as the kiosk does, with a receipt.
func (m *machine) file(size int) casefile.Number {
	m.t.Helper()
	m.n++
	desk, err := filing.Open(m.t.Context(), filing.Options{Folder: m.data, Software: "test", Log: slog.New(slog.DiscardHandler), Cost: seal.Cost{Time: 1, Memory: 64, Threads: 1}})
	if err != nil {
		m.t.Fatal(err)
	}
	who := identity.Card{Kind: identity.Resident, Name: "王小丫", Number: fmt.Sprintf("9901021945%08d", m.n), Issuer: "望河县公安局", LongTerm: true}
	a, err := desk.Attach(m.t.Context(), "image/jpeg", bytes.Repeat([]byte{7}, size))
	if err != nil {
		m.t.Fatal(err)
	}
	filed, err := desk.Submit(m.t.Context(), casefile.Submission{
		Item:      casefile.ItemRef{Code: "11990301MB3010749J4992030002001", Name: "高龄津贴申领", PromisedDays: 5},
		Applicant: casefile.Applicant{Name: who.Name, Number: who.Number, Source: "card"}, Values: json.RawMessage(`{"phone":"000"}`),
		Materials: []casefile.Material{{Code: "m1", Name: "户口簿", Way: casefile.Scanned, Pages: []casefile.Page{{Attachment: a.Digest, MediaType: a.MediaType}}}},
	}, []casefile.Attachment{a}, who)
	if err == nil {
		_, err = desk.BeginPrint(m.t.Context(), filing.PrintJob{Kind: "receipt", Case: filed.Number, Item: "11990301MB3010749J4992030002001"})
	}
	if err = errors.Join(err, desk.Close()); err != nil {
		m.t.Fatal(err)
	}
	return filed.Number
}

func (m *machine) run(args ...string) (string, error) {
	m.t.Helper()
	var out bytes.Buffer
	c := Command(time.Now)
	c.SetArgs(append(args, "--config", m.config))
	c.SetOut(&out)
	c.SetErr(&out)
	c.SilenceErrors = true
	err := c.ExecuteContext(m.t.Context())
	for _, secret := range []string{"王小丫", "9901021945"} {
		if strings.Contains(out.String(), secret) || err != nil && strings.Contains(err.Error(), secret) {
			m.t.Errorf("%v shows %q", args, secret)
		}
	}
	return out.String(), err
}

// must runs a command that has to end with a status.
func (m *machine) must(status int, args ...string) string {
	m.t.Helper()
	out, err := m.run(args...)
	got := 0
	var own interface{ ExitCode() int }
	switch {
	case errors.As(err, &own):
		got = own.ExitCode()
	case err != nil:
		got = 1
	}
	if got != status {
		m.t.Fatalf("%v: status %d, want %d: %v", args, got, status, err)
	}
	return out
}

func (m *machine) listed(status int) (r Report) {
	m.t.Helper()
	if err := json.Unmarshal([]byte(m.must(status, "list", "--json")), &r); err != nil {
		m.t.Fatal(err)
	}
	return r
}

// send runs the real uplink on a store of its own, as the sender does, until stop. tries counts waits for the link.
func (m *machine) send(timing uplink.Timing) (stop func(), tries *atomic.Int32) {
	m.t.Helper()
	s, err := store.Open(m.t.Context(), store.Options{Folder: m.data, Clock: store.SystemClock, Check: store.CheckNone})
	if err != nil {
		m.t.Fatal(err)
	}
	tries = &atomic.Int32{}
	client := channel.New(channel.Options{Root: m.id.Trust.TLSRoot, Certificate: &m.id.TLSCert, Times: func() []time.Time { return []time.Time{time.Now()} }})
	up, err := uplink.New(uplink.Options{
		Queue: s, Client: client, URL: m.platform.URL, Key: m.id.Believed(), Now: time.Now, Log: slog.New(slog.DiscardHandler), Timing: timing,
		Changed: func(state uplink.State) {
			if state.Problem != channel.None {
				tries.Add(1)
			}
		},
	})
	if err != nil {
		m.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(m.t.Context())
	done := make(chan error, 1)
	go func() { done <- up.Run(ctx) }()
	return func() {
		cancel()
		if err := errors.Join(<-done, s.Close()); err != nil {
			m.t.Error(err)
		}
		client.CloseIdleConnections()
	}, tries
}

func (m *machine) until(what string, is func() bool) {
	m.t.Helper()
	for end := time.Now().Add(20 * time.Second); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			m.t.Fatalf("it never came: %s", what)
		}
	}
}

// TestOneCaseThroughAll: what waits is listed with its reason; one case is put aside and let go; while the sender waits for an hour, "retry" lets
// it send at once; what the platform refuses is told with its reason, and settled.
func TestOneCaseThroughAll(t *testing.T) {
	m := newMachine(t, "")
	if said := m.must(0, "list"); !strings.Contains(said, "都送到了") {
		t.Error(said)
	}
	number, other := m.file(60_000), m.file(10)
	if err := linkstate.Save(m.data, linkstate.State{At: time.Now(), Why: "portal", Since: time.Now(), Next: time.Now().Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	r := m.listed(0)
	if r.Waiting != 2 || r.Packets[0].Case != number || r.Packets[0].Why != "link.portal" || r.Packets[0].ItemName != "高龄津贴申领" || r.Packets[0].Total < 60_000 || r.Packets[0].Next == nil {
		t.Errorf("%+v", r)
	}
	if said := m.must(0, "list"); !strings.Contains(said, "网络要先登录") || !strings.Contains(said, "[等着 / waits] "+string(number)+" 高龄津贴申领") {
		t.Error(said)
	}
	m.must(1, "quarantine", string(other))
	m.must(1, "quarantine", string(other), "--reason", "990102194500000001 要求")
	m.must(1, "quarantine", "QH0301A-261122-0042-X", "--reason", "没有这件")
	m.must(0, "quarantine", string(other), "--reason", "县里要求先查")
	if said := m.must(4, "show", string(other)); !strings.Contains(said, "县里要求先查") || !strings.Contains(said, "有人把它放在一边") {
		t.Error(said)
	}
	if r := m.listed(4); r.Waiting != 1 || r.Held != 1 || r.Packets[0].State != casefile.LineHeld || r.Packets[0].Remark == nil {
		t.Errorf("%+v", r)
	}
	m.platform.Faults(`{action: captive-portal, times: 1}`)
	stop, tries := m.send(uplink.Timing{Poll: 10 * time.Millisecond, First: time.Hour, LinkMost: time.Hour, LinkLong: time.Hour})
	m.until("the sender waits", func() bool { return tries.Load() == 1 })
	if said := m.must(0, "retry"); !strings.Contains(said, "马上再送") {
		t.Error(said)
	}
	m.until("the case arrives", func() bool { return m.listed(4).Waiting == 0 })
	if len(m.platform.Cases()) != 1 {
		t.Error("what was put aside went out, or what was not did not")
	}
	m.must(1, "show", string(number))
	m.must(0, "release", string(other), "--reason", "查过了")
	m.until("the other case arrives", func() bool { return m.listed(0).Waiting == 0 })
	stop()
}

// TestRefused: what the platform refused is told by its reason in words, needs somebody, and is settled by a person with a reason.
func TestRefused(t *testing.T) {
	m := newMachine(t, `
- {item: "*", refuse: {phone: "000"}, reason: 王小丫的电话号码有误}
`)
	number := m.file(10)
	stop, _ := m.send(uplink.Timing{Poll: 10 * time.Millisecond})
	m.until("the refusal", func() bool {
		out, err := m.run("why", string(number))
		return err != nil && strings.Contains(out, "退回")
	})
	stop()
	r := m.listed(4)
	if r.Refused != 1 || r.Packets[0].State != casefile.LineRefused || !strings.HasPrefix(r.Packets[0].Why, "still.refused.") {
		t.Errorf("%+v", r)
	}
	m.must(0, "settle", string(number), "--reason", "改到窗口办了")
	if r := m.listed(0); len(r.Packets) != 0 {
		t.Errorf("%+v", r)
	}
	m.must(1, "settle", string(number), "--reason", "改到窗口办了")
}

// TestExport: what is not delivered is written as it stands, and the platform takes it for what it is; a folder without room is refused before anything is written.
func TestExport(t *testing.T) {
	m := newMachine(t, "")
	m.file(200_000)
	m.file(10)
	folder := filepath.Join(t.TempDir(), "stick")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	var out Exported
	if err := json.Unmarshal([]byte(m.must(0, "export", folder, "--json")), &out); err != nil || len(out.Packets) != 2 {
		t.Fatalf("%+v %v", out, err)
	}
	if r := m.listed(0); r.Waiting != 2 {
		t.Error("something left the queue by being exported")
	}
	client := channel.New(channel.Options{Root: m.id.Trust.TLSRoot, Certificate: &m.id.TLSCert, Times: func() []time.Time { return []time.Time{time.Now()} }})
	defer client.CloseIdleConnections()
	for _, p := range out.Packets {
		content, err := os.ReadFile(filepath.Join(out.Folder, p.File))
		if err != nil || int64(len(content)) != p.Bytes {
			t.Fatalf("%d bytes, %v", len(content), err)
		}
		for _, secret := range []string{"王小丫", "9901021945", "高龄津贴"} {
			if bytes.Contains(content, []byte(secret)) {
				t.Errorf("the file shows %q", secret)
			}
		}
		id := m.packet(p)
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPatch, m.platform.URL+"/v1/packets/"+id, bytes.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", wire.TypeBytes)
		request.Header.Set(wire.HeaderOffset, "0")
		request.Header.Set(wire.HeaderLength, strconv.Itoa(len(content)))
		request.Header.Set(wire.HeaderDigest, p.Digest)
		response, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		signed, err := channel.ReadSigned(response, m.id.Believed())
		if err != nil || signed.Kind != wire.Acknowledgement {
			t.Errorf("the platform says %s, %v", signed.Kind, err)
		}
	}
	if _, err := os.Stat(filepath.Join(out.Folder, "index.json")); err != nil {
		t.Error(err)
	}
	tool := &tool{}
	if tool.words == nil {
		tool.words = testWords(t)
	}
	if err := tool.fits(folder, 1<<60); !errors.Is(err, errRoom) || !strings.Contains(err.Error(), "空间不够") {
		t.Errorf("no room: %v", err)
	}
	if _, err := m.run("export", filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a folder that is not there was written")
	}
	var gone Exported
	to, err := stick.Look(folder)
	if err == nil {
		err = os.RemoveAll(folder)
	}
	if err != nil {
		t.Fatal(err)
	}
	gone.Folder = filepath.Join(folder, "x")
	if err := gone.write(t.Context(), nil, to, nil); !errors.Is(err, stick.ErrGone) {
		t.Errorf("a stick that was pulled: %v", err)
	}
}

// TestExportOfAFailingDisk: what can be read is written although something cannot; that is named, and somebody is needed.
func TestExportOfAFailingDisk(t *testing.T) {
	m := newMachine(t, "")
	m.file(200_000)
	m.file(300)
	err := filepath.WalkDir(filepath.Join(m.data, "attachments"), func(path string, entry os.DirEntry, err error) error {
		if info, _ := entry.Info(); err == nil && !entry.IsDir() && info.Size() > 100_000 {
			return os.Truncate(path, 50_000)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var out Exported
	if err := json.Unmarshal([]byte(m.must(4, "export", t.TempDir(), "--json")), &out); err != nil || len(out.Packets) != 1 || len(out.Lost) != 1 || out.Lost[0].File != "" {
		t.Fatalf("%+v %v", out, err)
	}
	found, err := filepath.Glob(filepath.Join(out.Folder, "*"))
	if err != nil || len(found) != 2 { // the one packet and the index
		t.Errorf("%q, %v", found, err)
	}
}

// packet is the whole id of an exported packet.
func (m *machine) packet(of OfExported) string {
	m.t.Helper()
	for _, p := range m.listed(0).Packets {
		if p.Case == of.Case && p.Sequence == of.Sequence {
			return p.Packet
		}
	}
	m.t.Fatal("the packet is not listed")
	return ""
}

// TestNotEnrolled: a machine that is not enrolled says so, and what to do, and makes no records.
func TestNotEnrolled(t *testing.T) {
	folder := t.TempDir()
	config := filepath.Join(folder, "terminal.yaml")
	if err := os.WriteFile(config, []byte("data: "+filepath.Join(folder, "data")+"\nupdate: {state: "+filepath.Join(folder, "u")+"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	m := &machine{t: t, config: config}
	if _, err := m.run("list"); !errors.Is(err, seal.ErrNotEnrolled) || !strings.HasPrefix(err.Error(), "本机还没有入网") {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(folder, "data", "bianmin.db")); err == nil {
		t.Error("records were made")
	}
}

func testWords(t *testing.T) *text.Catalog {
	t.Helper()
	c, err := text.Load(assets.Words())
	if err != nil {
		t.Fatal(err)
	}
	return c
}
