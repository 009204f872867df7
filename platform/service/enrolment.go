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

func (s *Service) postEnrolment(w http.ResponseWriter, r *http.Request, _ map[string]string) error {
	if wait := s.limit.allow(r.RemoteAddr); wait > 0 {
		writeProblem(w, http.StatusTooManyRequests, wire.ProblemBusy, "too many attempts", wait)
		return nil
	}
	var request wire.EnrolmentRequest
	if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
		return fmt.Errorf("read an enrolment: %w", err)
	}
	desk := admission.Desk{Authority: s.Authority, Registry: s.Registry, Now: s.Now}
	answer, signature, err := desk.Admit(r.Context(), request)
	for known, problem := range map[error]string{
		registry.ErrCodeUnknown: wire.ProblemCode, registry.ErrCodeUsed: wire.ProblemCodeUsed,
		registry.ErrCodeExpired: wire.ProblemCodeExpired, registry.ErrGenerations: wire.ProblemTerminal,
		authority.ErrRequest: wire.ProblemRequest,
	} {
		if errors.Is(err, known) {
			writeProblem(w, http.StatusForbidden, problem, known.Error(), 0)
			return nil
		}
	}
	if err != nil {
		return err
	}
	s.limit.forgive(r.RemoteAddr)
	writeAnswer(w, http.StatusCreated, registry.Answered{Body: answer, Signature: signature})
	return nil
}
