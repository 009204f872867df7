// Package service is the platform's HTTP side: routes, the contract's checks and
// who is asking. What is asked for, intake and registry do. It must not hold SQL or keys.
package service

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"bianmin/core/casefile"
	"bianmin/core/usage"
	"bianmin/platform/arrivals"
	"bianmin/platform/authority"
	"bianmin/platform/editions"
	"bianmin/platform/intake"
	"bianmin/platform/registry"
	"bianmin/sync/spoken"
	"bianmin/sync/wire"
)

// maxBody is the largest JSON body taken, in bytes; packets are streamed and not bound by it.
const maxBody = 1 << 20

// Options are what the service stands on; all but Arrivals are required.
type Options struct {
	Contract  []byte // openapi.yaml
	Authority *authority.Authority
	Registry  *registry.Registry
	Intake    *intake.Intake
	Editions  editions.Press
	Arrivals  *arrivals.Line
	Now       func() time.Time
	Log       *slog.Logger
}

// Service answers terminals. It is an http.Handler.
type Service struct {
	Options
	router routers.Router
	limit  *limiter
}

// New reads the contract and makes the routes.
func New(o Options) (*Service, error) {
	document, err := openapi3.NewLoader().LoadFromData(o.Contract)
	if err != nil {
		return nil, fmt.Errorf("read the contract: %w", err)
	}
	router, err := legacy.NewRouter(document)
	if err != nil {
		return nil, fmt.Errorf("read the contract: %w", err)
	}
	return &Service{Options: o, router: router, limit: newLimiter(o.Now)}, nil
}

// arrive tells how long a terminal has to wait before it is let in. Who shows no certificate enrols, which has bounds of its own.
func (s *Service) arrive(r *http.Request) time.Duration {
	if !hasCertificate(r) {
		return 0
	}
	return s.Arrivals.Enter(serialOf(r))
}

type handler func(w http.ResponseWriter, r *http.Request, parameters map[string]string) error

// ServeHTTP checks a request against the contract and hands it on.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	route, parameters, err := s.router.FindRoute(r)
	if err != nil {
		writeProblem(w, http.StatusNotFound, wire.ProblemRequest, "no such operation", 0)
		return
	}
	if wait := s.arrive(r); wait > 0 {
		w.Header().Set(wire.HeaderSlot, strconv.FormatInt(max(1, wait.Milliseconds()), 10))
		writeProblem(w, http.StatusServiceUnavailable, wire.ProblemBusy, "many terminals come at once: this one's turn is at the moment told", wait)
		return
	}
	streamed := route.Operation.OperationID == "patchPacket"
	if !streamed {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	}
	input := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: parameters, Route: route,
		Options: &openapi3filter.Options{ExcludeRequestBody: streamed},
	}
	if err := openapi3filter.ValidateRequest(r.Context(), input); err != nil {
		// The reason may repeat what was sent, so it is not given back.
		writeProblem(w, http.StatusBadRequest, wire.ProblemRequest, "the request does not fit the contract", 0)
		return
	}
	handle := s.handlers()[route.Operation.OperationID]
	if handle == nil { // the fleet page is answered elsewhere
		writeProblem(w, http.StatusNotFound, wire.ProblemRequest, "no such operation", 0)
		return
	}
	if err := handle(w, r, parameters); err != nil {
		s.fail(w, r, route.Operation.OperationID, err)
	}
}

// handlers are what answers each operation of the contract; routes come from the contract alone.
func (s *Service) handlers() map[string]handler {
	return map[string]handler{
		"getTrust": s.getTrust, "getSigners": s.getSigners, "postEnrolment": s.postEnrolment, "getTime": s.getTime,
		"postHeartbeat": s.postHeartbeat, "headPacket": s.headPacket, "patchPacket": s.patchPacket,
		"getUpdates": s.getUpdates, "postRetirement": s.postRetirement, "getSettings": s.getSettings,
		"postReplay": s.postReplay, "postRenewal": s.postRenewal,
		"getCatalogue": s.getCatalogue, "getCatalogueArchive": s.getCatalogueArchive,
	}
}

func (s *Service) fail(w http.ResponseWriter, r *http.Request, operation string, err error) {
	if errors.Is(err, registry.ErrTerminal) {
		status, code := http.StatusForbidden, wire.ProblemTerminal
		if !hasCertificate(r) {
			status, code = http.StatusUnauthorized, wire.ProblemCertificate
		}
		writeProblem(w, status, code, "terminal not admitted", 0)
		return
	}
	if r.Context().Err() == nil {
		s.Log.Error("request failed", "operation", operation, "error", err)
	}
	writeProblem(w, http.StatusInternalServerError, wire.ProblemInternal, "the platform is in trouble, try again", 30*time.Second)
}

func hasCertificate(r *http.Request) bool { return r.TLS != nil && len(r.TLS.PeerCertificates) > 0 }

// terminal gives who is asking, or registry.ErrTerminal.
func (s *Service) terminal(r *http.Request) (registry.Terminal, error) {
	if !hasCertificate(r) {
		return registry.Terminal{}, registry.ErrTerminal
	}
	return s.Registry.Connected(r.Context(), serialOf(r))
}

