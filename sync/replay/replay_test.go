package replay

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"bianmin/store"
	"bianmin/sync/channel"
	"bianmin/sync/seal"
	"bianmin/sync/seal/sealtest"
	"bianmin/sync/wire"

	"github.com/emmansun/gmsm/sm2"
)

// book keeps acknowledgements of a platform.
type book struct {
	kept     []store.Kept
	replayed int64
	queued   []string
}

func (b *book) Acknowledged(_ context.Context, after int64, limit int) ([]store.Kept, error) {
	rest := b.kept[after:]
	return rest[:min(limit, len(rest))], nil
}
func (b *book) Replayed(context.Context) (int64, error)           { return b.replayed, nil }
func (b *book) SetReplayed(_ context.Context, number int64) error { b.replayed = number; return nil }
func (b *book) Requeue(_ context.Context, ids []string) (int, []string, error) {
	b.queued = append(b.queued, ids...)
	return len(ids), nil, nil
}

// signed is an answer with the platform's signature.
func signed(t *testing.T, key *sm2.PrivateKey, answer wire.Answer) channel.Signed {
	t.Helper()
	body, err := json.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	signature, err := seal.Sign(key, body)
	if err != nil {
		t.Fatal(err)
	}
	return channel.Signed{Answer: answer, Body: body, Signature: signature}
}

// TestSlowLineEndsOne: on a line that carries only so many bytes before a heartbeat's time is over, an asking is answered in the end: each try goes on where
// the one before was, brings nothing twice that the platform has heard, and carries less at once when that was too much.
func TestSlowLineEndsOne(t *testing.T) {
	province := sealtest.New(t)
	identity := province.Enrol(t, filepath.Join(t.TempDir(), "keys"), "QH0301", "A")
	b := &book{}
	for i := range 250 {
		s := signed(t, province.SignKey, wire.Answer{Version: wire.Version, Kind: wire.Acknowledgement, Packet: fmt.Sprintf("%032x", i), Time: time.Now()})
		evidence, err := s.Evidence()
		if err != nil {
			t.Fatal(err)
		}
		b.kept = append(b.kept, store.Kept{Row: int64(i + 1), Packet: s.Packet, Signed: evidence})
	}
	heard := map[string]int{}
	left := 0 // what the line still carries of this heartbeat
	platform := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var request wire.ReplayRequest
		if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
			t.Error(err)
		}
		if left -= len(request.Kept); left < 0 {
			panic(http.ErrAbortHandler) // the time is over
		}
		answer := wire.Answer{Version: wire.Version, Kind: wire.Replayed, Nonce: request.Nonce, Time: time.Now()}
		for _, kept := range request.Kept {
			s, err := channel.ReadEvidence(kept, identity.Believed())
			if err != nil {
				t.Error(err)
			}
			if heard[s.Packet]++; s.Packet[31] == '7' {
				answer.Wanted = append(answer.Wanted, s.Packet)
			}
		}
		s := signed(t, province.SignKey, answer)
		w.Header().Set(wire.HeaderSignature, base64.StdEncoding.EncodeToString(s.Signature))
		if _, err := w.Write(s.Body); err != nil {
			t.Error(err)
		}
	}))
	defer platform.Close()
	r := &Replay{Book: b, Client: platform.Client(), URL: platform.URL, Identity: identity, Log: slog.New(slog.DiscardHandler)}
	tries := 0
	for ; b.replayed != 3 && tries < 40; tries++ {
		left = 30
		_, _ = r.Answer(t.Context(), wire.Replay{Number: 3, Since: time.Now().Add(-time.Hour)})
	}
	if b.replayed != 3 || len(heard) != 250 {
		t.Fatalf("after %d heartbeats %d of 250 acknowledgements were heard", tries, len(heard))
	}
	for id, n := range heard {
		if n != 1 {
			t.Errorf("%s was heard %d times", id, n)
		}
	}
	if len(b.queued) != 16 {
		t.Errorf("%d packets go up again, want 16", len(b.queued))
	}
}
