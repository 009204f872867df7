package a4

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bianmin/assets"
)

func regular(t testing.TB) *face {
	t.Helper()
	s, err := New(assets.FontRegular(), assets.FontBold())
	if err != nil {
		t.Fatal(err)
	}
	return s.regular
}

// TestWrapRules: nothing is lost, no line is too wide, and no sign stands where it must not.
func TestWrapRules(t *testing.T) {
	f := regular(t)
	text := rapid.StringOfN(rapid.SampledFrom([]rune("中文字号，。、；（）《》“”…—abc XYZ 0123456789-/%￥　\n")), 0, 120, -1)
	rapid.Check(t, func(t *rapid.T) {
		in := text.Draw(t, "text")
		width := rapid.Float64Range(60, 400).Draw(t, "width")
		indent := rapid.Float64Range(0, 21).Draw(t, "indent")
		lines := wrap(in, f, body, width, indent)
		none := strings.NewReplacer(" ", "", "\n", "")
		if none.Replace(strings.Join(lines, "")) != none.Replace(in) {
			t.Fatalf("%q became %q", in, lines)
		}
		for i, line := range lines {
			room := width
			if i == 0 {
				room -= indent
			}
			if wide := f.width(line, body); wide > room+0.1 && len([]rune(line)) > 1 {
				t.Fatalf("%q is %.1f wide, there is room for %.1f", line, wide, room)
			}
		}
	})
}

func TestWrap(t *testing.T) {
	f := regular(t)
	em := func(n float64) float64 { return n*body + 0.5 }
	for _, c := range []struct {
		in    string
		width float64
		want  string
	}{
		{"", em(5), ""},
		{"一二三四五六七", em(5), "一二三四五|六七"},
		{"一二三四五，六七", em(5), "一二三四|五，六七"},
		{"一二三四（五六）", em(5), "一二三四|（五六）"},
		{"一二“三四”五六", em(3), "一二|“三|四”五|六"},
		{"一二 Word 三", em(3), "一二|Word|三"},
		{"编号 QH0301A-261122-0042-X", em(9), "编号 QH0301A-|261122-0042-X"},
		{"一\n二三", em(5), "一|二三"},
		{"金额为￥123.45元", em(5), "金额为|￥123.45|元"},
	} {
		if got := strings.Join(wrap(c.in, f, body, c.width, 0), "|"); got != c.want {
			t.Errorf("%q: %s, want %s", c.in, got, c.want)
		}
	}
}

func TestMendRefusesStrangers(t *testing.T) {
	for _, in := range []string{"", "%PDF-1.7", "%PDF\nxref\n0 1\n9999999999 00000 n \nstartxref\n5\n%%EOF", "xref\n0 2\n0000000000 65535 f \ntrailer\nstartxref\n0"} {
		if out, err := mend([]byte(in)); err == nil {
			t.Errorf("%q became %q", in, out)
		}
	}
}
