package scan

import (
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"testing"

	"bianmin/assets"
	"bianmin/drivers"
	"bianmin/drivers/dots"
	"bianmin/drivers/scan/page"
)

// letter draws an A4 page at 200 dots per inch with so many lines of text, on paper of the given grey.
func letter(t *testing.T, lines int, paper uint8) *image.Gray {
	t.Helper()
	face, err := dots.NewFace(assets.FontRegular())
	if err != nil {
		t.Fatal(err)
	}
	const width, height, size = 1654, 2339, 32
	ink := dots.New(width, height)
	text := []rune("兹证明本村村民因病致贫家庭收入低于当地最低生活保障标准情况属实特此证明请予办理")
	for line := range lines {
		for i := range 40 {
			if (line+i)%17 != 0 {
				face.Draw(ink, 180+i*size, 200+line*60, size, size, text[(line*7+i)%len(text)], false)
			}
		}
	}
	page := image.NewGray(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			v := paper
			if ink.Black(x, y) {
				v = paper / 6
			}
			page.Pix[y*page.Stride+x] = v
		}
	}
	return page
}

func turn(g *image.Gray, degrees float64) *image.Gray {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	cx, cy := float64(g.Rect.Dx())/2, float64(g.Rect.Dy())/2
	out := image.NewGray(g.Rect)
	for y := range g.Rect.Dy() {
		for x := range g.Rect.Dx() {
			dx, dy := float64(x)-cx, float64(y)-cy
			out.Pix[y*out.Stride+x] = between(g, cx+cos*dx+sin*dy, cy-sin*dx+cos*dy)
		}
	}
	return out
}

// between is the grey at a point between four pixels, paper outside the page.
func between(g *image.Gray, x, y float64) uint8 {
	px, py := int(math.Floor(x)), int(math.Floor(y))
	if px < 0 || py < 0 || px+1 >= g.Rect.Dx() || py+1 >= g.Rect.Dy() {
		return g.Pix[0]
	}
	fx, fy := x-float64(px), y-float64(py)
	p := g.Pix[py*g.Stride+px:]
	top := float64(p[0])*(1-fx) + float64(p[1])*fx
	bottom := float64(p[g.Stride])*(1-fx) + float64(p[g.Stride+1])*fx
	return uint8(top*(1-fy) + bottom*fy)
}

// blur is a box blur of the given radius, twice: about what a lens out of focus does.
func blur(g *image.Gray, radius int) *image.Gray {
	out := image.NewGray(g.Rect)
	copy(out.Pix, g.Pix)
	width, height := g.Rect.Dx(), g.Rect.Dy()
	for range 2 {
		for y := range height {
			box(out.Pix[y*out.Stride:], width, 1, radius)
		}
		for x := range width {
			box(out.Pix[x:], height, out.Stride, radius)
		}
	}
	return out
}

// box averages one row or column of n pixels in place, with a running sum.
func box(pix []uint8, n, step, radius int) {
	line := make([]int, n)
	for i := range n {
		line[i] = int(pix[i*step])
	}
	at := func(i int) int { return line[min(max(i, 0), n-1)] }
	sum := 0
	for i := -radius; i <= radius; i++ {
		sum += at(i)
	}
	for i := range n {
		pix[i*step] = uint8(sum / (2*radius + 1))
		sum += at(i+radius+1) - at(i-radius)
	}
}

// grain adds the noise of a cheap sensor.
func grain(g *image.Gray, amount int) *image.Gray {
	random := rand.New(rand.NewPCG(1, 2))
	out := image.NewGray(g.Rect)
	for i, v := range g.Pix {
		out.Pix[i] = uint8(min(255, max(0, int(v)+random.IntN(2*amount+1)-amount)))
	}
	return out
}

