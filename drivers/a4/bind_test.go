package a4_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bianmin/drivers/a4"
)

// sheet draws a page with a bar by which it is known again.
func sheet(width, height, bar int, c color.Color) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.Draw(img, img.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(img, image.Rect(0, bar, width, bar+20), image.NewUniform(c), image.Point{}, draw.Src)
	return img
}

func grey(img image.Image) *image.Gray {
	g := image.NewGray(img.Bounds())
	draw.Draw(g, g.Rect, img, image.Point{}, draw.Src)
	return g
}

func asPNG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func asJPEG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: 70}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func scanned(t testing.TB) [][]byte {
	page := asJPEG(t, sheet(827, 1170, 100, color.Black))
	return [][]byte{
		page, asPNG(t, grey(sheet(827, 1170, 300, color.Black))), asJPEG(t, grey(sheet(1170, 827, 500, color.Black))),
		asPNG(t, sheet(827, 1100, 700, color.RGBA{200, 30, 30, 255})), page,
	}
}

// TestBind: a document has its pages in their order, each on A4 as it lies, is hardly larger than they are, says nothing of anybody, and
// gives the pages back pixel by pixel. Another program (poppler) agrees about number, size and pictures.
func TestBind(t *testing.T) {
	pages := scanned(t)
	document, err := a4.Bind(pages)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := a4.Bind(pages); err != nil || !bytes.Equal(again, document) {
		t.Errorf("the same pages give another document (%v)", err)
	}
	sum := 0
	for _, page := range pages[:4] {
		sum += len(page)
	}
	if len(document) > sum+6000 {
		t.Errorf("%d bytes of pages became %d", sum, len(document))
	}
	file := filepath.Join(t.TempDir(), "document.pdf")
	if err := os.WriteFile(file, document, 0o600); err != nil {
		t.Fatal(err)
	}
	info := run(t, "pdfinfo", "-l", "5", file)
	if !strings.Contains(info, "Pages:           5") || strings.Count(info, "595.28 x 841.89 pts (A4)")+strings.Count(info, "595.276 x 841.89 pts (A4)")+strings.Count(info, "595 x 842 pts (A4)") != 4 || strings.Contains(info, "Date") || strings.Contains(info, "Author") {
		t.Errorf("%s", info)
	}
	folder := t.TempDir()
	run(t, "pdftoppm", "-r", "50", "-png", file, filepath.Join(folder, "p"))
	for i, dark := range []float64{110.0 / 1170, 310.0 / 1170, 510.0 / 827, 710.0 / 1100, 110.0 / 1170} {
		name := filepath.Join(folder, "p-"+string(rune('1'+i))+".png")
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		size := img.Bounds().Size()
		if (size.X > size.Y) != (i == 2) {
			t.Errorf("page %d lies the wrong way: %v", i+1, size)
		}
		high := float64(size.Y)
		if i == 3 { // not as long as A4: in the middle
			high = float64(size.X) * 1100 / 827
		}
		y := int((float64(size.Y)-high)/2 + dark*high)
		if _, g, _, _ := img.At(size.X/2, y).RGBA(); g > 0x7000 {
			t.Errorf("page %d is another: %d at %d", i+1, g>>8, y)
		}
	}
	back, err := a4.Unbind(document)
	if err != nil || len(back) != len(pages) {
		t.Fatalf("%d pages came back: %v", len(back), err)
	}
	for i := range pages {
		want, _, err := image.Decode(bytes.NewReader(pages[i]))
		if err != nil {
			t.Fatal(err)
		}
		got, _, err := image.Decode(bytes.NewReader(back[i]))
		if err != nil || got.Bounds() != want.Bounds() {
			t.Fatalf("page %d: %v", i+1, err)
		}
		for y := 0; y < want.Bounds().Dy(); y += 7 {
			for x := 0; x < want.Bounds().Dx(); x += 11 {
				r, g, b, _ := want.At(x, y).RGBA()
				if r2, g2, b2, _ := got.At(x, y).RGBA(); r != r2 || g != g2 || b != b2 {
					t.Fatalf("page %d differs at %d, %d", i+1, x, y)
				}
			}
		}
	}
}

// TestBindRefuses: a page that is broken is never a hole in a document.
func TestBindRefuses(t *testing.T) {
	page := asJPEG(t, sheet(400, 500, 10, color.Black))
	for name, pages := range map[string][][]byte{"none": nil, "cut": {page, page[:len(page)/2]}, "nonsense": {[]byte("hello")}, "empty": {page, nil}} {
		if document, err := a4.Bind(pages); err == nil || document != nil {
			t.Errorf("%s: %d bytes", name, len(document))
		}
	}
	for _, content := range [][]byte{nil, []byte("%PDF-1.7\n"), page} {
		if pages, err := a4.Unbind(content); err == nil {
			t.Errorf("%d pages of nothing", len(pages))
		}
	}
	if _, err := a4.Bind([][]byte{page[:100]}); !errors.Is(err, a4.ErrPicture) {
		t.Errorf("%v", err)
	}
}

// FuzzUnbind: anything that is said to be a document gives pictures or an error.
func FuzzUnbind(f *testing.F) {
	document, err := a4.Bind([][]byte{asJPEG(f, sheet(40, 50, 10, color.Black)), asPNG(f, grey(sheet(40, 50, 20, color.Black)))})
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range [][]byte{document, document[:len(document)/2], bytes.ReplaceAll(document, []byte("/Length 1"), []byte("/Length 9")), []byte("1 0 obj\n<<\n/Length 7>>\nstream\n/I1 Do \nendstream"), nil} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, pdf []byte) {
		if pages, err := a4.Unbind(pdf); err == nil && len(pages) == 0 {
			t.Error("no pages, and no error")
		}
	})
}
