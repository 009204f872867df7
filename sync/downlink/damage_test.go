package downlink_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emmansun/gmsm/smx509"

	"bianmin/core/casefile"
	"bianmin/platform/authority"
	"bianmin/platform/platformtest"
	"bianmin/sync/downlink"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// hostile stands between terminal and platform, inside TLS: it changes answers
// and signs them with the platform's own key. Nobody can be worse.
type hostile struct {
	next   http.RoundTripper
	sign   func([]byte) (string, error)
	change func(*wire.Updates) // nil lets answers be

	mu   sync.Mutex
	seen int
}

func (h *hostile) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := h.next.RoundTrip(r)
	if err != nil || h.change == nil {
		return response, err
	}
	body, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if err != nil {
		return nil, err
	}
	var answer wire.Updates
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, err
	}
	h.change(&answer)
	if body, err = json.Marshal(answer); err != nil {
		return nil, err
	}
	signature, err := h.sign(body)
	if err != nil {
		return nil, err
	}
	response.Header.Set(wire.HeaderSignature, signature)
	response.Body, response.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	h.mu.Lock()
	h.seen++
	h.mu.Unlock()
	return response, nil
}

func (h *hostile) count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.seen
}

// TestHostileAnswersChangeNothing: an answer that is wrong in any one thing is
// taken in no part, and the next true one is. One update in it that cannot be read is asked for again some times, and then stops no
// other any more: it is set aside.
func TestHostileAnswersChangeNothing(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	m, other := newTerminal(t, p, "QH0301"), newTerminal(t, p, "QH0302")
	number := m.submit()
	act(t, p, string(number), "accept", "--department", "民政局")
	act(t, p, string(number), "return", "--point", "text=缺页")
	root, err := authority.Load(authority.Options{Dir: filepath.Join(p.Dir, "authority"), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	// sealed makes an update like the platform's, to any certificate.
	sealed := func(u casefile.Update, to *smx509.Certificate) wire.SealedUpdate {
		content, err := json.Marshal(u)
		if err != nil {
			t.Fatal(err)
		}
		message, err := root.Seal(content, to)
		if err != nil {
			t.Fatal(err)
		}
		return wire.SealedUpdate{ID: u.ID, Sealed: message}
	}
	id := strings.Repeat("ab", 16)
	good := casefile.Update{ID: id, Case: number, Kind: casefile.PlatformRejected, At: time.Now(), Reason: "假的"}
	with := func(f func(*casefile.Update)) func(*wire.Updates) {
		return func(a *wire.Updates) {
			u := good
			f(&u)
			a.Updates[1] = sealed(u, m.id.EncryptCert)
		}
	}
	// another terminal's key signs under the same root, and seals to this terminal.
	forged, err := seal.SealCMS([]byte(`{"id":"`+id+`","case":"`+string(number)+`","kind":"rejected","at":"2026-11-25T00:00:00Z"}`),
		other.id.SignCert, other.id.Keys.Sign, m.id.EncryptCert)
	if err != nil {
		t.Fatal(err)
	}
	changes := map[string]func(*wire.Updates){
		"another nonce":       func(a *wire.Updates) { a.Nonce = strings.Repeat("0", 32) },
		"another cursor":      func(a *wire.Updates) { a.After = "7" },
		"another terminal":    func(a *wire.Updates) { a.Terminal = "QH0302" },
		"another generation":  func(a *wire.Updates) { a.Generation = "B" },
		"another kind":        func(a *wire.Updates) { a.Kind = wire.Time },
		"another version":     func(a *wire.Updates) { a.Version = 2 },
		"a cursor that stays": func(a *wire.Updates) { a.Next = a.After },
		"a cursor of nothing": func(a *wire.Updates) { a.Updates, a.Next = nil, "99" },
		"endless":             func(a *wire.Updates) { a.Updates, a.Next, a.More = nil, a.After, true },
		"too many":            func(a *wire.Updates) { a.Updates = append(a.Updates, make([]wire.SealedUpdate, wire.UpdatesLimit)...) },
	}
	single := map[string]func(*wire.Updates){
		"one twice":            func(a *wire.Updates) { a.Updates[1] = a.Updates[0] },
		"a kind of tomorrow":   with(func(u *casefile.Update) { u.Kind = "tomorrow" }),
		"one under another id": func(a *wire.Updates) { a.Updates[1].ID = id },
		"one cut":              func(a *wire.Updates) { a.Updates[1].Sealed = a.Updates[1].Sealed[:len(a.Updates[1].Sealed)/2] },
		"one empty":            func(a *wire.Updates) { a.Updates[1].Sealed = nil },
		"one bit": func(a *wire.Updates) {
			a.Updates[1].Sealed = bytes.Clone(a.Updates[1].Sealed)
			a.Updates[1].Sealed[len(a.Updates[1].Sealed)-9] ^= 1
		},
		"sealed to another":    func(a *wire.Updates) { a.Updates[1] = sealed(good, other.id.EncryptCert) },
		"signed by a terminal": func(a *wire.Updates) { a.Updates[1] = wire.SealedUpdate{ID: id, Sealed: forged} },
		"no time":              with(func(u *casefile.Update) { u.At = time.Time{} }),
		"no kind":              with(func(u *casefile.Update) { u.Kind = "" }),
		"no case":              with(func(u *casefile.Update) { u.Case = "" }),
		"a miswritten case":    with(func(u *casefile.Update) { u.Case += "9" }),
		"an id in other letters": func(a *wire.Updates) {
			u := good
			u.ID = strings.Repeat("AB", 16)
			a.Updates[1] = sealed(u, m.id.EncryptCert)
		},
	}
	for name, change := range single {
		t.Run(name, func(t *testing.T) {
			m := *m
			m.book = &book{}
			h := &hostile{next: m.client.Transport, sign: root.SignAnswer, change: func(a *wire.Updates) {
				if len(a.Updates) == 2 {
					change(a)
				}
			}}
			_, stop := m.run(func(o *downlink.Options) { o.Client = &http.Client{Transport: h} })
			await(t, "the good one", func() bool { return len(m.book.ids()) == 1 })
			tries := h.count()
			stop()
			kind, patience := "", 6
			if name == "a kind of tomorrow" { // nothing is wrong with it: it waits for a newer program
				kind, patience = "tomorrow", 1
			}
			if len(m.book.aside) != 1 || m.book.aside[0].Kind != kind || m.book.cursor == "" || tries < patience {
				t.Errorf("after %d tries: aside %+v, taken %v, cursor %q", tries, m.book.aside, m.book.ids(), m.book.cursor)
			}
		})
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			m := *m
			m.book = &book{}
			h := &hostile{next: m.client.Transport, sign: root.SignAnswer, change: change}
			_, stop := m.run(func(o *downlink.Options) { o.Client = &http.Client{Transport: h} })
			await(t, "some answers", func() bool { return h.count() >= 3 })
			stop()
			if m.book.calls != 0 || m.book.cursor != "" {
				t.Errorf("taken: %v, cursor %q", m.book.ids(), m.book.cursor)
			}
		})
	}
	// The same road with honest answers works: what was refused above was refused for its own sake.
	h := &hostile{next: m.client.Transport, sign: root.SignAnswer, change: func(a *wire.Updates) {
		if len(a.Updates) == 2 {
			a.Updates[1] = sealed(good, m.id.EncryptCert)
		}
	}}
	m.run(func(o *downlink.Options) { o.Client = &http.Client{Transport: h} })
	await(t, "the honest answer", func() bool { return len(m.book.ids()) == 2 && m.book.ids()[1] == id })
}

