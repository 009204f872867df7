package service

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"bianmin/platform/intake"
	"bianmin/platform/registry"
	"bianmin/sync/wire"
)

// newerWait is how long a terminal lets a packet rest that this platform does not understand yet.
const newerWait = 5 * time.Minute

// idle is how long a packet's body may stand still before the connection is given up; what came is kept.
const idle = 2 * time.Minute

func (s *Service) headPacket(w http.ResponseWriter, r *http.Request, parameters map[string]string) error {
	t, err := s.terminal(r)
	if err != nil {
		return err
	}
	p, held, err := s.Intake.Held(r.Context(), t, parameters["packet"], func() {})
	if errors.Is(err, registry.ErrNoPacket) {
		w.WriteHeader(http.StatusNotFound)
		return nil
	}
	if err != nil {
		return err
	}
	w.Header().Set(wire.HeaderOffset, strconv.FormatInt(held, 10))
	w.Header().Set(wire.HeaderLength, strconv.FormatInt(p.Length, 10))
	w.Header().Set(wire.HeaderDigest, p.Digest)
	w.WriteHeader(http.StatusOK)
	return nil
}

func (s *Service) patchPacket(w http.ResponseWriter, r *http.Request, parameters map[string]string) error {
	t, err := s.terminal(r)
	if err != nil {
		return err
	}
	// The contract has checked that both are numbers.
	offset, err := strconv.ParseInt(r.Header.Get(wire.HeaderOffset), 10, 64)
	if err != nil {
		return err
	}
	length, err := strconv.ParseInt(r.Header.Get(wire.HeaderLength), 10, 64)
	if err != nil {
		return err
	}
	if length > intake.MaxLength || offset > length {
		writeProblem(w, http.StatusRequestEntityTooLarge, wire.ProblemRequest, "the packet is too long", 0)
		return nil
	}
	body := &watched{body: r.Body, connection: http.NewResponseController(w)}
	defer body.close()
	outcome, err := s.Intake.Receive(r.Context(), intake.Upload{
		Terminal: t, ID: parameters["packet"], Digest: r.Header.Get(wire.HeaderDigest),
		Offset: offset, Length: length, Body: body, Interrupt: body.interrupt,
	})
	if err != nil {
		return err
	}
	if body.interrupted() {
		w.Header().Set("Connection", "close")
	}
	s.writeOutcome(w, outcome)
	return nil
}

func (s *Service) writeOutcome(w http.ResponseWriter, o intake.Outcome) {
	if o.Offset >= 0 {
		w.Header().Set(wire.HeaderOffset, strconv.FormatInt(o.Offset, 10))
	}
	switch {
	case o.Problem != nil && o.Problem.Code == wire.ProblemRequest:
		writeProblem(w, http.StatusBadRequest, o.Problem.Code, o.Problem.Reason, 0)
	case o.Problem != nil && o.Problem.Code == wire.ProblemVersion:
		writeProblem(w, http.StatusUnsupportedMediaType, o.Problem.Code, o.Problem.Reason, newerWait)
	case o.Problem != nil:
		writeProblem(w, http.StatusConflict, o.Problem.Code, o.Problem.Reason, 0)
	case o.Answer == nil:
		w.WriteHeader(http.StatusNoContent)
	default:
		writeAnswer(w, map[wire.Kind]int{
			wire.Acknowledgement: http.StatusOK, wire.Registration: http.StatusAccepted,
			wire.Refusal: http.StatusUnprocessableEntity, wire.Conflict: http.StatusConflict,
		}[o.Kind], *o.Answer)
	}
}

// watched is a body that may be slow but not stand still, and whose reads can be ended from outside.
type watched struct {
	body       io.Reader
	connection *http.ResponseController

	mu    sync.Mutex
	ended bool
	cut   bool // its connection's reads were ended
	over  bool // nothing is read any more
}

// close says that nothing is read any more, because all is or the request is answered. From then on an interruption must not reach
// the connection: it would end the context of whatever request comes next on it.
func (b *watched) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.over = true
}

// interrupted tells whether the connection was made unfit for another request.
func (b *watched) interrupted() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.cut
}

func (b *watched) Read(p []byte) (int, error) {
	if err := b.wait(); err != nil {
		return 0, err
	}
	n, err := b.body.Read(p)
	if err != nil {
		b.close()
	}
	return n, err
}

var errEnded = errors.New("ended by a newer request")

func (b *watched) wait() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ended {
		return errEnded
	}
	return b.connection.SetReadDeadline(time.Now().Add(idle))
}

func (b *watched) interrupt() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended = true
	if b.over {
		return
	}
	b.cut = true
	_ = b.connection.SetReadDeadline(time.Unix(1, 0)) // a closed connection has ended already
}
