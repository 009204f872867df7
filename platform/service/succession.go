package service

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"github.com/emmansun/gmsm/smx509"

	"bianmin/platform/intake"
	"bianmin/platform/registry"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

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
	certificates, err := s.Registry.Certificates(r.Context(), t, "sign")
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(certificates, func(c *smx509.Certificate) bool {
		return seal.Verify(seal.SM2Key(c), request.Statement, request.Signature) == nil
	}) {
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