func serialOf(r *http.Request) string {
	return hex.EncodeToString(r.TLS.PeerCertificates[0].SerialNumber.Bytes())
}

func (s *Service) getTrust(w http.ResponseWriter, _ *http.Request, _ map[string]string) error {
	w.Header().Set("Content-Type", wire.TypeJSON)
	_, _ = w.Write(s.Authority.Bundle()) // a broken connection is the client's to notice
	return nil
}

// getSigners gives the certificates for answers to a terminal that meets a signature it does not know.
func (s *Service) getSigners(w http.ResponseWriter, _ *http.Request, _ map[string]string) error {
	said := wire.PlatformSigners{Version: wire.Version}
	for _, c := range s.Authority.Signers() {
		said.Certificates = append(said.Certificates, authority.PEM(c))
	}
	body, err := json.Marshal(said)
	if err != nil {
		return fmt.Errorf("list the certificates for answers: %w", err)
	}
	w.Header().Set("Content-Type", wire.TypeJSON)
	_, _ = w.Write(body) // a broken connection is the client's to notice
	return nil
}

func (s *Service) getTime(w http.ResponseWriter, r *http.Request, _ map[string]string) error {
	return s.timeAnswer(w, wire.Answer{Nonce: r.URL.Query().Get("nonce")})
}

func (s *Service) postHeartbeat(w http.ResponseWriter, r *http.Request, _ map[string]string) error {
	var beat wire.Heartbeat
	if err := json.NewDecoder(r.Body).Decode(&beat); err != nil {
		return fmt.Errorf("read a heartbeat: %w", err)
	}
	t, err := s.terminal(r)
	if errors.Is(err, registry.ErrTerminal) && hasCertificate(r) {
		return s.replaced(w, r, beat.Nonce)
	}
	if err != nil {
		return err
	}
	used := beat.Usage
	if err := s.Registry.KeepUsage(r.Context(), t, s.counts(used)); err != nil {
		return err
	}
	beat.Usage = nil // it is kept apart
	body, err := json.Marshal(beat)
	if err != nil {
		return fmt.Errorf("keep a heartbeat: %w", err)
	}
	if err := s.Registry.Heartbeat(r.Context(), t, body); err != nil {
		return err
	}
	own := spoken.Own()
	answer := wire.Answer{Nonce: beat.Nonce, Usage: len(used), Speaks: &own}
	answer.Signing = s.Authority.NextSigner()
	if s.Authority.Rotated() {
		answer.Sealing = s.Authority.Certificates().Encrypt
	}
	if answer.Settings, err = s.Registry.SettingsNumber(r.Context(), t); err != nil {
		return err
	}
	if answer.Catalogue, err = s.Editions.Number(t.Region); err != nil {
		return err
	}
	if answer.Replay, err = s.Registry.Replay(r.Context()); err != nil {
		return err
	}
	if answer.Staff, err = s.Registry.Staff(r.Context()); err != nil {
		return err
	}
	if t.Role == roleAgent {
		if answer.Agents, err = s.Registry.AgentsAt(r.Context(), t.Number, t.Region, t.Point); err != nil {
			return err
		}
		evaluations, err := s.Registry.EvaluationsAt(r.Context(), t.Region, t.Point)
		if err != nil {
			return err
		}
		answer.Evaluations = &evaluations
	}
	return s.timeAnswer(w, answer)
}

// counts are what can be believed of a terminal's counts: a known kind, a day that is not to come.
func (s *Service) counts(used []wire.Use) []usage.Count {
	tomorrow := s.Now().In(casefile.Zone).AddDate(0, 0, 1).Format(time.DateOnly)
	var counts []usage.Count
	for _, u := range used {
		if usage.Kind(u.Kind).Known() && u.Day <= tomorrow {
			counts = append(counts, usage.Count{Day: u.Day, Kind: usage.Kind(u.Kind), Item: u.Item, N: u.N})
		}
	}
	return counts
}

// roleAgent is the role of a desk's terminal; only such a one hears of accounts and evaluations.
const roleAgent = "agent"

// timeAnswer signs an answer of kind time.
func (s *Service) timeAnswer(w http.ResponseWriter, answer wire.Answer) error {
	answer.Kind, answer.Time = wire.Time, s.Now()
	signed, err := intake.SignAnswer(s.Authority, answer)
	if err != nil {
		return err
	}
	writeAnswer(w, http.StatusOK, signed)
	return nil
}

func writeAnswer(w http.ResponseWriter, status int, a registry.Answered) {
	w.Header().Set("Content-Type", wire.TypeJSON)
	w.Header().Set(wire.HeaderSignature, a.Signature)
	w.WriteHeader(status)
	_, _ = w.Write(a.Body) // a broken connection is the client's to notice
}

func writeProblem(w http.ResponseWriter, status int, code, reason string, wait time.Duration) {
	body, err := json.Marshal(wire.Problem{Code: code, Reason: reason})
	if err != nil {
		body = []byte(`{"code":"internal","reason":""}`)
	}
	w.Header().Set("Content-Type", wire.TypeProblem)
	if wait > 0 {
		w.Header().Set("Retry-After", fmt.Sprint(int((wait+time.Second-1)/time.Second)))
	}
	w.WriteHeader(status)
	_, _ = w.Write(body) // a broken connection is the client's to notice
}
