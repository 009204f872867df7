package downlink_test

import (
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/platform/platformtest"
	"bianmin/sync/channel"
	"bianmin/sync/downlink"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// TestUpdatesComeHome: every update of a terminal's cases, in order, once, whole,
// and to nobody who has nothing to do with them.
func TestUpdatesComeHome(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	a, b := newTerminal(t, p, "QH0301", "--role", "agent"), newTerminal(t, p, "QH0302", "--role", "agent")
	kiosk, stranger := newTerminal(t, p, "QH0303"), newTerminal(t, p, "QH0401", "--role", "agent", "--point", "石桥村便民服务点")
	number := a.submit()
	want := []string{
		act(t, p, string(number), "accept", "--department", "民政局", "--text", "已收到"),
		act(t, p, string(number), "return", "--point", "material=hukou,page=3,text=看不清，请重扫", "--point", "field=phone,text=号码有误", "--days", "7", "--reason", "两处"),
	}
	a.run(nil)
	b.run(nil)
	stranger.run(nil)
	kiosk.run(nil)
	await(t, "the first two", func() bool { return len(a.book.ids()) == 2 })
	// B begins to work on the case: it hears what was said before, too.
	b.send(number, 1, func(e *casefile.Event) {
		e.Kind, e.Correction = casefile.Corrected, &casefile.Correction{Notice: want[1], Points: []string{"1", "2"}}
	})
	want = append(want,
		act(t, p, string(number), "finish", "--result", "高龄津贴批准通知", "--way", "print", "--issuer", "望河县民政局", "--bring", "身份证"),
		act(t, p, string(number), "appoint", "--kind", "point", "--date", "2026-11-26", "--time", "09:30", "--name", "王小丫"))
	visit := act(t, p, "appoint", "--terminal", "QH0303", "--date", "2026-11-26", "--time", "10:00", "--village", "柳树沟村", "--address", "3组12号", "--name", "张大爷", "--phone", "13800000000")
	want = append(want, visit)
	await(t, "the one that corrected", func() bool { return len(b.book.ids()) == len(want) })
	if got := b.book.ids(); !slices.Equal(got, want) {
		t.Errorf("the one that corrected took %v, want %v", got, want)
	}
	// The terminal that filed hears of the correction, too, in its place.
	await(t, "the terminal that filed", func() bool { return len(a.book.ids()) == len(want)+1 })
	if u := a.book.taken[2]; u.Kind != casefile.Corrected || u.Case != number || u.At.IsZero() {
		t.Errorf("the other's correction came as %+v", u)
	}
	if got := a.book.ids(); !slices.Equal(slices.Delete(got, 2, 3), want) {
		t.Errorf("the terminal that filed took %v, want %v", got, want)
	}
	for name, m := range map[string]*terminal{"another point's desk": stranger, "the point's kiosk": kiosk} {
		if n := len(m.book.ids()); n != 0 {
			t.Errorf("%s took %d updates", name, n)
		}
	}
	taken := b.book.taken
	notice := taken[1]
	if notice.Case != number || notice.Kind != casefile.PlatformReturned || notice.Reason != "两处" || notice.Notice.Days != 7 || len(notice.Notice.Points) != 2 ||
		notice.Notice.Points[0] != (casefile.NoticePoint{ID: "1", Material: "hukou", Page: 3, Text: "看不清，请重扫"}) {
		t.Errorf("the notice came as %+v", notice)
	}
	if taken[0].Branch == nil || *taken[0].Branch != (casefile.Branch{Department: "民政局", State: "working", Text: "已收到"}) {
		t.Errorf("the branch came as %+v", taken[0].Branch)
	}
	if o := taken[2].Outcome; o == nil || o.Result != "高龄津贴批准通知" || o.Way != "print" || o.Bring != "身份证" || o.Document == nil ||
		o.Document.Title != o.Result || o.Document.Issuer != "望河县民政局" || o.Document.Issued == "" || len(o.Document.Text) != 1 {
		t.Errorf("the outcome came as %+v", taken[2].Outcome)
	}
	if v := taken[4]; v.Case != "" || v.Appointment == nil || v.Appointment.Name != "张大爷" || v.Appointment.ID != visit || v.Appointment.State != "set" {
		t.Errorf("the appointment came as %+v", v.Appointment)
	}
	moved := act(t, p, "appoint", "--terminal", "QH0303", "--id", visit, "--state", "moved", "--date", "2026-11-27", "--time", "10:00", "--village", "柳树沟村", "--address", "3组12号", "--name", "张大爷")
	await(t, "the moved appointment", func() bool { return len(b.book.ids()) == 6 })
	if v := b.book.taken[5]; v.ID != moved || v.Appointment.ID != visit || v.Appointment.State != "moved" {
		t.Errorf("the moved appointment came as %+v", v)
	}
}

// TestManyUpdates: more than one answer holds, and a poke brings the next within moments.
func TestManyUpdates(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	m := newTerminal(t, p, "QH0301")
	number := m.submit()
	var want []string
	for range wire.UpdatesLimit + 5 {
		want = append(want, act(t, p, string(number), "progress", "--department", "民政局", "--state", "working"))
	}
	d, _ := m.run(func(o *downlink.Options) { o.Timing.Every = time.Hour })
	await(t, "all", func() bool { return len(m.book.ids()) == len(want) })
	if !slices.Equal(m.book.ids(), want) || m.book.calls != 2 {
		t.Errorf("in %d calls: %v, want %v", m.book.calls, m.book.ids(), want)
	}
	next := act(t, p, string(number), "finish", "--result", "证", "--way", "none")
	d.Poke()
	await(t, "the poked one", func() bool { return slices.Contains(m.book.ids(), next) })
}

// TestTroubleIsWaitedOut: whatever the way and the platform do, and while the disk
// is full, nothing is taken that is not true, and afterwards everything is there once.
func TestTroubleIsWaitedOut(t *testing.T) {
	t.Parallel()
	for name, rule := range map[string]string{
		"drop": `action: drop-before`, "drop behind": `action: drop-after-accept`, "500": `action: "500"`, "429": `action: "429", wait: 1s`,
		"page": `action: captive-portal`, "redirect": `action: redirect`, "signature": `action: bad-signature`, "forged": `action: forged`,
		"nobody signed": `action: wrong-body`, "an old answer": `action: old-answer`, "slow": `action: slow, wait: 50ms`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := platformtest.Start(t, platformtest.Options{})
			m := newTerminal(t, p, "QH0301")
			number := m.submit()
			m.book.failing = 2
			p.Faults(`{match: {method: GET, path: /v1/updates}, times: 4, ` + rule + `}`)
			first := act(t, p, string(number), "accept", "--department", "民政局")
			_, stop := m.run(func(o *downlink.Options) { o.Client = m.client }) // faults do not fit the contract
			await(t, "the first", func() bool { return len(m.book.ids()) == 1 })
			second := act(t, p, string(number), "reject", "--reason", "不符合条件")
			await(t, "the second", func() bool { return len(m.book.ids()) == 2 })
			stop()
			if got := m.book.ids(); !slices.Equal(got, []string{first, second}) {
				t.Errorf("took %v, want %s and %s", got, first, second)
			}
		})
	}
}

