package scan

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"bianmin/assets"
)

// printedLines is what stands on the drawn page: 10.5 pt, the size of official papers (五号), dense characters, and a number of which each
// digit counts.
var printedLines = []string{
	"兹证明本村村民因病致贫，家庭收入低于当地最低生活保障标准，",
	"情况属实。该户共有家庭成员四人，其中丧失劳动能力者两人，",
	"耕地三亩七分，无固定职业，医疗支出较大，请予办理救助。",
	"公民身份号码 990301194803077782 登记日期 2026 年 11 月 25 日",
	"青禾县柳林镇柳树沟村村民委员会（盖章）经办人赵德顺",
}

const numberPrinted = "990301194803077782"

// printed draws the page's upper part, or all of it, as a scanner sees it at 200 dots per inch: drawn finer, made softer, with grain.
func printed(t testing.TB, lines int) *image.Gray {
	t.Helper()
	parsed, err := opentype.Parse(assets.FontRegular())
	if err != nil {
		t.Fatal(err)
	}
	const fine = 400
	face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: 10.5, DPI: fine, Hinting: font.HintingNone})
	if err != nil {
		t.Fatal(err)
	}
	high := 4678
	if lines*96+500 < high {
		high = lines*96 + 500
	}
	page := image.NewGray(image.Rect(0, 0, 3307, high))
	draw.Draw(page, page.Rect, image.NewUniform(color.Gray{Y: 242}), image.Point{}, draw.Src)
	pen := font.Drawer{Dst: page, Src: image.NewUniform(color.Gray{Y: 38}), Face: face}
	for line := range lines {
		pen.Dot = fixed.P(420, 300+line*96)
		pen.DrawString(printedLines[line%len(printedLines)])
	}
	small := image.NewGray(image.Rect(0, 0, 1654, high/2))
	draw.ApproxBiLinear.Scale(small, small.Rect, blur(page, 1), page.Rect, draw.Src, nil)
	return grain(small, 6)
}

// read has tesseract read a picture, and gives how many of the characters printed it finds in their order, and the text.
func read(t testing.TB, picture []byte, lines int) (share float64, text string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "page")
	if err := os.WriteFile(file, picture, 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.Command("tesseract", file, "-", "-l", "chi_sim", "--psm", "6", "--dpi", "200")
	command.Env = append(os.Environ(), "OMP_THREAD_LIMIT=1")
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	var want []rune
	for line := range lines {
		want = append(want, letters(printedLines[line%len(printedLines)])...)
	}
	text = string(letters(string(out)))
	return float64(common(want, []rune(text))) / float64(len(want)), text
}

func letters(s string) (out []rune) {
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			out = append(out, r)
		}
	}
	return out
}

// common is the length of the longest sequence that two texts have in common.
func common(a, b []rune) int {
	row := make([]int, len(b)+1)
	for _, x := range a {
		before := 0
		for j, y := range b {
			above := row[j+1]
			switch {
			case x == y:
				row[j+1] = before + 1
			case row[j] > above:
				row[j+1] = row[j]
			}
			before = above
		}
	}
	return row[len(b)]
}

// legible is the share of the characters that a program must read; it misreads two or three of two hundred of the best scan too.
const legible = 0.975

// TestFloor: at the floor 10.5 pt is still read, a number to its last digit; three quarters of that is not. A page that is too large there
// is kept, larger, and says so; a budget that can be kept is kept, and no page is made smaller than needed.
func TestFloor(t *testing.T) {
	lines := len(printedLines)
	sheet := printed(t, lines)
	asJPEG := func(long, quality int) []byte {
		width := 1654 * long / 2339
		small := image.NewGray(image.Rect(0, 0, width, sheet.Rect.Dy()*width/1654))
		draw.ApproxBiLinear.Scale(small, small.Rect, sheet, sheet.Rect, draw.Src, nil)
		var out bytes.Buffer
		if err := jpeg.Encode(&out, small, &jpeg.Options{Quality: quality}); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	if share, text := read(t, asJPEG(leastLong, leastQuality), lines); share < legible || !strings.Contains(text, numberPrinted) {
		t.Errorf("at the floor %.3f is read: %s", share, text)
	}
	if share, _ := read(t, asJPEG(leastLong*3/4, leastQuality), lines); share >= legible {
		t.Errorf("below the floor %.3f is read: the floor could be lower", share)
	}
}

// TestBudgetAndFloor packs a whole page into budgets that can be kept and one that cannot.
func TestBudgetAndFloor(t *testing.T) {
	whole := printed(t, 43)
	for budget, large := range map[int]bool{600_000: false, 300_000: false, 30_000: true} {
		page, err := pack(whole, budget)
		if err != nil {
			t.Fatal(err)
		}
		if long := max(page.Width, page.Height); long < leastLong || page.Large != large || (len(page.Image) > budget) != large || large && long != leastLong {
			t.Errorf("budget %d: %d bytes, %d by %d px, large %v", budget, len(page.Image), page.Width, page.Height, page.Large)
		}
	}
	card := grain(letterOf(t, 675, 430), 90) // a small sheet has few pixels, and keeps them
	if page, err := pack(card, 1000); err != nil || page.Width != 675 || page.Height != 430 || !page.Large {
		t.Errorf("card: %d by %d px, large %v (%v)", page.Width, page.Height, page.Large, err)
	}
}

func letterOf(t *testing.T, width, height int) *image.Gray {
	t.Helper()
	out := image.NewGray(image.Rect(0, 0, width, height))
	draw.Draw(out, out.Rect, letter(t, 5, 245), image.Pt(150, 150), draw.Src)
	return out
}
