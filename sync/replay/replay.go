// Package replay answers a platform that was put back from a copy: it brings back the acknowledgements that were given since, and lets the
// packets go up again that the platform has lost. It must not send packets itself.
package replay

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"

	"bianmin/store"
	"bianmin/sync/channel"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// Book keeps acknowledgements and packets.
type Book interface {
	Acknowledged(ctx context.Context, after int64, limit int) ([]store.Kept, error)
	Replayed(ctx context.Context) (int64, error)
	SetReplayed(ctx context.Context, number int64) error
	Requeue(ctx context.Context, ids []string) (queued int, gone []string, err error)
}

var _ Book = (*store.Store)(nil)

// Replay is what answers; all exported fields are required. One goroutine may use it.
type Replay struct {
	Book     Book
	Client   *http.Client // made by channel.New
	URL      string       // the platform's base address
	Identity *seal.Identity
	Log      *slog.Logger

	number      int64 // of the asking that is being answered
	after       int64 // up to where its acknowledgements were brought
	most        int   // acknowledgements in the next request, 0 for wire.ReplayMost
	again, lost int
}

// least is how many acknowledgements go together at least, on a line that does not carry more in time.
const least = 5

// Answer answers an asking once, and tells how many packets go up again. After trouble, or when ctx ends, the next call goes on where this one was.
func (r *Replay) Answer(ctx context.Context, asked wire.Replay) (int, error) {
	answered, err := r.Book.Replayed(ctx)
	if err != nil || asked.Number <= answered {
		return 0, err
	}
	if r.number != asked.Number {
		r.number, r.after, r.most, r.again, r.lost = asked.Number, 0, wire.ReplayMost, 0, 0
	}
	for {
		kept, err := r.Book.Acknowledged(ctx, r.after, r.most)
		if err != nil {
			return r.again, err
		}
		if len(kept) == 0 {
			break
		}
		if err := r.together(ctx, asked, kept); err != nil {
			r.most = max(least, r.most/2)
			return r.again, err
		}
		r.most = min(wire.ReplayMost, 2*r.most)
		r.after = kept[len(kept)-1].Row
	}
	r.Log.Warn("the platform was put back from a copy", "since", asked.Since, "sent-again", r.again, "bytes-gone", r.lost)
	return r.again, r.Book.SetReplayed(ctx, asked.Number)
}

// together brings some acknowledgements back, and lets go up again what the platform wants of them.
func (r *Replay) together(ctx context.Context, asked wire.Replay, kept []store.Kept) error {
	wanted, err := r.bring(ctx, asked, kept)
	if err != nil {
		return fmt.Errorf("bring acknowledgements back: %w", err)
	}
	if len(wanted) == 0 {
		return nil
	}
	queued, gone, err := r.Book.Requeue(ctx, wanted)
	if err != nil {
		return err
	}
	r.again, r.lost = r.again+queued, r.lost+len(gone)
	return nil
}

// bring brings back what was acknowledged since the copy, and gives the packets the platform wants of them.
func (r *Replay) bring(ctx context.Context, asked wire.Replay, kept []store.Kept) ([]string, error) {
	key := r.Identity.Believed()
	var request wire.ReplayRequest
	brought := map[string]bool{}
	for _, k := range kept {
		signed, err := channel.ReadEvidence(k.Signed, key)
		if err != nil || signed.Packet != k.Packet { // of an earlier platform's key: it cannot know it
			r.Log.Warn("a kept acknowledgement is not brought back", "packet", k.Packet, "error", err)
			continue
		}
		if !signed.Time.Before(asked.Since) {
			request.Kept = append(request.Kept, k.Signed)
			brought[k.Packet] = true
		}
	}
	if len(request.Kept) == 0 {
		return nil, nil
	}
	signed, nonce, err := r.post(ctx, request)
	if err != nil {
		return nil, err
	}
	if signed.Kind != wire.Replayed || signed.Nonce != nonce {
		return nil, fmt.Errorf("%w: an answer to another question", channel.ErrStranger)
	}
	for _, id := range signed.Wanted {
		if !brought[id] {
			return nil, fmt.Errorf("%w: it wants what was not brought", channel.ErrStranger)
		}
	}
	return signed.Wanted, nil
}

func (r *Replay) post(ctx context.Context, request wire.ReplayRequest) (channel.Signed, string, error) {
	var nonce [16]byte
	if _, err := rand.Read(nonce[:]); err != nil {
		return channel.Signed{}, "", err
	}
	request.Nonce = hex.EncodeToString(nonce[:])
	body, err := json.Marshal(request)
	if err != nil {
		return channel.Signed{}, "", err
	}
	post, err := http.NewRequestWithContext(ctx, http.MethodPost, r.URL+"/v1/replays", bytes.NewReader(body))
	if err != nil {
		return channel.Signed{}, "", err
	}
	post.Header.Set("Content-Type", wire.TypeJSON)
	response, err := r.Client.Do(post)
	if err != nil {
		return channel.Signed{}, "", err
	}
	signed, err := channel.ReadSigned(response, r.Identity.Believed())
	return signed, request.Nonce, err
}
