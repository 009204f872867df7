package downlink_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"bianmin/core/casefile"
	"bianmin/platform/department"
	"bianmin/platform/platformtest"
	"bianmin/store"
	"bianmin/sync/channel"
	"bianmin/sync/downlink"
	"bianmin/sync/enrol"
	"bianmin/sync/packet"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// quick keeps tests short; the order of waits stays as it is.
var quick = downlink.Timing{Every: 50 * time.Millisecond, Gap: time.Millisecond, First: 5 * time.Millisecond, Most: 50 * time.Millisecond, Timeout: 5 * time.Second}

// book is a Book in memory that keeps what it was given, call by call.
type book struct {
	mu      sync.Mutex
	cursor  string
	taken   []casefile.Update
	calls   int
	failing int // takes that fail before the disk is well again
	aside   []store.Aside
}

func (b *book) Reread(context.Context) (bool, error) { return false, nil }

func (b *book) Cursor(context.Context) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.cursor, nil
}

var errDisk = errors.New("the disk is full")

func (b *book) Take(_ context.Context, cursor string, updates []casefile.Update, aside ...store.Aside) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failing > 0 {
		b.failing--
		return errDisk
	}
	b.cursor = cursor
	b.taken = append(b.taken, updates...)
	b.aside = append(b.aside, aside...)
	b.calls++
	return nil
}

// ids are the updates taken so far, in their order.
func (b *book) ids() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []string
	for _, u := range b.taken {
		all = append(all, u.ID)
	}
	return all
}

// terminal is an enrolled terminal with a book.
type terminal struct {
	t      *testing.T
	p      *platformtest.Platform
	id     *seal.Identity
	client *http.Client
	book   *book
	serial int
}

func newTerminal(t *testing.T, p *platformtest.Platform, number string, more ...string) *terminal {
	t.Helper()
	id, err := enrol.Enrol(t.Context(), enrol.Options{Ticket: p.Ticket(number, p.URL, more...), Data: t.TempDir(), Software: "test", Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	client := channel.New(channel.Options{Root: id.Trust.TLSRoot, Certificate: &id.TLSCert, Times: func() []time.Time { return []time.Time{time.Now()} }})
	t.Cleanup(client.CloseIdleConnections)
	return &terminal{t: t, p: p, id: id, client: client, book: &book{}}
}

// send makes an event of a case and has the platform acknowledge it.
func (m *terminal) send(number casefile.Number, sequence int, change func(*casefile.Event)) {
	m.t.Helper()
	random, err := seal.NewKey()
	if err != nil {
		m.t.Fatal(err)
	}
	e := casefile.Event{
		Version: casefile.EventVersion, ID: hex.EncodeToString(random[:]), Case: number, Sequence: sequence,
		Terminal: m.id.Number, Generation: m.id.Generation, Nonce: strings.Repeat("0", 32), At: casefile.Stamp{BusinessDate: "2026-11-22"},
	}
	change(&e)
	built, err := packet.Build(m.id, e, nil)
	if err != nil {
		m.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(m.t.Context(), http.MethodPatch, m.p.URL+"/v1/packets/"+e.ID, bytes.NewReader(built.Head))
	if err != nil {
		m.t.Fatal(err)
	}
	r.Header.Set(wire.HeaderOffset, "0")
	r.Header.Set(wire.HeaderLength, fmt.Sprint(len(built.Head)))
	r.Header.Set(wire.HeaderDigest, built.Digest)
	r.Header.Set("Content-Type", wire.TypeBytes)
	response, err := m.client.Do(r)
	if err != nil {
		m.t.Fatal(err)
	}
	signed, err := channel.ReadSigned(response, m.id.Believed())
	if err != nil || signed.Kind != wire.Acknowledgement {
		m.t.Fatalf("the platform answers %s %s, %v", signed.Kind, signed.Code, err)
	}
}

// submit files a case and has it acknowledged.
func (m *terminal) submit() casefile.Number {
	m.t.Helper()
	m.serial++
	number, err := casefile.NewNumber(casefile.NumberParts{Terminal: m.id.Number, Generation: m.id.Generation, Date: "2026-11-22", Sequence: m.serial})
	if err != nil {
		m.t.Fatal(err)
	}
	m.send(number, 1, func(e *casefile.Event) {
		e.Kind = casefile.Submitted
		e.Submission = &casefile.Submission{Item: casefile.ItemRef{Code: "1"}, Values: json.RawMessage(`{}`)}
	})
	return number
}

// act plays the department and gives the update's id.
func act(t *testing.T, p *platformtest.Platform, args ...string) string {
	t.Helper()
	var done department.Done
	if err := json.Unmarshal(p.Run(append([]string{"act", "--json"}, args...)...), &done); err != nil {
		t.Fatal(err)
	}
	return done.ID
}

// run lets the downlink work until the returned function is called or the test ends.
func (m *terminal) run(change func(*downlink.Options)) (d *downlink.Downlink, stop func()) {
	m.t.Helper()
	client := *m.client
	client.Transport = platformtest.Checked(m.t, m.client.Transport)
	o := downlink.Options{
		Book: m.book, Client: &client, URL: m.p.URL, Identity: m.id, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Timing: quick,
	}
	if change != nil {
		change(&o)
	}
	d, err := downlink.New(o)
	if err != nil {
		m.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(m.t.Context())
	var running sync.WaitGroup
	running.Go(func() { d.Run(ctx) })
	stop = func() { cancel(); running.Wait() }
	m.t.Cleanup(stop)
	return d, stop
}

// grep lists the files below a folder that hold a text.
func grep(t *testing.T, folder, text string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if bytes.Contains(content, []byte(text)) {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func await(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !done(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited too long for %s", what)
		}
	}
}
