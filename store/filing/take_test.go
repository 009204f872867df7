package filing_test

import (
	"strings"
	"testing"
	"time"

	"bianmin/core/casefile"
)

// TestDownlinkReachesTheKiosksCase: correction and result come in with nobody there and are told at the person's next card.
func TestDownlinkReachesTheKiosksCase(t *testing.T) {
	p := newPoint(t)
	f := p.open(t)
	who := person("王小丫", "990102194501010027")
	filed := submit(t, f, who)
	update := func(id string, kind casefile.EventKind, change func(*casefile.Update)) casefile.Update {
		u := casefile.Update{ID: strings.Repeat(id, 16), Case: filed.Number, Kind: kind, At: morning.Add(time.Hour)}
		if change != nil {
			change(&u)
		}
		return u
	}
	notice := update("01", casefile.PlatformReturned, func(u *casefile.Update) {
		u.Notice = &casefile.Notice{Days: 5, Points: []casefile.NoticePoint{{ID: "1", Text: "户口簿第二页看不清"}, {ID: "2", Text: "缺银行卡"}}}
	})
	if err := f.Store().Take(t.Context(), "1", []casefile.Update{notice}); err != nil { // before the acknowledgement: cannot follow
		t.Fatal(err)
	}
	if err := f.Store().RecordAcknowledgement(t.Context(), filed.Event.ID, []byte("signed"), "O-1", morning); err != nil {
		t.Fatal(err)
	}
	again := notice
	again.ID = strings.Repeat("02", 16)
	for _, c := range []struct {
		updates       []casefile.Update
		state, reason string
	}{
		{nil, casefile.StateAccepted, ""},
		{[]casefile.Update{notice}, casefile.StateAccepted, ""}, // the same id changes nothing
		{[]casefile.Update{again}, casefile.StateCorrection, "户口簿第二页看不清；缺银行卡"},
		{[]casefile.Update{update("03", casefile.PlatformFinished, nil), update("04", casefile.PlatformReturned, nil)}, casefile.StateDone, ""},
	} {
		if err := f.Store().Take(t.Context(), "2", c.updates); err != nil {
			t.Fatal(err)
		}
		cases, err := f.Cases(t.Context(), who)
		if err != nil || len(cases) != 1 || cases[0].State != c.state || cases[0].Reason != c.reason || cases[0].Official != "O-1" {
			t.Errorf("%+v, %v; want %s %q", cases, err, c.state, c.reason)
		}
	}
	due := &casefile.Payment{ID: strings.Repeat("05", 16), Name: "工本费", Fen: 2000, State: casefile.PaymentDue, On: "2026-12-05"}
	paid := *due
	paid.State, paid.Receipt, paid.On = casefile.PaymentPaid, "9900012345", "2026-11-23"
	for i, payment := range []*casefile.Payment{due, &paid} {
		if err := f.Store().Take(t.Context(), "3", []casefile.Update{update([]string{"05", "06"}[i], casefile.PlatformPayment, func(u *casefile.Update) { u.Payment = payment })}); err != nil {
			t.Fatal(err)
		}
	}
	cases, err := f.Cases(t.Context(), who)
	if err != nil || cases[0].State != casefile.StateDone {
		t.Fatalf("a payment moved the case: %+v, %v", cases, err)
	}
	if m := cases[0].Moments[len(cases[0].Moments)-2:]; m[0].Payment == nil || *m[0].Payment != *due || m[1].Payment == nil || *m[1].Payment != paid {
		t.Errorf("the kiosk says of payments %+v", m)
	}
	if _, err := f.Store().VerifyAudit(t.Context()); err != nil {
		t.Error(err)
	}
}
