package uplink_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"bianmin/core/casefile"
	"bianmin/core/identity"
	"bianmin/platform/casebook"
	"bianmin/platform/platformtest"
	"bianmin/store"
	"bianmin/store/filing"
	"bianmin/sync/channel"
	"bianmin/sync/enrol"
	"bianmin/sync/seal"
	"bianmin/sync/uplink"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// quick are waits short enough for tests and with the same shape.
var quick = uplink.Timing{
	Poll: 20 * time.Millisecond, First: 5 * time.Millisecond, LinkMost: 80 * time.Millisecond, PacketMost: 80 * time.Millisecond,
	BeatEvery: 200 * time.Millisecond, BeatTimeout: 10 * time.Second,
}

// terminal is an enrolled terminal with its desk.
type terminal struct {
	t        testing.TB
	folder   string
	identity *seal.Identity
	desk     *filing.Filing
	url      string
	strict   bool // every answer must fit the contract
	dial     channel.Options
	timing   uplink.Timing
	rules    func() uplink.Rules
	states   states
	up       *uplink.Uplink                            // of the last send
	log      io.Writer                                 // what the uplink logs, nil for nowhere
	through  func(http.RoundTripper) http.RoundTripper // stands before the line, nil for nothing
	persons  int
}

type states struct {
	mu  sync.Mutex
	all []uplink.State
}

func (s *states) add(state uplink.State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, state)
}

func (s *states) had(problem channel.Reason) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, state := range s.all {
		if state.Problem == problem {
			return true
		}
	}
	return false
}

// newTerminal enrols a terminal that reaches the platform at url.
func newTerminal(t testing.TB, p *platformtest.Platform, number, url string) *terminal {
	t.Helper()
	return enrolled(t, p, number, p.URL, url)
}

func enrolled(t testing.TB, p *platformtest.Platform, number, enrolAt, url string) *terminal {
	t.Helper()
	folder := t.TempDir()
	id, err := enrol.Enrol(t.Context(), enrol.Options{Ticket: p.Ticket(number, enrolAt), Data: folder, Software: "test", Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	desk, err := filing.Open(t.Context(), filing.Options{Folder: folder, Software: "test", Cost: seal.Cost{Time: 1, Memory: 64, Threads: 1}, MinFree: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = desk.Close() })
	if desk.Store() == nil {
		t.Fatal("the desk has no store")
	}
	return &terminal{t: t, folder: folder, identity: id, desk: desk, url: url, strict: true, timing: quick}
}

func (m *terminal) person() identity.Card {
	m.persons++
	return identity.Card{
		Kind: identity.Resident, Name: "王小丫", Number: fmt.Sprintf("9901021945%08d", m.persons), Sex: "2", Nation: "01", Issuer: "望河县公安局",
		Birth: identity.Date{Year: 1945, Month: 1, Day: 1}, ValidFrom: identity.Date{Year: 2010, Month: 1, Day: 1}, LongTerm: true,
	}
}

const itemCode = "11990102MB0001000A3000149001"

// file files one case with pages of the given sizes.
func (m *terminal) file(pages ...int) casefile.Filed { return m.fileFor(m.person(), pages...) }

func (m *terminal) fileFor(who identity.Card, pages ...int) casefile.Filed {
	m.t.Helper()
	s := casefile.Submission{
		Item:      casefile.ItemRef{Code: itemCode, Name: "高龄津贴申领", Version: "1", CatalogueVersion: "1", Department: "11990102MB0001000A", DepartmentName: "望河县民政局", PromisedDays: 5},
		Applicant: casefile.Applicant{Name: who.Name, Number: who.Number, Source: "card"},
		Values:    json.RawMessage(`{"phone":"13800000000"}`),
	}
	material := casefile.Material{Code: "m1", Name: "户口簿", Way: casefile.Scanned, Trust: "C"}
	var attachments []casefile.Attachment
	for i, size := range pages {
		a, err := m.desk.Attach(m.t.Context(), "image/jpeg", bytes.Repeat([]byte{byte(i + 1)}, size))
		if err != nil {
			m.t.Fatal(err)
		}
		attachments = append(attachments, a)
		material.Pages = append(material.Pages, casefile.Page{Attachment: a.Digest, MediaType: a.MediaType})
	}
	s.Materials = []casefile.Material{material}
	filed, err := m.desk.Submit(m.t.Context(), s, attachments, who)
	if err != nil {
		m.t.Fatal(err)
	}
	return filed
}

func (m *terminal) evaluate(filed casefile.Filed) {
	m.t.Helper()
	if err := m.desk.Evaluate(m.t.Context(), filed, casefile.Evaluation{Level: 5, Times: 1}); err != nil {
		m.t.Fatal(err)
	}
}

func (m *terminal) client() *http.Client {
	if m.dial.Times == nil {
		m.dial.Times = func() []time.Time { return []time.Time{time.Now()} }
	}
	client := channel.New(channel.Options{
		Root: m.identity.Trust.TLSRoot, Certificate: &m.identity.TLSCert, Times: m.dial.Times, Dial: m.dial.Dial,
	})
	m.t.Cleanup(client.CloseIdleConnections)
	if m.strict {
		client.Transport = platformtest.Checked(m.t, client.Transport)
	}
	if m.through != nil {
		client.Transport = m.through(client.Transport)
	}
	return client
}

// send runs the uplink until the returned function is called or the test ends.
func (m *terminal) send(queue uplink.Queue) (stop func()) {
	m.t.Helper()
	if queue == nil {
		queue = m.desk.Store()
	}
	if m.log == nil {
		m.log = io.Discard
	}
	client := m.client()
	up, err := uplink.New(uplink.Options{
		Queue: queue, Client: client, URL: m.url, Key: m.identity.Believed(), Now: time.Now,
		Log: slog.New(slog.NewTextHandler(m.log, nil)), Timing: m.timing, Changed: m.states.add, Rules: m.rules,
	})
	if err != nil {
		m.t.Fatal(err)
	}
	m.up = up
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- up.Run(ctx) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil {
				m.t.Errorf("uplink: %v", err)
			}
			client.CloseIdleConnections()
		})
	}
	m.t.Cleanup(stop)
	return stop
}

