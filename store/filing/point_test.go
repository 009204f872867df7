package filing_test

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/identity"
	"bianmin/store"
	"bianmin/store/filing"
	"bianmin/sync/seal"
	"bianmin/sync/seal/sealtest"
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

func (c *clock) set(wall time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reading.Wall = wall
}

func (c *clock) boot(wall time.Time, id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reading = casefile.Reading{Wall: wall, Monotonic: time.Minute, BootID: id}
}

var morning = time.Date(2026, 11, 22, 9, 0, 0, 0, casefile.Zone)

// point is an enrolled terminal in a folder.
type point struct {
	folder    string
	authority *sealtest.Authority
	identity  *seal.Identity
	clock     *clock
}

func newPoint(t testing.TB) *point {
	t.Helper()
	p := &point{folder: t.TempDir(), authority: sealtest.New(t), clock: &clock{}}
	p.clock.boot(morning, "boot-1")
	p.identity = p.authority.Enrol(t, filepath.Join(p.folder, "keys"), "QH0301", "A")
	s := p.openStore(t)
	if err := s.SetPlatformTime(t.Context(), morning); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *point) openStore(t testing.TB) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{Folder: p.folder, Clock: p.clock.read})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (p *point) open(t testing.TB, change ...func(*filing.Options)) *filing.Filing {
	t.Helper()
	options := filing.Options{Folder: p.folder, Software: "bianmin test", Clock: p.clock.read, Cost: cheap, MinFree: 1}
	for _, c := range change {
		c(&options)
	}
	f, err := filing.Open(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func person(name, number string) identity.Card {
	return identity.Card{
		Kind: identity.Resident, Name: name, Number: number, Sex: "2", Nation: "01", Issuer: "望河县公安局",
		Birth: identity.Date{Year: 1945, Month: 1, Day: 1}, ValidFrom: identity.Date{Year: 2010, Month: 1, Day: 1}, LongTerm: true,
	}
}

const canary = "金丝雀甲乙丙7788"

func submission(t testing.TB, f *filing.Filing, who identity.Card, pages ...[]byte) (casefile.Submission, []casefile.Attachment) {
	t.Helper()
	s := casefile.Submission{
		Item:      casefile.ItemRef{Code: "11990102MB0001000A3000149001", Name: "高龄津贴申领", Version: "1", Department: "11990102MB0001000A", DepartmentName: "望河县民政局", PromisedDays: 5},
		Applicant: casefile.Applicant{Name: who.Name, Number: who.Number, Source: "card"},
		Values:    json.RawMessage(`{"phone":"13800000000","note":"` + canary + `"}`),
	}
	var attachments []casefile.Attachment
	material := casefile.Material{Code: "m1", Name: "户口簿", Way: casefile.Scanned, Trust: "C"}
	for _, content := range pages {
		a, err := f.Attach(t.Context(), "image/jpeg", content)
		if err != nil {
			t.Fatal(err)
		}
		attachments = append(attachments, a)
		material.Pages = append(material.Pages, casefile.Page{Attachment: a.Digest, MediaType: a.MediaType})
	}
	s.Materials = []casefile.Material{material}
	return s, attachments
}

func submit(t testing.TB, f *filing.Filing, who identity.Card, pages ...[]byte) casefile.Filed {
	t.Helper()
	s, attachments := submission(t, f, who, pages...)
	filed, err := f.Submit(t.Context(), s, attachments, who)
	if err != nil {
		t.Fatal(err)
	}
	return filed
}

func wantCode(t *testing.T, err error, code casefile.Code) {
	t.Helper()
	var got *casefile.Error
	if !errors.As(err, &got) || got.Code != code {
		t.Errorf("error is %v, want code %q", err, code)
	}
}
