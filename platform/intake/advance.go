package intake

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/emmansun/gmsm/smx509"

	"bianmin/core/casefile"
	"bianmin/platform/registry"
	"bianmin/sync/packet"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// advance does what the held bytes allow: register, refuse or decide.
func (in *Intake) advance(ctx context.Context, p registry.Packet, held int64) (Outcome, error) {
	head, whole, err := in.readHead(p.ID, held)
	if err != nil && !errors.Is(err, packet.ErrFormat) {
		return Outcome{}, err
	}
	if err != nil || (whole && seal.Digest(head) != p.Digest) {
		return in.mismatch(ctx, p, 0, wire.RefusedPacket, "送达的数据不完整或已损坏")
	}
	if !whole {
		return Outcome{Offset: held}, nil
	}
	opened, facts, why, err := in.examine(ctx, p, head)
	if errors.Is(err, packet.ErrNewer) {
		return Outcome{Problem: &wire.Problem{Code: wire.ProblemVersion, Reason: "a newer terminal wrote this"}, Offset: held}, nil
	}
	if err != nil {
		return Outcome{}, err
	}
	if why != nil {
		return in.refuse(ctx, p, facts, *why)
	}
	if p.State == registry.Arriving {
		if p, err = in.register(ctx, p, facts); err != nil {
			return Outcome{}, err
		}
		point("intake-registered")
	}
	if held < p.Length {
		outcome := kept(p)
		outcome.Offset = held
		return *outcome, nil
	}
	return in.decide(ctx, p, int64(len(head)), opened, facts)
}

// readHead reads the bytes before the attachments; whole is false while they are not all held.
func (in *Intake) readHead(id string, held int64) (head []byte, whole bool, err error) {
	const prefix = 12
	if held < prefix {
		return nil, false, nil
	}
	file, err := os.Open(in.Path(id))
	if err != nil {
		return nil, false, fmt.Errorf("read a packet: %w", err)
	}
	defer file.Close() // only read
	first := make([]byte, prefix)
	if _, err := io.ReadFull(file, first); err != nil {
		return nil, false, fmt.Errorf("read a packet: %w", err)
	}
	length, err := packet.HeadLength(first)
	if err != nil || length > held {
		return nil, false, err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, false, fmt.Errorf("read a packet: %w", err)
	}
	head, err = packet.ReadHead(file)
	return head, err == nil, err
}

// mismatch drops bytes that are not what they should be and asks for them again;
// the second time the packet is refused, because the terminal's own copy must be
// bad. Bytes from before this run of the platform do not count against it.
func (in *Intake) mismatch(ctx context.Context, p registry.Packet, keep int64, code, reason string) (Outcome, error) {
	n := 0
	if in.whole.is(p.ID) {
		var err error
		if n, err = in.Registry.Mismatch(ctx, p.ID); err != nil {
			return Outcome{}, err
		}
	}
	if n > 1 {
		return in.refuse(ctx, p, registry.Facts{Case: p.Case, EventDigest: p.EventDigest, Writer: p.Writer, Sequence: p.Sequence, Kind: p.Kind}, no{code, reason})
	}
	if err := in.truncate(p.ID, keep); err != nil {
		return Outcome{}, err
	}
	return offsetProblem(keep), nil
}

// no is a decision against a packet.
type no struct{ code, reason string }

func (in *Intake) refuse(ctx context.Context, p registry.Packet, f registry.Facts, why no) (Outcome, error) {
	answer, err := in.sign(wire.Answer{
		Kind: wire.Refusal, Packet: p.ID, Digest: p.Digest, Case: f.Case, Time: in.Now(), Code: why.code, Reason: why.reason,
	})
	if err != nil {
		return Outcome{}, err
	}
	if err := in.settle(p.ID); err != nil {
		return Outcome{}, err
	}
	if err := in.Registry.Refuse(ctx, p.ID, why.code, why.reason, f, answer); err != nil {
		return Outcome{}, err
	}
	return Outcome{Kind: wire.Refusal, Answer: &answer, Offset: -1}, nil
}

func (in *Intake) register(ctx context.Context, p registry.Packet, f registry.Facts) (registry.Packet, error) {
	answer, err := in.sign(wire.Answer{Kind: wire.Registration, Packet: p.ID, Digest: p.Digest, Case: f.Case, Time: in.Now()})
	if err != nil {
		return p, err
	}
	p.State, p.Answer, p.Signature = registry.Registered, answer.Body, answer.Signature
	return p, in.Registry.Register(ctx, p.ID, f, answer)
}

// decide checks the attachments and puts the event into its case.
func (in *Intake) decide(ctx context.Context, p registry.Packet, headLength int64, opened packet.Opened, f registry.Facts) (Outcome, error) {
	good, err := in.attachmentsFit(p, headLength, opened.Attachments)
	if err != nil {
		return Outcome{}, err
	}
	if !good {
		return in.mismatch(ctx, p, headLength, wire.RefusedAttachment, "附件与申请内容不符或已损坏")
	}
	if err := in.settle(p.ID); err != nil {
		return Outcome{}, err
	}
	point("intake-settled")
	why, waiting, err := in.authorised(ctx, opened.Event)
	if err != nil {
		return Outcome{}, err
	}
	if why != nil {
		return in.refuse(ctx, p, f, *why)
	}
	f.Unjudged = waiting
	answer, err := in.Registry.Decide(ctx, p.ID, f, in.sign, in.sealUpdate)
	if errors.Is(err, registry.ErrWaiting) {
		outcome := kept(p)
		outcome.Offset = p.Length
		return *outcome, nil
	}
	if err != nil {
		return Outcome{}, err
	}
	point("intake-decided")
	kind := wire.Acknowledgement
	if answer.State == registry.Refused {
		kind = wire.Refusal
	}
	return Outcome{Kind: kind, Answer: &answer, Offset: -1}, nil
}

