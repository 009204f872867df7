package page

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"
)

const sheetWide, sheetHigh = 600, 840

// printed is a sheet's grey at a point: paper, words in lines, and ink that touches each of its four edges.
func printed(x, y float64) uint8 {
	const paper, ink = 240, 30
	edge := func(along, across, length float64) bool { return across < 12 && math.Abs(along-length/3) < 20 }
	switch {
	case edge(x, y, sheetWide), edge(x, sheetHigh-y, sheetWide), edge(y, x, sheetHigh), edge(y, sheetWide-x, sheetHigh):
		return ink
	case x > 60 && x < 540 && y > 80 && y < 760 && math.Mod(y, 30) < 12 && math.Mod(x+37*math.Floor(y/30), 61) > 9:
		return ink
	}
	return paper
}

// lay draws the sheet turned about the middle of a table; four points per pixel, and a camera's noise.
func lay(table uint8, degrees float64, seed uint64) *image.Gray {
	const width, height = 900, 1150
	chance := rand.New(rand.NewPCG(seed, 1))
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	out := image.NewGray(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			sum := 0
			for i := range 4 {
				dx, dy := float64(x)+0.25+0.5*float64(i%2)-width/2, float64(y)+0.25+0.5*float64(i/2)-height/2
				u, v := dx*cos+dy*sin+sheetWide/2, dy*cos-dx*sin+sheetHigh/2
				if u < 0 || v < 0 || u >= sheetWide || v >= sheetHigh {
					sum += int(table)
				} else {
					sum += int(printed(u, v))
				}
			}
			out.SetGray(x, y, color.Gray{Y: uint8(min(255, max(0, sum/4+chance.IntN(13)-6)))})
		}
	}
	return out
}

func coloured(g *image.Gray) *image.RGBA {
	out := image.NewRGBA(g.Rect)
	for i, v := range g.Pix {
		copy(out.Pix[4*i:], []uint8{v, v, uint8(int(v) * 9 / 10), 255})
	}
	return out
}

// apart is the mean distance of the picture from the sheet as it was printed, when laid over each other at the middle.
func apart(img image.Image) float64 {
	g := Grey(img)
	left, top := (g.Rect.Dx()-sheetWide)/2, (g.Rect.Dy()-sheetHigh)/2
	best := math.Inf(1)
	for oy := -3; oy <= 3; oy++ {
		for ox := -3; ox <= 3; ox++ {
			sum, n := 0.0, 0.0
			for y := 0; y < sheetHigh; y += 2 {
				for x := 0; x < sheetWide; x += 2 {
					sum += math.Abs(float64(g.GrayAt(left+ox+x, top+oy+y).Y) - float64(printed(float64(x)+0.5, float64(y)+0.5)))
					n++
				}
			}
			best = min(best, sum/n)
		}
	}
	return best
}

// TestSheetIsCutOut: at every lean and on every table the sheet comes out whole, level, and with little around it.
func TestSheetIsCutOut(t *testing.T) {
	for _, c := range []struct {
		table   uint8
		degrees float64
	}{{15, -13}, {195, -6.3}, {70, -1.1}, {130, 0}, {195, 0}, {70, 0.6}, {130, 3.7}, {15, 11}} {
		grey := lay(c.table, c.degrees, 7)
		for _, img := range []image.Image{grey, coloured(grey)} {
			t.Run(fmt.Sprintf("%d/%v/%T", c.table, c.degrees, img), func(t *testing.T) {
				got, changed := Straighten(img)
				size := got.Bounds()
				if !changed || size.Dx() < sheetWide || size.Dy() < sheetHigh || size.Dx() > sheetWide*104/100 || size.Dy() > sheetHigh*104/100 {
					t.Fatalf("changed %v, %v", changed, size)
				}
				if d := apart(got); d > 16 {
					t.Errorf("%.1f greys from what was printed", d)
				}
				if _, same := got.(*image.Gray); same != (img == image.Image(grey)) {
					t.Errorf("%T became %T", img, got)
				}
			})
		}
	}
}

// ink is the sum of what is darker than paper.
func ink(g *image.Gray) (sum float64) {
	Rows(g, func(_ int, row []uint8) {
		for _, v := range row {
			if v < 220 {
				sum += 240 - float64(v)
			}
		}
	})
	return sum
}

// TestLinesAreLevelled: where no table is seen, lines come level and no ink is lost, not in the corners either.
func TestLinesAreLevelled(t *testing.T) {
	for i, degrees := range []float64{-8.4, -3, -1.2, 0.9, 2.5, 7.8} {
		img := lay(240, degrees, uint64(i))
		for _, at := range []image.Point{{0, 0}, {880, 0}, {0, 1130}, {880, 1130}} {
			for p := range 400 {
				img.SetGray(at.X+p%20, at.Y+p/20, color.Gray{Y: 30})
			}
		}
		got, changed := Straighten(img)
		if !changed {
			t.Errorf("%v°: left as it was", degrees)
			continue
		}
		g := Grey(got)
		if left := Lean(g, 240); math.Abs(left) > 0.3 {
			t.Errorf("%v°: still leans by %.2f°", degrees, left)
		}
		if before, after := ink(img), ink(g); math.Abs(after-before) > 0.04*before {
			t.Errorf("%v°: ink %.0f became %.0f", degrees, before, after)
		}
		for _, corner := range []image.Rectangle{{image.Pt(0, 0), image.Pt(220, 220)}, {image.Pt(g.Rect.Dx()-220, g.Rect.Dy()-220), g.Rect.Max}} {
			if part := ink(g.SubImage(corner).(*image.Gray)); part < 0.9*400*210 {
				t.Errorf("%v°: ink of %.0f in the corner %v", degrees, part, corner)
			}
		}
	}
}

