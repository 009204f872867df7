package service_test

import (
	"context"
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bianmin/internal/chance"
	"bianmin/platform/admission"
	"bianmin/platform/authority"
	"bianmin/platform/platformtest"
	"bianmin/platform/registry"
	"bianmin/store"
	"bianmin/sync/channel"
	"bianmin/sync/governor"
	"bianmin/sync/seal"
	"bianmin/sync/uplink"
	"bianmin/sync/wire"
)

// memory is a terminal's store as heartbeats need it.
type memory struct{}

func (memory) Counts(context.Context) (store.Counts, error)         { return store.Counts{}, nil }
func (memory) SetPlatformTime(_ context.Context, _ time.Time) error { return nil }

// crowd are terminals that the platform knows, each with a certificate and a connection of its own.
type crowd struct {
	t    *testing.T
	p    *platformtest.Platform
	id   *seal.Identity // of one that enrolled: roots and keys are the same for all
	desk admission.Desk
	made int
}

func newCrowd(t *testing.T, p *platformtest.Platform) *crowd {
	t.Helper()
	reg, err := registry.Open(t.Context(), p.Dir, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = reg.Close() })
	a, err := authority.Load(authority.Options{Dir: filepath.Join(p.Dir, "authority"), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	return &crowd{t: t, p: p, id: newPeer(t, p, "QH9999").id, desk: admission.Desk{Authority: a, Registry: reg, Now: time.Now}}
}

// certificate enrols one more and gives what it shows.
func (c *crowd) certificate() tls.Certificate {
	c.t.Helper()
	c.made++
	number := fmt.Sprintf("QH%04d", c.made)
	keys, err := seal.Generate()
	if err != nil {
		c.t.Fatal(err)
	}
	requests, err := keys.Requests("terminal")
	if err != nil {
		c.t.Fatal(err)
	}
	block := func(der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}))
	}
	err = c.desk.Registry.AddCode(c.t.Context(), registry.Code{
		Hash: seal.Digest([]byte(number)), Number: number, Point: "村", Region: "990301001201", Role: "kiosk", URL: c.p.URL, Environment: "demo", Expires: time.Now().Add(time.Hour),
	})
	if err != nil {
		c.t.Fatal(err)
	}
	var leaf []byte
	_, err = c.desk.Registry.Enrol(c.t.Context(), seal.Digest([]byte(number)), number, func(code registry.Code, generation string, _ []wire.Predecessor) ([]registry.Certificate, []byte, error) {
		who := authority.Terminal{Number: code.Number, Generation: generation, Point: code.Point, Region: code.Region, Role: code.Role, Environment: code.Environment}
		issued, err := c.desk.Authority.Issue(who, authority.Requests{Sign: block(requests.Sign), Encrypt: block(requests.Encrypt), TLS: block(requests.TLS)})
		if err != nil {
			return nil, nil, err
		}
		leaf = issued.TLS.Raw
		return []registry.Certificate{{Serial: fmt.Sprintf("%x", issued.TLS.SerialNumber.Bytes()), Use: "tls", DER: leaf}}, []byte("{}"), nil
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{leaf}, PrivateKey: keys.TLS}
}

// arrived is what one terminal's heartbeats came to.
type arrived struct {
	mu      sync.Mutex
	in      []time.Time // answers
	refused int
	slots   []time.Time // moments it was told
}

