package enrol_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bianmin/platform/platformtest"
	"bianmin/sync/enrol"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// preIssue has the county make a bundle on a stick.
func preIssue(t *testing.T, p *platformtest.Platform, stick, terminal string, more ...string) (ticket wire.Ticket, bundle []byte) {
	t.Helper()
	ticket = p.Ticket(terminal, "https://platform.invalid:8443", append(more, "--bundle", stick)...)
	return ticket, read(t, filepath.Join(stick, "bianmin-"+terminal+".enrolment"))
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// ask takes a bundle and lays the request on the stick.
func ask(t *testing.T, data, stick string, bundle []byte, code string) *enrol.Waiting {
	t.Helper()
	opened, err := enrol.OpenBundle(bundle, code, "")
	if err != nil {
		t.Fatal(err)
	}
	w, err := enrol.Begin(data, opened, code, stick)
	if err != nil {
		t.Fatal(err)
	}
	request, err := w.Request(data, "test")
	if err != nil {
		t.Fatal(err)
	}
	content, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(stick, request.Name()), content, 0o600); err != nil {
		t.Fatal(err)
	}
	return w
}

func answerTo(t *testing.T, w *enrol.Waiting, data, stick string) []byte {
	t.Helper()
	_, name, err := w.Names(data)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, filepath.Join(stick, name))
}

