package uplink

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"bianmin/store"
	"bianmin/sync/channel"
	"bianmin/sync/seal"
	"bianmin/sync/wire"

	"github.com/emmansun/gmsm/sm2"
)

// fullOutbox takes no answer.
type fullOutbox struct{ Queue }

func (fullOutbox) RecordAcknowledgement(context.Context, string, []byte, string, time.Time) error {
	return errors.New("no space left on device")
}

// TestFullDiskIsAskedLessAndLess: an answer that the disk does not take is asked for again, but not several times a second for as long as it
// is full, and the log hears of it once. What was kept begins the waits anew.
func TestFullDiskIsAskedLessAndLess(t *testing.T) {
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	u, err := New(Options{
		Queue: fullOutbox{}, Client: http.DefaultClient, URL: "https://127.0.0.1", Key: seal.Signers{&key.PublicKey}, Now: time.Now,
		Log: slog.New(slog.NewTextHandler(&log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	answer := result{
		item: store.Item{Packet: "p"}, progress: true,
		signed: &channel.Signed{Answer: wire.Answer{Kind: wire.Acknowledgement, Packet: "p"}, Body: []byte("{}"), Signature: make([]byte, seal.SignatureSize)},
	}
	var waited time.Duration
	for range 20 {
		u.settle(t.Context(), answer)
		waited += time.Until(later(u.link.until, u.disk.wait.until))
	}
	if least := 20 * 2 * u.Timing.First; waited < 2*least {
		t.Errorf("twenty tries of an answer that cannot be kept wait %v in all; without growing it would be at most %v", waited, least)
	}
	if n := strings.Count(log.String(), "level=ERROR"); n != 1 {
		t.Errorf("said %d times that the disk takes no answer, want once:\n%s", n, log.String())
	}
	u.kept("p")
	if time.Until(u.disk.wait.until) > 0 || u.tries("p") != 0 {
		t.Error("what was kept does not end the wait")
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
