package office

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/store"
	"bianmin/sync/seal"

	"github.com/emmansun/gmsm/sm2"
)

// Book is one signed-on account's view of what the point holds: only its own
// drafts and cases can be read through it. Any number of goroutines may use it.
type Book struct {
	office  *Office
	account agency.Account
	public  []byte

	mu      sync.Mutex
	keys    *openKeys // nil after Close
	index   index
	writing bool // a list is being kept

	keeping sync.WaitGroup // who writes it
	stop    context.CancelFunc
	keepCtx context.Context //nolint:containedctx // ends with the book
}

// openKeys are what the secret opened.
type openKeys struct {
	private *sm2.PrivateKey
	bookKeys
}

var errClosed = errors.New("the book is closed")

func newBook(ctx context.Context, o *Office, account agency.Account, keys store.AgentKeys, private *sm2.PrivateKey) (*Book, error) {
	inner, err := openBookKeys(keys.Book, private, account.ID)
	if err != nil {
		return nil, err
	}
	b := &Book{office: o, account: account, public: keys.Public, keys: &openKeys{private: private, bookKeys: inner}}
	b.keepCtx, b.stop = context.WithCancel(context.WithoutCancel(ctx))
	b.recall(ctx)
	if err := b.takeIn(ctx); err != nil { // what was handed over is read all the same, and taken in another time
		o.options.Log.Error("cases handed over were not taken in", "account", account.ID, "error", err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.refresh(ctx); err != nil {
		b.stop()
		return nil, err
	}
	return b, nil
}

// Account is whose book it is.
func (b *Book) Account() agency.Account { return b.account }

// Close forgets the keys and everything they opened.
func (b *Book) Close() error {
	b.mu.Lock()
	b.keys, b.index = nil, index{}
	b.mu.Unlock()
	b.stop()
	b.keeping.Wait()
	return nil
}

func (b *Book) opened() (*openKeys, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.keys == nil {
		return nil, errClosed
	}
	return b.keys, nil
}

// desk is what an operation works with.
type desk struct {
	*Book
	*openKeys
	store *store.Store
	self  *seal.Identity
}

// reading begins an operation that changes nothing.
func (b *Book) reading(ctx context.Context) (desk, error) {
	keys, err := b.opened()
	if err != nil {
		return desk{}, err
	}
	opened, self, err := b.office.Opened(ctx)
	return desk{Book: b, openKeys: keys, store: opened, self: self}, err
}

// noting begins an operation that changes something of the account's own.
func (b *Book) noting(ctx context.Context) (desk, error) {
	d, err := b.reading(ctx)
	if err != nil {
		return desk{}, err
	}
	standing, err := b.Standing(ctx)
	switch {
	case err != nil:
		return desk{}, err
	case standing == agency.StandingPractice:
		return desk{}, refuse(agency.OnlyPractice)
	case standing == agency.StandingReading:
		return desk{}, refuse(agency.OnlyReading)
	}
	return d, nil
}

// filing begins an operation that makes events.
func (b *Book) filing(ctx context.Context) (desk, error) {
	d, err := b.noting(ctx)
	if err != nil {
		return desk{}, err
	}
	return d, b.office.Able(ctx)
}

// work commits what do puts, or nothing.
func (d desk) work(ctx context.Context, do func(*store.Work) error) error {
	return coded(d.store.Work(ctx, d.self.Number, d.self.Generation, do))
}

func (b *Book) actor() string { return "agent:" + b.account.ID }

// Standing is what the account may do now, by what the platform last said of
// it: one that it does not name any more only reads.
func (b *Book) Standing(ctx context.Context) (agency.Standing, error) {
	opened, self, err := b.office.Opened(ctx)
	if err != nil {
		return "", err
	}
	account, err := b.office.find(b.account.ID)
	if errors.Is(err, agency.ErrNotActive) {
		return agency.StandingReading, nil
	}
	if err != nil {
		return "", coded(err)
	}
	clock, err := opened.Clock(ctx)
	if err != nil {
		return "", coded(err)
	}
	return b.office.standing(accountOf(account), clock, self), nil
}

// Attach seals content and keeps it on disk, synced, before any record names it.
func (b *Book) Attach(ctx context.Context, mediaType string, content []byte) (casefile.Attachment, error) {
	d, err := b.noting(ctx)
	if err != nil {
		return casefile.Attachment{}, coded(err)
	}
	attachment, err := d.store.Attach(ctx, mediaType, bytes.NewReader(content))
	return attachment, coded(err)
}

// Open gives an attachment's plain content, proven genuine; the caller closes it.
func (b *Book) Open(ctx context.Context, attachment casefile.Attachment) (io.ReadCloser, error) {
	d, err := b.reading(ctx)
	if err != nil {
		return nil, coded(err)
	}
	content, err := d.store.OpenAttachment(attachment)
	if err != nil {
		return nil, coded(err)
	}
	return io.NopCloser(bytes.NewReader(content)), nil
}

// Drop forgets a page: no draft of this account names it any more, and its file
// goes when nothing else does.
func (b *Book) Drop(ctx context.Context, digest string) error {
	d, err := b.noting(ctx)
	if err != nil {
		return coded(err)
	}
	return coded(d.store.DropPage(ctx, b.account.ID, digest))
}

// draftContent is what a draft's row keeps sealed by the book key.
type draftContent struct {
	Content  []byte                `json:"content"`
	Attached []casefile.Attachment `json:"attached,omitempty"`
}

// Drafts gives the drafts of cases that are not submitted yet, newest first.
// Pages that are not on the disk any more are left out of Attached.
func (b *Book) Drafts(ctx context.Context) ([]agency.Draft, error) {
	d, err := b.reading(ctx)
	if err != nil {
		return nil, coded(err)
	}
	rows, err := d.store.Drafts(ctx, b.account.ID)
	if err != nil {
		return nil, coded(err)
	}
	drafts := make([]agency.Draft, 0, len(rows))
	for _, row := range rows {
		var c draftContent
		if err := d.openJSON(row.Sealed, "draft "+row.ID, &c); err != nil {
			b.office.options.Log.Error("a draft cannot be opened", "draft", row.ID, "error", err)
			continue
		}
		draft := agency.Draft{ID: row.ID, Content: c.Content, Saved: row.Saved}
		for _, a := range c.Attached {
			if d.store.Has(a) {
				draft.Attached = append(draft.Attached, a)
			}
		}
		drafts = append(drafts, draft)
	}
	return drafts, nil
}

// SaveDraft replaces the draft of the same id, durable.
func (b *Book) SaveDraft(ctx context.Context, draft agency.Draft) error {
	d, err := b.noting(ctx)
	if err != nil {
		return coded(err)
	}
	if draft.ID == "" {
		return coded(errors.New("save a draft: it has no id"))
	}
	sealed, err := d.sealJSON(draftContent{Content: draft.Content, Attached: draft.Attached}, "draft "+draft.ID)
	if err != nil {
		return coded(err)
	}
	pages := map[string]bool{}
	for _, a := range draft.Attached {
		pages[a.Digest] = true
	}
	digests := make([]string, 0, len(pages))
	for digest := range pages {
		digests = append(digests, digest)
	}
	return coded(d.store.SaveDraft(ctx, b.account.ID, draft.ID, sealed, digests, draft.Content))
}

// DropDraft removes a draft with its pages.
func (b *Book) DropDraft(ctx context.Context, id string) error {
	d, err := b.noting(ctx)
	if err != nil {
		return coded(err)
	}
	return coded(d.store.DropDraft(ctx, b.account.ID, id))
}

// sealJSON seals a value by the book key.
func (k *openKeys) sealJSON(value any, context string) ([]byte, error) {
	content, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", context, err)
	}
	return k.box.Seal(content, context)
}

func (k *openKeys) openJSON(sealed []byte, context string, value any) error {
	content, err := k.box.Open(sealed, context)
	if err != nil {
		return fmt.Errorf("open %s: %w", context, err)
	}
	if err := json.Unmarshal(content, value); err != nil {
		return fmt.Errorf("read %s: %w", context, err)
	}
	return nil
}

// openHanded opens what another account sealed to this one's public key, or what the book key sealed.
func (k *openKeys) openHanded(sealed []byte, handed bool, context string, value any) error {
	if !handed {
		return k.openJSON(sealed, context, value)
	}
	content, err := seal.OpenWith(sealed, k.private, context)
	if err != nil {
		return fmt.Errorf("open %s: %w", context, err)
	}
	if err := json.Unmarshal(content, value); err != nil {
		return fmt.Errorf("read %s: %w", context, err)
	}
	return nil
}
