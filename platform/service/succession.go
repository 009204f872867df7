package service

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/emmansun/gmsm/smx509"

	"bianmin/platform/intake"
	"bianmin/platform/registry"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// order signs a succession order; nil when there is nobody to succeed.
func (s *Service) order(code registry.Code, generation string, predecessors []wire.Predecessor, encrypt string) (*wire.SignedOrder, error) {
	if len(predecessors) == 0 {
		return nil, nil
	}
	body, err := json.Marshal(wire.Order{
		Version: wire.Version, Kind: wire.Succession, Terminal: code.Number, Generation: generation, Encrypt: encrypt,
		Point: code.Point, Region: code.Region, Time: s.Now().UTC().Truncate(time.Second), Predecessors: predecessors,
	})
	if err != nil {
		return nil, fmt.Errorf("write a succession order: %w", err)
	}
	text, err := s.Authority.SignAnswer(body)
	if err != nil {
		return nil, err
	}
	signature, err := base64.StdEncoding.DecodeString(text)
	return &wire.SignedOrder{Order: body, Signature: signature}, err
}

// known gives the terminal whose certificate this is, even when it is not admitted any more.
func (s *Service) known(r *http.Request) (registry.Terminal, string, error) {
	if !hasCertificate(r) {
		return registry.Terminal{}, "", registry.ErrTerminal
	}
	return s.Registry.Known(r.Context(), hex.EncodeToString(r.TLS.PeerCertificates[0].SerialNumber.Bytes()))
}

// replaced tells a terminal that is not admitted, in signed words, when a later
// generation has taken its place: only those close it. Otherwise it is registry.ErrTerminal.
func (s *Service) replaced(w http.ResponseWriter, r *http.Request, nonce string) error {
	t, newest, err := s.known(r)
	if err != nil {
		return err
	}
	if newest <= t.Generation {
		return registry.ErrTerminal
	}
	signed, err := intake.SignAnswer(s.Authority, wire.Answer{
		Kind: wire.Replaced, Nonce: nonce, Time: s.Now(), Terminal: t.Number, Generation: t.Generation, Successor: newest,
	})
	if err != nil {
		return err
	}
	writeAnswer(w, http.StatusForbidden, signed)
	return nil
}

// postRetirement takes a terminal's statement that it erases itself: from then
// on it is not admitted. Replaced and barred terminals may say so too, and may repeat it.
func (s *Service) postRetirement(w http.ResponseWriter, r *http.Request, _ map[string]string) error {
	var request wire.Retirement
	if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
		return fmt.Errorf("read a retirement: %w", err)
	}
	t, _, err := s.known(r)
	if err != nil {
		return err
	}
	der, err := s.Registry.SigningCertificate(r.Context(), t)
	if err != nil {
		return err
	}
	certificate, err := smx509.ParseCertificate(der)
	if err != nil {
		return fmt.Errorf("read a terminal's certificate: %w", err)
	}
	if seal.Verify(seal.SM2Key(certificate), request.Statement, request.Signature) != nil {
		writeProblem(w, http.StatusBadRequest, wire.ProblemRequest, "the statement is not signed by this terminal", 0)
		return nil
	}
	if err := s.Registry.Retire(r.Context(), t, request.Statement, request.Signature); err != nil {
		return err
	}
	signed, err := intake.SignAnswer(s.Authority, wire.Answer{
		Kind: wire.Retired, Nonce: request.Nonce, Time: s.Now(), Terminal: t.Number, Generation: t.Generation,
	})
	if err != nil {
		return err
	}
	writeAnswer(w, http.StatusOK, signed)
	return nil
}
