package a4_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/image/font/sfnt"

	"bianmin/assets"
	"bianmin/core/receipt"
)

// characters are all that both fonts have and a document can say: no controls and no spaces.
func characters(t *testing.T) (all []rune) {
	t.Helper()
	var fonts []*sfnt.Font
	for _, file := range [][]byte{assets.FontRegular(), assets.FontBold()} {
		font, err := sfnt.Parse(file)
		if err != nil {
			t.Fatal(err)
		}
		fonts = append(fonts, font)
	}
	var buffer sfnt.Buffer
	for r := rune(0x21); r <= 0x3FFFF; r++ {
		if !unicode.IsGraphic(r) || unicode.IsSpace(r) || unicode.Is(unicode.Mn, r) || r == '\u3000' {
			continue
		}
		has := true
		for _, font := range fonts {
			index, err := font.GlyphIndex(&buffer, r)
			has = has && err == nil && index != 0
		}
		if has {
			all = append(all, r)
		}
	}
	return all
}

// TestEveryCharacterIsFound: pdftotext, which nobody here wrote, finds each character that the fonts have, in text and in
// headings. Characters that the fonts draw alike (～ and ~ of another width, • and ·) may be read as each other where both
// stand in one document; each is found in a document without the other.
func TestEveryCharacterIsFound(t *testing.T) {
	all := characters(t)
	if len(all) < 8000 {
		t.Fatalf("the fonts have %d characters only", len(all))
	}
	for _, kind := range []receipt.PartKind{receipt.PartParagraph, receipt.PartHeading} {
		lost := notFound(t, kind, all)
		if len(lost) > 10 {
			t.Errorf("%s: %d of %d characters are not found: %q", kind, len(lost), len(all), string(lost))
		}
		for _, r := range lost {
			if left := notFound(t, kind, []rune{r}); len(left) > 0 {
				t.Errorf("%s: %q is not found, nor when it is alone", kind, r)
			}
		}
	}
}

// notFound sets characters and gives those that cannot be read back.
func notFound(t *testing.T, kind receipt.PartKind, all []rune) (lost []rune) {
	t.Helper()
	p := receipt.Pages{Title: "0"}
	for line := range slices.Chunk(all, 40) {
		p.Parts = append(p.Parts, receipt.Part{Kind: kind, Text: string(line)})
	}
	_, file := pdf(t, setter(t), p)
	got := run(t, "pdftotext", "-raw", file, "-")
	for _, r := range all {
		if !strings.ContainsRune(got, r) {
			lost = append(lost, r)
		}
	}
	return lost
}