// RoundTrip notes what the platform really said; the governor stands before it.
func (h *arrived) over(next http.RoundTripper) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		response, err := next.RoundTrip(r)
		h.mu.Lock()
		defer h.mu.Unlock()
		switch {
		case err != nil:
		case response.StatusCode == http.StatusOK:
			h.in = append(h.in, time.Now())
		case response.StatusCode == http.StatusServiceUnavailable:
			h.refused++
			if wait, err := strconv.Atoi(response.Header.Get(wire.HeaderSlot)); err == nil {
				h.slots = append(h.slots, time.Now().Add(time.Duration(wait)*time.Millisecond))
			}
		}
		return response, err
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// beat lets a terminal send real heartbeats until ctx ends.
func (c *crowd) beat(ctx context.Context, certificate tls.Certificate, every time.Duration, beaten func()) (*arrived, func(context.Context)) {
	h := &arrived{}
	client := channel.New(channel.Options{Root: c.id.Trust.TLSRoot, Certificate: &certificate, Times: func() []time.Time { return []time.Time{time.Now()} }})
	c.t.Cleanup(client.CloseIdleConnections)
	client.Transport = new(governor.Governor).Over(h.over(client.Transport))
	pulse := uplink.Pulse{
		Memory: memory{}, Client: client, URL: c.p.URL, Key: c.id.Believed(), Software: "test", Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Timing: uplink.Timing{BeatEvery: every}, Staff: func([]wire.Staff) error { return nil },
		Beaten: func(_ context.Context, err error) {
			if err == nil {
				beaten()
			}
		},
	}
	return h, pulse.Run
}

// TestCountyComesBackAtOnce: several hundred terminals with connections of their own come in one moment. All are let in, each after one word to wait and at a
// moment of its own, and not in one heap; who was in before notices nothing.
func TestCountyComesBackAtOnce(t *testing.T) {
	terminals, rate := chance.Count(t, 200, 600), 60.0
	p := platformtest.Start(t, platformtest.Options{More: []string{"--arrivals", fmt.Sprint(rate)}})
	c := newCrowd(t, p)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var running sync.WaitGroup
	run := func(loop func(context.Context)) { running.Go(func() { loop(ctx) }) }
	defer running.Wait()
	defer cancel()
	var usual []*arrived
	before := make(chan struct{}, 10000)
	for range 5 {
		h, loop := c.beat(ctx, c.certificate(), 100*time.Millisecond, func() { before <- struct{}{} })
		usual = append(usual, h)
		run(loop)
	}
	certificates := make([]tls.Certificate, terminals)
	for i := range certificates {
		certificates[i] = c.certificate()
	}
	for range 5 {
		<-before
	}
	var left atomic.Int64
	left.Store(int64(terminals))
	done := make(chan struct{})
	var came []*arrived
	var loops []func(context.Context)
	for _, certificate := range certificates {
		var once sync.Once
		h, loop := c.beat(ctx, certificate, time.Hour, func() {
			once.Do(func() {
				if left.Add(-1) == 0 {
					close(done)
				}
			})
		})
		came, loops = append(came, h), append(loops, loop)
	}
	begun := time.Now()
	for _, loop := range loops {
		run(loop)
	}
	select {
	case <-done:
	case <-ctx.Done():
		t.Fatalf("%d of %d terminals were not let in", left.Load(), terminals)
	}
	took := time.Since(begun)
	cancel()
	running.Wait()
	var answers, slots []time.Time
	refused, most := 0, 0
	for _, h := range came {
		answers, slots = append(answers, h.in...), append(slots, h.slots...)
		refused, most = refused+h.refused, max(most, h.refused)
		if h.refused != len(h.slots) {
			t.Error("a terminal was sent away without a moment of its own")
		}
	}
	peak := inOneSecond(answers)
	t.Logf("%d terminals in %v: %d told to wait, one at most %d times, most in one second: %d let in, %d moments told", terminals, took, refused, most, peak, inOneSecond(slots))
	if refused < terminals/2 || most > 5 {
		t.Errorf("%d were told to wait, one %d times", refused, most)
	}
	if bound := int(2 * rate); peak > bound || inOneSecond(slots) > bound { // platform/arrivals tests the bound itself, on a clock of its own
		t.Errorf("%d were let in within a second, and %d moments told, at most %d may be", peak, inOneSecond(slots), bound)
	}
	for _, h := range usual {
		if h.refused > 0 || len(h.in) < int(took/time.Second) {
			t.Errorf("who was in before was sent away %d times and heard %d times", h.refused, len(h.in))
		}
	}
}

// inOneSecond is how many of the moments lie within a second at most.
func inOneSecond(moments []time.Time) (most int) {
	slices.SortFunc(moments, time.Time.Compare)
	from := 0
	for to := range moments {
		for moments[to].Sub(moments[from]) > time.Second {
			from++
		}
		most = max(most, to-from+1)
	}
	return most
}
