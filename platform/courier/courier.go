// Package courier takes the bundles that terminals without network send on sticks, and answers them: packets go the way of all
// packets, and the answer carries what the network would have. It must not judge a packet; intake does.
package courier

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"time"

	"github.com/emmansun/gmsm/smx509"

	"bianmin/platform/admission"
	"bianmin/platform/authority"
	"bianmin/platform/editions"
	"bianmin/platform/intake"
	"bianmin/platform/registry"
	"bianmin/platform/ruling"
	"bianmin/sync/courier"
	"bianmin/sync/seal"
	"bianmin/sync/spoken"
	"bianmin/sync/wire"
)

// How many answers with updates one stick carries back, and about how many bytes of them: with the rest, and written as text, the whole stays within
// what a terminal reads (courier.MaxBack).
const (
	mostNews  = 40
	mostBytes = 20 << 20
)

// Desk is where bundles are taken. All fields are required.
type Desk struct {
	Authority *authority.Authority
	Registry  *registry.Registry
	Intake    *intake.Intake // apart
	Editions  editions.Press
	News      func(ctx context.Context, t registry.Terminal, after, nonce string, limit int) (registry.Answered, wire.Updates, error)
	Now       func() time.Time
}

// Result is what became of a bundle.
type Result struct {
	courier.Index

	Sealed  []byte // the answer, for the stick
	Archive string // digest of the catalogue's archive to lay beside it, "" for none

	Accepted, Registered, Refused int
	Damaged                       []string // packets that did not arrive whole, or that the platform had trouble with
	Trouble                       error    // the platform's own, with some packets while it took others, or with what it says besides
}

// ErrBarred says that the terminal may not speak to the platform.
var ErrBarred = errors.New("this terminal is barred, or another machine has its place")

// Take takes one bundle. A bundle that was taken before gets the same answers again. What is damaged or cut off is named in the answer, and
// everything before and behind it counts. A packet that the platform has trouble with is carried again and stops no other. Errors:
// courier.ErrForm, ErrForeign, ErrNewer; ErrBarred; the platform's own trouble when it took nothing.
func (d Desk) Take(ctx context.Context, from io.Reader) (Result, error) {
	entries, err := courier.Open(bufio.NewReaderSize(from, 1<<20), func(sealed []byte) ([]byte, error) { return d.open(ctx, sealed) })
	if err != nil {
		return Result{}, err
	}
	t, err := d.terminal(ctx, entries.Index)
	if err != nil {
		return Result{}, err
	}
	result := Result{Index: entries.Index}
	back := courier.NewBack(entries.Index, d.Now().UTC().Truncate(time.Second))
	own := spoken.Own()
	back.Speaks = &own
	if err := d.packets(ctx, t, entries, &back, &result); err != nil {
		return result, err
	}
	result.Damaged = back.Damaged
	if err := d.word(ctx, t, entries.Index, &back, &result); err != nil {
		return result, err
	}
	content, err := json.Marshal(back)
	if err != nil {
		return result, fmt.Errorf("write the courier's answer: %w", err)
	}
	der, err := d.Registry.EncryptCertificate(ctx, t)
	if err != nil {
		return result, err
	}
	to, err := smx509.ParseCertificate(der)
	if err != nil {
		return result, fmt.Errorf("read a terminal's certificate: %w", err)
	}
	result.Sealed, err = d.Authority.Seal(content, to)
	return result, err
}

// open opens a bundle's index, which must be signed by the terminal that it names.
func (d Desk) open(ctx context.Context, sealed []byte) ([]byte, error) {
	certificate, key := d.Authority.Recipient(sealed)
	content, signer, err := seal.OpenCMS(sealed, certificate, key, d.Authority.SigningRoot(), time.Time{})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", courier.ErrForeign, err)
	}
	var who struct{ Terminal, Generation string }
	if err := json.Unmarshal(content, &who); err != nil {
		return nil, courier.ErrForm
	}
	its, err := d.Registry.SignedBy(ctx, hex.EncodeToString(signer.SerialNumber.Bytes()), who.Terminal, who.Generation)
	if err != nil {
		return nil, err
	}
	if !its {
		return nil, courier.ErrForeign
	}
	if err := d.Registry.HearRenewed(ctx, hex.EncodeToString(signer.SerialNumber.Bytes())); err != nil {
		return nil, err
	}
	return content, nil
}