// TestWaitsThatWereOrdered: a poke does not shorten what the platform asked for.
func TestWaitsThatWereOrdered(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	m := newTerminal(t, p, "QH0301")
	p.Faults(`{match: {path: /v1/updates}, action: "429", wait: 4s}`)
	d, _ := m.run(func(o *downlink.Options) { o.Client = m.client })
	hit := func() bool { return strings.HasPrefix(p.Control("state"), "hits=1 ") }
	await(t, "the first question", hit)
	for begun := time.Now(); time.Since(begun) < time.Second; time.Sleep(10 * time.Millisecond) {
		d.Poke()
		if !hit() {
			t.Fatalf("it asked again: %s", p.Control("state"))
		}
	}
}

// TestNewGeneration: a replaced terminal gets everything again, sealed to its new keys; the old one gets nothing.
func TestNewGeneration(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	old := newTerminal(t, p, "QH0301")
	want := []string{act(t, p, string(old.submit()), "accept", "--department", "民政局")}
	fresh := newTerminal(t, p, "QH0301")
	if fresh.id.Generation != "B" {
		t.Fatalf("generation %s", fresh.id.Generation)
	}
	fresh.run(nil)
	_, stop := old.run(nil)
	await(t, "the new generation", func() bool { return slices.Equal(fresh.book.ids(), want) })
	stop()
	if n := len(old.book.ids()); n != 0 {
		t.Errorf("the old generation took %d updates", n)
	}
	bare := channel.New(channel.Options{Root: old.id.Trust.TLSRoot, Times: func() []time.Time { return []time.Time{time.Now()} }})
	defer bare.CloseIdleConnections()
	for client, status := range map[*http.Client]int{bare: http.StatusUnauthorized, old.client: http.StatusForbidden} {
		response, err := client.Get(p.URL + "/v1/updates?nonce=" + strings.Repeat("0", 32))
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != status {
			t.Errorf("got %d, want %d", response.StatusCode, status)
		}
	}
}

