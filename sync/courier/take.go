package courier

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"time"

	"bianmin/store"
	"bianmin/sync/channel"
	"bianmin/sync/downlink"
	"bianmin/sync/edition"
	"bianmin/sync/renew"
	"bianmin/sync/seal"
	"bianmin/sync/standing"
	"bianmin/sync/wire"
)

// Book is where the platform's word goes.
type Book interface {
	downlink.Book
	Waiting(ctx context.Context) ([]store.Item, error)
	RecordRegistration(ctx context.Context, id string, signed []byte) error
	RecordAcknowledgement(ctx context.Context, id string, signed []byte, official string, at time.Time) error
	RecordRefusal(ctx context.Context, id string, signed []byte, reason string, at time.Time) error
	MarkRestored(ctx context.Context, generation string) error
}

var _ Book = (*store.Store)(nil)

// Taken is what an answer brought.
type Taken struct {
	Number     int64 `json:"number"`
	Delivered  int   `json:"delivered"` // packets that the platform has now
	Registered int   `json:"registered"`
	Refused    int   `json:"refused"`
	Updates    int   `json:"updates"`
	Settings   bool  `json:"settings"`  // newer ones were taken
	Catalogue  int64 `json:"catalogue"` // edition that was taken, 0 for none
	Damaged    int   `json:"damaged"`   // packets that must be carried again
	// Troubles are parts that were not taken, and why; the others were.
	Troubles []error `json:"-"`
}

// Archive opens an archive of the catalogue that lies beside an answer; fs.ErrNotExist when it does not.
type Archive func(digest string) (io.ReadSeekCloser, error)

// Take takes the platform's answer: each part by itself, so that one that cannot be taken stops no other. Taking an answer twice, or
// an old one after a newer, changes nothing that came since. Errors: ErrForm, ErrForeign, ErrNewer; trouble of the store.
func (t Terminal) Take(ctx context.Context, book Book, sealed []byte, archive Archive) (Taken, error) {
	back, err := t.open(sealed)
	if err != nil {
		return Taken{}, err
	}
	out := Taken{Number: back.Number, Damaged: len(back.Damaged)}
	for _, certificate := range back.Signers { // each proves itself by the root; without them what one of them signed is not taken below
		if _, err := seal.SaveSigner(filepath.Join(t.Data, "keys"), t.Identity, certificate); err != nil {
			return Taken{}, fmt.Errorf("%w: %w", ErrForeign, err)
		}
	}
	// What a stick taught of the platform's certificates counts for the rest of it.
	if t.Identity, err = seal.LoadIdentity(filepath.Join(t.Data, "keys")); err != nil {
		return Taken{}, err
	}
	waiting, err := book.Waiting(ctx)
	if err != nil {
		return out, err
	}
	items := map[string]store.Item{}
	for _, item := range waiting {
		items[item.Packet] = item
	}
	for _, answer := range back.Answers {
		item, waits := items[answer.Packet]
		if !waits {
			continue // the network, or an earlier stick, was quicker
		}
		if err := t.record(ctx, book, item, answer, &out); err != nil {
			out.Troubles = append(out.Troubles, fmt.Errorf("take an answer: %w", err))
		}
	}
	for _, news := range back.News {
		n, err := downlink.TakeCarried(ctx, book, t.Identity, news.Body, news.Signature)
		out.Updates += n
		if err != nil {
			out.Troubles = append(out.Troubles, err)
			break // they have an order
		}
	}
	if err := t.understood(back); err != nil {
		out.Troubles = append(out.Troubles, err)
	}
	t.settings(back, &out)
	if err := t.renewal(back); err != nil {
		out.Troubles = append(out.Troubles, err)
	}
	if err := t.catalogue(ctx, back, archive, &out); err != nil {
		out.Troubles = append(out.Troubles, err)
	}
	if len(out.Troubles) == 0 {
		err = t.returned(back.Number, back.Nonce)
	}
	return out, err
}

// open opens an answer and believes nothing before the platform's signature.
func (t Terminal) open(sealed []byte) (Back, error) {
	if len(sealed) > MaxBack {
		return Back{}, ErrForm
	}
	content, signer, err := t.Identity.Open(sealed)
	if err != nil {
		return Back{}, fmt.Errorf("%w: %w", ErrForeign, err)
	}
	if !t.Identity.IsPlatform(signer) {
		if _, err := seal.SaveSigner(filepath.Join(t.Data, "keys"), t.Identity, seal.EncodeCertificate(signer.Raw)); err != nil {
			return Back{}, fmt.Errorf("%w: %w", ErrForeign, err)
		}
	}
	back, err := ReadBack(content)
	if err != nil {
		return Back{}, err
	}
	if back.Environment != t.Identity.Environment || back.Terminal != t.Identity.Number || back.Generation != t.Identity.Generation {
		return Back{}, ErrForeign
	}
	return back, nil
}

