package scan

import (
	"bytes"
	"image"
	"image/draw"
	"math"
	"testing"

	"bianmin/drivers"
	"bianmin/drivers/scan/page"
)

// onTable lays the page, turned, on a dark table: what a scanner without lid and a document camera see.
func onTable(g *image.Gray, degrees float64) *image.Gray {
	table := image.NewGray(image.Rect(0, 0, g.Rect.Dx()+700, g.Rect.Dy()+700))
	for i := range table.Pix {
		table.Pix[i] = 50
	}
	at := image.Pt(350, 350)
	large := image.NewGray(table.Rect)
	copy(large.Pix, table.Pix)
	draw.Draw(large, g.Rect.Add(at), g, image.Point{}, draw.Src)
	return turn(large, degrees)
}

// TestPageIsStraightened: what leaned comes level and is no longer said to lean; what is wrong with the paper itself is still said.
func TestPageIsStraightened(t *testing.T) {
	white := letter(t, 25, 245)
	for name, c := range map[string]struct {
		picture image.Image
		want    drivers.Quality
	}{
		"straight":              {white, drivers.QualityGood},
		"leans":                 {turn(white, 4), drivers.QualityGood},
		"leans the other way":   {grain(turn(white, -6), 8), drivers.QualityGood},
		"on a table":            {onTable(white, 5), drivers.QualityGood},
		"a little soft":         {turn(blur(white, 1), 4), drivers.QualityGood},
		"blank on a table":      {onTable(letter(t, 0, 245), 5), drivers.QualityBlank},
		"leans and is blurred":  {turn(blur(white, 4), 5), drivers.QualityBlurred},
		"blurred on a table":    {onTable(blur(white, 4), 3), drivers.QualityBlurred},
		"leans and is too dark": {turn(letter(t, 25, 90), 5), drivers.QualityDark},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := Page(c.picture, 0)
			if err != nil || p.Quality != c.want {
				sheet, _ := page.Straighten(c.picture)
				g := inner(page.Grey(sheet))
				paper, darkest := page.Tones(g)
				t.Fatalf("%s, want %s (%v; edges of %.2f)", p.Quality, c.want, err, steepness(g)/float64(paper-darkest))
			}
			img, err := page.Read(p.Image)
			if err != nil || img.Bounds().Dx() != p.Width || img.Bounds().Dy() != p.Height {
				t.Fatalf("%d by %d: %v", p.Width, p.Height, err)
			}
			g := page.Grey(img)
			if paper, _ := page.Tones(g); math.Abs(page.Lean(g, paper)) > 0.5 {
				t.Errorf("leans by %.1f°", page.Lean(g, paper))
			}
			if ratio := float64(p.Height) / float64(p.Width); math.Abs(ratio-math.Sqrt2) > 0.06 {
				t.Errorf("%d by %d is no sheet of A4", p.Width, p.Height)
			}
		})
	}
}

// TestStraightPageIsNotTouched: it is packed exactly as without treatment.
func TestStraightPageIsNotTouched(t *testing.T) {
	white := letter(t, 25, 245)
	plain, err := pack(white, pageBytes)
	if err != nil {
		t.Fatal(err)
	}
	if p, err := Page(white, 0); err != nil || !bytes.Equal(p.Image, plain.Image) {
		t.Errorf("%d bytes became %d: %v", len(plain.Image), len(p.Image), err)
	}
}
