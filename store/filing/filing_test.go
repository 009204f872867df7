package filing_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/identity"
	"bianmin/drivers"
	"bianmin/store"
	"bianmin/store/filing"
	"bianmin/sync/packet"
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
		Item:      casefile.ItemRef{Code: "11990102MB0001000A3000149001", Name: "高龄津贴申领", Department: "11990102MB0001000A", DepartmentName: "望河县民政局", PromisedDays: 5},
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

func TestSubmitToAcknowledgement(t *testing.T) {
	p := newPoint(t)
	f := p.open(t)
	ctx := t.Context()
	who := person("王小丫", "990102194501010027")
	page := []byte(strings.Repeat(canary, 9000))
	filed := submit(t, f, who, page, []byte("second"))
	if parts, err := casefile.ParseNumber(string(filed.Number)); err != nil || parts != (casefile.NumberParts{Terminal: "QH0301", Generation: "A", Date: "2026-11-22", Sequence: 1}) {
		t.Errorf("number %q: %v", filed.Number, err)
	}
	code, err := seal.VerifyCode(filed.QR, seal.SM2Key(p.authority.Root))
	if err != nil || code.Case != filed.Number || fmt.Sprintf("%x", code.Digest) != filed.Digest {
		t.Errorf("the receipt's code: %+v, %v", code, err)
	}

	s := f.Store()
	items, err := s.Pending(ctx, morning, 10)
	if err != nil || len(items) != 1 || items[0].Case != filed.Number || items[0].Registered {
		t.Fatalf("pending: %+v, %v", items, err)
	}
	reader, err := s.OpenPacket(ctx, items[0].Packet)
	if err != nil {
		t.Fatal(err)
	}
	wire, err := io.ReadAll(io.NewSectionReader(reader, 0, reader.Total()))
	if err != nil || int64(len(wire)) != items[0].Total || reader.HeadLength() != items[0].HeadLength || reader.Close() != nil {
		t.Fatalf("packet of %d bytes: %v", len(wire), err)
	}
	opener := packet.Opener{Certificate: p.authority.Encrypt, Key: p.authority.EncryptKey, Root: p.authority.Root, At: morning}
	opened, err := opener.Open(wire[:items[0].HeadLength])
	if err != nil {
		t.Fatal(err)
	}
	if opened.EventDigest != filed.Digest || seal.Digest(wire[:items[0].HeadLength]) != items[0].Digest {
		t.Error("receipt, packet and outbox name different digests")
	}
	first := opened.Attachments[0]
	plain, err := seal.OpenSealed(wire[items[0].HeadLength:items[0].HeadLength+first.Length], [16]byte(first.Key))
	if err != nil || string(plain) != string(page) {
		t.Errorf("first page: %d bytes, %v", len(plain), err)
	}

	if err := s.RecordRegistration(ctx, items[0].Packet, []byte("r")); err != nil {
		t.Fatal(err)
	}
	if items, err = s.Pending(ctx, morning, 10); err != nil || len(items) != 1 || !items[0].Registered {
		t.Errorf("after registration: %+v, %v", items, err)
	}
	for range 2 { // the second changes nothing
		if err := s.RecordAcknowledgement(ctx, items[0].Packet, []byte("a"), "990102-2026-1", morning.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if items, err = s.Pending(ctx, morning, 10); err != nil || len(items) != 0 {
		t.Errorf("after acknowledgement: %+v, %v", items, err)
	}
	answers, err := s.Answers(ctx, filed.Event.ID)
	if err != nil || string(answers["registration"]) != "r" || string(answers["acknowledgement"]) != "a" {
		t.Errorf("answers %q, %v", answers, err)
	}
	summary, err := f.Summary(ctx, filed)
	if err != nil || summary.State != casefile.StateAccepted || summary.Official != "990102-2026-1" || len(summary.Moments) != 2 {
		t.Errorf("summary %+v, %v", summary, err)
	}
}

func TestMyCasesNeedTheCard(t *testing.T) {
	p := newPoint(t)
	ctx := t.Context()
	who, other := person("王小丫", "990102194501010027"), person("李大山", "990102194501010019")
	f := p.open(t)
	first := submit(t, f, who)
	p.clock.pass(time.Minute)
	second := submit(t, f, who)
	submit(t, f, other)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}

	f = p.open(t) // the next session
	if _, err := f.Summary(ctx, first); err == nil {
		t.Error("a case of another session was read without the card")
	}
	if err := f.Store().RecordRefusal(ctx, first.Event.ID, []byte("no"), "照片看不清", morning); err != nil {
		t.Fatal(err)
	}
	cases, err := f.Cases(ctx, who)
	if err != nil || len(cases) != 2 || cases[0].Number != second.Number || cases[1].Number != first.Number {
		t.Fatalf("cases %+v, %v", cases, err)
	}
	if c := cases[1]; c.State != casefile.StateRefused || c.Reason != "照片看不清" || c.ItemName != "高龄津贴申领" || c.Days != 5 || c.QR != first.QR {
		t.Errorf("refused case is %+v", c)
	}
	if _, err := f.Summary(ctx, first); err != nil {
		t.Errorf("with the card: %v", err)
	}
	who.Issuer = "别处公安局"
	if cases, err := f.Cases(ctx, who); err != nil || len(cases) != 0 {
		t.Errorf("a forged card opens %d cases, %v", len(cases), err)
	}
	all, err := f.Store().AllCases(ctx)
	if err != nil || len(all) != 3 {
		t.Fatal(len(all), err)
	}
	for _, c := range all { // the two custodians
		key, err := seal.UnwrapKeyWith(c.ByRecovery, p.authority.Recovery)
		if err != nil {
			t.Fatal(err)
		}
		if s, err := filing.OpenCase(c, key); err != nil || s.ItemName != "高龄津贴申领" {
			t.Errorf("recovery: %+v, %v", s, err)
		}
	}
}

func TestOrderPerCaseAndQuarantine(t *testing.T) {
	p := newPoint(t)
	f := p.open(t)
	ctx := t.Context()
	a := submit(t, f, person("王小丫", "990102194501010027"), []byte("page"))
	b := submit(t, f, person("李大山", "990102194501010019"))
	if err := f.Evaluate(ctx, a, casefile.Evaluation{Level: 5, Times: 1}); err != nil {
		t.Fatal(err)
	}
	if err := f.Evaluate(ctx, a, casefile.Evaluation{Level: 1, Times: 1}); !errors.Is(err, store.ErrEvaluated) {
		t.Errorf("second rating: %v", err)
	}
	s := f.Store()
	pending := func(want ...casefile.Number) []store.Item {
		t.Helper()
		items, err := s.Pending(ctx, morning, 10)
		if err != nil {
			t.Fatal(err)
		}
		var got []casefile.Number
		for _, i := range items {
			got = append(got, i.Case)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("pending %v, want %v", got, want)
		}
		return items
	}
	pending(b.Number, a.Number) // the small one first; of a only its first event
	if err := s.RecordRefusal(ctx, b.Event.ID, []byte("no"), "重复申请", morning); err != nil {
		t.Fatal(err)
	}
	pending(a.Number)
	if err := s.RecordAcknowledgement(ctx, a.Event.ID, []byte("yes"), "O1", morning); err != nil {
		t.Fatal(err)
	}
	items := pending(a.Number)
	if items[0].Kind != casefile.Evaluated || items[0].Sequence != 2 {
		t.Errorf("next is %+v", items[0])
	}
	if err := s.RecordAttempt(ctx, items[0].Packet, morning.Add(time.Minute), "没有网络"); err != nil {
		t.Fatal(err)
	}
	pending()
	if err := f.RetryQueue(ctx, "100001"); err != nil {
		t.Fatal(err)
	}
	if items = pending(a.Number); items[0].Attempts != 1 || items[0].Why != "没有网络" {
		t.Errorf("after a failed try: %+v", items[0])
	}
	if err := s.RecordAttempt(ctx, items[0].Packet, morning.AddDate(30, 0, 0), "clock of 2056"); err != nil {
		t.Fatal(err)
	}
	pending(a.Number) // a time far away is not believed
	health, err := f.Health(ctx)
	if err != nil || health.Waiting != 1 || health.Refused != 1 || !health.Oldest.Equal(morning) {
		t.Errorf("health %+v, %v", health, err)
	}
	if err := s.RecordAcknowledgement(ctx, "00000000000000000000000000000000", nil, "", morning); err == nil {
		t.Error("an unknown packet was acknowledged")
	}
	if err := f.Evaluate(ctx, casefile.Filed{Number: "QH0301A-261122-9999-0"}, casefile.Evaluation{Level: 5, Times: 1}); !errors.Is(err, store.ErrNoCase) {
		t.Errorf("rating of no case: %v", err)
	}
}

func TestSubmitRefusesWhatDoesNotFit(t *testing.T) {
	p := newPoint(t)
	f := p.open(t)
	ctx := t.Context()
	who := person("王小丫", "990102194501010027")
	good, pages := submission(t, f, who, []byte("page"))
	content, err := casefile.SignedContent(good)
	if err != nil {
		t.Fatal(err)
	}
	signed := good
	signed.Signature = &casefile.Signature{Attachment: pages[0].Digest, Content: f.Digest(content)}
	changed := signed
	changed.Values = json.RawMessage(`{"phone":"13900000000"}`)
	huge := good
	huge.Values = json.RawMessage(`{"note":"` + strings.Repeat("长", 5<<20/3) + `"}`)
	broken := good
	broken.Values = json.RawMessage(`{"note":`)
	long := good
	long.Item.Code = strings.Repeat("9", 100)
	gone := []casefile.Attachment{pages[0]}
	gone[0].Sealed++
	for name, c := range map[string]struct {
		submission  casefile.Submission
		attachments []casefile.Attachment
	}{
		"signature on other content": {changed, pages},
		"page not given":             {good, nil},
		"page twice":                 {good, append(pages, pages...)},
		"page of another length":     {good, gone},
		"5 MB form value":            {huge, pages},
		"values are not JSON":        {broken, pages},
		"item code too long":         {long, pages},
	} {
		if filed, err := f.Submit(ctx, c.submission, c.attachments, who); err == nil {
			t.Errorf("%s: filed as %s", name, filed.Number)
		} else if strings.Contains(err.Error(), who.Name) || strings.Contains(err.Error(), who.Number) || strings.Contains(err.Error(), "1390000") {
			t.Errorf("%s: the error is personal: %v", name, err)
		}
	}
	filed, err := f.Submit(ctx, signed, pages, who)
	if err != nil {
		t.Fatal(err)
	}
	if parts, err := casefile.ParseNumber(string(filed.Number)); err != nil || parts.Sequence != 1 {
		t.Errorf("refused submissions used up numbers: %v, %v", filed.Number, err)
	}
	if err := f.Drop(ctx, pages[0].Digest); err == nil {
		t.Error("a filed page was dropped")
	}
}

func TestNamesOfEveryKind(t *testing.T) {
	p := newPoint(t)
	f := p.open(t)
	for _, name := range []string{"王\x00小\x1b丫", "\U00020BB7野家", "\ue863\ue864", "买买提·艾力", "\xff\xfe"} {
		who := person(name, "990102194501010027")
		filed := submit(t, f, who)
		summary, err := f.Summary(t.Context(), filed)
		if err != nil || summary.Number != filed.Number {
			t.Errorf("%q: %v", name, err)
		}
		if cases, err := f.Cases(t.Context(), who); err != nil || len(cases) != 1 {
			t.Errorf("%q: %d cases, %v", name, len(cases), err)
		}
	}
}

func TestDroppedAndDeadDraftsGo(t *testing.T) {
	p := newPoint(t)
	f := p.open(t)
	who := person("王小丫", "990102194501010027")
	_, retaken := submission(t, f, who, []byte("retaken"))
	if err := f.Drop(t.Context(), retaken[0].Digest); err != nil {
		t.Fatal(err)
	}
	filed := submit(t, f, who, []byte("kept"))
	submission(t, f, who, []byte("never filed"))
	if err := os.WriteFile(filepath.Join(p.folder, "tmp", "page-left"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := files(t, p.folder); len(got) != 3 {
		t.Fatalf("before: %v", got)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	p.open(t)
	got := files(t, p.folder)
	want := filed.Event.Submission.Materials[0].Pages[0].Attachment
	if len(got) != 1 || filepath.Base(got[0]) != want {
		t.Errorf("after: %v, want only %s", got, want)
	}
}

func files(t *testing.T, folder string) []string {
	t.Helper()
	var found []string
	for _, pattern := range []string{"tmp/*", "attachments/*/*"} {
		matches, err := filepath.Glob(filepath.Join(folder, pattern))
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, matches...)
	}
	return found
}

func TestPrintLedger(t *testing.T) {
	p := newPoint(t)
	f := p.open(t)
	ctx := t.Context()
	if _, err := f.BeginPrint(ctx, filing.PrintJob{Kind: "receipt", Case: "QH0301A-261122-0001-X"}); !errors.Is(err, store.ErrNoCase) {
		t.Errorf("a receipt without a case: %v", err)
	}
	filed := submit(t, f, person("王小丫", "990102194501010027"))
	id, err := f.BeginPrint(ctx, filing.PrintJob{Kind: "receipt", Case: filed.Number, Item: "高龄津贴申领"})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.EndPrint(ctx, id, drivers.PrintReport{Outcome: drivers.Unconfirmed, Bytes: 1200}); err != nil {
		t.Fatal(err)
	}
	if err := f.ConfirmPrint(ctx, id, true, "citizen"); err != nil {
		t.Fatal(err)
	}
	if err := f.ConfirmPrint(ctx, 99, true, "citizen"); err == nil {
		t.Error("a job that never was is confirmed")
	}
	prints, err := f.Store().Prints(ctx, filed.Number)
	if err != nil || len(prints) != 1 || prints[0].State != store.PrintConfirmed || prints[0].ConfirmedBy != "citizen" || !strings.Contains(prints[0].Evidence, "1200") {
		t.Errorf("ledger %+v, %v", prints, err)
	}
	if _, err := f.Store().VerifyAudit(ctx); err != nil {
		t.Error(err)
	}
}

func TestOpenWithoutEnrolment(t *testing.T) {
	p := newPoint(t)
	if err := os.Rename(filepath.Join(p.folder, "keys"), filepath.Join(p.folder, "away")); err != nil {
		t.Fatal(err)
	}
	f := p.open(t)
	wantCode(t, f.Ready(t.Context()), casefile.NotEnrolled)
	if health, err := f.Health(t.Context()); err != nil || health.Problem != casefile.NotEnrolled || health.DiskFree == 0 {
		t.Errorf("health %+v, %v", health, err)
	}
	if err := os.Rename(filepath.Join(p.folder, "away"), filepath.Join(p.folder, "keys")); err != nil {
		t.Fatal(err)
	}
	wantCode(t, f.Ready(t.Context()), casefile.NotEnrolled) // not tried again at once
	p.clock.pass(time.Minute)
	if err := f.Ready(t.Context()); err != nil {
		t.Errorf("after enrolment: %v", err)
	}
}

func TestCancelledSubmitFilesNothing(t *testing.T) {
	p := newPoint(t)
	f := p.open(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	who := person("王小丫", "990102194501010027")
	s, pages := submission(t, f, who)
	if _, err := f.Submit(ctx, s, pages, who); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
	if counts, err := f.Store().Counts(t.Context()); err != nil || counts.Waiting != 0 {
		t.Errorf("%+v, %v", counts, err)
	}
}
