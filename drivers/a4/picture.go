package a4

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	_ "image/jpeg" // pages are scanned as JPEG
	"image/png"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
	"github.com/signintech/gopdf"

	"bianmin/core/receipt"
)

// largest is the most pixels a picture may have: A4 at 600 dpi, twice.
const largest = 70_000_000

// picture sets a scanned page as large as the page allows, with its watermark across.
func (l *layout) picture(p receipt.Part) error {
	holder, size, err := readPicture(p.Picture)
	if err != nil {
		return err
	}
	if l.room() < l.whole()/2 {
		l.newPage()
	}
	scale := min(l.inner()/float64(size.X), l.room()/float64(size.Y))
	at := box{w: float64(size.X) * scale, h: float64(size.Y) * scale}
	at.x, at.y = side+(l.inner()-at.w)/2, l.y
	l.add(func(pdf *gopdf.GoPdf) error {
		if err := pdf.ImageByHolder(holder, at.x, at.y, &gopdf.Rect{W: at.w, H: at.h}); err != nil {
			return fmt.Errorf("%w: %w", ErrPicture, err)
		}
		if p.Text == "" {
			return nil
		}
		return l.across(pdf, p.Text, at, 0.25)
	})
	l.y += at.h + 6
	return nil
}

// readPicture reads a PNG or JPEG. JPEG of the usual kinds is taken as it is, all else
// becomes a plain PNG on white: the PDF library knows few of PNG's forms.
func readPicture(content []byte) (gopdf.ImageHolder, image.Point, error) {
	config, format, err := image.DecodeConfig(bytes.NewReader(content))
	if err != nil {
		return nil, image.Point{}, fmt.Errorf("%w: %w", ErrPicture, err)
	}
	size := image.Pt(config.Width, config.Height)
	if size.X < 1 || size.Y < 1 || size.X > largest/size.Y {
		return nil, size, fmt.Errorf("%w: %d×%d pixels", ErrPicture, size.X, size.Y)
	}
	plain := config.ColorModel == color.YCbCrModel || config.ColorModel == color.GrayModel
	if format != "jpeg" || !plain {
		if content, err = onWhite(content); err != nil {
			return nil, size, err
		}
	} else if _, _, err := image.Decode(bytes.NewReader(content)); err != nil { // a broken one would be a hole on paper
		return nil, size, fmt.Errorf("%w: %w", ErrPicture, err)
	}
	holder, err := gopdf.ImageHolderByBytes(content)
	if err != nil {
		return nil, size, fmt.Errorf("%w: %w", ErrPicture, err)
	}
	return holder, size, nil
}

func onWhite(content []byte) ([]byte, error) {
	decoded, _, err := image.Decode(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPicture, err)
	}
	bounds := decoded.Bounds()
	var flat draw.Image = image.NewRGBA(image.Rect(0, 0, bounds.Dx(), bounds.Dy()))
	if _, grey := decoded.(*image.Gray); grey {
		flat = image.NewGray(flat.Bounds())
	}
	draw.Draw(flat, flat.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(flat, flat.Bounds(), decoded, bounds.Min, draw.Over)
	var out bytes.Buffer
	if err := png.Encode(&out, flat); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPicture, err)
	}
	return out.Bytes(), nil
}

// signHeight is the height of one line to sign on.
const signHeight = 36

func signatureHeight(lines []receipt.SignLine) float64 {
	return float64((len(lines)+1)/2)*signHeight + 8
}

// signature sets lines to sign on, two beside each other, kept together.
func (l *layout) signature(lines []receipt.SignLine) error {
	const height, gap = signHeight, 24
	l.need(signatureHeight(lines))
	l.down(8)
	half := (l.inner() - gap) / 2
	for i, line := range lines {
		x := side + float64(i%2)*(half+gap)
		label := l.regular.width(line.Label, body) + 6
		l.text(l.regular, body, x, l.y+height-20, 16, line.Label)
		l.line(x+label, l.y+height-4, x+half, l.y+height-4, hair)
		if line.Text != "" {
			l.aligned(l.regular, body, x+label, l.y+height-20, half-label, 16, receipt.Center, line.Text)
		}
		if err := l.signed(line, box{x + label, l.y, half - label, height - 5}); err != nil {
			return err
		}
		if i%2 == 1 || i == len(lines)-1 {
			l.y += height
		}
	}
	l.y += 8
	return nil
}

// signed puts a signature written on the screen on its line.
func (l *layout) signed(line receipt.SignLine, on box) error {
	if len(line.Picture) == 0 {
		return nil
	}
	holder, size, err := readPicture(line.Picture)
	if err != nil {
		return err
	}
	scale := min(on.w/float64(size.X), on.h/float64(size.Y))
	w, h := float64(size.X)*scale, float64(size.Y)*scale
	l.add(func(pdf *gopdf.GoPdf) error {
		if err := pdf.ImageByHolder(holder, on.x+(on.w-w)/2, on.y+on.h-h, &gopdf.Rect{W: w, H: h}); err != nil {
			return fmt.Errorf("%w: %w", ErrPicture, err)
		}
		return nil
	})
	return nil
}

// module is the least size of a code's module: half a millimetre, which cheap scanners read.
const module = 0.5 * mm

// modules of a QR code, with the size of one in points.
type modules struct {
	barcode.Barcode
	n    int
	step float64
}

func (m modules) edge() float64 { return m.step * float64(m.n) }

func (l *layout) encode(data string) (modules, error) {
	code, err := qr.Encode(data, qr.M, qr.Auto)
	if err != nil {
		return modules{}, fmt.Errorf("%w: QR code: %w", receipt.ErrDocument, err)
	}
	n := code.Bounds().Dx()
	m := modules{code, n, max(module, 26*mm/float64(n))}
	if m.edge() > l.inner() {
		return modules{}, fmt.Errorf("%w: QR code: %d characters are too many", receipt.ErrDocument, len(data))
	}
	return m, nil
}

// modules draws a code's dark modules as rectangles, one per run.
func (l *layout) modules(code modules, x, y float64) {
	l.add(func(pdf *gopdf.GoPdf) error {
		pdf.SetGrayFill(0)
		for row := range code.n {
			for from := 0; from < code.n; from++ {
				to := from
				for to < code.n && dark(code.At(to, row)) {
					to++
				}
				if to > from {
					pdf.RectFromUpperLeftWithStyle(x+float64(from)*code.step, y+float64(row)*code.step, float64(to-from)*code.step, code.step, "F")
					from = to
				}
			}
		}
		return nil
	})
}

// code draws a QR code with words beside it.
func (l *layout) code(p receipt.Part) error {
	code, err := l.encode(p.Data)
	if err != nil {
		return err
	}
	edge, quiet := code.edge(), 4*code.step
	l.need(edge + 12)
	l.down(6)
	x, y := side+quiet, l.y
	l.modules(code, x, y)
	beside := x + edge + quiet + 6
	lines := wrap(p.Text, l.regular, body, max(side+l.inner()-beside, 6*body), 0)
	for i, line := range lines {
		l.text(l.regular, body, beside, y+(edge-float64(len(lines))*body*leading)/2+float64(i)*body*leading, body*leading, line)
	}
	l.y += edge + 6
	return nil
}

func dark(c color.Color) bool {
	grey, _, _, _ := c.RGBA()
	return grey < 0x8000
}
