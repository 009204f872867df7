package scan

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/draw"

	"bianmin/drivers"
)

var errPicture = errors.New("not a whole picture")

// limit of one side in px, against nonsense headers.
const longest = 20_000

// frame is a picture's header: what follows it in data is need bytes of pixels.
type frame struct {
	magic         string
	width, height int
	start, need   int // bytes before the pixels, bytes of pixels
}

// readFrame reads the header of a binary PBM, PGM or PPM of 8 bits;
// errPicture while it is not all there or makes no sense.
func readFrame(data []byte) (f frame, err error) {
	header := pnmHeader{rest: data}
	f.magic = header.word()
	most := 255
	f.width, f.height = header.number(), header.number()
	if f.magic != "P4" {
		most = header.number()
	}
	if header.bad || f.width < 1 || f.height < 1 || f.width > longest || f.height > longest {
		return f, fmt.Errorf("%w: header", errPicture)
	}
	if most != 255 {
		return f, fmt.Errorf("%w: %d levels", errPicture, most+1)
	}
	f.start = len(data) - len(header.rest)
	f.need = map[string]int{"P4": (f.width + 7) / 8 * f.height, "P5": f.width * f.height, "P6": 3 * f.width * f.height}[f.magic]
	return f, nil
}

// wholePNM tells whether data holds a whole picture.
func wholePNM(data []byte) bool {
	f, err := readFrame(data)
	return err == nil && f.need > 0 && len(data) >= f.start+f.need
}

// decodePNM reads one binary PBM, PGM or PPM of 8 bits, as scanimage writes it.
// Unlike most readers it refuses a picture that is cut short.
func decodePNM(data []byte) (image.Image, error) {
	f, err := readFrame(data)
	if err != nil {
		return nil, err
	}
	magic, width, height, pixels := f.magic, f.width, f.height, data[f.start:]
	if f.need == 0 || len(pixels) != f.need {
		return nil, fmt.Errorf("%w: %d bytes of %d", errPicture, len(pixels), f.need)
	}
	switch magic {
	case "P5":
		return &image.Gray{Pix: pixels, Stride: width, Rect: image.Rect(0, 0, width, height)}, nil
	case "P4":
		return fromBits(pixels, width, height), nil
	default:
		img := image.NewRGBA(image.Rect(0, 0, width, height))
		for i := range width * height {
			copy(img.Pix[4*i:], pixels[3*i:3*i+3])
			img.Pix[4*i+3] = 255
		}
		return img, nil
	}
}

func fromBits(bits []byte, width, height int) *image.Gray {
	img, stride := image.NewGray(image.Rect(0, 0, width, height)), (width+7)/8
	for y := range height {
		for x := range width {
			if bits[y*stride+x/8]&(0x80>>(x%8)) == 0 {
				img.Pix[y*img.Stride+x] = 255
			}
		}
	}
	return img
}

// pnmHeader reads words and comments; exactly one white byte ends the last number.
type pnmHeader struct {
	rest []byte
	bad  bool
}

func (h *pnmHeader) word() string {
	for len(h.rest) > 0 {
		if h.rest[0] == '#' {
			end := bytes.IndexByte(h.rest, '\n')
			if end < 0 {
				break
			}
			h.rest = h.rest[end+1:]
			continue
		}
		if !white(h.rest[0]) {
			break
		}
		h.rest = h.rest[1:]
	}
	n := 0
	for n < len(h.rest) && n < 20 && !white(h.rest[n]) {
		n++
	}
	if n == len(h.rest) || n == 0 {
		h.bad = true
		return ""
	}
	word := string(h.rest[:n])
	h.rest = h.rest[n+1:]
	return word
}

func (h *pnmHeader) number() int {
	n := 0
	for _, c := range h.word() {
		if c < '0' || c > '9' || n > 1<<20 {
			h.bad = true
			return 0
		}
		n = n*10 + int(c-'0')
	}
	return n
}

func white(b byte) bool { return b == ' ' || b == '\n' || b == '\t' || b == '\r' }

// The floor of a page: smaller than so many px on its longer side (A4 at 110 dots per inch), or at a lower JPEG quality, characters of
// 10.5 pt begin to be misread (the test has a program read them). Small sheets have fewer px, and keep them.
const (
	leastLong    = 1287
	leastQuality = 50
)

// pack encodes the picture within the budget: as PNG where few greys make that
// smaller, else as JPEG with falling quality, in the end with fewer pixels. A page
// that is larger at the floor stays larger, and is marked.
func pack(img image.Image, budget int) (drivers.ScannedPage, error) {
	if grey, ok := img.(*image.Gray); ok && levels(grey) <= 16 {
		var out bytes.Buffer
		encoder := png.Encoder{CompressionLevel: png.DefaultCompression}
		if err := encoder.Encode(&out, grey); err != nil {
			return drivers.ScannedPage{}, fmt.Errorf("encode PNG: %w", err)
		}
		if out.Len() <= budget {
			return packed(out.Bytes(), "image/png", img), nil
		}
	}
	for {
		for _, quality := range []int{80, 65, leastQuality} {
			var out bytes.Buffer
			if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: quality}); err != nil {
				return drivers.ScannedPage{}, fmt.Errorf("encode JPEG: %w", err)
			}
			floor := quality == leastQuality && longSide(img) <= leastLong
			if out.Len() <= budget || floor {
				page := packed(out.Bytes(), "image/jpeg", img)
				page.Large = out.Len() > budget
				return page, nil
			}
		}
		img = shrink(img)
	}
}

func longSide(img image.Image) int { return max(img.Bounds().Dx(), img.Bounds().Dy()) }

func packed(encoded []byte, mediaType string, img image.Image) drivers.ScannedPage {
	return drivers.ScannedPage{Image: encoded, MediaType: mediaType, Width: img.Bounds().Dx(), Height: img.Bounds().Dy()}
}

// levels counts the different greys.
func levels(g *image.Gray) int {
	var seen [256]bool
	n := 0
	for _, v := range g.Pix {
		if !seen[v] {
			seen[v] = true
			n++
		}
	}
	return n
}

// shrink makes the picture three quarters as wide and high, but no smaller than the floor.
func shrink(img image.Image) image.Image {
	long := longSide(img)
	to := max(long*3/4, min(long, leastLong))
	size := image.Rect(0, 0, max(1, img.Bounds().Dx()*to/long), max(1, img.Bounds().Dy()*to/long))
	var out draw.Image
	if _, grey := img.(*image.Gray); grey {
		out = image.NewGray(size)
	} else {
		out = image.NewRGBA(size)
	}
	draw.ApproxBiLinear.Scale(out, size, img, img.Bounds(), draw.Src, nil)
	return out
}
