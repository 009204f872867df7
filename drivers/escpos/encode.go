package escpos

import (
	"errors"
	"fmt"
	"strings"

	"bianmin/core/receipt"
)

// Command bytes, as every ESC/POS manual names them.
const (
	esc = 0x1B
	gs  = 0x1D
	fs  = 0x1C
	dle = 0x10
	lf  = 0x0A
)

var (
	// start resets the printer, switches automatic status off and two-byte characters on,
	// and picks the code page without national replacements.
	start = []byte{esc, '@', gs, 'a', 0, esc, 'R', 0, fs, '&'}
	// acknowledge asks for the paper sensor in the order of the job: its answer proves that all before it was done.
	acknowledge = []byte{gs, 'r', 1}
	cutPaper    = []byte{gs, 'V', 66, 0}
	feedToTear  = []byte{esc, 'd', 5}
)

// ErrDocument is in the chain when a document cannot be laid out at all.
var ErrDocument = errors.New("document cannot be printed")

// encoder turns blocks into pieces; each piece is a run of whole commands, so
// that a status question may be asked between any two.
type encoder struct {
	profile Profile
	raster  Rasteriser
	pieces  [][]byte
	align   receipt.Align
	size    int
	bold    bool
}

// Encode lays the document out for the printer. The pieces joined are the job;
// each is a run of whole commands. Text is safe: control bytes in it are gone.
func Encode(document receipt.Document, profile Profile, raster Rasteriser) ([][]byte, error) {
	e := &encoder{profile: profile, raster: raster, align: receipt.Left, size: 1}
	e.put(start)
	for i, b := range document.Blocks {
		if err := e.block(b); err != nil {
			return nil, fmt.Errorf("%w: block %d: %w", ErrDocument, i+1, err)
		}
	}
	e.style(receipt.Left, 1, false)
	if profile.NoCutter {
		e.put(feedToTear)
	} else {
		e.put(cutPaper)
	}
	return e.pieces, nil
}

func (e *encoder) put(piece []byte) {
	if len(piece) > 0 {
		e.pieces = append(e.pieces, piece)
	}
}

func (e *encoder) block(b receipt.Block) error {
	limit := e.profile.Cells()
	switch b.Kind {
	case receipt.Text:
		size := 1
		if b.Size >= 2 {
			size = 2
		}
		for _, line := range wrap(e.readable(b.Text), limit/size) {
			e.line(line, b.Align, size, b.Bold)
		}
	case receipt.Pair:
		for _, line := range pairLines(e.readable(b.Label), e.readable(b.Text), limit) {
			e.line(line, receipt.Left, 1, b.Bold)
		}
	case receipt.Rule:
		e.line(strings.Repeat("─", limit/2), receipt.Left, 1, false)
	case receipt.Feed:
		e.put([]byte{esc, 'd', byte(min(max(b.Lines, 1), 20))})
	case receipt.QR:
		return e.qr(receipt.Clean(b.Data))
	default:
		return fmt.Errorf("unknown kind %q", b.Kind)
	}
	return nil
}

// style changes what differs from the style before.
func (e *encoder) style(align receipt.Align, size int, bold bool) {
	var out []byte
	if align == "" {
		align = receipt.Left
	}
	if align != e.align {
		place := map[receipt.Align]byte{receipt.Center: 1, receipt.Right: 2}[align]
		out = append(out, esc, 'a', place)
	}
	if size != e.size {
		// Old clones take the size of Chinese characters only from FS !.
		latin, chinese := byte(0), byte(0)
		if size == 2 {
			latin, chinese = 0x11, 0x0C
		}
		out = append(out, gs, '!', latin, fs, '!', chinese)
	}
	if bold != e.bold {
		n := byte(0)
		if bold {
			n = 1
		}
		out = append(out, esc, 'E', n)
	}
	e.align, e.size, e.bold = align, size, bold
	e.put(out)
}

// line writes one line as text, or draws it when the printer lacks one of its characters.
func (e *encoder) line(s string, align receipt.Align, size int, bold bool) {
	var out []byte
	for _, r := range s {
		code := e.profile.Charset.code(r)
		if code == nil {
			if e.raster != nil {
				e.drawn(s, align, size, bold)
				return
			}
			code = []byte{'?'}
			if width(r) == 0 {
				code = nil
			}
		}
		out = append(out, code...)
	}
	e.style(align, size, bold)
	e.put(append(out, lf))
}
