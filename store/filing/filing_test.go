package filing_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/store"
	"bianmin/store/terminal"
	"bianmin/sync/packet"
	"bianmin/sync/seal"
)

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
	if err != nil || string(answers["registration"].Signed) != "r" || string(answers["acknowledgement"].Signed) != "a" {
		t.Errorf("answers %+v, %v", answers, err)
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
		if s, err := terminal.OpenCase(c, key); err != nil || s.ItemName != "高龄津贴申领" {
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

// TestRefusedCaseIsFiledAnew: the person's case says that it was refused; filed anew in its place it says so, and nothing refused is left.
func TestRefusedCaseIsFiledAnew(t *testing.T) {
	p := newPoint(t)
	f := p.open(t)
	ctx := t.Context()
	who := person("王小丫", "990102194501010027")
	first := submit(t, f, who, []byte("page"))
	if err := f.Store().RecordRefusal(ctx, first.Event.ID, []byte("no"), "照片看不清", morning); err != nil {
		t.Fatal(err)
	}
	again, pages := submission(t, f, who, []byte("another page"))
	again.Previous = first.Number
	filed, err := f.Submit(ctx, again, pages, who)
	if err != nil {
		t.Fatal(err)
	}
	found, err := f.Cases(ctx, who)
	if err != nil || len(found) != 2 {
		t.Fatalf("%d cases, %v", len(found), err)
	}
	for _, s := range found {
		old := s.Number == first.Number
		if s.Settled != old || old && (s.Successor != filed.Number || s.State != casefile.StateRefused || s.Reason != "照片看不清") {
			t.Errorf("%+v", s)
		}
	}
	if c, err := f.Store().Counts(ctx); err != nil || c.Refused != 0 || c.Waiting != 1 {
		t.Errorf("%+v, %v", c, err)
	}
}
