package fault

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"path"
	"strconv"
	"time"

	"bianmin/sync/wire"
)

// Handler serves through next, except where a rule hits.
func (i *Injector) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a := i.pick(r)
		if a == nil {
			next.ServeHTTP(w, r)
			return
		}
		a.do(w, r, next)
	})
}

// breakOff ends the connection without an answer.
func breakOff() { panic(http.ErrAbortHandler) }

func (a *active) do(w http.ResponseWriter, r *http.Request, next http.Handler) {
	switch a.Action {
	case DropBefore:
		breakOff()
	case DropAfter:
		record(w, r, next)
		breakOff()
	case CutBody:
		r.Body = &cut{body: r.Body, left: a.Bytes}
		record(w, r, next)
		breakOff()
	case Duplicate:
		a.duplicate(w, r, next)
	case Slow:
		a.slow(w, r, next)
	case BadSigned:
		out := record(w, r, next)
		if len(out.body) > 0 {
			out.body[len(out.body)/2] ^= 1
		}
		out.send(w)
	case Forged:
		forge(w, r)
	case NoAnswer:
		record(w, r, next)
		wait(r.Context(), a.Wait)
		breakOff()
	case OldResponse:
		a.oldAnswer(w, r, next)
	default:
		a.stranger(w)
	}
}

// stranger answers as somebody would who is not the platform, or whose head is not right.
func (a *active) stranger(w http.ResponseWriter) {
	h := w.Header()
	switch a.Action {
	case Status408, Status429:
		h.Set("Retry-After", strconv.Itoa(int((a.Wait+time.Second-1)/time.Second)))
		h.Set("Content-Type", "application/problem+json")
		w.WriteHeader(map[Action]int{Status408: http.StatusRequestTimeout, Status429: http.StatusTooManyRequests}[a.Action])
		fmt.Fprint(w, `{"code":"busy","reason":"fault script"}`)
	case WrongBody:
		h.Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"version":1,"kind":"acknowledgement","time":"2026-01-01T00:00:00Z"}`)
	case Portal:
		h.Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, `<!doctype html><title>上网认证</title><form>请输入手机号</form>`)
	case Redirect:
		h.Set("Location", "http://portal.invalid/login")
		w.WriteHeader(http.StatusFound)
	default:
		h.Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprint(w, `{"code":"internal","reason":"fault script"}`)
	}
}

// forge acknowledges whatever was sent, with 64 bytes that are no signature.
func forge(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", wire.TypeJSON)
	w.Header().Set(wire.HeaderSignature, base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{1}, 64)))
	_ = json.NewEncoder(w).Encode(wire.Answer{ // a broken connection is the client's to notice
		Version: wire.Version, Kind: wire.Acknowledgement, Packet: path.Base(r.URL.Path), Digest: r.Header.Get(wire.HeaderDigest),
		Official: "S0", Time: time.Now().UTC(),
	})
}

func (a *active) duplicate(w http.ResponseWriter, r *http.Request, next http.Handler) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		breakOff()
	}
	first := r.Clone(r.Context())
	first.Body = io.NopCloser(bytes.NewReader(body))
	record(w, first, next)
	r.Body = io.NopCloser(bytes.NewReader(body))
	next.ServeHTTP(w, r)
}

func (a *active) slow(w http.ResponseWriter, r *http.Request, next http.Handler) {
	if !wait(r.Context(), a.Wait) {
		breakOff()
	}
	if a.Rate > 0 {
		r.Body = &trickle{ctx: r.Context(), body: r.Body, rate: a.Rate}
	}
	next.ServeHTTP(w, r)
}

func (a *active) oldAnswer(w http.ResponseWriter, r *http.Request, next http.Handler) {
	a.mu.Lock()
	old := a.old
	a.mu.Unlock()
	if old == nil {
		old = record(w, r, next)
		a.mu.Lock()
		a.old = old
		a.mu.Unlock()
	}
	old.send(w)
}

// wait tells false when the request went away first.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// recorded is an answer that was not sent.
type recorded struct {
	to     http.ResponseWriter
	header http.Header
	status int
	body   []byte
}

func record(w http.ResponseWriter, r *http.Request, next http.Handler) *recorded {
	out := &recorded{to: w, header: http.Header{}, status: http.StatusOK}
	next.ServeHTTP(out, r)
	return out
}

func (o *recorded) Header() http.Header         { return o.header }
func (o *recorded) WriteHeader(status int)      { o.status = status }
func (o *recorded) Unwrap() http.ResponseWriter { return o.to }
func (o *recorded) Write(p []byte) (int, error) {
	o.body = append(o.body, p...)
	return len(p), nil
}

func (o *recorded) send(w http.ResponseWriter) {
	maps.Copy(w.Header(), o.header)
	w.WriteHeader(o.status)
	_, _ = w.Write(o.body) // a broken connection is the client's to notice
}

// cut is a body that breaks after some bytes.
type cut struct {
	body io.ReadCloser
	left int64
}

func (c *cut) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, io.ErrUnexpectedEOF
	}
	n, err := c.body.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	return n, err
}

func (c *cut) Close() error { return c.body.Close() }

// trickle is a body that comes at a rate.
type trickle struct {
	ctx  context.Context
	body io.ReadCloser
	rate int // bytes a second
}

func (t *trickle) Read(p []byte) (int, error) {
	n, err := t.body.Read(p[:min(len(p), max(1, t.rate/10))])
	if !wait(t.ctx, time.Duration(n)*time.Second/time.Duration(t.rate)) {
		return n, t.ctx.Err()
	}
	return n, err
}

func (t *trickle) Close() error { return t.body.Close() }