func (in *Intake) attachmentsFit(p registry.Packet, offset int64, named []packet.Attachment) (bool, error) {
	file, err := os.Open(in.Path(p.ID))
	if err != nil {
		return false, fmt.Errorf("check attachments: %w", err)
	}
	defer file.Close() // only read
	for _, a := range named {
		sum := seal.NewHash()
		n, err := io.Copy(sum, io.NewSectionReader(file, offset, a.Length))
		if err != nil {
			return false, fmt.Errorf("check attachments: %w", err)
		}
		if n != a.Length || hex.EncodeToString(sum.Sum(nil)) != a.Digest {
			return false, nil
		}
		offset += a.Length
	}
	return true, nil
}

// opener opens packets with the platform's key; whose certificate signed, and when it was valid, is for examine to judge.
func (in *Intake) opener() packet.Opener {
	return packet.Opener{Recipient: in.Authority.Recipient, Root: in.Authority.SigningRoot()}
}

// signedInTime tells whether the signer's certificate was valid on the day of the event, or when the platform first heard of the
// packet. A case may be delivered long after it was filed, by a successor too; only a valid terminal delivers anything.
func signedInTime(signer *smx509.Certificate, event casefile.Event, heard time.Time) bool {
	day, err := time.ParseInLocation(time.DateOnly, event.At.BusinessDate, casefile.Zone)
	filed := err == nil && !day.After(signer.NotAfter) && day.AddDate(0, 0, 1).After(signer.NotBefore)
	return filed || (!heard.Before(signer.NotBefore) && !heard.After(signer.NotAfter))
}

// examine opens the manifest and checks what can be known from it alone. The
// error is the platform's own trouble, or packet.ErrNewer, and decides nothing.
func (in *Intake) examine(ctx context.Context, p registry.Packet, head []byte) (packet.Opened, registry.Facts, *no, error) {
	opened, err := in.opener().Open(head)
	if errors.Is(err, packet.ErrNewer) {
		return packet.Opened{}, registry.Facts{}, nil, err
	}
	if err != nil {
		return packet.Opened{}, claimed(p, head), &no{wire.RefusedManifest, "申请内容无法打开或签名不符"}, nil
	}
	event := opened.Event
	facts := factsOf(event, opened.EventDigest)
	signed, err := in.Registry.SignedBy(ctx, hex.EncodeToString(opened.Signer.SerialNumber.Bytes()), event.Terminal, event.Generation)
	switch {
	case err != nil:
		return opened, facts, nil, err
	case !signed || event.Terminal != p.Number || event.ID != p.ID || !signedInTime(opened.Signer, event, p.Begun):
		return opened, facts, &no{wire.RefusedManifest, "申请不是由该终端签名"}, nil
	case p.Length != int64(len(head))+opened.Header.Attachments:
		return opened, facts, &no{wire.RefusedPacket, "数据长度与申请内容不符"}, nil
	case !caseBelongs(event, facts.Opens):
		return opened, facts, &no{wire.RefusedCase, "办件编号与终端不符"}, nil
	case newerKind(event.Kind):
		return opened, facts, nil, fmt.Errorf("%w: an event of kind %q", packet.ErrNewer, event.Kind)
	case event.Sequence < 1 || !goodBody(event):
		return opened, facts, &no{wire.RefusedManifest, "申请内容不完整"}, nil
	}
	if succeeds, err := in.Registry.Succeeds(ctx, p.Number, p.Generation, event.Generation); err != nil || !succeeds {
		return opened, facts, &no{wire.RefusedManifest, "没有接替令，不能代送上一台终端的申请"}, err
	}
	if why, err := in.actor(ctx, event); why != nil || err != nil {
		return opened, facts, why, err
	}
	facts.Claims = once(event)
	if event.Kind != casefile.Submitted {
		return opened, facts, nil, nil
	}
	why, claims := in.Rules.judge(event)
	facts.Claims = append(facts.Claims, claims...)
	return opened, facts, why, nil
}

// claimed is which case a packet that does not open says to be of: enough to find it by, when it is this terminal's own and opens it.
func claimed(p registry.Packet, head []byte) registry.Facts {
	header, _, err := packet.Parse(head)
	if err != nil || header.Kind != casefile.Submitted || header.Terminal != p.Number {
		return registry.Facts{}
	}
	parts, err := casefile.ParseNumber(string(header.Case))
	if err != nil || parts.Terminal != p.Number {
		return registry.Facts{}
	}
	return registry.Facts{Case: string(header.Case)}
}

// factsOf is what order and rules need of an event, whose body may still be missing.
func factsOf(e casefile.Event, digest string) registry.Facts {
	f := registry.Facts{
		Case: string(e.Case), Writer: e.Terminal + e.Generation, EventDigest: digest,
		Sequence: e.Sequence, Kind: string(e.Kind), Opens: e.Opens(),
	}
	if parts, err := casefile.ParseNumber(string(e.Case)); err == nil {
		f.Opener = parts.Terminal + parts.Generation
	}
	if e.Kind == casefile.Submitted && e.Submission != nil {
		f.Item, f.Who, f.Previous = e.Submission.Item.Code, applicantKey(e), string(e.Submission.Previous)
	}
	if e.Evaluation != nil {
		f.Times, f.Level = e.Evaluation.Times, e.Evaluation.Level
	}
	if e.Correction != nil {
		f.Notice = e.Correction.Notice
	}
	return f
}
