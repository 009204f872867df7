package uplink_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/platform/platformtest"
	"bianmin/store"
	"bianmin/sync/channel"
	"bianmin/sync/uplink"
	"bianmin/sync/wire"
)

// sick is an outbox on a disk in trouble: its writes fail for a while.
type sick struct {
	*store.Store
	left atomic.Int32
}

var errDisk = errors.New("no space left on device")

func (s *sick) fails() error {
	if s.left.Add(-1) >= 0 {
		return errDisk
	}
	return nil
}

func (s *sick) RecordRegistration(ctx context.Context, id string, signed []byte) error {
	if err := s.fails(); err != nil {
		return err
	}
	return s.Store.RecordRegistration(ctx, id, signed)
}

func (s *sick) RecordAcknowledgement(ctx context.Context, id string, signed []byte, official string, at time.Time) error {
	if err := s.fails(); err != nil {
		return err
	}
	return s.Store.RecordAcknowledgement(ctx, id, signed, official, at)
}

// TestAnswersThatCannotBeStored: the platform says the same again, and the case is there once.
func TestAnswersThatCannotBeStored(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	m := newTerminal(t, p, "QH0301", p.URL)
	queue := &sick{Store: m.desk.Store()}
	queue.left.Store(7)
	filed := []casefile.Filed{m.file(1000), m.file(50_000)}
	m.send(queue)
	m.await(0)
	mustHold(t, p, filed...)
	if !m.states.had(uplink.ProblemStore) {
		t.Error("the disk's trouble was never shown")
	}
}

// unreadable is an outbox that cannot be read for a while.
type unreadable struct {
	*store.Store
	left atomic.Int32
}

func (u *unreadable) Pending(ctx context.Context, now time.Time, most int) ([]store.Item, error) {
	if u.left.Add(-1) >= 0 {
		return nil, errDisk
	}
	return u.Store.Pending(ctx, now, most)
}

// TestUnreadableOutbox: it is looked at for as long as it takes, but the log gets one line for that, not one per look.
func TestUnreadableOutbox(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	m := newTerminal(t, p, "QH0301", p.URL)
	var log words
	m.log = &log
	filed := m.file(100)
	queue := &unreadable{Store: m.desk.Store()}
	queue.left.Store(20)
	m.send(queue)
	m.await(0)
	mustHold(t, p, filed)
	if n := log.count("outbox not readable"); n != 1 {
		t.Errorf("said %d times that the outbox is not readable, want once", n)
	}
	if n := log.count("outbox readable again"); n != 1 {
		t.Errorf("said %d times that it is readable again, want once", n)
	}
}

// words collects what is logged.
type words struct {
	mu   sync.Mutex
	text strings.Builder
}

func (w *words) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

func (w *words) count(what string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Count(w.text.String(), what)
}

// TestLostScan: a packet whose scan is gone from disk waits alone, with its reason; the others go.
func TestLostScan(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	m := newTerminal(t, p, "QH0301", p.URL)
	lost := m.file(40_000)
	digest := lost.Event.Submission.Materials[0].Pages[0].Attachment
	path := filepath.Join(m.folder, "attachments", digest[:2], digest)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	other := []casefile.Filed{m.file(40_000), m.file(10)}
	m.send(nil)
	await(t, "the others", func() bool { return m.counts().Waiting == 1 })
	states := map[string]string{}
	for _, c := range p.Cases() {
		states[c.Case] = c.State
	}
	if states[string(lost.Number)] == "accepted" || states[string(other[0].Number)] != "accepted" || states[string(other[1].Number)] != "accepted" {
		t.Errorf("the platform shows %v", states)
	}
	var why string
	await(t, "the reason to be noted", func() bool {
		items, err := m.desk.Store().Pending(t.Context(), time.Now().Add(time.Minute), 10)
		if err != nil || len(items) != 1 {
			return false
		}
		why = items[0].Why
		return why != ""
	})
	if why != "local-file" {
		t.Errorf("the reason is %q", why)
	}
	// A technician brings the file back from the mirror.
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	m.await(0)
	mustHold(t, p, append(other, lost)...)
}

// memory is what heartbeats need, watched.
type memory struct {
	mu    sync.Mutex
	times []time.Time
}

func (m *memory) Counts(context.Context) (store.Counts, error) {
	return store.Counts{Waiting: 3, Refused: 1, Oldest: time.Now().Add(-time.Hour)}, nil
}

func (m *memory) SetPlatformTime(_ context.Context, at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.times = append(m.times, at)
	return nil
}

func (m *memory) count() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.times)
}

// TestHeartbeats: the platform's time comes home, but never from an answer to another question.
func TestHeartbeats(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	m := newTerminal(t, p, "QH0301", p.URL)
	remembered := &memory{}
	var strangers, beats atomic.Int32
	pulse := uplink.Pulse{
		Memory: remembered, Client: m.client(), URL: p.URL, Key: m.identity.Believed(), Software: "test",
		Now: time.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Timing: quick,
		Staff: func([]wire.Staff) error { return nil },
		Beaten: func(_ context.Context, err error) {
			beats.Add(1)
			if channel.Stranger(err) {
				strangers.Add(1)
			}
		},
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { pulse.Run(ctx); close(done) }()
	defer func() { cancel(); <-done }()
	await(t, "the first times", func() bool { return remembered.count() >= 2 })
	remembered.mu.Lock()
	for _, at := range remembered.times {
		if d := time.Since(at); d < -time.Second || d > time.Minute {
			t.Errorf("the platform's time is %v away", d)
		}
	}
	remembered.mu.Unlock()
	if list := string(p.Run("terminal", "list")); strings.Contains(list, `"Seen": "0001`) {
		t.Errorf("the platform has not seen the terminal: %s", list)
	}
	p.Faults(`{match: {method: POST, path: /v1/heartbeats}, action: old-answer}`)
	await(t, "an old answer to be refused", func() bool { return strangers.Load() >= 2 })
	before := remembered.count()
	await(t, "some more", func() bool { return strangers.Load() >= 5 })
	if after := remembered.count(); after > before {
		t.Errorf("%d times taken from old answers", after-before)
	}
	p.Faults()
	await(t, "the next true time", func() bool { return remembered.count() > before })
}
