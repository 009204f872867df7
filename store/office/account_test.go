package office_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/store/office"
	"bianmin/sync/enrol/practice"
	"bianmin/sync/seal"
	"bianmin/sync/seal/sealtest"
)

func TestActivateAndSignOn(t *testing.T) {
	p := newPoint(t)
	o := p.open(t)
	lines, err := o.Accounts(t.Context())
	must(t, err)
	if len(lines) != 3 || lines[0].ID != li || lines[0].Active || lines[2].Standing != agency.StandingPractice {
		t.Fatalf("%+v", lines)
	}
	if _, err := o.SignOn(t.Context(), li, liSecret); !errors.Is(err, agency.ErrNotActive) {
		t.Errorf("before activation: %v", err)
	}
	wantRefused(t, "a weak secret", o.Activate(t.Context(), li, code, "123456", nil), agency.WeakSecret)
	if err := o.Activate(t.Context(), li, "WRON-GCOD-EWRO-NGCO", liSecret, nil); !errors.Is(err, agency.ErrSecret) {
		t.Errorf("a wrong code: %v", err)
	}
	must(t, o.Activate(t.Context(), li, " obcd-efgh jkmnpirs ", liSecret, &card))
	wantRefused(t, "a second time", o.Activate(t.Context(), li, code, "another good secret here", nil), agency.NotNow)
	for _, secret := range []string{"", "wrong", "春天 柳树 水井 石桥 x"} {
		if _, err := o.SignOn(t.Context(), li, secret); !errors.Is(err, agency.ErrSecret) {
			t.Errorf("%q: %v", secret, err)
		}
	}
	b := signOn(t, o, li, "  春天  柳树 水井\t石桥 ")
	if b.Account().Name != "李会计" || !b.Account().CanConfirm {
		t.Errorf("%+v", b.Account())
	}
	if id, err := o.ByCard(t.Context(), card); err != nil || id != li {
		t.Errorf("by card: %q, %v", id, err)
	}
	other := card
	other.Number = "990102197501010044"
	if id, err := o.ByCard(t.Context(), other); err != nil || id != "" {
		t.Errorf("by another card: %q, %v", id, err)
	}
	must(t, b.Close())
	if _, err := b.List(t.Context(), agency.Query{}); err == nil {
		t.Error("a closed book answers")
	}
}

func TestTriesAreLimited(t *testing.T) {
	p := newPoint(t)
	o := p.active(t)
	var locked *agency.LockedError
	for range 5 {
		_, err := o.SignOn(t.Context(), li, "a wrong secret of mine")
		if err == nil || errors.As(err, &locked) && locked.Left == 0 {
			t.Fatal(err)
		}
	}
	if _, err := o.SignOn(t.Context(), li, liSecret); !errors.As(err, &locked) || locked.Left > time.Minute {
		t.Errorf("the right secret while locked: %v", err)
	}
	lines, err := o.Accounts(t.Context())
	must(t, err)
	if lines[0].Locked == 0 || lines[1].Locked != 0 {
		t.Errorf("locked: %v and %v", lines[0].Locked, lines[1].Locked)
	}
	must(t, o.Close())
	p.clock.boot(morning.Add(48*time.Hour), "boot-2") // neither a restart nor the wall clock gives a try back
	o = p.open(t)
	must(t, o.Store().SetPlatformTime(t.Context(), morning.Add(48*time.Hour)))
	p.clock.pass(2 * time.Minute)
	signOn(t, o, li, liSecret)
}

func TestStandings(t *testing.T) {
	p := newPoint(t)
	o := p.active(t)
	must(t, o.Activate(t.Context(), trainee, code, "practice makes perfect you see", nil))
	b := signOn(t, o, trainee, "practice makes perfect you see")
	wantRefused(t, "a trainee's draft", b.SaveDraft(t.Context(), agency.Draft{ID: "1"}), agency.OnlyPractice)
	_, err := b.Submit(t.Context(), casefile.Submission{}, nil, "")
	wantRefused(t, "a trainee's case", err, agency.OnlyPractice)
	_, err = b.CloseDay(t.Context(), "2026-11-23", 0, "", nil, nil)
	wantRefused(t, "a trainee's closing", err, agency.OnlyPractice)

	b = signOn(t, o, li, liSecret)
	filed := submit(t, b, zhang)
	p.clock.pass(46 * 24 * time.Hour)
	if standing, err := b.Standing(t.Context()); err != nil || standing != agency.StandingReading {
		t.Fatalf("%s, %v", standing, err)
	}
	if file, err := b.Case(t.Context(), filed.Number); err != nil || file.Person != zhang.Name {
		t.Errorf("reading: %+v, %v", file.CaseLine, err)
	}
	_, err = b.Add(t.Context(), filed.Number, casefile.Urged, casefile.Event{}, nil)
	wantRefused(t, "after 46 days", err, agency.OnlyReading)
	must(t, o.Store().SetPlatformTime(t.Context(), morning.Add(46*24*time.Hour)))
	add(t, b, filed.Number, casefile.Urged, casefile.Event{})
}

