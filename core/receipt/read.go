package receipt

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// MaxDocument is the largest document in bytes of JSON that Read takes.
const MaxDocument = 1 << 20

// ErrDocument is in the chain when JSON is no document.
var ErrDocument = errors.New("not a document")

// Read reads a Document from JSON and checks it. Unknown fields are refused, so
// that a typing error is not a silent gap on paper. The error names the block.
func Read(r io.Reader) (Document, error) {
	limited := &io.LimitedReader{R: r, N: MaxDocument + 1}
	decoder := json.NewDecoder(limited)
	decoder.DisallowUnknownFields()
	var d Document
	err := decoder.Decode(&d)
	switch {
	case limited.N == 0:
		return Document{}, fmt.Errorf("%w: longer than %d bytes", ErrDocument, MaxDocument)
	case err != nil:
		return Document{}, fmt.Errorf("%w: %w", ErrDocument, err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return Document{}, fmt.Errorf("%w: something follows it", ErrDocument)
	}
	return d, d.Check()
}

// Check tells whether the document can be laid out: it has blocks, and each is
// of a known kind with sensible values. The error names the block, from 1.
func (d Document) Check() error {
	if len(d.Blocks) == 0 {
		return fmt.Errorf("%w: it has no blocks", ErrDocument)
	}
	for i, b := range d.Blocks {
		if err := b.check(); err != nil {
			return fmt.Errorf("%w: block %d (%s): %w", ErrDocument, i+1, b.Kind, err)
		}
	}
	return nil
}

func (b Block) check() error {
	switch b.Kind {
	case Text, Pair, Rule, QR, Feed:
	default:
		return fmt.Errorf("unknown kind %q, say text, pair, rule, qr or feed", b.Kind)
	}
	switch b.Align {
	case "", Left, Center, Right:
	default:
		return fmt.Errorf("unknown alignment %q, say left, center or right", b.Align)
	}
	switch {
	case b.Size < 0 || b.Size > 2:
		return fmt.Errorf("size %d, say 1 or 2", b.Size)
	case b.Lines < 0 || b.Lines > 20:
		return fmt.Errorf("%d lines, at most 20", b.Lines)
	case b.Kind == QR && b.Data == "":
		return errors.New("it has no data")
	case b.Kind == Text && b.Text == "", b.Kind == Pair && b.Label == "" && b.Text == "":
		return errors.New("it has no text")
	}
	return nil
}