// TestOneCaseAtThreeTerminals: each hears what the others changed, in the platform's order, and never of itself.
func TestOneCaseAtThreeTerminals(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	a, b, late := newTerminal(t, p, "QH0301"), newTerminal(t, p, "QH0302"), newTerminal(t, p, "QH0303")
	number := a.submit()
	turn := func(kind casefile.EventKind) func(*casefile.Event) {
		return func(e *casefile.Event) { e.Kind, e.Turn = kind, &casefile.Turn{Reason: "委托人外出"} }
	}
	a.send(number, 2, turn(casefile.Suspended))
	b.send(number, 1, turn(casefile.Urged)) // changes nothing: nobody is told
	b.send(number, 2, turn(casefile.Resumed))
	a.send(number, 3, turn(casefile.Ended))
	late.send(number, 1, turn(casefile.Urged))
	for m, want := range map[*terminal][]casefile.EventKind{
		a: {casefile.Resumed}, b: {casefile.Suspended, casefile.Ended}, late: {casefile.Suspended, casefile.Resumed, casefile.Ended},
	} {
		_, stop := m.run(nil)
		await(t, m.id.Number, func() bool { return len(m.book.ids()) >= len(want) })
		stop()
		var got []casefile.EventKind
		for _, u := range m.book.taken {
			got = append(got, u.Kind)
			if u.Notice != nil || u.Reason != "" {
				t.Errorf("%s is told what the other wrote: %+v", m.id.Number, u)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s hears of %v, want %v", m.id.Number, got, want)
		}
	}
}

// TestPlatformOfTheFirstVersion: one that knows no updates is asked again, rarely, and in vain.
func TestPlatformOfTheFirstVersion(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	m := newTerminal(t, p, "QH0301")
	act(t, p, string(m.submit()), "accept", "--department", "民政局")
	old := &firstVersion{next: m.client.Transport}
	m.run(func(o *downlink.Options) { o.Client = &http.Client{Transport: old} })
	await(t, "some questions", func() bool { return old.asked.Load() >= 5 })
	if n := len(m.book.ids()); n != 0 {
		t.Errorf("took %d updates from nowhere", n)
	}
	old.risen.Store(true)
	await(t, "the update, when the platform was renewed", func() bool { return len(m.book.ids()) == 1 })
}

// firstVersion asks for what no version of the platform knows, until it is renewed.
type firstVersion struct {
	next  http.RoundTripper
	asked atomic.Int32
	risen atomic.Bool
}

func (f *firstVersion) RoundTrip(r *http.Request) (*http.Response, error) {
	f.asked.Add(1)
	if !f.risen.Load() {
		r = r.Clone(r.Context())
		r.URL.Path = "/v1/unknown"
	}
	return f.next.RoundTrip(r)
}

// TestSealedAtThePlatform: what a department wrote is not readable in the platform's files.
func TestSealedAtThePlatform(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	m := newTerminal(t, p, "QH0301")
	number := m.submit()
	act(t, p, string(number), "reject", "--reason", "王小丫的年龄不符合条件")
	p.Stop()
	found := grep(t, p.Dir, "年龄不符合条件")
	if len(found) != 0 {
		t.Errorf("readable in %v", found)
	}
	if len(grep(t, p.Dir, string(number))) == 0 {
		t.Error("not even the case number is found: the test looks at nothing")
	}
}

func TestOptions(t *testing.T) {
	if _, err := downlink.New(downlink.Options{URL: "https://p", Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Identity: &seal.Identity{}, Client: &http.Client{}}); err == nil {
		t.Error("without a book")
	}
}
