package admission

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"time"

	"github.com/emmansun/gmsm/smx509"

	"bianmin/platform/authority"
	"bianmin/platform/registry"
	"bianmin/sync/enrol"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// ErrNotOurs says that a request on a stick cannot be opened here.
var ErrNotOurs = errors.New("this request was made for another platform, or is damaged")

// PreIssue makes the bundle by which a machine without network is enrolled: everything it needs but certificates,
// signed, and sealed with the one-time code, which stands on paper only.
func PreIssue(a *authority.Authority, c registry.Code, code string, made time.Time) (wire.Offline, error) {
	body, err := json.Marshal(wire.PreIssued{
		Version: wire.Version, Terminal: c.Number, Role: c.Role, Environment: c.Environment, Point: c.Point, Region: c.Region, URL: c.URL,
		Made: made.UTC().Truncate(time.Second), Expires: c.Expires.UTC().Truncate(time.Second), Trust: a.Bundle(), Platform: a.Certificates(),
	})
	if err != nil {
		return wire.Offline{}, fmt.Errorf("write a pre-issued bundle: %w", err)
	}
	content, err := signed(a, body)
	if err != nil {
		return wire.Offline{}, err
	}
	o := wire.Offline{Version: wire.Version, Kind: wire.KindPreIssued, Terminal: c.Number, Salt: make([]byte, 16)}
	if _, err := rand.Read(o.Salt); err != nil {
		return wire.Offline{}, fmt.Errorf("draw a salt: %w", err)
	}
	box, err := seal.CodeBox(code, o.Salt)
	if err != nil {
		return wire.Offline{}, err
	}
	o.Sealed, err = box.Seal(content, o.Context())
	return o, err
}

func signed(a *authority.Authority, body []byte) ([]byte, error) {
	text, err := a.SignAnswer(body)
	if err != nil {
		return nil, err
	}
	signature, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	content, err := json.Marshal(wire.Signed{Body: body, Signature: signature})
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return content, nil
}

// Answer answers a request that came on a stick, by the rules of Admit, sealed to the machine that asked. who is what
// it became. Errors beside Admit's: ErrNotOurs.
func (d Desk) Answer(ctx context.Context, request []byte) (answer wire.Offline, who wire.Enrolment, err error) {
	o, err := enrol.ReadOffline(request, wire.KindRequest)
	if err != nil {
		return answer, who, err
	}
	var plain []byte
	for _, key := range d.Authority.SealingKeys() { // the machine knows the certificate of its bundle
		if plain, err = seal.OpenWith(o.Sealed, key, o.Context()); err == nil {
			break
		}
	}
	if err != nil {
		return answer, who, ErrNotOurs
	}
	var asked wire.EnrolmentRequest
	if err := json.Unmarshal(plain, &asked); err != nil {
		return answer, who, ErrNotOurs
	}
	to, err := encryptKey(asked.Encrypt)
	if err != nil {
		return answer, who, err
	}
	body, _, err := d.Admit(ctx, asked)
	if err != nil {
		return answer, who, err
	}
	if err := json.Unmarshal(body, &who); err != nil {
		return answer, who, fmt.Errorf("read an enrolment: %w", err)
	}
	content, err := signed(d.Authority, body)
	if err != nil {
		return answer, who, err
	}
	answer = wire.Offline{Version: wire.Version, Kind: wire.KindAnswer, Terminal: who.Terminal, Request: enrol.RequestName(seal.CompressKey(to))}
	answer.Sealed, err = seal.SealTo(content, to, answer.Context())
	return answer, who, err
}

// encryptKey is the key that an answer is sealed to.
func encryptKey(request string) (*ecdsa.PublicKey, error) {
	block, _ := pem.Decode([]byte(request))
	if block == nil {
		return nil, authority.ErrRequest
	}
	parsed, err := smx509.ParseCertificateRequest(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", authority.ErrRequest, err)
	}
	key, ok := parsed.PublicKey.(*ecdsa.PublicKey)
	if !ok {
		return nil, authority.ErrRequest
	}
	return key, nil
}
