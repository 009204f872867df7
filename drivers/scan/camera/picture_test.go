package camera

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"slices"
	"testing"

	"bianmin/drivers/link/video"
)

// checks is a picture with a colour in each quarter.
func checks(width, height int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			c := color.RGBA{R: 230, G: 230, B: 220, A: 255}
			if x < width/2 {
				c.R = 40
			}
			if y < height/2 {
				c.B = 30
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

func encoded(t testing.TB, img image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// bare leaves the Huffman tables out, as cameras do.
func bare(data []byte) []byte {
	out := slices.Clone(data[:2])
	for at := 2; ; {
		end := at + 2 + int(binary.BigEndian.Uint16(data[at+2:]))
		if data[at+1] == startOfScan {
			return append(out, data[at:]...)
		}
		if data[at+1] != tables {
			out = append(out, data[at:end]...)
		}
		at = end
	}
}

func near(t *testing.T, what string, got image.Image, want *image.RGBA) {
	t.Helper()
	if got.Bounds() != want.Bounds() {
		t.Errorf("%s: %v, not %v", what, got.Bounds(), want.Bounds())
		return
	}
	for _, at := range []image.Point{{8, 8}, {50, 8}, {8, 40}, {50, 40}} {
		g, _ := color.RGBAModel.Convert(got.At(at.X, at.Y)).(color.RGBA)
		w := want.RGBAAt(at.X, at.Y)
		for _, d := range []int{int(g.R) - int(w.R), int(g.G) - int(w.G), int(g.B) - int(w.B)} {
			if d > 8 || d < -8 {
				t.Errorf("%s: at %v %v, not %v", what, at, g, w)
			}
		}
	}
}

// TestDecode: the same picture as a whole JPEG, as one without tables, with filling before a marker, and as YUYV.
func TestDecode(t *testing.T) {
	want := checks(64, 48)
	whole := encoded(t, want)
	filled := append([]byte{0xFF, 0xD8, 0xFF}, bare(whole)[2:]...)
	var plain []byte
	for y := range 48 {
		for x := 0; x < 64; x += 2 {
			a, b := want.RGBAAt(x, y), want.RGBAAt(x+1, y)
			y1, u, v := color.RGBToYCbCr(a.R, a.G, a.B)
			y2, _, _ := color.RGBToYCbCr(b.R, b.G, b.B)
			plain = append(plain, y1, u, y2, v)
		}
	}
	for name, one := range map[string]struct {
		data   []byte
		format video.Format
	}{"whole": {whole, video.JPEG}, "without tables": {bare(whole), video.JPEG}, "filled": {filled, video.JPEG}, "YUYV": {plain, video.YUYV}} {
		data := slices.Clone(one.data)
		got, err := decode(data, video.Mode{Format: one.format, Width: 64, Height: 48})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		near(t, name, got, want)
		if slices.ContainsFunc(data, func(b byte) bool { return b != 0 }) {
			t.Errorf("%s: what came is still in memory", name)
		}
	}
}

// TestBroken: what is no whole picture is refused by one name.
func TestBroken(t *testing.T) {
	whole := bare(encoded(t, checks(64, 48)))
	mode := video.Mode{Format: video.JPEG, Width: 64, Height: 48}
	for name, data := range map[string][]byte{
		"nothing": {}, "one byte": {0xFF}, "no JPEG": []byte("no picture at all"), "cut in its head": whole[:30], "cut in its picture": whole[:len(whole)-20],
		"no marker": append(slices.Clone(whole[:2]), 1, 2, 3, 4),
	} {
		if picture, err := decode(slices.Clone(data), mode); !errors.Is(err, errPicture) {
			t.Errorf("%s: %v, %v", name, picture, err)
		}
	}
	for _, n := range []int{0, 1, 2*64*48 - 1, 2*64*48 + 2} {
		if _, err := decode(make([]byte, n), video.Mode{Format: video.YUYV, Width: 64, Height: 48}); !errors.Is(err, errPicture) {
			t.Errorf("%d bytes of YUYV: %v", n, err)
		}
	}
	if _, err := decode(make([]byte, 2*63*48), video.Mode{Format: video.YUYV, Width: 63, Height: 48}); !errors.Is(err, errPicture) {
		t.Errorf("an odd width: %v", err)
	}
}

// FuzzDecode: whatever comes over the cable, it is a picture of the size that was asked for or an error by its name.
func FuzzDecode(f *testing.F) {
	whole := encoded(f, checks(16, 16))
	f.Add(whole, false)
	f.Add(bare(whole), false)
	f.Add(bare(whole)[:40], false)
	f.Add(make([]byte, 2*16*16), true)
	f.Fuzz(func(t *testing.T, data []byte, plain bool) {
		mode := video.Mode{Format: video.JPEG, Width: 16, Height: 16}
		if plain {
			mode.Format = video.YUYV
		}
		picture, err := decode(data, mode)
		switch {
		case err != nil && !errors.Is(err, errPicture):
			t.Fatal(err)
		case err == nil && plain && picture.Bounds().Size() != image.Pt(16, 16):
			t.Fatal(picture.Bounds())
		}
	})
}

// TestModes: which mode a page is taken in, and which the view.
func TestModes(t *testing.T) {
	m := func(f video.Format, width, height int) video.Mode {
		return video.Mode{Format: f, Width: width, Height: height}
	}
	j, y := video.JPEG, video.YUYV
	for name, one := range map[string]struct {
		modes      []video.Mode
		dpi        int
		page, view video.Mode
	}{
		"a camera of eight million":   {[]video.Mode{m(j, 3264, 2448), m(j, 2592, 1944), m(j, 1600, 1200), m(j, 1280, 960), m(j, 800, 600), m(j, 640, 480), m(j, 320, 240)}, 200, m(j, 2592, 1944), m(j, 640, 480)},
		"more dots":                   {[]video.Mode{m(j, 3264, 2448), m(j, 2592, 1944), m(j, 640, 480)}, 250, m(j, 3264, 2448), m(j, 640, 480)},
		"too few dots":                {[]video.Mode{m(j, 1280, 960), m(j, 640, 480)}, 300, m(j, 1280, 960), m(j, 640, 480)},
		"larger than any page":        {[]video.Mode{m(j, 9000, 7000), m(j, 2048, 1536)}, 600, m(j, 2048, 1536), m(j, 2048, 1536)},
		"JPEG before larger YUYV":     {[]video.Mode{m(j, 1600, 1200), m(y, 3264, 2448), m(y, 640, 480)}, 200, m(j, 1600, 1200), m(j, 1600, 1200)},
		"YUYV only":                   {[]video.Mode{m(y, 1600, 1200), m(y, 640, 480)}, 200, m(y, 1600, 1200), m(y, 640, 480)},
		"the view is of one shape":    {[]video.Mode{m(j, 2592, 1944), m(j, 1280, 960), m(j, 1280, 720), m(j, 640, 360)}, 200, m(j, 2592, 1944), m(j, 1280, 960)},
		"nothing small of that shape": {[]video.Mode{m(j, 2592, 1944), m(j, 2048, 1536), m(j, 640, 360)}, 200, m(j, 2592, 1944), m(j, 2048, 1536)},
		"only tiny ones beside it":    {[]video.Mode{m(j, 2592, 1944), m(j, 320, 240), m(j, 160, 120)}, 200, m(j, 2592, 1944), m(j, 320, 240)},
	} {
		if got := forPage(one.modes, one.dpi); got != one.page {
			t.Errorf("%s: page %+v", name, got)
		}
		if got := forView(one.modes, one.dpi); got != one.view {
			t.Errorf("%s: view %+v", name, got)
		}
	}
}
