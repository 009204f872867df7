package ui

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// cells measures Chinese as 2 and Latin as 1.
func cells(text string) float32 {
	var wide float32
	for _, r := range text {
		if r > 0x2E80 {
			wide += 2
		} else {
			wide++
		}
	}
	return wide
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		name, text string
		width      float32
		want       []string
	}{
		{"empty", "", 10, []string{""}},
		{"short", "您好", 10, []string{"您好"}},
		{"no line begins with a stop", "一二三四五，六七", 10, []string{"一二三四", "五，六七"}},
		{"no line ends with an opening sign", "一二三四（五六）", 10, []string{"一二三四", "（五六）"}},
		{"numbers stay whole", "电话12345678", 10, []string{"电话", "12345678"}},
		{"words stay whole", "Card reader is busy", 11, []string{"Card reader", "is busy"}},
		{"lines that were meant", "一\n二", 10, []string{"一", "二"}},
		{"an empty line that was meant", "一\n\n二", 10, []string{"一", "", "二"}},
		{"too long for any line", "ABCDEFGHIJKLMNOP", 6, []string{"ABCDEF", "GHIJKL", "MNOP"}},
		{"phrases, where they cost no line", "待遇认证、高龄津贴、养老补贴", 24, []string{"待遇认证、高龄津贴、", "养老补贴"}},
		{"dashes", "一二三四五——六", 10, []string{"一二三四", "五——六"}},
		{"quotes", "一二三四“五”六七", 10, []string{"一二三四", "“五”六七"}},
		{"four bytes", "𬤇𫖯𬱖䶮一二", 8, []string{"𬤇𫖯𬱖䶮", "一二"}},
		{"spaces at breaks go", "一二三四 五六", 8, []string{"一二三四", "五六"}},
		{"narrower than a character", "一二", 1, []string{"一", "二"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, wrap(c.text, c.width, cells)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestWrapRules holds for any text: nothing is lost, nothing is too wide, no
// line begins or ends with a sign it must not.
func TestWrapRules(t *testing.T) {
	signs := []rune("一二三四五六七八九十办理申请，。、；：？！）》」（《「“”…— 12345abcXYZ.,()𬤇")
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.SampledFrom(signs), 0, 120, -1).Draw(t, "text")
		width := float32(rapid.IntRange(12, 60).Draw(t, "width"))
		breaker := wrap
		if rapid.Bool().Draw(t, "balanced") {
			breaker = balanced
		}
		lines := breaker(text, width, cells)
		if got, want := squeeze(strings.Join(lines, "")), squeeze(text); got != want {
			t.Fatalf("%q became %q", want, got)
		}
		if loose := wrap(text, width, cells); len(lines) != len(loose) {
			t.Fatalf("%d lines, wrap makes %d", len(lines), len(loose))
		}
		for i, line := range lines {
			if cells(line) > width && utf8.RuneCountInString(line) > 1 {
				t.Fatalf("%q is wider than %v", line, width)
			}
			checkEnds(t, lines, i, line, width)
		}
	})
}

// checkEnds allows forbidden ends only where signs and words that cling
// together are longer than a whole line.
func checkEnds(t *rapid.T, lines []string, i int, line string, width float32) {
	if i == 0 {
		return
	}
	for _, piece := range pieces(lines[i-1] + line) {
		if cells(piece) > width {
			return
		}
	}
	first, _ := utf8.DecodeRuneInString(line)
	last, _ := utf8.DecodeLastRuneInString(lines[i-1])
	if strings.ContainsRune("，。、；：？！）》」”…—", first) && last != utf8.RuneError {
		t.Fatalf("line %q begins with a sign, after %q", line, lines[i-1])
	}
	if strings.ContainsRune("（《「“", last) {
		t.Fatalf("line %q ends with a sign", lines[i-1])
	}
}

func squeeze(text string) string {
	return strings.NewReplacer(" ", "", "\n", "").Replace(text)
}
