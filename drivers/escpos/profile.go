package escpos

import (
	"context"
	"log/slog"
	"time"

	"bianmin/drivers/dots"
)

// Charset says which characters a printer's own fonts hold.
type Charset int

// Charsets, the most usual first.
const (
	GBK     Charset = iota // GB18030's two-byte part without the user-defined areas
	GB2312                 // older clones
	GB18030                // four-byte characters too
	ASCII                  // no Chinese font: every line with Chinese is drawn
	NoText                 // nothing: every line is drawn
)

// Profile says what a printer can do.
type Profile struct {
	Paper    int     // mm: 80 (default) or 58
	Charset  Charset // what is written as text; anything else is drawn line by line
	RasterQR bool    // draw QR codes: the printer lacks GS ( k
	NoCutter bool    // feed to the tear bar instead of cutting
	Identify bool    // Status asks once for maker, model, serial number and firmware (GS I)
}

// Dots is the width of the print head at 203 dots per inch.
func (p Profile) Dots() int {
	if p.Paper == 58 {
		return 384
	}
	return 576
}

// Cells is the number of Latin characters on one line; a Chinese one takes two.
func (p Profile) Cells() int { return p.Dots() / cellWidth }

const (
	cellWidth  = 12 // dots of a Latin character
	cellHeight = 24 // dots of any character
	lineGap    = 6  // dots below a drawn line, about what the printer leaves below its own
)

// Rasteriser draws characters the printer lacks; *dots.Face is one.
type Rasteriser interface {
	Has(r rune) bool
	// Draw draws r into the cell of width × height dots at (x, y).
	Draw(dst *dots.Bitmap, x, y, width, height int, r rune, bold bool)
}

// Link is the byte channel to the printer. Read and Write return what they did
// together with the context's error when it ends first.
type Link interface {
	ReadContext(ctx context.Context, p []byte) (int, error)
	WriteContext(ctx context.Context, p []byte) (int, error)
	// Flush drops what was received and not read, and what was written and not sent.
	Flush() error
	Close() error
}

// Options are the printer's profile and how patient the driver is. Zero values are the defaults.
type Options struct {
	Profile
	Raster  Rasteriser       // nil: what the printer cannot write is printed as □
	Baud    int              // 115200; for the time bytes need on the line
	Now     func() time.Time // time.Now
	Log     *slog.Logger     // slog.Default
	Answer  time.Duration    // for one status byte, 500 ms
	Silence time.Duration    // without any answer until a working printer counts as silent, 5 s
	Finish  time.Duration    // for the printing itself beyond the time the bytes need, 60 s

	// Doubtful says that something of an earlier job may hang in the printer: it was
	// opened before and has been away. It is cut off before anything else is printed.
	Doubtful bool
}

func (o *Options) fill() {
	if o.Paper == 0 {
		o.Paper = 80
	}
	if o.Baud == 0 {
		o.Baud = 115200
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	for d, fallback := range map[*time.Duration]time.Duration{
		&o.Answer: 500 * time.Millisecond, &o.Silence: 5 * time.Second, &o.Finish: time.Minute,
	} {
		if *d == 0 {
			*d = fallback
		}
	}
}

// onLine is the time n bytes need on the serial line, start and stop bits included.
func (o *Options) onLine(n int) time.Duration {
	return time.Duration(n) * 10 * time.Second / time.Duration(o.Baud)
}