func (d Desk) terminal(ctx context.Context, index courier.Index) (registry.Terminal, error) {
	all, err := d.Registry.Terminals(ctx)
	if err != nil {
		return registry.Terminal{}, err
	}
	var found registry.Terminal
	newest := ""
	for _, t := range all {
		if t.Number != index.Terminal {
			continue
		}
		newest = max(newest, t.Generation)
		if t.Generation == index.Generation {
			found = t
		}
	}
	switch {
	case found.Number == "" || found.Environment != index.Environment:
		return registry.Terminal{}, courier.ErrForeign
	case found.Barred || newest != index.Generation:
		return registry.Terminal{}, ErrBarred
	}
	return found, nil
}

// packets hands each packet to the intake.
func (d Desk) packets(ctx context.Context, t registry.Terminal, entries *courier.Entries, back *courier.Back, result *Result) error {
	for {
		p, plain, err := entries.Next()
		if errors.Is(err, io.EOF) {
			return tookNothing(*back, *result)
		}
		var outcome intake.Outcome
		if err == nil {
			outcome, err = d.receive(ctx, t, p, plain)
		}
		switch {
		case errors.Is(err, courier.ErrForm): // the bundle ends here
			back.Damaged = append(back.Damaged, p.ID)
			for _, left := range rest(entries.Index, p) {
				back.Damaged = append(back.Damaged, left.ID)
			}
			return nil
		case errors.Is(err, courier.ErrDamaged):
			back.Damaged = append(back.Damaged, p.ID)
			continue
		case err != nil && ctx.Err() != nil:
			return err
		case err != nil:
			back.Damaged = append(back.Damaged, p.ID)
			result.Trouble = errors.Join(result.Trouble, fmt.Errorf("take packet %s: %w", p.ID, err))
			continue
		case outcome.Answer == nil:
			back.Damaged = append(back.Damaged, p.ID) // it did not come whole, or is not understood: it is carried again
			continue
		}
		signature, err := base64.StdEncoding.DecodeString(outcome.Answer.Signature)
		if err != nil {
			return fmt.Errorf("read an answer: %w", err)
		}
		back.Answers = append(back.Answers, courier.Answer{Packet: p.ID, Signed: courier.Signed{Body: outcome.Answer.Body, Signature: signature}})
		switch outcome.Kind {
		case wire.Acknowledgement:
			result.Accepted++
		case wire.Registration:
			result.Registered++
		default:
			result.Refused++
		}
	}
}

// tookNothing is the platform's trouble when there is nothing that it took: the stick needs no answer then, but another try.
func tookNothing(back courier.Back, result Result) error {
	if len(back.Answers) == 0 {
		return result.Trouble
	}
	return nil
}

// rest are the packets behind one.
func rest(index courier.Index, p courier.Packet) []courier.Packet {
	for i, one := range index.Packets {
		if one.ID == p.ID {
			return index.Packets[i+1:]
		}
	}
	return nil
}

// receive gives the intake a packet's bytes from where it holds them already: by an earlier stick, or by the network.
func (d Desk) receive(ctx context.Context, t registry.Terminal, p courier.Packet, plain io.Reader) (intake.Outcome, error) {
	if p.Length <= 0 || p.Length > intake.MaxLength || !packetForm.MatchString(p.ID) || !digestForm.MatchString(p.Digest) {
		return intake.Outcome{}, courier.ErrDamaged
	}
	_, held, err := d.Intake.Held(ctx, t, p.ID, func() {})
	if err != nil && !errors.Is(err, registry.ErrNoPacket) {
		return intake.Outcome{}, err
	}
	held = min(held, p.Length)
	if _, err := io.CopyN(io.Discard, plain, held); err != nil {
		return intake.Outcome{}, errors.Join(courier.ErrDamaged, err)
	}
	return d.Intake.Receive(ctx, intake.Upload{
		Terminal: t, ID: p.ID, Digest: p.Digest, Offset: held, Length: p.Length, Body: io.LimitReader(plain, p.Length-held), Interrupt: func() {},
	})
}