// TestByStick: a machine that never saw a network becomes the same terminal as one that did.
func TestByStick(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	p.Run("staff", "new", "--name", "韩技术员")
	stick, data := t.TempDir(), t.TempDir()
	ticket, bundle := preIssue(t, p, stick, "QH0301", "--role", "agent")
	for _, secret := range []string{ticket.Code, strings.ReplaceAll(ticket.Code, "-", ""), "韩技术员", "柳树沟"} {
		if bytes.Contains(bundle, []byte(secret)) {
			t.Errorf("the bundle shows %q", secret)
		}
	}
	w := ask(t, data, stick, bundle, ticket.Code)
	if w.Terminal != "QH0301" || w.Role != "agent" || w.Point != "柳树沟村便民服务点" || w.Ticket() != ticket {
		t.Errorf("the bundle says %+v", w)
	}
	p.Run("enrol", "answer", "--request", stick)
	content := answerTo(t, w, data, stick)
	id, err := enrol.Take(data, content, nil)
	if err != nil {
		t.Fatal(err)
	}
	if id.Number+id.Generation != "QH0301A" || id.Role != "agent" || id.Environment != "demo" || id.Platform != ticket.URL {
		t.Errorf("it became %+v", id.Terminal)
	}
	staff, err := enrol.LoadStaff(filepath.Join(data, "keys"))
	if err != nil || len(staff) != 1 || staff[0].Name != "韩技术员" {
		t.Errorf("staff %+v, %v", staff, err)
	}
	entries, err := os.ReadDir(data)
	if err != nil || len(entries) != 1 {
		t.Errorf("the data folder holds %v, %v", entries, err)
	}
	if _, err := os.Stat(filepath.Join(data, "keys", "waiting.json")); err == nil {
		t.Error("the code stayed on the machine")
	}
	if matches, err := filepath.Glob(filepath.Join(stick, "*")); err != nil || len(matches) != 3 {
		t.Errorf("the stick holds %v, %v", matches, err)
	}
	if _, err := enrol.Take(data, content, nil); !errors.Is(err, enrol.ErrUnasked) {
		t.Errorf("the same answer twice: %v", err)
	}
	opened, err := enrol.OpenBundle(bundle, ticket.Code, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := enrol.Begin(data, opened, ticket.Code, stick); !errors.Is(err, enrol.ErrEnrolled) {
		t.Errorf("the bundle after the enrolment: %v", err)
	}
}

// TestAskedTwice: the answer was lost on the way; the same machine gets the same certificates, another none. A network that came meanwhile does too.
func TestAskedTwice(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	stick, data := t.TempDir(), t.TempDir()
	ticket, bundle := preIssue(t, p, stick, "QH0301")
	w := ask(t, data, stick, bundle, ticket.Code)
	p.Run("enrol", "answer", "--request", stick)
	lost := answerTo(t, w, data, stick)

	other, elsewhere := t.TempDir(), t.TempDir()
	ask(t, other, elsewhere, bundle, ticket.Code)
	if err := p.Try("enrol", "answer", "--request", elsewhere); err == nil || !strings.Contains(err.Error(), "has been used") {
		t.Errorf("another machine with the used code: %v", err)
	}
	if left, err := filepath.Glob(filepath.Join(elsewhere, "*.answer")); err != nil || len(left) > 0 {
		t.Errorf("it was answered: %v, %v", left, err)
	}
	if _, err := enrol.Take(other, lost, nil); !errors.Is(err, enrol.ErrOther) {
		t.Errorf("another machine's answer: %v", err)
	}

	p.Run("enrol", "answer", "--request", stick)
	online := options(w.Ticket(), data)
	online.Ticket.URL = p.URL
	id, err := enrol.Enrol(t.Context(), online)
	if err != nil || id.Generation != "A" {
		t.Fatalf("by network after all: %+v, %v", id, err)
	}
	if left, err := enrol.LoadWaiting(data); left != nil || err != nil {
		t.Errorf("it still waits: %v", err)
	}
	var terminals []struct{ Generation string }
	if err := json.Unmarshal(p.Run("terminal", "list"), &terminals); err != nil || len(terminals) != 1 {
		t.Errorf("the county knows %v, %v", terminals, err)
	}
}

// TestBadFiles: what is wrong is said, and nothing has changed.
func TestBadFiles(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	stick, data := t.TempDir(), t.TempDir()
	ticket, bundle := preIssue(t, p, stick, "QH0301")
	otherTicket, otherBundle := preIssue(t, p, stick, "QH0302")
	var b wire.Offline
	if err := json.Unmarshal(bundle, &b); err != nil {
		t.Fatal(err)
	}
	changed := func(change func(o *wire.Offline)) []byte {
		c := b
		c.Sealed = bytes.Clone(b.Sealed)
		change(&c)
		content, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	for name, c := range map[string]struct {
		content           []byte
		code, fingerprint string
		want              error
	}{
		"another sheet's code": {bundle, otherTicket.Code, "", enrol.ErrBundle},
		"another's bundle":     {otherBundle, ticket.Code, "", enrol.ErrBundle},
		"one bit":              {changed(func(o *wire.Offline) { o.Sealed[40] ^= 1 }), ticket.Code, "", enrol.ErrBundle},
		"renamed":              {changed(func(o *wire.Offline) { o.Terminal = "QH0302" }), ticket.Code, "", enrol.ErrBundle},
		"half":                 {bundle[:len(bundle)/2], ticket.Code, "", enrol.ErrFile},
		"empty":                {nil, ticket.Code, "", enrol.ErrFile},
		"a request":            {changed(func(o *wire.Offline) { o.Kind = wire.KindRequest }), ticket.Code, "", enrol.ErrFile},
		"a newer form":         {changed(func(o *wire.Offline) { o.Version = 2 }), ticket.Code, "", enrol.ErrFile},
		"another platform":     {bundle, ticket.Code, strings.Repeat("0", 64), enrol.ErrFingerprint},
	} {
		if _, err := enrol.OpenBundle(c.content, c.code, c.fingerprint); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		} else if strings.Contains(err.Error(), c.code) {
			t.Errorf("%s: the error repeats the code", name)
		}
	}
	if _, err := enrol.OpenBundle(bundle, ticket.Code, ticket.Fingerprint); err != nil {
		t.Errorf("with the whole string: %v", err)
	}

	w := ask(t, data, stick, bundle, ticket.Code)
	before := read(t, filepath.Join(data, "keys.next", "waiting.json"))
	p.Run("enrol", "answer", "--request", stick)
	content := answerTo(t, w, data, stick)
	var a wire.Offline
	if err := json.Unmarshal(content, &a); err != nil {
		t.Fatal(err)
	}
	a.Sealed[len(a.Sealed)-1] ^= 1
	flipped, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		content []byte
		want    error
	}{"half": {content[:len(content)/2], enrol.ErrFile}, "one bit": {flipped, enrol.ErrFile}, "the bundle": {bundle, enrol.ErrFile}} {
		if _, err := enrol.Take(data, c.content, nil); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	// It waits for another code now: the answer to the first is none to the second.
	secondTicket, second := preIssue(t, p, t.TempDir(), "QH0301")
	ask(t, data, stick, second, secondTicket.Code)
	if _, err := enrol.Take(data, content, nil); !errors.Is(err, enrol.ErrOther) {
		t.Errorf("an answer to another code: %v", err)
	}
	if bytes.Equal(before, read(t, filepath.Join(data, "keys.next", "waiting.json"))) {
		t.Error("the second code was not taken")
	}
	if _, err := seal.LoadIdentity(filepath.Join(data, "keys")); !errors.Is(err, seal.ErrNotEnrolled) {
		t.Errorf("it is enrolled: %v", err)
	}
}

// TestRefusedAtTheCounty: the rules of the network hold for requests on a stick.
func TestRefusedAtTheCounty(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	request := func(t *testing.T, more ...string) string {
		stick := t.TempDir()
		ticket, bundle := preIssue(t, p, stick, "QH0301", more...)
		ask(t, t.TempDir(), stick, bundle, ticket.Code)
		found, err := filepath.Glob(filepath.Join(stick, "*.request"))
		if err != nil || len(found) != 1 {
			t.Fatalf("%v, %v", found, err)
		}
		return found[0]
	}
	for name, c := range map[string]struct {
		path func(t *testing.T) string
		want string
	}{
		"expired": {func(t *testing.T) string { return request(t, "--valid", "1ns") }, "has expired"},
		"damaged": {func(t *testing.T) string {
			path := request(t)
			if err := os.Truncate(path, 100); err != nil {
				t.Fatal(err)
			}
			return path
		}, "damaged"},
		"another's name": {func(t *testing.T) string {
			path := request(t)
			if err := os.WriteFile(path, bytes.Replace(read(t, path), []byte("QH0301"), []byte("QH0302"), 1), 0o600); err != nil {
				t.Fatal(err)
			}
			return path
		}, "another platform, or is damaged"},
		"another platform": {func(t *testing.T) string {
			there, stick := platformtest.Start(t, platformtest.Options{}), t.TempDir()
			ticket, bundle := preIssue(t, there, stick, "QH0301")
			ask(t, t.TempDir(), stick, bundle, ticket.Code)
			return stick
		}, "another platform, or is damaged"},
		"no request": {func(t *testing.T) string { return t.TempDir() }, "no request"},
		"no file":    {func(t *testing.T) string { return filepath.Join(t.TempDir(), "none") }, "no such file"},
	} {
		if err := p.Try("enrol", "answer", "--request", c.path(t)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if err := p.Try("enrol", "new", "--url", p.URL, "--terminal", "QH0309", "--point", "甲", "--region", "990301001201", "--bundle", filepath.Join(t.TempDir(), "none", "b")); err == nil {
		t.Error("a bundle that cannot be written is no error")
	}
	var terminals []json.RawMessage
	if err := json.Unmarshal(p.Run("terminal", "list"), &terminals); err != nil || len(terminals) != 0 {
		t.Errorf("the county knows %s, %v", terminals, err)
	}
}

// TestKeptNotPlaced: the power went between keeping the answer and putting it in its place.
func TestKeptNotPlaced(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	stick, data := t.TempDir(), t.TempDir()
	ticket, bundle := preIssue(t, p, stick, "QH0301")
	w := ask(t, data, stick, bundle, ticket.Code)
	p.Run("enrol", "answer", "--request", stick)
	aside := t.TempDir()
	if _, err := enrol.Take(data, answerTo(t, w, data, stick), func(point string) {
		if point != enrol.PointKept {
			return
		}
		if err := os.CopyFS(aside, os.DirFS(data)); err != nil {
			t.Error(err)
		}
	}); err != nil {
		t.Fatal(err)
	}
	id, err := enrol.Resume(aside)
	if err != nil || id == nil || id.Number != "QH0301" || time.Since(id.Enrolled) > time.Minute {
		t.Errorf("taken up: %+v, %v", id, err)
	}
	if id, err := enrol.Resume(aside); id != nil || err != nil {
		t.Errorf("nothing is left to take up: %+v, %v", id, err)
	}
}
