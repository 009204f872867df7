package enrol

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/emmansun/gmsm/smx509"

	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// What can be wrong with the files of an enrolment without network, in sentences for the technician.
var (
	ErrFile    = errors.New("this file is damaged, or none of an enrolment")
	ErrBundle  = errors.New("the code does not open the bundle: is it the code of the same sheet? If it is, the file is damaged")
	ErrOther   = errors.New("this answer belongs to another machine, or to a request that this one no longer waits for")
	ErrUnasked = errors.New("this machine waits for no answer")
)

const waitingFile = "waiting.json"

// Waiting is an enrolment without network that waits for the platform's answer. It lies with the keys until the answer
// is taken, and holds the one-time code.
type Waiting struct {
	wire.PreIssued
	Code  string `json:"code"`
	Nonce string `json:"nonce"`
	Stick string `json:"stick"` // the folder where the bundle was
}

// Ticket is the same enrolment for the case that a network is there after all.
func (w *Waiting) Ticket() wire.Ticket {
	return wire.Ticket{URL: w.URL, Fingerprint: seal.Digest(w.Trust), Code: w.Code}
}

// ReadOffline reads a file of an enrolment without network, as far as it stands in it openly. Errors wrap ErrFile.
func ReadOffline(content []byte, kind string) (wire.Offline, error) {
	var o wire.Offline
	if err := json.Unmarshal(content, &o); err != nil {
		return o, ErrFile
	}
	if o.Version != wire.Version || o.Kind != kind || len(o.Sealed) == 0 {
		return o, ErrFile
	}
	return o, nil
}

// OpenBundle opens a pre-issued bundle with the one-time code, and believes it for the code's sake: only who knew the
// code can have sealed it. fingerprint is the trust bundle's from the enrolment string; "" where only the code was typed.
func OpenBundle(content []byte, code, fingerprint string) (wire.PreIssued, error) {
	var bundle wire.PreIssued
	o, err := ReadOffline(content, wire.KindPreIssued)
	if err != nil {
		return bundle, err
	}
	box, err := seal.CodeBox(code, o.Salt)
	if err != nil {
		return bundle, err
	}
	plain, err := box.Open(o.Sealed, o.Context())
	if err != nil {
		return bundle, ErrBundle
	}
	var signed wire.Signed
	if json.Unmarshal(plain, &signed) != nil || json.Unmarshal(signed.Body, &bundle) != nil {
		return bundle, ErrFile
	}
	trust, err := seal.ParseTrust(bundle.Trust)
	if errors.Is(err, seal.ErrNewerTrust) {
		return bundle, fmt.Errorf("%w: %w", ErrNewer, err)
	}
	if err != nil {
		return bundle, fmt.Errorf("%w: %w", ErrFile, err)
	}
	if fingerprint != "" && trust.Fingerprint() != fingerprint {
		return bundle, ErrFingerprint
	}
	if _, err := platformKey(bundle.Platform.Sign, trust, signed.Body, signed.Signature); err != nil {
		return bundle, err
	}
	if bundle.Version > wire.Version {
		return bundle, fmt.Errorf("%w: version %d, known is %d", ErrNewer, bundle.Version, wire.Version)
	}
	if bundle.Version != wire.Version || bundle.Terminal != o.Terminal || bundle.Environment != trust.Environment {
		return bundle, ErrFile
	}
	_, err = wire.NewTicket(bundle.URL, trust.Fingerprint(), code)
	return bundle, err
}

// Begin makes the keys of an enrolment without network and notes that it waits. Begun again, with the same bundle or
// another, the keys stay.
func Begin(data string, bundle wire.PreIssued, code, stick string) (_ *Waiting, err error) {
	defer func() { err = roomless(err) }()
	if _, err := os.Stat(filepath.Join(data, keysFolder, "terminal.json")); err == nil {
		return nil, ErrEnrolled
	}
	next := filepath.Join(data, nextFolder)
	keys, err := prepare(next, nil)
	if err != nil {
		return nil, err
	}
	// The same code and keys ask the same: an answer that was made before is still theirs.
	nonce := seal.Digest(append([]byte("bianmin enrolment by stick "+code+" "), seal.CompressKey(&keys.Encrypt.PublicKey)...))[:32]
	w := &Waiting{PreIssued: bundle, Code: code, Nonce: nonce, Stick: stick}
	return w, saveJSON(next, waitingFile, w)
}