// TestDoubtChangesNothing: what is straight, or is not one sheet on a table, stays as it is to the last bit.
func TestDoubtChangesNothing(t *testing.T) {
	flat := func(v uint8) *image.Gray {
		g := image.NewGray(image.Rect(0, 0, 700, 900))
		for i := range g.Pix {
			g.Pix[i] = v
		}
		return g
	}
	fill := func(g *image.Gray, area image.Rectangle, v uint8) *image.Gray {
		for y := area.Min.Y; y < area.Max.Y; y++ {
			for x := area.Min.X; x < area.Max.X; x++ {
				g.SetGray(x, y, color.Gray{Y: v})
			}
		}
		return g
	}
	photo := flat(0)
	for i := range photo.Pix {
		photo.Pix[i] = uint8(60 + (i%700)/6 + (i/700)/20)
	}
	noise, chance := flat(0), rand.New(rand.NewPCG(4, 4))
	for i := range noise.Pix {
		noise.Pix[i] = uint8(chance.IntN(256))
	}
	for name, img := range map[string]*image.Gray{
		"straight":      lay(240, 0, 1),
		"hardly leans":  lay(240, 0.2, 1),
		"white":         flat(250),
		"black":         flat(3),
		"photo":         photo,
		"printed frame": fill(flat(120), image.Rect(60, 60, 640, 840), 245),
		"noise":         noise,
		"a second card": fill(lay(40, 4, 1), image.Rect(20, 20, 120, 80), 220),
		"ink beyond":    fill(lay(110, 4, 1), image.Rect(20, 1000, 120, 1060), 10),
		"small":         image.NewGray(image.Rect(0, 0, 99, 2000)),
		"empty":         image.NewGray(image.Rectangle{}),
	} {
		before := bytes.Clone(img.Pix)
		got, changed := Straighten(img)
		if name == "a second card" || name == "ink beyond" {
			if ink(Grey(got)) < 0.9*ink(img) {
				t.Errorf("%s: cut off", name)
			}
			continue // nothing is cut off; lines may be levelled
		}
		if changed || got != image.Image(img) || !bytes.Equal(before, img.Pix) {
			t.Errorf("%s: changed", name)
		}
	}
}

// bomb is a PNG of few bytes whose header promises a picture of that size.
func bomb(width, height uint32) []byte {
	var out bytes.Buffer
	out.WriteString("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d")
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32([]byte("IHDR"), width), height)
	head = append(head, 8, 6, 0, 0, 0)
	out.Write(binary.BigEndian.AppendUint32(head, crc32.ChecksumIEEE(head)))
	return out.Bytes()
}

// jpegBomb is a whole small JPEG whose header was made to promise another size.
func jpegBomb(t testing.TB, width, height uint16) []byte {
	var out bytes.Buffer
	if err := jpeg.Encode(&out, image.NewGray(image.Rect(0, 0, 16, 16)), nil); err != nil {
		t.Fatal(err)
	}
	data := out.Bytes()
	at := bytes.Index(data, []byte{0xff, 0xc0})
	binary.BigEndian.PutUint16(data[at+5:], height)
	binary.BigEndian.PutUint16(data[at+7:], width)
	return data
}

// TestReadRefuses: a header that promises too much is refused before memory is taken; half a picture is none.
func TestReadRefuses(t *testing.T) {
	var whole, drawn bytes.Buffer
	if err := errors.Join(jpeg.Encode(&whole, lay(50, 3, 1), nil), png.Encode(&drawn, lay(50, 3, 1))); err != nil {
		t.Fatal(err)
	}
	for _, data := range [][]byte{whole.Bytes(), drawn.Bytes()} {
		if img, err := Read(data); err != nil || img.Bounds().Dx() != 900 {
			t.Fatalf("a good picture: %v", err)
		}
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for name, data := range map[string][]byte{
		"jpeg bomb": jpegBomb(t, 60_000, 60_000), "flat bomb": jpegBomb(t, 65_000, 100), "jpeg of nothing": jpegBomb(t, 0, 0), "png bomb": bomb(60_000, 60_000), "png bomb of colour": bomb(7_000, 7_000), "nothing": nil, "a page of HTML": []byte("<html/>"),
		"half a jpeg": whole.Bytes()[:whole.Len()/2], "jpeg without end": whole.Bytes()[:whole.Len()-2], "half a png": drawn.Bytes()[:drawn.Len()/2],
	} {
		if img, err := Read(data); !errors.Is(err, ErrPicture) {
			t.Errorf("%s: %v, %v", name, img != nil, err)
		}
	}
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 32<<20 {
		t.Errorf("refusing took %d bytes", took)
	}
}

// FuzzPicture feeds anything as a picture: it is refused, or becomes a page that is no larger than its turned canvas.
func FuzzPicture(f *testing.F) {
	var seed bytes.Buffer
	small := lay(60, 5, 1).SubImage(image.Rect(100, 100, 400, 400))
	if err := jpeg.Encode(&seed, small, &jpeg.Options{Quality: 30}); err != nil {
		f.Fatal(err)
	}
	for _, data := range [][]byte{seed.Bytes(), seed.Bytes()[:seed.Len()/2], jpegBomb(f, 60_000, 60_000), jpegBomb(f, 300, 200), bomb(60_000, 60_000), bomb(200, 200)} {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		img, err := Read(data)
		if err != nil {
			return
		}
		size := img.Bounds()
		if size.Dx()*size.Dy() > 1_000_000 {
			return // a picture of a page, and slow
		}
		got, changed := Straighten(img)
		if b := got.Bounds(); changed && (b.Empty() || b.Dx()+b.Dy() > 3*(size.Dx()+size.Dy())) {
			t.Errorf("%v became %v", size, b)
		}
	})
}
