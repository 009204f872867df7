package admission

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/emmansun/gmsm/smx509"

	"bianmin/platform/authority"
	"bianmin/platform/registry"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// ErrRenewal says that a renewal was not asked for with a signing key that the terminal has at present.
var ErrRenewal = errors.New("the renewal is not signed by this terminal")

// Renew certifies keys that take the place of an admitted terminal's, and gives the exact bytes of the answer and the platform's signature
// over them in base64. The same keys get the same certificates again: an answer may be lost. Errors: ErrRenewal, authority.ErrRequest and
// those of registry.Renew.
func (d Desk) Renew(ctx context.Context, t registry.Terminal, request wire.RenewalRequest) (answer []byte, signature string, err error) {
	requests := authority.Requests{Sign: request.Sign, Encrypt: request.Encrypt, TLS: request.TLS}
	sign, encrypt, tls, err := requests.Keys()
	if err != nil {
		return nil, "", err
	}
	signer, err := d.renews(ctx, t, request)
	if err != nil {
		return nil, "", err
	}
	keys := seal.Digest(slices.Concat(sign, encrypt, tls))
	kept, err := d.Registry.Renew(ctx, t, keys, func() ([]registry.Certificate, []byte, error) {
		return d.reissue(t, requests, signer.NotBefore)
	})
	if err != nil {
		return nil, "", err
	}
	var renewal wire.Answer
	if err := json.Unmarshal(kept, &renewal); err != nil {
		return nil, "", fmt.Errorf("read a kept renewal: %w", err)
	}
	renewal.Nonce, renewal.Time = request.Nonce, d.Now().UTC().Truncate(time.Millisecond)
	if answer, err = json.Marshal(renewal); err != nil {
		return nil, "", fmt.Errorf("write a renewal: %w", err)
	}
	signature, err = d.Authority.SignAnswer(answer)
	return answer, signature, err
}

// renews gives the certificate whose key signed a request: one the terminal has at present, and that is valid now.
func (d Desk) renews(ctx context.Context, t registry.Terminal, request wire.RenewalRequest) (*smx509.Certificate, error) {
	present, err := d.Registry.Signs(ctx, t)
	if err != nil {
		return nil, err
	}
	signed, now := request.Signed(t.Number, t.Generation), d.Now()
	for _, c := range present {
		if now.Before(c.NotBefore) || now.After(c.NotAfter) {
			continue
		}
		if seal.Verify(seal.SM2Key(c), signed, request.Signature) == nil {
			return c, nil
		}
	}
	return nil, ErrRenewal
}

func (d Desk) reissue(t registry.Terminal, requests authority.Requests, from time.Time) ([]registry.Certificate, []byte, error) {
	who := authority.Terminal{Number: t.Number, Generation: t.Generation, Point: t.Point, Region: t.Region, Role: t.Role, Environment: t.Environment}
	issued, err := d.Authority.IssueFrom(who, requests, from)
	if err != nil {
		return nil, nil, err
	}
	compact, err := d.Authority.Compact(who, issued)
	if err != nil {
		return nil, nil, err
	}
	certificates := written(issued)
	kept, err := json.Marshal(wire.Answer{
		Version: wire.Version, Kind: wire.Renewed, Terminal: t.Number, Generation: t.Generation, Certificates: &certificates, Compact: compact,
	})
	return listed(issued), kept, err
}
