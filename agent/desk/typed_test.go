package desk

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"bianmin/core/form"
	"bianmin/core/text"
)

func TestDatesAsPeopleTypeThem(t *testing.T) {
	for _, c := range []struct{ typed, want, problem string }{
		{"20261125", "2026-11-25", ""},
		{"2026-11-25", "2026-11-25", ""},
		{"2026.11.25", "2026-11-25", ""},
		{"2026/1/5", "2026-01-05", ""},
		{"2026年11月25日", "2026-11-25", ""},
		{"2026年1月5号", "2026-01-05", ""},
		{" ２０２６－１１－２５ ", "2026-11-25", ""},
		{"2026。11。25", "2026-11-25", ""},
		{"11-25", "2026-11-25", ""},
		{"11月25日", "2026-11-25", ""},
		{"20260230", "", "date"},
		{"2026-13-01", "", "date"},
		{"明天", "", "date"},
		{"", "", "date"},
		{"农历十月初六", "", "lunar"},
		{"冬月初五", "", "lunar"},
		{"腊月廿三", "", "lunar"},
		{"正月十五", "", "lunar"},
		{"闰六月十二", "", "lunar"},
		{"八月十五", "", "lunar"},
		{"阴历2026-10-06", "", "lunar"},
		{"丙午年十月初六", "", "lunar"},
	} {
		date, problem := readDate(c.typed, noon)
		if date != c.want || problem != c.problem {
			t.Errorf("%q: %q %q, want %q %q", c.typed, date, problem, c.want, c.problem)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		day := noon.AddDate(0, 0, rapid.IntRange(-40000, 20000).Draw(t, "day"))
		layout := rapid.SampledFrom([]string{"20060102", "2006-01-02", "2006.1.2", "2006/01/2", "2006年1月2日"}).Draw(t, "layout")
		if got, problem := readDate(day.Format(layout), noon); problem != "" || got != day.Format(time.DateOnly) {
			t.Fatalf("%s: %q %q", day.Format(layout), got, problem)
		}
	})
}

func TestMoneyIsNeverRounded(t *testing.T) {
	for typed, want := range map[string]int64{"12": 1200, "12.5": 1250, "12.50元": 1250, "¥1,200.05": 120005, "０．１": 10, "-3": -300} {
		if got, ok := readFen(typed); !ok || got != want {
			t.Errorf("%q: %d %v, want %d", typed, got, ok, want)
		}
	}
	for _, typed := range []string{"", "12.345", "一百", "1e3", "12元5角", "99999999999", "."} {
		if got, ok := readFen(typed); ok {
			t.Errorf("%q was read as %d", typed, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		fen := rapid.Int64Range(-1e10, 1e10).Draw(t, "fen")
		if got, ok := readFen(yuan(fen)); !ok || got != fen {
			t.Fatalf("%s came back as %d", yuan(fen), got)
		}
	})
}

func TestYesNoAndNumbers(t *testing.T) {
	for typed, want := range map[string]bool{"y": true, "Y": true, "是": true, "1": true, "n": false, "否": false, "2": false, "没有": false} {
		if got, ok := readYesNo(typed); !ok || got != want {
			t.Errorf("%q: %v %v", typed, got, ok)
		}
	}
	if _, ok := readYesNo("3"); ok {
		t.Error("3 is neither yes nor no")
	}
	if n, ok := readNumber("1,200.5 平方米", "平方米"); !ok || n != 1200.5 {
		t.Errorf("number %v %v", n, ok)
	}
	if _, ok := readNumber("三十"); ok {
		t.Error("a word was read as a number")
	}
}

func TestChoicesAndRegions(t *testing.T) {
	demo(t)
	m := &machine{options: Options{Readings: demoDict.Readings}}
	options := []form.Option{{Code: "home", Label: text.Local{"zh": "本县", "en": "This county"}}, {Code: "province", Label: text.Local{"zh": "省内其他地方"}}, {Code: "away", Label: text.Local{"zh": "省外"}}}
	for typed, want := range map[string]string{"1": "home", "3": "away", "本县": "home", "bx": "home", "benxian": "home", "sw": "away", "省外": "away", "省内": "province", "AWAY": "away", "th": "home"} {
		got, ok := m.pickOption(options, typed)
		if typed == "th" {
			if got, ok = m.pickOption(options, "this"); !ok || got != "home" {
				t.Errorf("English: %q", got)
			}
			continue
		}
		if !ok || got != want {
			t.Errorf("%q picked %q %v, want %q", typed, got, ok, want)
		}
	}
	for _, typed := range []string{"省", "s", "4", "0", "", "zzz"} {
		if got, ok := m.pickOption(options, typed); ok {
			t.Errorf("%q picked %q though it fits several or none", typed, got)
		}
	}
	for typed, want := range map[string]int{"990301101201": 1, "101201": 1, "柳树沟村": 1, "lsg": 1, "liushugou": 1, "99030110120": 4, "柳林镇": 5, "不存在": 0} {
		got := m.findRegions(demoSet, "", typed)
		if len(got) != want {
			t.Errorf("%q fits %d divisions, want %d", typed, len(got), want)
		}
	}
	if got := m.findRegions(demoSet, "990301102000", "柳树沟"); len(got) != 0 {
		t.Error("a division outside the root was offered")
	}
}
