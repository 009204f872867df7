package service

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"bianmin/platform/authority"
	"bianmin/platform/registry"
	"bianmin/sync/seal"
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
	answer, err := s.enrol(r, request)
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
	signature, err := s.Authority.SignAnswer(answer)
	if err != nil {
		return err
	}
	writeAnswer(w, http.StatusCreated, registry.Answered{Body: answer, Signature: signature})
	return nil
}

// enrol gives the body of the answer. The kept part of it lacks nonce, time and
// accounts, which are put in fresh, so that a repeated request is answered for itself.
func (s *Service) enrol(r *http.Request, request wire.EnrolmentRequest) ([]byte, error) {
	requests := authority.Requests{Sign: request.Sign, Encrypt: request.Encrypt, TLS: request.TLS}
	sign, encrypt, tls, err := requests.Keys()
	if err != nil {
		return nil, err
	}
	keys := seal.Digest(slices.Concat(sign, encrypt, tls))
	kept, err := s.Registry.Enrol(r.Context(), seal.Digest([]byte(request.Code)), keys,
		func(code registry.Code, generation string, predecessors []wire.Predecessor) ([]registry.Certificate, []byte, error) {
			return s.issue(code, generation, predecessors, requests)
		})
	if err != nil {
		return nil, err
	}
	var enrolment wire.Enrolment
	if err := json.Unmarshal(kept, &enrolment); err != nil {
		return nil, fmt.Errorf("read a kept enrolment: %w", err)
	}
	enrolment.Nonce, enrolment.Time = request.Nonce, s.Now().UTC()
	if enrolment.Staff, err = s.Registry.Staff(r.Context()); err != nil {
		return nil, err
	}
	if enrolment.Role == roleAgent {
		if enrolment.Agents, err = s.Registry.AgentsAt(r.Context(), enrolment.Terminal, enrolment.Region, enrolment.Point); err != nil {
			return nil, err
		}
	}
	return json.Marshal(enrolment)
}

func (s *Service) issue(code registry.Code, generation string, predecessors []wire.Predecessor, requests authority.Requests) ([]registry.Certificate, []byte, error) {
	who := authority.Terminal{
		Number: code.Number, Generation: generation, Point: code.Point, Region: code.Region, Role: code.Role, Environment: code.Environment,
	}
	issued, err := s.Authority.Issue(who, requests)
	if err != nil {
		return nil, nil, err
	}
	compact, err := s.Authority.Compact(who, issued)
	if err != nil {
		return nil, nil, err
	}
	recovery, err := s.Authority.RecoveryKey(code.Region, code.Point)
	if err != nil {
		return nil, nil, err
	}
	certificates := []registry.Certificate{
		{Serial: hex.EncodeToString(issued.Sign.SerialNumber.Bytes()), Use: "sign", DER: issued.Sign.Raw},
		{Serial: hex.EncodeToString(issued.Encrypt.SerialNumber.Bytes()), Use: "encrypt", DER: issued.Encrypt.Raw},
		{Serial: hex.EncodeToString(issued.TLS.SerialNumber.Bytes()), Use: "tls", DER: issued.TLS.Raw},
	}
	order, err := s.order(code, generation, predecessors, certificates[1].Serial)
	if err != nil {
		return nil, nil, err
	}
	kept, err := json.Marshal(wire.Enrolment{
		Version: wire.Version, Terminal: code.Number, Generation: generation, Role: code.Role, Environment: code.Environment,
		Point: code.Point, Region: code.Region, URL: code.URL,
		Certificates: wire.TerminalCertificates{
			Sign: authority.PEM(issued.Sign), Encrypt: authority.PEM(issued.Encrypt), TLS: authority.PEM(issued.TLS),
		},
		Platform: s.Authority.Certificates(), Recovery: recovery, Compact: compact, Settings: map[string]any{}, Succession: order,
	})
	return certificates, kept, err
}
