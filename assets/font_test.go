package assets_test

import (
	"io/fs"
	"testing"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/encoding/simplifiedchinese"

	"bianmin/assets"
)

// TestFontsCover reads the embedded fonts and looks every character up that
// the program can show.
func TestFontsCover(t *testing.T) {
	for name, bytes := range map[string][]byte{"regular": assets.FontRegular(), "bold": assets.FontBold()} {
		font, err := sfnt.Parse(bytes)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for source, runes := range map[string]map[rune]bool{"GB2312": gb2312(t), "the words": words(t), "signs": signs()} {
			missing := []rune{}
			for r := range runes {
				if index, err := font.GlyphIndex(nil, r); err != nil || index == 0 {
					missing = append(missing, r)
				}
			}
			if len(missing) > 0 {
				t.Errorf("%s lacks %d of %d characters of %s: %q", name, len(missing), len(runes), source, string(missing))
			}
		}
		// characters of the table of 8105 beyond GB2312, some outside of the first plane
		for _, r := range "䶮㛃𬤇𫖯𬱖𬭎喆堃" {
			if index, err := font.GlyphIndex(nil, r); err != nil || index == 0 {
				t.Errorf("%s lacks %c", name, r)
			}
		}
	}
}

func gb2312(t *testing.T) map[rune]bool {
	t.Helper()
	runes := map[rune]bool{}
	decoder := simplifiedchinese.HZGB2312.NewDecoder()
	for high := byte(0x30); high < 0x78; high++ { // the characters, levels 1 and 2
		for low := byte(0x21); low < 0x7F; low++ {
			text, err := decoder.Bytes([]byte{'~', '{', high, low, '~', '}'})
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range string(text) {
				if r != '\uFFFD' {
					runes[r] = true
				}
			}
		}
	}
	if len(runes) < 6763 {
		t.Fatalf("GB2312 has %d characters only", len(runes))
	}
	return runes
}

func words(t *testing.T) map[rune]bool {
	t.Helper()
	runes := map[rune]bool{}
	files, err := fs.Glob(assets.Words(), "*.json")
	if err != nil || len(files) < 2 {
		t.Fatalf("%d files of words: %v", len(files), err)
	}
	for _, name := range files {
		bytes, err := fs.ReadFile(assets.Words(), name)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range string(bytes) {
			if r >= ' ' {
				runes[r] = true
			}
		}
	}
	return runes
}

func signs() map[rune]bool {
	runes := map[rune]bool{}
	for _, r := range "✓●▶◀⇧…—·，。、：；？！（）《》“”‘’【】￥°" {
		runes[r] = true
	}
	return runes
}
