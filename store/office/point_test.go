package office_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/identity"
	"bianmin/store"
	"bianmin/store/office"
	"bianmin/sync/seal"
	"bianmin/sync/seal/sealtest"

	"golang.org/x/crypto/argon2"
)

var cheap = seal.Cost{Time: 1, Memory: 64, Threads: 1}

// clock is a machine's clocks in a test's hands.
type clock struct {
	mu      sync.Mutex
	reading casefile.Reading
}

func (c *clock) read() (casefile.Reading, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.reading, nil
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reading.Wall, c.reading.Monotonic = c.reading.Wall.Add(d), c.reading.Monotonic+d
}

func (c *clock) boot(wall time.Time, id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reading = casefile.Reading{Wall: wall, Monotonic: time.Minute, BootID: id}
}

var morning = time.Date(2026, 11, 23, 9, 0, 0, 0, casefile.Zone) // a Monday

// point is an enrolled desk in a folder.
type point struct {
	folder    string
	authority *sealtest.Authority
	identity  *seal.Identity
	clock     *clock
}

// Accounts of every test point, with their codes and secrets.
const (
	li, wang, trainee = "301001", "301002", "301009"
	code              = "0BCD-EFGH-JKMN-P1RS"
	liSecret          = "春天 柳树 水井 石桥"
	wangSecret        = "correct horse battery staple"
)

func writeAgents(t testing.TB, folder string) {
	t.Helper()
	verifier := func(salt string) []byte { return argon2.IDKey([]byte(code), []byte(salt), 1, 64, 1, 32) }
	var agents []map[string]any
	for _, a := range []struct {
		id, name, role string
		confirm        bool
		villages       []string
	}{
		{li, "李会计", "agent", true, []string{"990102103004"}}, {wang, "王代办", "lead", false, nil}, {trainee, "小学员", "trainee", false, nil},
	} {
		agents = append(agents, map[string]any{
			"id": a.id, "name": a.name, "role": a.role, "villages": a.villages, "absenceHours": 1080, "canConfirm": a.confirm,
			"salt": []byte("salt" + a.id), "hash": verifier("salt" + a.id), "time": 1, "memory": 64, "threads": 1,
		})
	}
	content, err := json.Marshal(agents)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "keys", "agents.json"), content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func newPoint(t testing.TB) *point {
	t.Helper()
	return pointOf(t, sealtest.New(t))
}

func pointOf(t testing.TB, authority *sealtest.Authority) *point {
	t.Helper()
	return pointAt(t, authority, "QH0301")
}

func pointAt(t testing.TB, authority *sealtest.Authority, terminal string) *point {
	t.Helper()
	p := &point{folder: t.TempDir(), authority: authority, clock: &clock{}}
	p.clock.boot(morning, "boot-1")
	p.identity = p.authority.Enrol(t, filepath.Join(p.folder, "keys"), terminal, "A")
	writeAgents(t, p.folder)
	s, err := store.Open(t.Context(), store.Options{Folder: p.folder, Clock: p.clock.read})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SetPlatformTime(t.Context(), morning); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *point) open(t testing.TB, change ...func(*office.Options)) *office.Office {
	t.Helper()
	options := office.Options{Folder: p.folder, Software: "bianmin test", Clock: p.clock.read, SecretCost: cheap, CardCost: cheap, MinFree: 1}
	for _, c := range change {
		c(&options)
	}
	o, err := office.Open(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.Close() })
	return o
}

// active is an open office in which Li and Wang have their keys.
func (p *point) active(t testing.TB, change ...func(*office.Options)) *office.Office {
	t.Helper()
	o := p.open(t, change...)
	must(t, o.Activate(t.Context(), li, code, liSecret, nil))
	must(t, o.Activate(t.Context(), wang, code, wangSecret, nil))
	return o
}

func signOn(t testing.TB, o *office.Office, account, secret string) *office.Book {
	t.Helper()
	b, err := o.SignOn(t.Context(), account, secret)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantRefused(t testing.TB, doing string, err error, code agency.Code) {
	t.Helper()
	if agency.Refused(err) != code {
		t.Errorf("%s: %v, want %q", doing, err, code)
	}
}

const canary = "金丝雀甲乙丙7788"

var zhang = casefile.Applicant{Name: "欧阳金丝雀", Number: "990102194501017788", Issuer: "望河县公安局", Source: "card"}

func submission(t testing.TB, b *office.Book, who casefile.Applicant, pages ...string) (casefile.Submission, []casefile.Attachment) {
	t.Helper()
	s := casefile.Submission{
		Item:      casefile.ItemRef{Code: "11990102MB0001000A3000149001", Name: "高龄津贴申领", Department: "11990102MB0001000A", DepartmentName: "望河县民政局", PromisedDays: 5},
		Applicant: who,
		Values:    json.RawMessage(`{"note":"` + canary + `","phone":"13800000000"}`),
	}
	material := casefile.Material{Code: "m1", Name: "户口簿", Way: casefile.Scanned, Trust: casefile.TrustUnverified}
	var attachments []casefile.Attachment
	for _, content := range pages {
		a, err := b.Attach(t.Context(), "image/jpeg", []byte(content))
		must(t, err)
		attachments = append(attachments, a)
		material.Pages = append(material.Pages, casefile.Page{Attachment: a.Digest, MediaType: a.MediaType})
	}
	s.Materials = []casefile.Material{material}
	return s, attachments
}

func submit(t testing.TB, b *office.Book, who casefile.Applicant, pages ...string) casefile.Filed {
	t.Helper()
	s, attachments := submission(t, b, who, pages...)
	filed, err := b.Submit(t.Context(), s, attachments, "")
	must(t, err)
	return filed
}

// accept plays the sender and a platform that takes everything.
func accept(t testing.TB, o *office.Office) {
	t.Helper()
	for {
		items, err := o.Store().Pending(t.Context(), time.Now(), 100)
		must(t, err)
		if len(items) == 0 {
			return
		}
		for _, item := range items {
			must(t, o.Store().RecordAcknowledgement(t.Context(), item.Packet, []byte("ok "+item.Packet), "O-"+string(item.Case), mustToday(t, o)))
		}
	}
}

func mustToday(t testing.TB, o *office.Office) time.Time {
	t.Helper()
	today, err := o.Today(t.Context())
	must(t, err)
	return today
}

func add(t testing.TB, b *office.Book, number casefile.Number, kind casefile.EventKind, body casefile.Event) casefile.Filed {
	t.Helper()
	filed, err := b.Add(t.Context(), number, kind, body, nil)
	if err != nil {
		t.Fatalf("%s: %v", kind, err)
	}
	return filed
}

var card = identity.Card{
	Kind: identity.Resident, Name: "李会计", Number: "990102197501010036", Issuer: "望河县公安局",
	ValidFrom: identity.Date{Year: 2015, Month: 1, Day: 1}, LongTerm: true,
}

// issue prepares a sheet and commits it.
func issue(t testing.TB, b *office.Book, sheet casefile.Sheet) casefile.Filed {
	t.Helper()
	prepared, err := b.PrepareSheet(t.Context(), sheet)
	must(t, err)
	filed, err := b.Issue(t.Context(), prepared.Number, nil, nil)
	must(t, err)
	if filed.Number != prepared.Number || filed.QR != prepared.QR || filed.QR == "" {
		t.Fatalf("prepared as %s, issued as %s", prepared.Number, filed.Number)
	}
	return filed
}
