// Package a4 lays A4 documents out as PDF: fonts embedded as subsets, codes as
// vectors, the same bytes for the same document. It must not know printers, nor
// what a document is about.
package a4

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"bianmin/core/receipt"
	"bianmin/core/text"
)

// Setter sets documents in one pair of fonts. It is safe for use by several goroutines.
type Setter struct {
	regular, bold *face
}

// face is one font with what is known of its characters.
type face struct {
	name  string
	file  []byte
	font  *sfnt.Font
	mutex sync.Mutex
	buf   sfnt.Buffer
	wide  map[rune]float64 // advance in em; negative for a character the font lacks
}

// New reads two TrueType files, not collections: the text's and the titles' font.
func New(regular, bold []byte) (*Setter, error) {
	s := &Setter{}
	for _, f := range []struct {
		into **face
		name string
		file []byte
	}{{&s.regular, "regular", regular}, {&s.bold, "bold", bold}} {
		font, err := sfnt.Parse(f.file)
		if err != nil {
			return nil, fmt.Errorf("read %s font: %w", f.name, err)
		}
		*f.into = &face{name: f.name, file: f.file, font: font, wide: map[rune]float64{}}
	}
	return s, nil
}

// advance gives a character's width in em, and whether the font has it.
func (f *face) advance(r rune) (float64, bool) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if w, known := f.wide[r]; known {
		return w, w >= 0
	}
	w := -1.0
	if index, err := f.font.GlyphIndex(&f.buf, r); err == nil && index != 0 {
		if a, err := f.font.GlyphAdvance(&f.buf, index, fixed.I(1000), 0); err == nil {
			w = float64(a) / 64 / 1000
		}
	}
	f.wide[r] = w
	return w, w >= 0
}

// width is how wide s is in points at a size.
func (f *face) width(s string, size float64) float64 {
	sum := 0.0
	for _, r := range s {
		if w, has := f.advance(r); has {
			sum += w
		}
	}
	return sum * size
}

// Options say how a document is set.
type Options struct {
	// Blank shows a character the fonts lack as □ instead of refusing the document.
	Blank bool
}

// GlyphError says that a document holds characters the fonts cannot show. It names no character: they are
// people's names.
type GlyphError struct{ Count int }

func (e *GlyphError) Error() string {
	return fmt.Sprintf("%d different characters of the document are in no font", e.Count)
}

// ErrPicture is in the chain when a picture of the document cannot be shown.
var ErrPicture = errors.New("picture cannot be shown")

// PDF sets a document. It fails with a *GlyphError rather than leave a blank where a
// character should stand, with receipt.ErrDocument for a document that cannot be laid out, and with ErrPicture.
func (s *Setter) PDF(document receipt.Pages, options Options) ([]byte, error) {
	if err := document.Check(); err != nil {
		return nil, err
	}
	document, err := s.shown(document, options)
	if err != nil {
		return nil, err
	}
	l := newLayout(s, document)
	for i, part := range document.Parts {
		var next *receipt.Part
		if i+1 < len(document.Parts) {
			next = &document.Parts[i+1]
		}
		if err := l.place(part, next); err != nil {
			return nil, fmt.Errorf("part %d (%s): %w", i+1, part.Kind, err)
		}
	}
	return l.draw()
}

// shown is the document with every text fit to be drawn.
func (s *Setter) shown(d receipt.Pages, options Options) (receipt.Pages, error) {
	missing := map[rune]bool{}
	clean := func(in string) string { return s.clean(in, options, missing) }
	out := d
	out.Foot, out.Count, out.Watermark = clean(d.Foot), clean(d.Count), clean(d.Watermark)
	out.Parts = make([]receipt.Part, len(d.Parts))
	for i, part := range d.Parts {
		out.Parts[i] = eachText(part, clean)
	}
	switch {
	case len(missing) > 0 && options.Blank && d.Lacking != "":
		out.Parts = append(out.Parts, receipt.Part{Kind: receipt.PartParagraph, Text: d.Lacking})
	case len(missing) > 0 && !options.Blank:
		return receipt.Pages{}, &GlyphError{Count: len(missing)}
	}
	return out, nil
}

// eachText is a copy of a part with every text changed.
func eachText(p receipt.Part, change func(string) string) receipt.Part {
	p.Text, p.Label = change(p.Text), change(p.Label)
	p.Items = changed(p.Items, change)
	p.Fields = append([]receipt.Field(nil), p.Fields...)
	for i := range p.Fields {
		p.Fields[i].Label, p.Fields[i].Text = change(p.Fields[i].Label), change(p.Fields[i].Text)
	}
	p.Columns = append([]receipt.Column(nil), p.Columns...)
	for i := range p.Columns {
		p.Columns[i].Label = change(p.Columns[i].Label)
	}
	rows := p.Rows
	p.Rows = make([][]string, len(rows))
	for i, row := range rows {
		p.Rows[i] = changed(row, change)
	}
	p.Lines = append([]receipt.SignLine(nil), p.Lines...)
	for i := range p.Lines {
		p.Lines[i].Label, p.Lines[i].Text = change(p.Lines[i].Label), change(p.Lines[i].Text)
	}
	return p
}

func changed(in []string, change func(string) string) []string {
	out := make([]string, len(in))
	for i, s := range in {
		out[i] = change(s)
	}
	return out
}

// clean takes out what is no text, keeps line ends, and notes what the fonts lack.
func (s *Setter) clean(in string, options Options, missing map[rune]bool) string {
	lines := strings.Split(strings.ReplaceAll(in, "\r\n", "\n"), "\n")
	for i, line := range lines {
		lines[i] = strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Variation_Selector, r) {
				return -1 // picks one of several shapes, of which the font has one
			}
			_, regular := s.regular.advance(r)
			_, bold := s.bold.advance(r)
			switch {
			case regular && bold:
				return r
			}
			missing[r] = true
			if options.Blank {
				return text.Blank
			}
			return r
		}, receipt.Clean(line))
	}
	return strings.Join(lines, "\n")
}
