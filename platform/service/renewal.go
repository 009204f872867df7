package service

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"bianmin/platform/admission"
	"bianmin/platform/authority"
	"bianmin/platform/registry"
	"bianmin/sync/wire"
)

// postRenewal certifies the keys that are to take the place of an admitted terminal's.
func (s *Service) postRenewal(w http.ResponseWriter, r *http.Request, _ map[string]string) error {
	var request wire.RenewalRequest
	if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
		return fmt.Errorf("read a renewal: %w", err)
	}
	t, err := s.terminal(r)
	if err != nil {
		return err
	}
	desk := admission.Desk{Authority: s.Authority, Registry: s.Registry, Now: s.Now}
	answer, signature, err := desk.Renew(r.Context(), t, request)
	for _, known := range []error{admission.ErrRenewal, authority.ErrRequest, registry.ErrRenewals} {
		if errors.Is(err, known) {
			writeProblem(w, http.StatusConflict, wire.ProblemRequest, known.Error(), 0)
			return nil
		}
	}
	if err != nil {
		return err
	}
	writeAnswer(w, http.StatusOK, registry.Answered{Body: answer, Signature: signature})
	return nil
}
