// Package enrol is the terminal's side of enrolment (终端入网): it makes the
// keys, exchanges a one-time code for certificates and puts both into the data
// folder so that a power cut leaves the old state or the new one. It must not
// know the store; case numbers and cases are not touched.
package enrol

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/emmansun/gmsm/smx509"

	"bianmin/store/room"
	"bianmin/sync/channel"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// Options of one enrolment. All but Replace are required.
type Options struct {
	Ticket   wire.Ticket
	Data     string // the terminal's data folder; its keys folder is made
	Software string // version, for the platform's list
	Replace  bool   // enrol anew over an existing enrolment: the terminal gets a new generation, undelivered packets stay
	Now      func() time.Time
	Step     func(point string) // called at each of Points; may be nil
}

func (o Options) step(point string) {
	if o.Step != nil {
		o.Step(point)
	}
}

// Points where a killed enrolment must lose nothing, in the order they are passed.
const (
	PointKeys     = "enrol-keys"     // the keys are made, nobody was asked
	PointAnswered = "enrol-answered" // the platform made the certificates, nothing of them is kept
	PointRecord   = "enrol-record"   // the first of the answer's files is kept
	PointKept     = "enrol-kept"     // an answer is kept whole and not yet in its place
	PointAside    = "enrol-aside"    // the generation before is set aside, the new one not yet in its place
	PointPlaced   = "enrol-placed"
)

// Points are all of them.
var Points = []string{PointKeys, PointAnswered, PointRecord, PointKept, PointAside, PointPlaced}

// Errors for people who enrol.
var (
	ErrEnrolled    = errors.New("this terminal is enrolled already; a new generation needs --replace")
	ErrFingerprint = errors.New("the platform's trust bundle does not have the fingerprint of the enrolment string: this is not the right platform, or the string is wrong")
	ErrAnswer      = errors.New("the platform's answer does not fit the request")
	ErrCode        = errors.New("the platform does not know this enrolment code")
	ErrCodeUsed    = errors.New("this enrolment code has been used; ask the county for a new one")
	ErrCodeExpired = errors.New("this enrolment code has expired; ask the county for a new one")
	ErrNewer       = errors.New("the platform needs a newer version of this program: install that first, then enrol again; the same code still serves")
	ErrTooOften    = errors.New("too many attempts")
	ErrFull        = errors.New("there is no room left on this machine's disk: make room and repeat the command; the same code still serves")
)

// Refused tells whether an error is the platform's own word that a code is worth nothing.
func Refused(err error) bool {
	return errors.Is(err, ErrCode) || errors.Is(err, ErrCodeUsed) || errors.Is(err, ErrCodeExpired)
}

// Names of files and folders.
const (
	keysFolder = "keys"
	nextFolder = "keys.next" // a begun enrolment; its keys serve again when the answer was lost
	oldFolder  = "keys.old"  // the replaced generation's
	recordFile = "enrolment.json"
)

// Enrol enrols the terminal and gives its identity. When the answer gets lost,
// calling it again with the same ticket finishes the same enrolment.
func Enrol(ctx context.Context, o Options) (*seal.Identity, error) {
	identity, err := enrol(ctx, o)
	return identity, roomless(err)
}

// roomless says what a full disk is.
func roomless(err error) error {
	if room.Full(err) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return err
}

func enrol(ctx context.Context, o Options) (*seal.Identity, error) {
	keys, next := filepath.Join(o.Data, keysFolder), filepath.Join(o.Data, nextFolder)
	if identity, err := finish(o.Data, o.Replace, o.step); identity != nil || err != nil {
		return identity, err
	}
	current, err := seal.LoadIdentity(keys)
	if err != nil && !errors.Is(err, seal.ErrNotEnrolled) {
		return nil, fmt.Errorf("look at the present enrolment: %w", err)
	}
	if current != nil && !o.Replace {
		return nil, ErrEnrolled
	}
	fresh, err := prepare(next, current)
	if err != nil {
		return nil, err
	}
	o.step(PointKeys)
	trust, err := fetchTrust(ctx, o.Ticket)
	if err != nil {
		return nil, err
	}
	enrolment, err := request(ctx, o, trust, fresh)
	if err != nil {
		return nil, err
	}
	o.step(PointAnswered)
	if err := keep(next, trust, enrolment, o.step); err != nil {
		return nil, err
	}
	o.step(PointKept)
	identity, err := finish(o.Data, true, o.step)
	if err == nil && identity == nil {
		err = ErrAnswer
	}
	return identity, err
}

