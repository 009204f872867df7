package filing_test

import (
	"context"
	"encoding/hex"
	"errors"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/store/filing"
	"bianmin/sync/packet"
	"bianmin/sync/seal"
)

// notice is the platform's word that something must be corrected.
func notice(number casefile.Number, id byte) casefile.Update {
	return casefile.Update{
		ID: hex.EncodeToString(append([]byte{id}, make([]byte, 15)...)), Case: number, Kind: casefile.PlatformReturned, At: morning.Add(time.Hour),
		Notice: &casefile.Notice{Days: 3, Points: []casefile.NoticePoint{{ID: "1", Material: "m1", Text: "看不清"}, {ID: "2", Field: "phone", Text: "少一位"}}},
	}
}

// answer corrects both points with a new page.
func answer(ctx context.Context, f *filing.Filing, id string) (casefile.Correction, []casefile.Attachment, error) {
	page, err := f.Attach(ctx, "image/jpeg", []byte("again"))
	c := casefile.Correction{
		Notice: id, Points: []string{"1", "2"}, Values: []byte(`{"phone":"13800000000"}`),
		Materials: []casefile.Material{{Code: "m1", Way: casefile.Scanned, Pages: []casefile.Page{{Attachment: page.Digest}}}},
	}
	return c, []casefile.Attachment{page}, err
}

