package office

import (
	"context"
	"runtime"
	"sync"

	"bianmin/store"
	"bianmin/sync/seal"
)

// batch is how many rows are opened at once by one of those who open them.
const batch = 256

// opening opens rows of the list on all cores, few at a time.
type opening struct {
	book  *Book
	lines chan []store.Line
	busy  sync.WaitGroup

	mu   sync.Mutex // of what follows, and of the index's words
	rows []*row
}

// changed opens the rows that changed since the index was read, in no order. A damaged one is left out and logged by
// its number. b.mu is held.
func (b *Book) changed(ctx context.Context, opened *store.Store) ([]*row, error) {
	o := &opening{book: b, lines: make(chan []store.Line)}
	for range runtime.GOMAXPROCS(0) {
		o.busy.Go(func() {
			for lines := range o.lines {
				o.open(lines)
			}
		})
	}
	var lines []store.Line
	err := opened.Lines(ctx, b.account.ID, b.index.last, func(l store.Line) error {
		lines = append(lines, l)
		if len(lines) == batch {
			o.lines <- lines
			lines = make([]store.Line, 0, batch)
		}
		return nil
	})
	o.lines <- lines
	close(o.lines)
	o.busy.Wait()
	return o.rows, err
}

func (o *opening) open(lines []store.Line) {
	b := o.book
	kept := make([]line, len(lines))
	tags := make([][32]byte, len(lines))
	damaged := make([]bool, len(lines))
	for i, l := range lines {
		if err := b.keys.openHanded(l.Line, l.Handed, "line "+string(l.Number), &kept[i]); err != nil {
			b.office.options.Log.Error("a case cannot be opened", "case", string(l.Number), "error", err)
			damaged[i] = true
			continue
		}
		tags[i] = seal.Tag(b.keys.lookup, kept[i].Number)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for i, l := range lines {
		if !damaged[i] {
			o.rows = append(o.rows, b.index.newRow(l, kept[i], tags[i]))
		}
	}
}
