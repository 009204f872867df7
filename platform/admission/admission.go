// Package admission makes machines terminals (终端入网): it uses a one-time code for a machine's keys and says what the
// terminal becomes, in the same words whether the request came over the network or on a stick. It must not know HTTP,
// files or how a code reached the machine.
package admission

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"bianmin/platform/authority"
	"bianmin/platform/registry"
	"bianmin/platform/ruling"
	"bianmin/sync/seal"
	"bianmin/sync/spoken"
	"bianmin/sync/wire"
)

// Desk admits machines; all fields are required.
type Desk struct {
	Authority *authority.Authority
	Registry  *registry.Registry
	Now       func() time.Time
}

// roleAgent is the role of a desk's terminal; only such a one hears of accounts.
const roleAgent = "agent"

// Admit gives the exact bytes of the answer to a request, and the platform's signature over them in base64. The kept
// part of an answer lacks nonce, time, accounts and settings, which are put in fresh, so that a repeated request is answered for
// itself. Errors: authority.ErrRequest and those of registry.Enrol.
func (d Desk) Admit(ctx context.Context, request wire.EnrolmentRequest) (answer []byte, signature string, err error) {
	requests := authority.Requests{Sign: request.Sign, Encrypt: request.Encrypt, TLS: request.TLS}
	sign, encrypt, tls, err := requests.Keys()
	if err != nil {
		return nil, "", err
	}
	keys := seal.Digest(slices.Concat(sign, encrypt, tls))
	kept, err := d.Registry.Enrol(ctx, seal.Digest([]byte(request.Code)), keys,
		func(code registry.Code, generation string, predecessors []wire.Predecessor) ([]registry.Certificate, []byte, error) {
			return d.issue(code, generation, predecessors, requests)
		})
	if err != nil {
		return nil, "", err
	}
	var enrolment wire.Enrolment
	if err := json.Unmarshal(kept, &enrolment); err != nil {
		return nil, "", fmt.Errorf("read a kept enrolment: %w", err)
	}
	enrolment.Nonce, enrolment.Time, enrolment.Platform = request.Nonce, d.Now().UTC(), d.Authority.Certificates()
	if enrolment.Succession, err = d.signed(enrolment.Succession); err != nil { // with the key of the answer around it
		return nil, "", err
	}
	if enrolment.Staff, err = d.Registry.Staff(ctx); err != nil {
		return nil, "", err
	}
	if enrolment.Role == roleAgent {
		if enrolment.Agents, err = d.Registry.AgentsAt(ctx, enrolment.Terminal, enrolment.Region, enrolment.Point); err != nil {
			return nil, "", err
		}
	}
	who := registry.Terminal{
		Number: enrolment.Terminal, Generation: enrolment.Generation, Point: enrolment.Point, Region: enrolment.Region,
		Role: enrolment.Role, Environment: enrolment.Environment,
	}
	settings, err := ruling.Sign(ctx, d.Registry, d.Authority, who, "", d.Now())
	if err != nil {
		return nil, "", err
	}
	own := spoken.Own()
	enrolment.Settings, enrolment.Speaks = &settings, &own
	if answer, err = json.Marshal(enrolment); err != nil {
		return nil, "", fmt.Errorf("write an enrolment: %w", err)
	}
	signature, err = d.Authority.SignAnswer(answer)
	return answer, signature, err
}

func (d Desk) issue(code registry.Code, generation string, predecessors []wire.Predecessor, requests authority.Requests) ([]registry.Certificate, []byte, error) {
	who := authority.Terminal{
		Number: code.Number, Generation: generation, Point: code.Point, Region: code.Region, Role: code.Role, Environment: code.Environment,
	}
	issued, err := d.Authority.Issue(who, requests)
	if err != nil {
		return nil, nil, err
	}
	compact, err := d.Authority.Compact(who, issued)
	if err != nil {
		return nil, nil, err
	}
	recovery, err := d.Authority.RecoveryKey(code.Region, code.Point)
	if err != nil {
		return nil, nil, err
	}
	certificates := listed(issued)
	order, err := d.order(code, generation, predecessors, certificates[1].Serial)
	if err != nil {
		return nil, nil, err
	}
	kept, err := json.Marshal(wire.Enrolment{
		Version: wire.Version, Terminal: code.Number, Generation: generation, Role: code.Role, Environment: code.Environment,
		Point: code.Point, Region: code.Region, URL: code.URL,
		Certificates: written(issued), Platform: d.Authority.Certificates(), Recovery: recovery, Compact: compact, Succession: order,
	})
	return certificates, kept, err
}

// listed are certificates as the registry keeps them: sign, encrypt, tls.
func listed(issued authority.Issued) []registry.Certificate {
	return []registry.Certificate{
		{Serial: hex.EncodeToString(issued.Sign.SerialNumber.Bytes()), Use: "sign", DER: issued.Sign.Raw, Ends: issued.NotAfter},
		{Serial: hex.EncodeToString(issued.Encrypt.SerialNumber.Bytes()), Use: "encrypt", DER: issued.Encrypt.Raw, Ends: issued.NotAfter},
		{Serial: hex.EncodeToString(issued.TLS.SerialNumber.Bytes()), Use: "tls", DER: issued.TLS.Raw, Ends: issued.NotAfter},
	}
}

// written are certificates as a terminal is told them.
func written(issued authority.Issued) wire.TerminalCertificates {
	return wire.TerminalCertificates{Sign: authority.PEM(issued.Sign), Encrypt: authority.PEM(issued.Encrypt), TLS: authority.PEM(issued.TLS)}
}

// order signs a succession order; nil when there is nobody to succeed.
func (d Desk) order(code registry.Code, generation string, predecessors []wire.Predecessor, encrypt string) (*wire.SignedOrder, error) {
	if len(predecessors) == 0 {
		return nil, nil
	}
	body, err := json.Marshal(wire.Order{
		Version: wire.Version, Kind: wire.Succession, Terminal: code.Number, Generation: generation, Encrypt: encrypt,
		Point: code.Point, Region: code.Region, Time: d.Now().UTC().Truncate(time.Second), Predecessors: predecessors,
	})
	if err != nil {
		return nil, fmt.Errorf("write a succession order: %w", err)
	}
	return d.signed(&wire.SignedOrder{Order: body})
}

// signed signs an order with the key that answers are signed with now; nil stays nil.
func (d Desk) signed(order *wire.SignedOrder) (*wire.SignedOrder, error) {
	if order == nil {
		return nil, nil
	}
	text, err := d.Authority.SignAnswer(order.Order)
	if err != nil {
		return nil, err
	}
	signature, err := base64.StdEncoding.DecodeString(text)
	return &wire.SignedOrder{Order: order.Order, Signature: signature}, err
}
