package edition_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bianmin/internal/brittle"
	"bianmin/platform/platformtest"
	"bianmin/sync/channel"
	"bianmin/sync/edition"
	"bianmin/sync/enrol"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// quick keeps tests short; the order of waits stays as it is.
var quick = edition.Timing{Every: time.Hour, First: 5 * time.Millisecond, Most: 50 * time.Millisecond, Ask: 5 * time.Second, Still: 5 * time.Second}

// served is a catalogue's office with the real platform, and a terminal that follows it.
type served struct {
	*world
	platform *platformtest.Platform
	id       *seal.Identity
	follower *edition.Follower
	stop     func()
	said     *words
	ranges   *ranges
}

// ranges stands in a client's way to the real network and keeps which parts of archives are asked for.
type ranges struct {
	http.RoundTripper

	mu    sync.Mutex
	asked []string
}

func (r *ranges) RoundTrip(request *http.Request) (*http.Response, error) {
	if strings.Contains(request.URL.Path, "/archives/") {
		r.mu.Lock()
		r.asked = append(r.asked, request.Header.Get("Range"))
		r.mu.Unlock()
	}
	return r.RoundTripper.RoundTrip(request)
}

func (r *ranges) all() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.asked)
}

// words keeps what was logged.
type words struct {
	mu sync.Mutex
	b  strings.Builder
}

func (w *words) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.Write(p)
}

func (w *words) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.String()
}

func newServed(t *testing.T) *served {
	t.Helper()
	s := &served{world: newWorld(t), platform: platformtest.Start(t, platformtest.Options{}), said: &words{}}
	id, err := enrol.Enrol(t.Context(), enrol.Options{Ticket: s.platform.Ticket("QH0301", s.platform.URL), Data: t.TempDir(), Software: "test", Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	s.id, s.shelf.Who = id, edition.Of(id)
	return s
}

func (s *served) office(number string) {
	s.t.Helper()
	s.version(number)
	s.platform.Run("catalogue", "publish", s.source)
}

// follow starts a follower that reaches the platform at url.
func (s *served) follow(url string, timing edition.Timing) {
	s.t.Helper()
	client := channel.New(channel.Options{Root: s.id.Trust.TLSRoot, Certificate: &s.id.TLSCert, Times: func() []time.Time { return []time.Time{time.Now()} }})
	transport := client.Transport
	s.ranges = &ranges{RoundTripper: transport}
	client.Transport = s.ranges
	s.follower = (&edition.Follower{Shelf: s.shelf, Client: client, URL: url, Log: slog.New(slog.NewTextHandler(s.said, nil)), Timing: timing}).Ready()
	ctx, cancel := context.WithCancel(s.t.Context())
	var working sync.WaitGroup
	working.Go(func() { s.follower.Run(ctx) })
	var once sync.Once
	s.stop = func() {
		once.Do(func() { cancel(); working.Wait(); client.Transport = transport; client.CloseIdleConnections() })
	}
	s.t.Cleanup(s.stop)
}

func (s *served) await(number int64) {
	s.t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if held, ok, _ := s.shelf.Current(s.t.Context()); ok && held.Edition == number {
			return
		}
	}
	s.t.Fatalf("edition %d did not come:\n%s", number, s.said)
}

// awaitNoArchive waits for the archive to go: that comes after the edition is in force.
func (s *served) awaitNoArchive() {
	s.t.Helper()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		entries, err := os.ReadDir(filepath.Join(s.shelf.Folder, "incoming"))
		if err != nil || len(entries) == 0 {
			return
		}
		if time.Now().After(end) {
			s.t.Error("an archive was left behind")
			return
		}
	}
}

// TestFollow: the real platform publishes, a heartbeat's hint is enough, and the contract describes what is said.
func TestFollow(t *testing.T) {
	s := newServed(t)
	s.follow(s.platform.URL, quick)
	s.office("2026.12.1")
	s.follower.Newest(1)
	s.await(1)
	s.office("2026.12.2")
	s.follower.Newest(1) // said again, no hint
	s.follower.Newest(2)
	s.await(2)
	held := s.inForce(2, "2026.12.2")
	s.sameAsOffice(held)
	var lists []struct{ Edition int64 }
	if err := json.Unmarshal(s.platform.Run("catalogue", "list"), &lists); err != nil || len(lists) != 2 {
		t.Fatal(err, lists)
	}
	s.awaitNoArchive()
	client := channel.New(channel.Options{Root: s.id.Trust.TLSRoot, Certificate: &s.id.TLSCert, Times: func() []time.Time { return []time.Time{time.Now()} }})
	defer client.CloseIdleConnections()
	client.Transport = platformtest.Checked(t, client.Transport)
	defer client.CloseIdleConnections()
	response, err := client.Get(s.platform.URL + "/v1/catalogue?nonce=" + strings.Repeat("0f", 16))
	if err != nil {
		t.Fatal(err)
	}
	body, _, err := channel.ReadVerified(response, s.shelf.Who.Key)
	var said wire.Catalogue
	if err != nil || json.Unmarshal(body, &said) != nil || said.Edition != 2 || len(said.Deltas) != 1 {
		t.Errorf("%v %s", err, body)
	}
}

