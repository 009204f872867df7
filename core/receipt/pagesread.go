package receipt

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// MaxPages is the largest A4 document in bytes of JSON that ReadPages takes; it may hold scanned pages.
const MaxPages = 64 << 20

// ReadPages reads Pages from JSON and checks them, as Read does for a strip.
func ReadPages(r io.Reader) (Pages, error) {
	limited := &io.LimitedReader{R: r, N: MaxPages + 1}
	decoder := json.NewDecoder(limited)
	decoder.DisallowUnknownFields()
	var p Pages
	err := decoder.Decode(&p)
	switch {
	case limited.N == 0:
		return Pages{}, fmt.Errorf("%w: longer than %d bytes", ErrDocument, MaxPages)
	case err != nil:
		return Pages{}, fmt.Errorf("%w: %w", ErrDocument, err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return Pages{}, fmt.Errorf("%w: something follows it", ErrDocument)
	}
	return p, p.Check()
}

// Check tells whether the document can be laid out. The error names the part, from 1.
func (p Pages) Check() error {
	if len(p.Parts) == 0 {
		return fmt.Errorf("%w: it has no parts", ErrDocument)
	}
	for i, part := range p.Parts {
		if err := part.check(); err != nil {
			return fmt.Errorf("%w: part %d (%s): %w", ErrDocument, i+1, part.Kind, err)
		}
	}
	return nil
}

func (p Part) check() error {
	switch p.Align {
	case "", Left, Center, Right:
	default:
		return fmt.Errorf("unknown alignment %q, say left, center or right", p.Align)
	}
	switch p.Kind {
	case PartTitle, PartHeading, PartParagraph:
		return needed(p.Text != "", "text")
	case PartPoints:
		return needed(len(p.Items) > 0, "items")
	case PartFields:
		return needed(len(p.Fields) > 0, "fields")
	case PartTable:
		return p.checkTable()
	case PartSignature:
		return needed(len(p.Lines) > 0, "lines")
	case PartCode:
		return needed(p.Data != "", "data")
	case PartPicture:
		return needed(len(p.Picture) > 0, "picture")
	case PartSpace:
		if p.Height < 1 || p.Height > 250 {
			return fmt.Errorf("height %d mm, say 1 to 250", p.Height)
		}
	case PartCut, PartBreak:
	default:
		return errors.New("unknown kind, say title, heading, paragraph, points, fields, table, signature, code, picture, cut, space or break")
	}
	return nil
}

func needed(there bool, what string) error {
	if !there {
		return fmt.Errorf("it has no %s", what)
	}
	return nil
}

func (p Part) checkTable() error {
	if len(p.Columns) == 0 {
		return errors.New("it has no columns")
	}
	for i, c := range p.Columns {
		if c.Share < 1 || c.Share > 1000 {
			return fmt.Errorf("column %d: share %d, say 1 to 1000", i+1, c.Share)
		}
	}
	for i, row := range p.Rows {
		if len(row) != len(p.Columns) {
			return fmt.Errorf("row %d has %d cells, there are %d columns", i+1, len(row), len(p.Columns))
		}
	}
	return nil
}