var (
	packetForm = regexp.MustCompile(`^[0-9a-f]{32}$`)
	digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// word adds what the platform has to say besides: updates, settings, certificates, the catalogue. What it has trouble with comes another time, and keeps
// neither the answers to packets nor the other parts.
func (d Desk) word(ctx context.Context, t registry.Terminal, index courier.Index, back *courier.Back, result *Result) error {
	for _, part := range []struct {
		what string
		add  func() error
	}{
		{"updates", func() error { return d.news(ctx, t, index, back) }},
		{"settings", func() error { return d.settings(ctx, t, index, back) }},
		{"certificates", func() error { return d.certificates(ctx, t, index, back) }},
		{"the catalogue", func() error { return d.catalogue(t, index, back, result) }},
	} {
		err := part.add()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			result.Trouble = errors.Join(result.Trouble, fmt.Errorf("add %s: %w", part.what, err))
		}
	}
	return nil
}

func (d Desk) settings(ctx context.Context, t registry.Terminal, index courier.Index, back *courier.Back) error {
	number, err := d.Registry.SettingsNumber(ctx, t)
	if err != nil || number <= index.Settings {
		return err
	}
	signed, err := ruling.Sign(ctx, d.Registry, d.Authority, t, "", d.Now())
	if err != nil {
		return err
	}
	back.Settings = &signed
	return nil
}

// news adds updates as far as they have room; the rest goes with the next stick.
func (d Desk) news(ctx context.Context, t registry.Terminal, index courier.Index, back *courier.Back) error {
	after, bytes := index.Cursor, 0
	for len(back.News) < mostNews && bytes < mostBytes {
		answered, said, err := d.News(ctx, t, after, index.Nonce, wire.UpdatesMost)
		if err != nil || len(said.Updates) == 0 {
			return err
		}
		signature, err := base64.StdEncoding.DecodeString(answered.Signature)
		if err != nil {
			return fmt.Errorf("write updates: %w", err)
		}
		back.News, bytes = append(back.News, courier.Signed{Body: answered.Body, Signature: signature}), bytes+len(answered.Body)
		if after = said.Next; !said.More {
			break
		}
	}
	return nil
}

// certificates adds those by which the platform signs, and those that the terminal asks for.
func (d Desk) certificates(ctx context.Context, t registry.Terminal, index courier.Index, back *courier.Back) error {
	back.Signers = d.Authority.Signed()
	if index.Renewal == nil {
		return nil
	}
	answer, text, err := admission.Desk{Authority: d.Authority, Registry: d.Registry, Now: d.Now}.Renew(ctx, t, *index.Renewal)
	if errors.Is(err, admission.ErrRenewal) || errors.Is(err, authority.ErrRequest) || errors.Is(err, registry.ErrRenewals) {
		return nil // it has its present ones still, and asks again
	}
	if err != nil {
		return err
	}
	signature, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return fmt.Errorf("write a renewal: %w", err)
	}
	back.Renewal = &courier.Signed{Body: answer, Signature: signature}
	return nil
}

func (d Desk) catalogue(t registry.Terminal, index courier.Index, back *courier.Back, result *Result) error {
	e, err := d.Editions.For(t.Region)
	if errors.Is(err, editions.ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	signed, err := d.Editions.Sign(d.Authority, t.Region, "")
	if err != nil {
		return err
	}
	back.Catalogue = &signed
	if e.Set.Digest() == index.Catalogue {
		return nil
	}
	result.Archive = e.Snapshot.Digest
	for _, delta := range e.Deltas {
		if delta.From == index.Catalogue && delta.Size < e.Snapshot.Size {
			result.Archive = delta.Digest
		}
	}
	return nil
}
