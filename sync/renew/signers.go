package renew

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v4"

	"bianmin/sync/governor"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// maxSigners is the longest list of certificates that is read, in bytes.
const maxSigners = 1 << 20

// Signers learns by which certificates the platform signs. All fields are required.
type Signers struct {
	Folder   string // of keys
	Identity *seal.Identity
	URL      string
	Log      *slog.Logger

	mu    sync.Mutex
	asked bool // since the start
	away  *backoff.ExponentialBackOff
	until time.Time // nothing is asked before; by this machine's monotonic clock
}

// Told takes the certificate of an answer whose signature is believed already. Once since the start it asks for the others too: what this terminal
// took over from a machine before may be signed by one that is older than its own enrolment.
func (s *Signers) Told(ctx context.Context, client *http.Client, certificate string) error {
	fresh, err := seal.SaveSigner(s.Folder, s.Identity, certificate)
	if fresh {
		s.Log.Info("the platform's next certificate for answers is known")
	}
	s.mu.Lock()
	asked := s.asked
	s.mu.Unlock()
	if !asked {
		s.Unknown(ctx, client)
	}
	return err
}

// Unknown asks for the platform's certificates when an answer was signed by nobody who is believed: its key may have been rotated while this terminal
// had no link. A certificate proves itself by the signing root. It asks at most every minute, and less and less often when nothing comes of it.
func (s *Signers) Unknown(ctx context.Context, client *http.Client) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Now().Before(s.until) {
		return
	}
	if s.away == nil {
		s.away = governor.Backoff(firstWait, longWait)
	}
	s.until = time.Now().Add(max(firstWait, s.away.NextBackOff()))
	said, err := ask(ctx, client, s.URL)
	s.asked = err == nil
	if err != nil {
		s.Log.Warn("the platform's certificates for answers are not known", "error", err)
		return
	}
	for _, certificate := range said.Certificates {
		if fresh, err := seal.SaveSigner(s.Folder, s.Identity, certificate); err != nil {
			s.Log.Warn("a certificate for answers is not taken", "error", err)
		} else if fresh {
			s.Log.Info("one more certificate by which the platform signs answers, or did, is known: its root has certified it")
		}
	}
}

func ask(ctx context.Context, client *http.Client, url string) (said wire.PlatformSigners, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/v1/signers", nil)
	if err != nil {
		return said, err
	}
	response, err := client.Do(request)
	if err != nil {
		return said, err
	}
	defer func() { err = errors.Join(err, response.Body.Close()) }()
	if response.StatusCode != http.StatusOK {
		return said, fmt.Errorf("ask for the platform's certificates: status %d", response.StatusCode)
	}
	content, err := io.ReadAll(io.LimitReader(response.Body, maxSigners))
	if err != nil {
		return said, fmt.Errorf("ask for the platform's certificates: %w", err)
	}
	if err := json.Unmarshal(content, &said); err != nil || said.Version != wire.Version {
		return said, errors.New("ask for the platform's certificates: the answer is not in its form")
	}
	return said, nil
}