// record keeps what the platform says of one packet, as the uplink does.
func (t Terminal) record(ctx context.Context, book Book, item store.Item, answer Answer, out *Taken) error {
	signed := channel.Signed{Body: answer.Body, Signature: answer.Signature}
	if len(answer.Signature) != seal.SignatureSize || t.Identity.Believed().Verify(answer.Body, answer.Signature) != nil {
		return fmt.Errorf("%w: the signature does not fit", channel.ErrStranger)
	}
	if err := json.Unmarshal(answer.Body, &signed.Answer); err != nil || signed.Version != wire.Version {
		return ErrNewer
	}
	if signed.Packet != item.Packet || signed.Digest != item.Digest {
		return fmt.Errorf("%w: it answers for another packet", channel.ErrStranger)
	}
	evidence, err := signed.Evidence()
	if err != nil {
		return err
	}
	switch signed.Kind {
	case wire.Registration:
		if item.Registered {
			return nil
		}
		out.Registered++
		return book.RecordRegistration(ctx, item.Packet, evidence)
	case wire.Acknowledgement:
		out.Delivered++
		return book.RecordAcknowledgement(ctx, item.Packet, evidence, signed.Official, signed.Time)
	case wire.Refusal, wire.Conflict:
		if signed.Code == wire.RefusedSequence {
			if err := book.MarkRestored(ctx, item.Generation); err != nil {
				return err
			}
		}
		out.Refused++
		return book.RecordRefusal(ctx, item.Packet, evidence, signed.Reason, signed.Time)
	}
	return fmt.Errorf("%w: an answer of kind %q", channel.ErrStranger, signed.Kind)
}

// understood keeps what the platform understands, unless the answer to a later bundle came before.
func (t Terminal) understood(back Back) error {
	trips, err := t.Trips()
	if err != nil {
		return err
	}
	for _, trip := range trips {
		if trip.Returned != nil && trip.Number > back.Number {
			return nil
		}
	}
	return seal.SaveSpeaks(filepath.Join(t.Data, "keys"), back.Speaks)
}

func (t Terminal) settings(back Back, out *Taken) {
	if back.Settings == nil {
		return
	}
	_, changed, err := standing.Take(filepath.Join(t.Data, "keys"), standing.Of(t.Identity), *back.Settings)
	out.Settings = changed
	if err != nil && !errors.Is(err, standing.ErrOlder) { // an older answer, after a newer one
		out.Troubles = append(out.Troubles, err)
	}
}

// renewal takes the terminal's next certificates.
func (t Terminal) renewal(back Back) error {
	if back.Renewal == nil {
		return nil
	}
	if t.Identity.Believed().Verify(back.Renewal.Body, back.Renewal.Signature) != nil {
		return fmt.Errorf("take further certificates: %w: the signature does not fit", channel.ErrStranger)
	}
	var answer wire.Answer
	if err := json.Unmarshal(back.Renewal.Body, &answer); err != nil || answer.Version != wire.Version {
		return ErrNewer
	}
	return renew.Take(filepath.Join(t.Data, "keys"), t.Identity, answer)
}

func (t Terminal) catalogue(ctx context.Context, back Back, archive Archive, out *Taken) error {
	if back.Catalogue == nil {
		return nil
	}
	shelf := t.shelf()
	plan, ok, err := shelf.Weigh(ctx, *back.Catalogue, false)
	if errors.Is(err, edition.ErrOlder) || (err == nil && !ok) {
		return nil
	}
	if err != nil {
		return err
	}
	if plan.Archive == nil {
		return shelf.Take(ctx, plan, nil)
	}
	from, err := archive(plan.Archive.Digest)
	if errors.Is(err, fs.ErrNotExist) { // the stick had no room for it: it comes with the next
		return nil
	}
	if err != nil {
		return fmt.Errorf("take the catalogue: %w", err)
	}
	if err := errors.Join(shelf.Take(ctx, plan, from), from.Close()); err != nil {
		return err
	}
	out.Catalogue = plan.Manifest.Edition
	return nil
}
