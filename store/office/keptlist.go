package office

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"bianmin/store"
)

// keepAfter is how many rows must have changed before the list is kept anew: to open so many takes some ten milliseconds.
const keepAfter = 1000

// listVersion is the form of a kept list; one of another is made anew.
const listVersion = 1

// keptList is what the database keeps of a kept list, sealed by the book key.
type keptList struct {
	Version int      `json:"version"`
	Key     [16]byte `json:"key"` // of the file
	Last    int64    `json:"last"`
	Removed int64    `json:"removed"`
	Rows    int      `json:"rows"`
}

// recall begins with the list that was kept, so that only what changed since must be opened. One that is old or damaged is not used.
func (b *Book) recall(ctx context.Context) {
	b.mu.Lock()
	defer b.mu.Unlock()
	opened, _, err := b.office.Opened(ctx)
	if err != nil {
		return // refresh says it
	}
	found, err := b.recalled(ctx, opened)
	if err != nil {
		b.office.options.Log.Warn("the kept list is not used", "account", b.account.ID, "error", err)
		return
	}
	b.index = found
}

func (b *Book) recalled(ctx context.Context, opened *store.Store) (found index, err error) {
	sealed, err := opened.KeptList(ctx, b.account.ID)
	if err != nil || sealed == nil {
		return index{}, err
	}
	var kept keptList
	if err := b.keys.openJSON(sealed, "list "+b.account.ID, &kept); err != nil {
		return index{}, err
	}
	last, removed, err := opened.Revision(ctx)
	if err != nil || kept.Version != listVersion || kept.Removed != removed || kept.Last > last {
		return index{}, err
	}
	file, err := opened.OpenList(b.account.ID, kept.Key)
	if err != nil {
		return index{}, err
	}
	defer func() { _ = file.Close() }()
	x := newIndex(removed)
	if err := (&listReader{index: &x}).read(file, kept.Rows); err != nil {
		return index{}, err
	}
	x.loaded, x.last = true, kept.Last
	if slices.ContainsFunc(x.order, func(r *row) bool { return r.handed }) {
		return index{}, nil // they are to be taken in first
	}
	return x, nil
}

// keepSoon keeps the list beside the work when enough of it changed; b.mu is held.
func (b *Book) keepSoon(opened *store.Store) {
	if b.index.fresh < keepAfter || b.writing {
		return
	}
	write := b.keepList(opened)
	b.writing = true
	b.keeping.Go(func() {
		err := write(b.keepCtx)
		b.mu.Lock()
		b.writing = false
		b.mu.Unlock()
		if err != nil && b.keepCtx.Err() == nil {
			b.office.options.Log.Warn("the list was not kept", "account", b.account.ID, "error", err)
		}
	})
}

// keepList gives what writes the list as it is now; b.mu is held here, and need not be there: a row changes nothing that is written.
func (b *Book) keepList(opened *store.Store) func(context.Context) error {
	b.index.fresh = 0
	rows, keys, account := slices.Clone(b.index.order), b.keys, b.account.ID
	kept := keptList{Version: listVersion, Last: b.index.last, Removed: b.index.removed, Rows: len(rows)}
	return func(ctx context.Context) error {
		return opened.KeepList(ctx, account, kept.Removed, func(to io.Writer) error {
			w := newListWriter(to)
			for i, r := range rows {
				if err := ctx.Err(); err != nil && i%batch == 0 {
					return fmt.Errorf("write the list: %w", err)
				}
				if err := w.row(r); err != nil {
					return fmt.Errorf("write the list: %w", err)
				}
			}
			return w.flush()
		}, func(key [16]byte) ([]byte, error) {
			named := kept
			named.Key = key
			content, err := json.Marshal(named)
			if err != nil {
				return nil, fmt.Errorf("encode a list's name: %w", err)
			}
			defer clear(content)
			return keys.box.Seal(content, "list "+account)
		})
	}
}
