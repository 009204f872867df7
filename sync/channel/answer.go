package channel

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// maxAnswer is the longest answer read, in bytes.
const maxAnswer = 4 << 20

// Signed is an answer whose signature fits: exact bytes beside their meaning.
type Signed struct {
	wire.Answer
	Body      []byte
	Signature []byte // r‖s
}

// Problem is an unsigned refusal to answer.
type Problem struct {
	wire.Problem
	Status int
	Wait   time.Duration // what Retry-After asked for, at most an hour; 0 when it did not
	Slot   bool          // the wait ends at a moment that is this terminal's own: nobody else was given it
}

func (p *Problem) Error() string {
	return fmt.Sprintf("platform: %d %s", p.Status, p.Code)
}

// maxWait bounds Retry-After: nobody puts a terminal to sleep for days.
const maxWait = time.Hour

// ReadSigned reads a signed answer of any status. Other answers give *Problem,
// or ErrStranger when they do not come from the platform (a page, a redirect,
// a body nobody signed). It closes the body.
func ReadSigned(response *http.Response, key seal.Signers) (Signed, error) {
	body, signature, err := ReadVerified(response, key)
	if err != nil {
		return Signed{}, err
	}
	signed := Signed{Body: body, Signature: signature}
	if err := json.Unmarshal(body, &signed.Answer); err != nil {
		return Signed{}, fmt.Errorf("read a signed answer: %w", err)
	}
	if signed.Version > wire.Version {
		return Signed{}, fmt.Errorf("%w: version %d, known is %d", ErrNewer, signed.Version, wire.Version)
	}
	if signed.Version != wire.Version {
		return Signed{}, fmt.Errorf("signed answer of version %d, want %d", signed.Version, wire.Version)
	}
	return signed, nil
}

// ReadVerified reads a body and checks the platform's signature over it; errors
// as ReadSigned. With a nil key it gives the signature unchecked, for a body that brings the key itself.
func ReadVerified(response *http.Response, key seal.Signers) (body, signature []byte, err error) {
	defer response.Body.Close()
	body, err = io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil {
		return nil, nil, fmt.Errorf("read the answer: %w", err)
	}
	if len(body) > maxAnswer {
		return nil, nil, stranger(Unsigned, "an endless answer")
	}
	header := response.Header.Get(wire.HeaderSignature)
	if header == "" {
		return nil, nil, unsigned(response, body)
	}
	signature, err = base64.StdEncoding.DecodeString(header)
	if err != nil || len(signature) != seal.SignatureSize {
		return nil, nil, stranger(Unsigned, "its signature is malformed")
	}
	if key != nil && key.Verify(body, signature) != nil {
		return nil, nil, stranger(Unsigned, "its signature does not fit")
	}
	return body, signature, nil
}

// unsigned judges an answer nobody signed.
func unsigned(response *http.Response, body []byte) error {
	kind, _, err := mime.ParseMediaType(response.Header.Get("Content-Type"))
	if err != nil {
		kind = ""
	}
	status := response.StatusCode
	problem := &Problem{Status: status}
	problem.Wait, problem.Slot = waitOf(response.Header)
	switch {
	case status >= 300 && status < 400:
		return stranger(Portal, "it redirects (captive portal)")
	case kind == "text/html":
		return stranger(Portal, "it shows a page (captive portal)")
	case status < 300 && status != http.StatusNoContent:
		return stranger(Unsigned, "its answer is not signed")
	case kind == wire.TypeProblem && len(body) > 0 && json.Unmarshal(body, &problem.Problem) != nil:
		return stranger(Unsigned, "its answer is malformed")
	}
	return problem
}

// Quiet is how long an answer asks everybody to be quiet; 0 when it does not, or when a page says so and not the platform. A slot
// is a moment of this terminal's own.
func Quiet(response *http.Response) (wait time.Duration, slot bool) {
	if response.StatusCode != http.StatusTooManyRequests && response.StatusCode != http.StatusServiceUnavailable {
		return 0, false
	}
	if kind, _, err := mime.ParseMediaType(response.Header.Get("Content-Type")); err == nil && kind == "text/html" {
		return 0, false
	}
	return waitOf(response.Header)
}

// waitOf is how long an answer's headers ask to wait, and whether until a moment of this terminal's own.
func waitOf(header http.Header) (wait time.Duration, slot bool) {
	wait = retryAfter(header)
	if wait == 0 {
		return 0, false
	}
	exact, err := strconv.Atoi(header.Get(wire.HeaderSlot))
	if err != nil || exact < 1 {
		return wait, false
	}
	return time.Duration(min(exact, int(maxWait/time.Millisecond))) * time.Millisecond, true
}

// retryAfter reads seconds, or a date, which counts from the answer's own date because this terminal's clock may be wrong.
func retryAfter(header http.Header) time.Duration {
	text := strings.TrimSpace(header.Get("Retry-After"))
	if seconds, err := strconv.Atoi(text); err == nil {
		return time.Duration(min(max(seconds, 0), int(maxWait/time.Second))) * time.Second
	}
	until, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	from, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return 0
	}
	return min(max(until.Sub(from), 0), maxWait)
}

// Evidence is the signed answer as it is kept: the exact bytes with their
// signature, in JSON {"answer": base64, "signature": base64}, so that anyone with
// the platform's certificate can check it later.
func (s Signed) Evidence() ([]byte, error) {
	return json.Marshal(struct {
		Answer    []byte `json:"answer"`
		Signature []byte `json:"signature"`
	}{s.Body, s.Signature})
}

// ReadEvidence reads and verifies what Evidence wrote.
func ReadEvidence(content []byte, key seal.Signers) (Signed, error) {
	var kept struct {
		Answer    []byte `json:"answer"`
		Signature []byte `json:"signature"`
	}
	if err := json.Unmarshal(content, &kept); err != nil {
		return Signed{}, fmt.Errorf("read a kept answer: %w", err)
	}
	if err := key.Verify(kept.Answer, kept.Signature); err != nil {
		return Signed{}, fmt.Errorf("read a kept answer: %w", err)
	}
	signed := Signed{Body: kept.Answer, Signature: kept.Signature}
	if err := json.Unmarshal(kept.Answer, &signed.Answer); err != nil {
		return Signed{}, fmt.Errorf("read a kept answer: %w", err)
	}
	return signed, nil
}