// prepare gives the keys of the begun enrolment, making them when there is
// none. A replaced generation's terminal secret goes on, because cases at this
// terminal open with it.
func prepare(next string, current *seal.Identity) (*seal.Keys, error) {
	keys, err := seal.LoadKeys(next)
	if err == nil {
		return keys, nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("take up a begun enrolment: %w", err)
	}
	if keys, err = seal.Generate(); err != nil {
		return nil, err
	}
	if current != nil {
		keys.Secret, keys.Inherited = current.Keys.Secret, current.Keys.Inherited
	}
	if err := os.MkdirAll(filepath.Dir(next), 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	if err := keys.Save(next); err != nil {
		return nil, err
	}
	return keys, seal.SyncFolder(filepath.Dir(next))
}

// fetchTrust gets the bundle from whoever answers and believes it only for its digest.
func fetchTrust(ctx context.Context, ticket wire.Ticket) (*seal.Trust, error) {
	client := channel.New(channel.Options{})
	defer client.CloseIdleConnections()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, ticket.URL+"/v1/trust", nil)
	if err != nil {
		return nil, fmt.Errorf("fetch the trust bundle: %w", err)
	}
	response, err := client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("fetch the trust bundle: %w", err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return nil, fmt.Errorf("fetch the trust bundle: %w", err)
	}
	if response.StatusCode != http.StatusOK || seal.Digest(raw) != ticket.Fingerprint {
		return nil, ErrFingerprint
	}
	trust, err := seal.ParseTrust(raw)
	if errors.Is(err, seal.ErrNewerTrust) {
		return nil, fmt.Errorf("%w: %w", ErrNewer, err)
	}
	return trust, err
}

// request exchanges the code for certificates over TLS that ends at the bundle's root.
func request(ctx context.Context, o Options, trust *seal.Trust, keys *seal.Keys) ([]byte, error) {
	var random [16]byte
	if _, err := rand.Read(random[:]); err != nil {
		return nil, fmt.Errorf("draw a nonce: %w", err)
	}
	nonce := hex.EncodeToString(random[:])
	body, err := requestBody(keys, o.Ticket.Code, nonce, o.Software)
	if err != nil {
		return nil, err
	}
	client := channel.New(channel.Options{Root: trust.TLSRoot, Times: func() []time.Time { return times(o.Now(), trust.TLSRoot) }})
	defer client.CloseIdleConnections()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, o.Ticket.URL+"/v1/enrolments", bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("ask for certificates: %w", err)
	}
	r.Header.Set("Content-Type", wire.TypeJSON)
	response, err := client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("ask for certificates: %w", err)
	}
	answer, signature, err := channel.ReadVerified(response, nil)
	if err != nil {
		return nil, explain(err)
	}
	return answer, check(answer, signature, trust, nonce)
}

// requestBody writes what the platform is asked for certificates with.
func requestBody(keys *seal.Keys, code, nonce, software string) ([]byte, error) {
	requests, err := keys.Requests("terminal")
	if err != nil {
		return nil, err
	}
	const csr = "CERTIFICATE REQUEST"
	body, err := json.Marshal(wire.EnrolmentRequest{
		Code: code, Nonce: nonce, Software: software,
		Sign: encodePEM(csr, requests.Sign), Encrypt: encodePEM(csr, requests.Encrypt), TLS: encodePEM(csr, requests.TLS),
	})
	if err != nil {
		return nil, fmt.Errorf("write the request: %w", err)
	}
	return body, nil
}

// times are when the server's certificate may be valid: now, or, while the clock
// is not set, each month of the root's life: the fingerprint has proven the root already.
func times(now time.Time, root *x509.Certificate) []time.Time {
	return append([]time.Time{now}, channel.Months(root)...)
}

// check verifies the answer's signature with the signing certificate it brings, which must be the root's.
func check(answer, signature []byte, trust *seal.Trust, nonce string) error {
	var e wire.Enrolment
	if err := json.Unmarshal(answer, &e); err != nil {
		return fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	key, err := platformKey(e.Platform.Sign, trust, answer, signature)
	if err != nil {
		return err
	}
	if e.Version > wire.Version {
		return fmt.Errorf("%w: version %d, known is %d", ErrNewer, e.Version, wire.Version)
	}
	if e.Version != wire.Version || e.Nonce != nonce || e.Environment != trust.Environment {
		return fmt.Errorf("%w: version, nonce or environment differ", ErrAnswer)
	}
	if e.Succession == nil {
		return nil
	}
	_, err = ReadOrder(*e.Succession, seal.Signers{key})
	return err
}

// platformKey gives the platform's signing key when its certificate is the root's and it signed content.
func platformKey(pem string, trust *seal.Trust, content, signature []byte) (*ecdsa.PublicKey, error) {
	certificate, err := smx509.ParseCertificatePEM([]byte(pem))
	if err != nil {
		return nil, fmt.Errorf("%w: the platform's certificate: %w", ErrAnswer, err)
	}
	if err := certificate.CheckSignatureFrom(trust.SigningRoot); err != nil {
		return nil, fmt.Errorf("%w: the platform's certificate: %w", ErrAnswer, err)
	}
	key, ok := certificate.PublicKey.(*ecdsa.PublicKey)
	if !ok || seal.Verify(key, content, signature) != nil {
		return nil, fmt.Errorf("%w: its signature does not fit", ErrAnswer)
	}
	return key, nil
}

// explain puts the platform's problem into a sentence for the technician.
func explain(err error) error {
	var problem *channel.Problem
	if !errors.As(err, &problem) {
		return fmt.Errorf("ask for certificates: %w", err)
	}
	switch problem.Code {
	case wire.ProblemCode:
		return ErrCode
	case wire.ProblemCodeUsed:
		return ErrCodeUsed
	case wire.ProblemCodeExpired:
		return ErrCodeExpired
	case wire.ProblemBusy:
		return fmt.Errorf("%w; try again in %v", ErrTooOften, problem.Wait.Round(time.Second))
	}
	return fmt.Errorf("the platform did not enrol this terminal: %w", err)
}