// TestReplay: an answer that was right once is not taken a second time, whoever
// brings it, and a cursor that the platform has not reached yet brings nothing.
func TestReplay(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	m := newTerminal(t, p, "QH0301")
	number := m.submit()
	act(t, p, string(number), "accept", "--department", "民政局")
	var log bytes.Buffer
	p.Faults(`{match: {path: /v1/updates}, action: old-answer}`)
	_, stop := m.run(func(o *downlink.Options) {
		o.Client, o.Log = m.client, slog.New(slog.NewTextHandler(&log, nil))
	})
	await(t, "the true answer", func() bool { return len(m.book.ids()) == 1 })
	await(t, "its replays", func() bool {
		return !strings.HasPrefix(p.Control("state"), "hits=1 ") && !strings.HasPrefix(p.Control("state"), "hits=2 ")
	})
	stop()
	if got := m.book.ids(); len(got) != 1 || m.book.calls != 1 {
		t.Errorf("taken %v in %d calls", got, m.book.calls)
	}
	if !strings.Contains(log.String(), "another question") {
		t.Errorf("the log says nothing of it: %s", log.String())
	}
	p.Faults()
	ahead := newTerminal(t, p, "QH0302")
	ahead.book.cursor = "999999"
	_, stop = ahead.run(nil)
	act(t, p, string(number), "reject", "--reason", "x")
	ahead.submit()
	stop()
	if n := len(ahead.book.ids()); n != 0 {
		t.Errorf("a cursor from nowhere brought %d updates", n)
	}
}