// TestBarredWhileSignedOn: what the platform says of an account counts at once.
func TestBarredWhileSignedOn(t *testing.T) {
	p := newPoint(t)
	o := p.active(t)
	b := signOn(t, o, li, liSecret)
	filed := submit(t, b, zhang)
	must(t, os.WriteFile(filepath.Join(p.folder, "keys", "agents.json"), []byte("[]"), 0o600))
	_, err := b.Add(t.Context(), filed.Number, casefile.Urged, casefile.Event{}, nil)
	wantRefused(t, "an account that is named no more", err, agency.OnlyReading)
	if _, err := b.Case(t.Context(), filed.Number); err != nil {
		t.Error(err)
	}
	if _, err := o.SignOn(t.Context(), li, liSecret); !errors.Is(err, agency.ErrNotActive) {
		t.Errorf("signing on: %v", err)
	}
	writeAgents(t, p.folder)
	add(t, b, filed.Number, casefile.Urged, casefile.Event{})
}

// TestPracticeOffice: a trainee works over an identity of practice, and over no other, whatever the office was told.
func TestPracticeOffice(t *testing.T) {
	const secret = "practice makes perfect you see"
	practising := func(o *office.Options) { o.Practice = true }
	p := pointOf(t, sealtest.NewIn(t, practice.Environment))
	o := p.open(t, practising)
	must(t, o.Activate(t.Context(), trainee, code, secret, nil))
	submit(t, signOn(t, o, trainee, secret), zhang)

	p = newPoint(t)
	o = p.open(t, practising)
	must(t, o.Activate(t.Context(), trainee, code, secret, nil))
	b := signOn(t, o, trainee, secret)
	s, _ := submission(t, b, zhang)
	_, err := b.Submit(t.Context(), s, nil, "")
	wantRefused(t, "a trainee's case in a real folder", err, agency.OnlyPractice)
	if waiting, err := o.Store().Packets(t.Context()); err != nil || len(waiting) != 0 {
		t.Errorf("packets %v, %v", waiting, err)
	}
}

func TestRecovery(t *testing.T) {
	p := newPoint(t)
	o := p.active(t)
	filed := submit(t, signOn(t, o, li, liSecret), zhang)
	stale, err := o.RecoveryRequest(t.Context(), li)
	must(t, err)
	request, err := o.RecoveryRequest(t.Context(), li)
	must(t, err)
	staleAnswer, err := seal.AnswerRecovery(stale, p.authority.Recovery)
	must(t, err)
	answer, err := seal.AnswerRecovery(request, p.authority.Recovery)
	must(t, err)
	if _, err := seal.AnswerRecovery(request, p.authority.EncryptKey); !errors.Is(err, seal.ErrUnwrap) {
		t.Errorf("with another key: %v", err)
	}
	const again = "四个 新的 词语 在此"
	for name, bad := range map[string][]byte{"stale": staleAnswer, "none": []byte("{}"), "rubbish": []byte("x")} {
		if err := o.RecoveryAnswer(t.Context(), li, bad, again); !errors.Is(err, agency.ErrSecret) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := o.RecoveryAnswer(t.Context(), wang, answer, again); !errors.Is(err, agency.ErrSecret) {
		t.Errorf("another account's: %v", err)
	}
	wantRefused(t, "a weak secret", o.RecoveryAnswer(t.Context(), li, answer, "1234567890"), agency.WeakSecret)
	must(t, o.RecoveryAnswer(t.Context(), li, answer, again))
	if _, err := o.SignOn(t.Context(), li, liSecret); !errors.Is(err, agency.ErrSecret) {
		t.Errorf("the old secret: %v", err)
	}
	if file, err := signOn(t, o, li, again).Case(t.Context(), filed.Number); err != nil || file.Person != zhang.Name {
		t.Errorf("%+v, %v", file.CaseLine, err)
	}
	if err := o.RecoveryAnswer(t.Context(), li, answer, "一次 不能 用上 两回"); !errors.Is(err, agency.ErrSecret) {
		t.Errorf("the answer a second time: %v", err)
	}
}
