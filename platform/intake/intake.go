// Package intake takes packets in: it keeps arriving bytes and syncs them, opens
// manifests, checks every attachment, and has the registry decide. It answers
// only after disk. It must not know HTTP.
package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"bianmin/platform/authority"
	"bianmin/platform/registry"
	"bianmin/store/cut"
	"bianmin/sync/wire"
)

// MaxLength is the largest packet taken, in bytes.
const MaxLength = 1 << 30

// Options are what intake works with; all fields but Rules are required.
type Options struct {
	Registry  *registry.Registry
	Authority *authority.Authority
	Dir       string // for packets; made when missing
	Rules     Rules
	Now       func() time.Time
	// Apart is for another process than the one that serves, which works on the same folder: it takes a packet only while nobody
	// else has it, and nobody else then.
	Apart bool
}

// Intake takes packets in. Safe for concurrent use.
type Intake struct {
	Options
	turns turns
	whole whole
	sync  func(*os.File) error // (*os.File).Sync
}

// Upload is one request for one packet.
type Upload struct {
	Terminal registry.Terminal
	ID       string
	Digest   string // the packet's, as the terminal says
	Offset   int64  // where Body begins
	Length   int64  // of the whole packet
	Body     io.Reader
	// Interrupt makes a blocked read of Body return; called when a newer request for the packet comes in.
	Interrupt func()
}

// Outcome is what to answer: Answer or Problem, or neither when bytes are held and nothing is decided.
type Outcome struct {
	Kind    wire.Kind // of Answer
	Answer  *registry.Answered
	Problem *wire.Problem
	Offset  int64 // bytes held; -1 when it does not matter
}

// New makes the folders for packets.
func New(o Options) (*Intake, error) {
	for _, dir := range []string{"incoming", "packets", "locks"} {
		if err := os.MkdirAll(filepath.Join(o.Dir, dir), 0o700); err != nil {
			return nil, fmt.Errorf("make the packet folders: %w", err)
		}
	}
	return &Intake{Options: o, sync: (*os.File).Sync}, syncDir(o.Dir)
}

// Held tells how many bytes of a packet are held and synced; registry.ErrNoPacket when none are.
func (in *Intake) Held(ctx context.Context, t registry.Terminal, id string, interrupt func()) (registry.Packet, int64, error) {
	release, err := in.turn(ctx, id, interrupt)
	if err != nil {
		return registry.Packet{}, 0, err
	}
	defer release()
	p, err := in.Registry.Packet(ctx, id)
	if err != nil {
		return registry.Packet{}, 0, err
	}
	if p.Number != t.Number {
		return registry.Packet{}, 0, registry.ErrNoPacket
	}
	if p.State.Final() {
		return p, p.Length, nil
	}
	held, err := in.size(id)
	return p, held, err
}

// Receive takes the bytes of one request and gives the answer. Errors are the
// platform's own trouble; whatever came before them is kept.
func (in *Intake) Receive(ctx context.Context, u Upload) (Outcome, error) {
	release, err := in.turn(ctx, u.ID, u.Interrupt)
	if err != nil {
		return superseded(), nil
	}
	defer release()
	// From here on a broken connection must not undo what arrived.
	ctx = context.WithoutCancel(ctx)
	p, outcome, err := in.begin(ctx, u)
	if err != nil || outcome != nil {
		return either(outcome), err
	}
	held, err := in.size(u.ID)
	if err != nil {
		return Outcome{}, err
	}
	if u.Offset != held {
		return offsetProblem(held), nil
	}
	held, readErr, err := in.appendBody(u, held)
	if err != nil {
		return Outcome{}, err
	}
	point("intake-synced")
	done, err := in.advance(ctx, p, held)
	if err != nil {
		return Outcome{}, err
	}
	switch {
	case errors.Is(readErr, errTooLong):
		return Outcome{Problem: &wire.Problem{Code: wire.ProblemRequest, Reason: "body goes past Upload-Length"}, Offset: held}, nil
	case readErr != nil:
		return superseded(), nil // the connection is broken or a newer request is waiting; nobody reads this
	}
	return done, nil
}

// begin finds the packet or records its first request. A non-nil outcome is the answer already.
func (in *Intake) begin(ctx context.Context, u Upload) (registry.Packet, *Outcome, error) {
	p, err := in.Registry.Packet(ctx, u.ID)
	if errors.Is(err, registry.ErrNoPacket) {
		if u.Offset != 0 {
			o := offsetProblem(0)
			return registry.Packet{}, &o, nil
		}
		p = registry.Packet{
			ID: u.ID, Digest: u.Digest, Number: u.Terminal.Number, Generation: u.Terminal.Generation,
			Length: u.Length, State: registry.Arriving, Begun: in.Now(),
		}
		return p, nil, in.Registry.BeginPacket(ctx, p)
	}
	if err != nil {
		return registry.Packet{}, nil, err
	}
	if p.Number != u.Terminal.Number || p.Digest != u.Digest || p.Length != u.Length {
		answer, err := in.sign(wire.Answer{
			Kind: wire.Conflict, Packet: u.ID, Digest: u.Digest, Time: in.Now(), Code: wire.ConflictDigest, Reason: "同一编号已有其他内容",
		})
		return p, &Outcome{Kind: wire.Conflict, Answer: &answer, Offset: -1}, err
	}
	if p.State.Final() {
		return p, kept(p), nil
	}
	succeeds, err := in.Registry.Succeeds(ctx, p.Number, u.Terminal.Generation, p.Generation)
	if err == nil && !succeeds {
		err = registry.ErrTerminal
	}
	return p, nil, err
}

// kept is the answer that was given before.
func kept(p registry.Packet) *Outcome {
	kind := map[registry.State]wire.Kind{
		registry.Registered: wire.Registration, registry.Accepted: wire.Acknowledgement, registry.Refused: wire.Refusal,
	}[p.State]
	return &Outcome{Kind: kind, Answer: &registry.Answered{State: p.State, Body: p.Answer, Signature: p.Signature}, Offset: -1}
}

func either(o *Outcome) Outcome {
	if o == nil {
		return Outcome{Offset: -1}
	}
	return *o
}

func offsetProblem(held int64) Outcome {
	return Outcome{Problem: &wire.Problem{Code: wire.ProblemOffset, Reason: "go on at Upload-Offset"}, Offset: held}
}

func superseded() Outcome {
	return Outcome{Problem: &wire.Problem{Code: wire.ProblemSuperseded, Reason: "a newer request for this packet came in"}, Offset: -1}
}

// Points are where being killed must lose nothing that was answered and take nothing twice.
var Points = []string{"intake-synced", "intake-registered", "intake-settled", "intake-decided"}

func point(name string) {
	if cut.Point != nil {
		cut.Point(name)
	}
}

func (in *Intake) sign(a wire.Answer) (registry.Answered, error) {
	return SignAnswer(in.Authority, a)
}
