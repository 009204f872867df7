package fleet

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/crypto/argon2"

	"bianmin/platform/registry"
)

// Cost of checking a password: 64 MiB, well under a second on a server.
const (
	argonTime    = 3
	argonMemory  = 64 << 10 // KiB
	argonThreads = 1
	argonLength  = 32
)

// NewOperator makes an account's verifier for a password.
func NewOperator(name, password string) (registry.Operator, error) {
	salt := make([]byte, 16)
	if _, err := rand.Read(salt); err != nil {
		return registry.Operator{}, fmt.Errorf("draw a salt: %w", err)
	}
	return registry.Operator{
		Name: name, Salt: salt, Time: argonTime, Memory: argonMemory, Threads: argonThreads,
		Hash: argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonThreads, argonLength),
	}, nil
}

const (
	cookie     = "__Host-fleet"
	sessionFor = 8 * time.Hour // a working day, whatever is done in it
	mostOpen   = 1000
	checkers   = 2 // passwords that are checked at once: each takes 64 MiB
)

// session is one browser that is signed on.
type session struct {
	operator string
	csrf     string // that forms carry
	until    time.Time
	lang     string
}

// sessions are kept in memory: a restart of the platform signs everybody off.
type sessions struct {
	now     func() time.Time
	checker chan struct{}
	mu      sync.Mutex
	open    map[[32]byte]session // by SHA-256 of the cookie
}

func newSessions(now func() time.Time) *sessions {
	return &sessions{now: now, checker: make(chan struct{}, checkers), open: map[[32]byte]session{}}
}

func draw() (string, error) {
	var b [32]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", fmt.Errorf("draw a token: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b[:]), nil
}

// begin opens a session and gives its cookie's value.
func (s *sessions) begin(operator string) (string, error) {
	token, err := draw()
	if err != nil {
		return "", err
	}
	csrf, err := draw()
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	var oldest [32]byte
	for key, open := range s.open {
		if !now.Before(open.until) {
			delete(s.open, key)
			continue
		}
		if first, some := s.open[oldest]; !some || open.until.Before(first.until) {
			oldest = key
		}
	}
	if len(s.open) >= mostOpen {
		delete(s.open, oldest)
	}
	s.open[sha256.Sum256([]byte(token))] = session{operator: operator, csrf: csrf, until: now.Add(sessionFor)}
	return token, nil
}

func (s *sessions) find(r *http.Request) (session, bool) {
	c, err := r.Cookie(cookie)
	if err != nil {
		return session{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.open[sha256.Sum256([]byte(c.Value))]
	return found, ok && s.now().Before(found.until)
}

func (s *sessions) end(r *http.Request) {
	if c, err := r.Cookie(cookie); err == nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.open, sha256.Sum256([]byte(c.Value)))
	}
}

func setCookie(w http.ResponseWriter, value string, age int) {
	http.SetCookie(w, &http.Cookie{
		Name: cookie, Value: value, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode, MaxAge: age,
	})
}

// signedOn lets only operators through; a barred one is out at once.
func (f *Fleet) signedOn(next func(http.ResponseWriter, *http.Request, session)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, ok := f.sessions.find(r)
		if ok {
			account, err := f.Registry.Operator(r.Context(), s.operator)
			if err != nil && !errors.Is(err, registry.ErrOperator) {
				f.fail(w, r, err)
				return
			}
			ok = err == nil && !account.Barred
		}
		if !ok {
			f.sessions.end(r)
			http.Redirect(w, r, "/login", http.StatusSeeOther)
			return
		}
		s.lang = f.lang(w, r)
		next(w, r, s)
	})
}

// tries counts passwords that were tried: few by name and by address, so that none can be guessed.
type tries struct {
	now   func() time.Time
	mu    sync.Mutex
	since time.Time
	by    map[string]int
}

const (
	triesByName    = 10
	triesByAddress = 30
	triesInAll     = 600
	triesWindow    = 10 * time.Minute
)

func newTries(now func() time.Time) *tries { return &tries{now: now, by: map[string]int{}} }