// LoadWaiting gives the enrolment that waits for its answer; nil when none does.
func LoadWaiting(data string) (*Waiting, error) {
	var w *Waiting
	err := loadJSON(filepath.Join(data, nextFolder), waitingFile, &w)
	return w, err
}

// Forget gives up waiting. The keys stay for the next try.
func Forget(data string) error {
	if err := os.Remove(filepath.Join(data, nextFolder, waitingFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("give up an enrolment: %w", err)
	}
	return nil
}

// Request makes the request for certificates that waits belongs to, sealed to the platform: it holds the code, and who
// knows the code and has a network could use it for other keys.
func (w *Waiting) Request(data, software string) (wire.Offline, error) {
	keys, err := seal.LoadKeys(filepath.Join(data, nextFolder))
	if err != nil {
		return wire.Offline{}, fmt.Errorf("take up a begun enrolment: %w", err)
	}
	body, err := requestBody(keys, w.Code, w.Nonce, software)
	if err != nil {
		return wire.Offline{}, err
	}
	sealing, err := smx509.ParseCertificatePEM([]byte(w.Platform.Encrypt))
	if err != nil || seal.SM2Key(sealing) == nil {
		return wire.Offline{}, ErrFile
	}
	o := wire.Offline{Version: wire.Version, Kind: wire.KindRequest, Terminal: w.Terminal, Request: requestName(keys)}
	o.Sealed, err = seal.SealTo(body, seal.SM2Key(sealing), o.Context())
	return o, err
}

// requestName names a machine's keys.
func requestName(keys *seal.Keys) string {
	return RequestName(seal.CompressKey(&keys.Encrypt.PublicKey))
}

// RequestName names a machine's keys by its compressed encryption key.
func RequestName(encrypt []byte) string { return seal.Digest(encrypt)[:8] }

// Names are what request and answer of a machine that waits are called.
func (w *Waiting) Names(data string) (request, answer string, err error) {
	keys, err := seal.LoadKeys(filepath.Join(data, nextFolder))
	if err != nil {
		return "", "", fmt.Errorf("take up a begun enrolment: %w", err)
	}
	o := wire.Offline{Kind: wire.KindRequest, Terminal: w.Terminal, Request: requestName(keys)}
	request, o.Kind = o.Name(), wire.KindAnswer
	return request, o.Name(), nil
}

// Take takes the platform's answer and puts the enrolment in its place. What does not fit changes nothing. step is
// called at PointRecord and those after it; may be nil.
func Take(data string, content []byte, step func(string)) (_ *seal.Identity, err error) {
	defer func() { err = roomless(err) }()
	if step == nil {
		step = func(string) {}
	}
	w, err := LoadWaiting(data)
	if err != nil {
		return nil, err
	}
	if w == nil {
		return nil, ErrUnasked
	}
	o, err := ReadOffline(content, wire.KindAnswer)
	if err != nil {
		return nil, err
	}
	next := filepath.Join(data, nextFolder)
	keys, err := seal.LoadKeys(next)
	if err != nil {
		return nil, fmt.Errorf("take up a begun enrolment: %w", err)
	}
	if o.Terminal != w.Terminal || o.Request != requestName(keys) {
		return nil, ErrOther
	}
	plain, err := seal.OpenWith(o.Sealed, keys.Encrypt, o.Context())
	if err != nil {
		return nil, ErrFile
	}
	var signed wire.Signed
	if err := json.Unmarshal(plain, &signed); err != nil {
		return nil, ErrFile
	}
	trust, err := seal.ParseTrust(w.Trust)
	if err != nil {
		return nil, err
	}
	if err := check(signed.Body, signed.Signature, trust, w.Nonce); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOther, err)
	}
	if err := keep(next, trust, signed.Body, step); err != nil {
		return nil, err
	}
	step(PointKept)
	return finish(data, false, step)
}

// Resume puts an enrolment in its place that has its answer already; nil when there is none.
func Resume(data string) (*seal.Identity, error) { return finish(data, false, func(string) {}) }