// returned is a case that the platform accepted and sent back, as the person's card opens it in the next session.
func returned(t *testing.T, p *point) (*filing.Filing, casefile.Filed, casefile.Update) {
	t.Helper()
	ctx, who := t.Context(), person("王小丫", "990102194501010027")
	f := p.open(t)
	filed := submit(t, f, who, []byte("page"))
	if err := f.Store().RecordAcknowledgement(ctx, filed.Event.ID, []byte("yes"), "O1", morning); err != nil {
		t.Fatal(err)
	}
	u := notice(filed.Number, 1)
	if err := f.Store().Take(ctx, "c1", []casefile.Update{u}); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	f = p.open(t)
	if _, _, err := answer(ctx, f, u.ID); err != nil {
		t.Fatal(err)
	}
	c, pages, err := answer(ctx, f, u.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Correct(ctx, filed.Number, c, pages); err == nil {
		t.Error("a case was corrected without the card")
	}
	return f, filed, u
}

func summaryOf(t *testing.T, f *filing.Filing) casefile.Summary {
	t.Helper()
	list, err := f.Cases(t.Context(), person("王小丫", "990102194501010027"))
	if err != nil || len(list) != 1 {
		t.Fatalf("%d cases, %v", len(list), err)
	}
	return list[0]
}

// TestCorrectOnTheSameCase: the card shows what is asked, the correction is the next event of the case and goes out in its order, once.
func TestCorrectOnTheSameCase(t *testing.T) {
	p, ctx := newPoint(t), t.Context()
	f, filed, u := returned(t, p)
	s := summaryOf(t, f)
	if s.State != casefile.StateCorrection || s.Asked.ID != u.ID || len(s.Asked.Notice.Points) != 2 || s.Version != "1" {
		t.Fatalf("%+v", s)
	}
	c, pages, err := answer(ctx, f, u.ID)
	if err != nil {
		t.Fatal(err)
	}
	unsigned := c
	unsigned.Signature = &casefile.Signature{Attachment: pages[0].Digest, Content: "other"}
	if _, err := f.Correct(ctx, filed.Number, unsigned, pages); err == nil {
		t.Error("a signature under other content was taken")
	}
	done, err := f.Correct(ctx, filed.Number, c, pages)
	if err != nil || done.Number != filed.Number || done.Event.Sequence != 2 || done.Event.LastPlatformEvent != u.ID {
		t.Fatalf("%+v, %v", done.Event, err)
	}
	if s = summaryOf(t, f); s.State != casefile.StateProcessing || s.Reason != "" || s.Asked.Stands() || s.Moments[len(s.Moments)-1].State != casefile.StateQueued {
		t.Errorf("%+v", s)
	}
	items, err := f.Store().Pending(ctx, morning.Add(2*time.Hour), 10)
	if err != nil || len(items) != 1 || items[0].Kind != casefile.Corrected || items[0].Sequence != 2 {
		t.Fatalf("%+v, %v", items, err)
	}
	sent := events(t, f.Store(), packet.Opener{Certificate: p.authority.Encrypt, Key: p.authority.EncryptKey, Root: p.authority.Root, At: morning})
	if last := sent[len(sent)-1]; last.Correction == nil || string(last.Correction.Values) != string(c.Values) || last.digest != done.Digest {
		t.Errorf("%+v", last)
	}
	if _, err := f.Correct(ctx, filed.Number, c, pages); !errors.Is(err, casefile.ErrNotAsked) {
		t.Errorf("corrected twice: %v", err)
	}
	if err := f.Store().RecordAcknowledgement(ctx, done.Event.ID, []byte("yes"), "O1", morning.Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if s = summaryOf(t, f); s.Moments[len(s.Moments)-1].State != casefile.StateAccepted {
		t.Errorf("%+v", s.Moments)
	}
	if _, err := seal.VerifyCode(s.QR, seal.SM2Key(p.authority.Root)); err != nil {
		t.Error(err)
	}
}

// TestNotAskedAnyMore: corrected elsewhere, asked for something else, or decided: the answer to the old notice is not filed.
func TestNotAskedAnyMore(t *testing.T) {
	for name, came := range map[string]func(casefile.Number) casefile.Update{
		"corrected elsewhere": func(n casefile.Number) casefile.Update {
			return casefile.Update{ID: "e1", Case: n, Kind: casefile.Corrected, At: morning.Add(2 * time.Hour)}
		},
		"a newer notice": func(n casefile.Number) casefile.Update { return notice(n, 2) },
		"finished": func(n casefile.Number) casefile.Update {
			return casefile.Update{ID: "e2", Case: n, Kind: casefile.PlatformFinished, At: morning.Add(2 * time.Hour), Outcome: &casefile.Outcome{Result: "证", Way: "none"}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			p, ctx := newPoint(t), t.Context()
			f, filed, u := returned(t, p)
			summaryOf(t, f)
			c, pages, err := answer(ctx, f, u.ID)
			if err != nil {
				t.Fatal(err)
			}
			if err := f.Store().Take(ctx, "c2", []casefile.Update{came(filed.Number)}); err != nil {
				t.Fatal(err)
			}
			if _, err := f.Correct(ctx, filed.Number, c, pages); !errors.Is(err, casefile.ErrNotAsked) {
				t.Errorf("%v", err)
			}
			if n, err := f.Store().Counts(ctx); err != nil || n.Waiting != 0 {
				t.Errorf("%+v, %v", n, err)
			}
		})
	}
}

// TestRefusedCorrection: a correction that the platform refuses corrected nothing: the notice stands again and can be answered anew, which
// settles the refused one. One that was refused because another terminal was quicker is asked for no more.
func TestRefusedCorrection(t *testing.T) {
	p, ctx := newPoint(t), t.Context()
	f, filed, u := returned(t, p)
	summaryOf(t, f)
	correct := func(id string) casefile.Filed {
		t.Helper()
		c, pages, err := answer(ctx, f, id)
		if err != nil {
			t.Fatal(err)
		}
		done, err := f.Correct(ctx, filed.Number, c, pages)
		if err != nil {
			t.Fatal(err)
		}
		return done
	}
	refuse := func(id string) {
		t.Helper()
		if err := f.Store().RecordRefusal(ctx, id, []byte("no "+id), "附件损坏", morning.Add(2*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	first := correct(u.ID)
	refuse(first.Event.ID)
	s := summaryOf(t, f)
	if s.State != casefile.StateCorrection || s.Asked.ID != u.ID {
		t.Fatalf("%+v", s)
	}
	if m := s.Moments[len(s.Moments)-2]; m.Kind != string(casefile.Corrected) || !m.Refused || m.State != casefile.StateRefused {
		t.Errorf("%+v", m)
	}
	second := correct(u.ID)
	if n, err := f.Store().Counts(ctx); err != nil || n.Refused != 0 || n.Waiting != 1 {
		t.Errorf("%+v, %v", n, err)
	}
	elsewhere := casefile.Update{ID: "e1", Case: filed.Number, Kind: casefile.Corrected, At: morning.Add(3 * time.Hour)}
	if err := f.Store().Take(ctx, "c2", []casefile.Update{elsewhere}); err != nil {
		t.Fatal(err)
	}
	refuse(second.Event.ID)
	if s = summaryOf(t, f); s.State != casefile.StateProcessing || s.Asked.Stands() {
		t.Errorf("%+v", s)
	}
	if found, err := f.Store().CaseByNumber(ctx, filed.Number); err != nil || found.State != casefile.StateProcessing {
		t.Errorf("%s, %v", found.State, err)
	}
	if err := f.Store().Take(ctx, "c3", []casefile.Update{notice(filed.Number, 3)}); err != nil {
		t.Fatal(err)
	}
	correct(notice(filed.Number, 3).ID)
}

// TestMootCorrection: a refused correction stays with staff while its notice stands, and for a week; when somebody else has answered the notice it ends by
// itself, so that it does not count for ever and the case can go in its time.
func TestMootCorrection(t *testing.T) {
	p, ctx := newPoint(t), t.Context()
	f, filed, u := returned(t, p)
	summaryOf(t, f)
	c, pages, err := answer(ctx, f, u.ID)
	if err != nil {
		t.Fatal(err)
	}
	done, err := f.Correct(ctx, filed.Number, c, pages)
	if err != nil {
		t.Fatal(err)
	}
	s := f.Store()
	if err := s.RecordRefusal(ctx, done.Event.ID, []byte("no"), "别处已经补正", morning.Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	refused := func(when string, want int) {
		t.Helper()
		if _, err := s.Purge(ctx); err != nil {
			t.Fatal(err)
		}
		if n, err := s.Counts(ctx); err != nil || n.Refused != want {
			t.Errorf("%s: %+v, %v; want %d refused", when, n, err, want)
		}
	}
	p.clock.pass(20 * 24 * time.Hour)
	refused("while it is asked for", 1)
	again, pages, err := answer(ctx, f, u.ID)
	if err != nil {
		t.Fatal(err)
	}
	if done, err = f.Correct(ctx, filed.Number, again, pages); err != nil {
		t.Fatal(err)
	}
	at := morning.Add(20*24*time.Hour + 2*time.Hour)
	if err := s.RecordRefusal(ctx, done.Event.ID, []byte("no again"), "别处已经补正", at); err != nil {
		t.Fatal(err)
	}
	elsewhere := casefile.Update{ID: "e1", Case: filed.Number, Kind: casefile.Corrected, At: at}
	if err := s.Take(ctx, "c2", []casefile.Update{elsewhere}); err != nil {
		t.Fatal(err)
	}
	refused("on the same day", 1)
	p.clock.pass(8 * 24 * time.Hour)
	refused("a week later", 0)
	if sum := summaryOf(t, f); sum.State != casefile.StateProcessing {
		t.Errorf("the case is %s", sum.State)
	}
	if _, err := s.VerifyAudit(ctx); err != nil {
		t.Error(err)
	}
}
