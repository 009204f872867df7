// Package renew is the terminal's side of renewing its certificates, which last for years and not for ever: it asks in time, by
// itself, and puts new keys and certificates in force in one step. It learns the platform's next certificate for answers, too. It must not know the queue, nor judge by this machine's clock.
package renew

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"net/http"
	"time"

	"github.com/cenkalti/backoff/v4"

	"bianmin/sync/channel"
	"bianmin/sync/governor"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// Points where a killed renewal must lose nothing, in the order they are passed.
const (
	PointKeys     = "renew-keys"     // the keys are made, nobody was asked
	PointAnswered = "renew-answered" // the platform made the certificates, nothing of them is kept
	PointSwitched = "renew-switched" // they are in force
)

// Points are all of them.
var Points = []string{PointKeys, PointAnswered, PointSwitched}

// When a terminal asks again after a try that failed, and after a platform that knows nothing of renewals, or does not want this one.
const (
	firstWait = time.Minute
	longWait  = 6 * time.Hour
	dayWait   = 24 * time.Hour
)

// Due is when a terminal asks for the next certificates: a third of the life of the present ones is left, less up to a twelfth of it by
// a hash of the terminal's number, so that terminals that were enrolled on one day do not all come on one day again.
func Due(identity *seal.Identity) time.Time {
	life := identity.Ends().Sub(identity.Issued)
	h := fnv.New32a()
	_, _ = h.Write([]byte(identity.Number)) // it never fails
	place := time.Duration(float64(life/12) * float64(h.Sum32()) / (1 << 32))
	return identity.Issued.Add(life*2/3 + place)
}

// Renewer renews the certificates of one terminal. All fields but Step are required.
type Renewer struct {
	Folder   string // of keys
	Identity *seal.Identity
	Client   *http.Client
	URL      string
	Log      *slog.Logger
	Step     func(point string) // called at each of Points; may be nil

	away  *backoff.ExponentialBackOff
	until time.Time // nothing is asked before; by this machine's monotonic clock
}

// Heard takes the platform's time, just signed, and renews when it is time to. What goes wrong is logged and tried again later: the
// present certificates hold for long. One goroutine may call it.
func (r *Renewer) Heard(ctx context.Context, now time.Time) {
	if now.Before(Due(r.Identity)) || time.Now().Before(r.until) {
		return
	}
	err := r.renew(ctx)
	if err == nil {
		r.Log.Info("the certificates of this terminal are renewed", "before", r.Identity.Ends().Format(time.DateOnly))
		r.until = time.Now().Add(dayWait) // whoever owns this starts anew with them
		return
	}
	if ctx.Err() != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return
	}
	if r.away == nil {
		r.away = governor.Backoff(firstWait, longWait)
	}
	wait := r.away.NextBackOff()
	var problem *channel.Problem
	if errors.As(err, &problem) && (problem.Status == http.StatusNotFound || problem.Status == http.StatusConflict) {
		wait = governor.Spread(dayWait)
	} else if problem != nil {
		wait = max(wait, problem.Wait)
	}
	r.until = time.Now().Add(wait)
	r.Log.Warn("the certificates of this terminal are not renewed yet", "end", r.Identity.Ends().Format(time.DateOnly), "error", err)
}

func (r *Renewer) step(point string) {
	if r.Step != nil {
		r.Step(point)
	}
}

func (r *Renewer) renew(ctx context.Context) error {
	asked, err := Request(r.Folder, r.Identity)
	if err != nil {
		return err
	}
	r.step(PointKeys)
	body, err := json.Marshal(asked)
	if err != nil {
		return fmt.Errorf("write the request: %w", err)
	}
	signed, err := r.post(ctx, body)
	if err != nil {
		return fmt.Errorf("ask for further certificates: %w", err)
	}
	r.step(PointAnswered)
	if signed.Nonce != asked.Nonce {
		return fmt.Errorf("ask for further certificates: %w: an answer to another question", channel.ErrStranger)
	}
	if err := Take(r.Folder, r.Identity, signed.Answer); err != nil {
		return err
	}
	r.step(PointSwitched)
	return nil
}

// Request makes the keys to come, where they are not there yet, and asks for their certificates in words signed with the present key.
func Request(folder string, identity *seal.Identity) (wire.RenewalRequest, error) {
	keys, err := seal.NextKeys(folder)
	if err != nil {
		return wire.RenewalRequest{}, fmt.Errorf("make further keys: %w", err)
	}
	requests, err := keys.Requests(identity.Number)
	if err != nil {
		return wire.RenewalRequest{}, err
	}
	var random [16]byte
	if _, err := rand.Read(random[:]); err != nil {
		return wire.RenewalRequest{}, fmt.Errorf("draw a nonce: %w", err)
	}
	asked := wire.RenewalRequest{
		Nonce: hex.EncodeToString(random[:]), Sign: request(requests.Sign), Encrypt: request(requests.Encrypt), TLS: request(requests.TLS),
	}
	asked.Signature, err = seal.Sign(identity.Keys.Sign, asked.Signed(identity.Number, identity.Generation))
	return asked, err
}

func request(der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}))
}

// Take puts a renewal that the platform has signed in force. Taking it twice changes nothing.
func Take(folder string, identity *seal.Identity, answer wire.Answer) error {
	if answer.Kind != wire.Renewed || answer.Terminal != identity.Number || answer.Generation != identity.Generation || answer.Certificates == nil {
		return fmt.Errorf("%w: the answer speaks of something else", seal.ErrRenewal)
	}
	return seal.Renew(folder, seal.Renewal{
		Sign: answer.Certificates.Sign, Encrypt: answer.Certificates.Encrypt, TLS: answer.Certificates.TLS, Compact: answer.Compact, At: answer.Time,
	})
}