// TestLineBreaks: the line breaks at each record of TLS; the edition comes all the same, and bytes that were here are not asked for again.
func TestLineBreaks(t *testing.T) {
	s := newServed(t)
	s.grow(60) // an archive of several records
	s.office("1")
	run := func(place brittle.Place) int {
		line, err := brittle.Listen(t.Context(), s.platform.Addr)
		if err != nil {
			t.Fatal(err)
		}
		defer line.Close()
		s.shelf.Folder = filepath.Join(t.TempDir(), edition.FolderName)
		line.Break(place)
		s.follow("https://"+line.Addr(), quick)
		defer s.stop()
		if place != brittle.Nowhere {
			for end := time.Now().Add(time.Minute); !line.Broken(); time.Sleep(time.Millisecond) {
				if time.Now().After(end) {
					t.Fatalf("%v was not reached", place)
				}
				if held, ok, _ := s.shelf.Current(t.Context()); ok && held.Edition == 1 {
					break // resumption took fewer records
				}
			}
			line.Mend()
		}
		s.await(1)
		_, passed := line.Mend()
		s.stop()
		s.sameAsOffice(s.inForce(1, "1"))
		return passed
	}
	records := run(brittle.Nowhere)
	for _, place := range brittle.Places(t, records, 5) {
		run(place)
	}
}

// TestResume: a download that broke goes on where it was; what an earlier, other archive left is removed.
func TestResume(t *testing.T) {
	s := newServed(t)
	s.grow(60)
	s.office("1")
	var lists []struct{ Snapshot wire.Archive }
	if err := json.Unmarshal(s.platform.Run("catalogue", "list"), &lists); err != nil {
		t.Fatal(err)
	}
	archive := lists[0].Snapshot
	content, err := os.ReadFile(filepath.Join(s.platform.Dir, "catalogue", "archives", archive.Digest))
	if err != nil {
		t.Fatal(err)
	}
	incoming := filepath.Join(s.shelf.Folder, "incoming")
	if err := os.MkdirAll(incoming, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, bytes := range map[string][]byte{archive.Digest: content[:len(content)/2], strings.Repeat("a", 64): content} {
		if err := os.WriteFile(filepath.Join(incoming, name), bytes, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.follow(s.platform.URL, quick)
	s.await(1)
	s.stop()
	if got, want := s.ranges.all(), fmt.Sprintf("bytes=%d-", len(content)/2); len(got) != 1 || got[0] != want {
		t.Errorf("asked for %q, want %q", got, want)
	}
	s.sameAsOffice(s.inForce(1, "1"))
}

// TestSpoiledPart: half an archive that is not the beginning of the one that is asked for costs one more download, no more.
func TestSpoiledPart(t *testing.T) {
	s := newServed(t)
	s.office("1")
	var lists []struct{ Snapshot wire.Archive }
	if err := json.Unmarshal(s.platform.Run("catalogue", "list"), &lists); err != nil {
		t.Fatal(err)
	}
	incoming := filepath.Join(s.shelf.Folder, "incoming")
	if err := os.MkdirAll(incoming, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{1, int(lists[0].Snapshot.Size), int(lists[0].Snapshot.Size) + 100} {
		if err := os.WriteFile(filepath.Join(incoming, lists[0].Snapshot.Digest), make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
		s.follow(s.platform.URL, quick)
		s.await(1)
		s.stop()
		s.sameAsOffice(s.inForce(1, "1"))
		if err := os.RemoveAll(s.shelf.Folder); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(incoming, 0o700); err != nil {
			t.Fatal(err)
		}
	}
}

// TestStrangers: portals, redirects, forged and silent answers bring nothing into force and stop nothing for good.
func TestStrangers(t *testing.T) {
	for _, rule := range []string{
		`{match: {path: "/v1/catalogue"}, action: captive-portal, times: 2}`, `{match: {path: "/v1/catalogue"}, action: redirect, times: 2}`,
		`{match: {path: "/v1/catalogue"}, action: wrong-body, times: 2}`, `{match: {path: "/v1/catalogue"}, action: bad-signature, times: 2}`,
		`{match: {path: "/v1/catalogue/archives/*"}, action: captive-portal, times: 2}`, `{match: {path: "/v1/catalogue/archives/*"}, action: redirect, times: 2}`,
		`{match: {path: "/v1/catalogue/archives/*"}, action: wrong-body, times: 2}`, `{match: {path: "/v1/catalogue/archives/*"}, action: bad-signature, times: 2}`,
		`{match: {path: "/v1/catalogue/archives/*"}, action: drop-after-accept, times: 2}`,
	} {
		t.Run(rule, func(t *testing.T) {
			t.Parallel()
			s := newServed(t)
			s.office("1")
			s.platform.Faults(rule)
			s.follow(s.platform.URL, quick)
			s.await(1)
			s.stop()
			s.sameAsOffice(s.inForce(1, "1"))
		})
	}
}

// TestOldAnswer: an answer that was given to an earlier question is nobody's word about today.
func TestOldAnswer(t *testing.T) {
	s := newServed(t)
	s.office("1")
	s.platform.Faults(`{match: {path: "/v1/catalogue"}, action: old-answer, times: 3}`)
	s.follow(s.platform.URL, quick)
	s.await(1)
	s.office("2")
	s.follower.Newest(2)
	s.await(2)
	if !strings.Contains(s.said.String(), channel.ErrStranger.Error()) {
		t.Errorf("nobody said that an old answer came:\n%s", s.said)
	}
}

// TestNoEdition: a platform without editions, and one that knows no catalogue at all, are no trouble.
func TestNoEdition(t *testing.T) {
	s := newServed(t)
	timing := quick
	timing.Every = 20 * time.Millisecond
	s.follow(s.platform.URL, timing)
	time.Sleep(300 * time.Millisecond)
	if said := s.said.String(); said != "" {
		t.Errorf("trouble was said:\n%s", said)
	}
	s.office("1")
	s.await(1) // without a hint
}