// keys never hold a name as it was typed: somebody may type a password there.
func tryKeys(name, address string) map[string]int {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	sum := sha256.Sum256([]byte(name))
	return map[string]int{"name " + hex.EncodeToString(sum[:]): triesByName, "host " + host: triesByAddress, "all": triesInAll}
}

// allow counts one try and tells how long to wait when it is one too many.
func (t *tries) allow(name, address string) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	if passed := now.Sub(t.since); passed >= triesWindow || passed < 0 {
		t.since = now
		clear(t.by)
	}
	keys := tryKeys(name, address)
	for key, most := range keys {
		if t.by[key] >= most {
			return triesWindow - now.Sub(t.since)
		}
	}
	for key := range keys {
		t.by[key]++
	}
	return 0
}

// forgive takes a try back that turned out right.
func (t *tries) forgive(name, address string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for key := range tryKeys(name, address) {
		t.by[key] = max(t.by[key]-1, 0)
	}
}

func (f *Fleet) askLogin(w http.ResponseWriter, r *http.Request) {
	if _, ok := f.sessions.find(r); ok {
		http.Redirect(w, r, "/fleet", http.StatusSeeOther)
		return
	}
	f.drawLogin(w, r, http.StatusOK, "")
}

func (f *Fleet) drawLogin(w http.ResponseWriter, r *http.Request, status int, problem string) {
	lang := f.lang(w, r)
	f.draw(w, r, status, "login.html", map[string]any{"W": f.words[lang], "Lang": lang, "Problem": problem})
}

func (f *Fleet) login(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, "form", http.StatusBadRequest)
		return
	}
	name, password := r.PostForm.Get("name"), r.PostForm.Get("password")
	if wait := f.tries.allow(name, r.RemoteAddr); wait > 0 {
		w.Header().Set("Retry-After", fmt.Sprint(int(wait/time.Second)+1))
		f.drawLogin(w, r, http.StatusTooManyRequests, "login.wait")
		return
	}
	ok, err := f.check(r.Context(), name, password)
	if err != nil {
		f.fail(w, r, err)
		return
	}
	if !ok {
		f.Log.Warn("fleet page: wrong name or password", "address", r.RemoteAddr)
		f.drawLogin(w, r, http.StatusForbidden, "login.wrong")
		return
	}
	f.tries.forgive(name, r.RemoteAddr)
	token, err := f.sessions.begin(name)
	if err != nil {
		f.fail(w, r, err)
		return
	}
	f.Log.Info("fleet page: signed on", "operator", name, "address", r.RemoteAddr)
	setCookie(w, token, int(sessionFor/time.Second))
	http.Redirect(w, r, "/fleet", http.StatusSeeOther)
}

// check takes the same time for a name that nobody has.
func (f *Fleet) check(ctx context.Context, name, password string) (bool, error) {
	account, err := f.Registry.Operator(ctx, name)
	known := err == nil && !account.Barred
	if errors.Is(err, registry.ErrOperator) {
		account = registry.Operator{Salt: make([]byte, 16), Hash: make([]byte, argonLength), Time: argonTime, Memory: argonMemory, Threads: argonThreads}
	} else if err != nil {
		return false, err
	}
	select {
	case f.sessions.checker <- struct{}{}:
		defer func() { <-f.sessions.checker }()
	case <-ctx.Done():
		return false, ctx.Err()
	}
	hash := argon2.IDKey([]byte(password), account.Salt, account.Time, account.Memory, account.Threads, argonLength)
	return subtle.ConstantTimeCompare(hash, account.Hash) == 1 && known, nil
}

func (f *Fleet) logout(w http.ResponseWriter, r *http.Request, s session) {
	if !meant(w, r, s) {
		return
	}
	f.sessions.end(r)
	setCookie(w, "", -1)
	http.Redirect(w, r, "/login", http.StatusSeeOther)
}

// withToken lets only who knows the token through.
func (f *Fleet) withToken(next http.Handler) http.Handler {
	wanted := sha256.Sum256([]byte("Bearer " + f.Token))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got := sha256.Sum256([]byte(r.Header.Get("Authorization")))
		if subtle.ConstantTimeCompare(wanted[:], got[:]) != 1 {
			w.Header().Set("WWW-Authenticate", "Bearer")
			http.Error(w, "token", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}