func TestQuality(t *testing.T) {
	white := letter(t, 25, 245)
	for name, c := range map[string]struct {
		page *image.Gray
		want drivers.Quality
	}{
		"text":               {white, drivers.QualityGood},
		"text with grain":    {grain(white, 10), drivers.QualityGood},
		"two lines":          {letter(t, 2, 245), drivers.QualityGood},
		"recycled paper":     {grain(letter(t, 25, 190), 8), drivers.QualityGood},
		"a little soft":      {blur(white, 1), drivers.QualityGood},
		"turned 1 degree":    {turn(white, 1), drivers.QualityGood},
		"blank":              {letter(t, 0, 245), drivers.QualityBlank},
		"blank with grain":   {grain(letter(t, 0, 245), 10), drivers.QualityBlank},
		"blank grey paper":   {letter(t, 0, 190), drivers.QualityBlank},
		"blurred":            {blur(white, 4), drivers.QualityBlurred},
		"blurred with grain": {grain(blur(white, 5), 4), drivers.QualityBlurred},
		"dark":               {letter(t, 25, 90), drivers.QualityDark},
		"black":              {letter(t, 0, 3), drivers.QualityDark},
		"turned 4 degrees":   {turn(white, 4), drivers.QualitySkewed},
		"turned -6 degrees":  {grain(turn(white, -6), 8), drivers.QualitySkewed},
		"few lines turned":   {turn(letter(t, 4, 245), 5), drivers.QualitySkewed},
	} {
		t.Run(name, func(t *testing.T) {
			if got := judge(c.page); got != c.want {
				g := inner(c.page)
				paper, darkest := page.Tones(g)
				t.Errorf("%s, want %s (paper %d, darkest %d, ink %.5f, steepness %.1f, skew %.1f)", got, c.want,
					paper, darkest, inkShare(g, paper), steepness(g), page.Lean(g, paper))
			}
		})
	}
}

// The angle is found to within its fineness, so that pages can be turned straight.
func TestSkewAngle(t *testing.T) {
	straight := letter(t, 20, 245)
	for _, degrees := range []float64{-8, 3} {
		g := inner(turn(straight, degrees))
		if got := page.Lean(g, 245); math.Abs(got-degrees) > 0.25 {
			t.Errorf("turned by %v, found %v", degrees, got)
		}
	}
}

func TestPackKeepsTheBudget(t *testing.T) {
	colour := image.NewRGBA(image.Rect(0, 0, 600, 800))
	random := rand.New(rand.NewPCG(3, 4))
	for i := range colour.Pix {
		colour.Pix[i] = uint8(random.UintN(256)) // noise is the worst there is
	}
	for _, budget := range []int{200_000, 60_000} {
		p, err := pack(colour, budget)
		if err != nil || (len(p.Image) > budget) != p.Large || p.Large != (budget < 100_000) || p.Width != 600 { // so few pixels are the floor
			t.Errorf("budget %d: %d bytes, %d×%d, %v", budget, len(p.Image), p.Width, p.Height, err)
		}
	}
	for _, img := range []image.Image{letter(t, 25, 245), grain(letter(t, 25, 245), 12)} {
		p, err := pack(img, 300_000)
		if err != nil || len(p.Image) > 300_000 || p.Width != 1654 && p.MediaType == "image/png" {
			t.Errorf("text: %s of %d bytes, %d wide, %v", p.MediaType, len(p.Image), p.Width, err)
		}
	}
}

func TestDecodePNM(t *testing.T) {
	for content, want := range map[string]string{
		"P5\n2 1\n255\nab":             "2x1",
		"P5 # a\n# b\n 2\n1 255\n\n\n": "2x1", // the pixels may look like white space
		"P6\n1 2\n255\nabcdef":         "1x2",
		"P4\n9 1\n\xff\x80":            "9x1",
	} {
		img, err := decodePNM([]byte(content))
		if err != nil || fmt.Sprintf("%dx%d", img.Bounds().Dx(), img.Bounds().Dy()) != want {
			t.Errorf("%q: %v", content, err)
		}
	}
	img, err := decodePNM([]byte("P4\n9 1\n\xff\x00"))
	if err != nil || img.(*image.Gray).Pix[0] != 0 || img.(*image.Gray).Pix[8] != 255 {
		t.Errorf("bits: %v", err)
	}
}

func FuzzDecodePNM(f *testing.F) {
	f.Add([]byte("P5\n2 1\n255\nab"))
	f.Add([]byte("P6 1 1 255 abc"))
	f.Add([]byte("P4\n9 1\n\xff\x80"))
	f.Fuzz(func(t *testing.T, data []byte) {
		img, err := decodePNM(data)
		if err == nil && img.Bounds().Empty() {
			t.Error("an empty picture without an error")
		}
	})
}