func (m *terminal) counts() store.Counts {
	m.t.Helper()
	c, err := m.desk.Store().Counts(m.t.Context())
	if err != nil {
		m.t.Fatal(err)
	}
	return c
}

// await waits until nothing waits but what is quarantined.
func (m *terminal) await(refused int) {
	m.t.Helper()
	await(m.t, "the queue to drain", func() bool {
		c := m.counts()
		return c.Waiting == 0 && c.Refused == refused
	})
}

func await(t testing.TB, what string, done func() bool) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for !done() {
		if time.Now().After(deadline) {
			t.Fatalf("waited too long for %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// mustHold checks that the platform holds exactly these cases, accepted, each event once, with every byte.
func mustHold(t testing.TB, p *platformtest.Platform, filed ...casefile.Filed) map[casefile.Number]casebook.Case {
	t.Helper()
	held := map[casefile.Number]casebook.Case{}
	for _, c := range p.Cases() {
		held[casefile.Number(c.Case)] = c
	}
	if len(held) != len(filed) {
		t.Errorf("the platform holds %d cases, %d were filed", len(held), len(filed))
	}
	for _, f := range filed {
		c, ok := held[f.Number]
		if !ok {
			t.Errorf("case %s is not at the platform", f.Number)
			continue
		}
		if c.State != "accepted" || c.Official == "" || c.Events[0].EventDigest != f.Digest {
			t.Errorf("case %s: state %q, official %q, digest %s, filed %s", f.Number, c.State, c.Official, c.Events[0].EventDigest, f.Digest)
		}
		sequences := map[int]bool{}
		for _, e := range c.Events {
			if e.Problem != "" || e.State != "accepted" || sequences[e.Sequence] {
				t.Errorf("case %s event %d: state %q, problem %q, twice %v", f.Number, e.Sequence, e.State, e.Problem, sequences[e.Sequence])
			}
			sequences[e.Sequence] = true
			for _, a := range e.Attachments {
				if !a.Verified {
					t.Errorf("case %s: attachment %s is damaged", f.Number, a.Digest)
				}
			}
		}
	}
	return held
}

// reEnrol gives the terminal a new generation in the same folder.
func reEnrol(t testing.TB, p *platformtest.Platform, m *terminal) {
	t.Helper()
	if err := m.desk.Close(); err != nil {
		t.Fatal(err)
	}
	id, err := enrol.Enrol(t.Context(), enrol.Options{Ticket: p.Ticket(m.identity.Number, p.URL), Data: m.folder, Software: "test", Replace: true, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	m.identity = id
	m.desk, err = filing.Open(t.Context(), filing.Options{Folder: m.folder, Software: "test", Cost: seal.Cost{Time: 1, Memory: 64, Threads: 1}, MinFree: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.desk.Close() })
}
