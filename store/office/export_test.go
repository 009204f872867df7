package office

import (
	"context"

	"bianmin/core/casefile"
	"bianmin/sync/seal"
)

// KeepAfter is how many changed rows make the list be kept by itself.
const KeepAfter = keepAfter

// SealLine seals a list row as this book does, for tests that fill a store by the hundred thousand.
func (b *Book) SealLine(number casefile.Number, who casefile.Applicant, item casefile.ItemRef) (sealed, tag []byte, err error) {
	sealed, err = b.keys.sealJSON(line{Person: who.Name, Number: who.Number, Item: item.Code, ItemName: item.Name}, "line "+string(number))
	t := seal.Tag(b.keys.lookup, who.Number)
	return sealed, t[:], err
}

// KeepList keeps the list now, however little of it changed.
func (b *Book) KeepList(ctx context.Context) error {
	b.mu.Lock()
	err := b.refresh(ctx)
	write := b.keepList(b.office.Store())
	b.mu.Unlock()
	if err != nil {
		return err
	}
	return write(ctx)
}

// Kept waits until the list that is being kept is.
func (b *Book) Kept() { b.keeping.Wait() }

// Recalled is how many rows the kept list gives.
func (b *Book) Recalled(ctx context.Context) (int, error) {
	x, err := b.recalled(ctx, b.office.Store())
	return len(x.order), err
}

// Forget makes the next look open every row.
func (b *Book) Forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.index = index{}
}
