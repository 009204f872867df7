package ui_test

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/google/go-cmp/cmp"

	"bianmin/ui"
	"bianmin/ui/theme"
)

var padWords = ui.PadWords{Clear: "清空", Delete: "删一位"}

func TestNumberPad(t *testing.T) {
	for _, c := range []struct {
		name string
		kind ui.PadKind
		keys []string
		lack []string
	}{
		{"digits", ui.PadDigits, []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "0", ui.KeyClear, ui.KeyDelete}, []string{"X", "."}},
		{"id", ui.PadID, []string{"1", "0", "X", ui.KeyClear, ui.KeyDelete}, []string{"."}},
		{"point", ui.PadPoint, []string{"1", "0", ".", ui.KeyClear, ui.KeyDelete}, []string{"X"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			app(t)
			var typed []string
			pad := ui.NewNumberPad(theme.Look{}, padWords, c.kind, func(key string) { typed = append(typed, key) })
			finger := hand(t, pad, 968, 600)
			for _, key := range c.keys {
				finger.TapOn(t, "key:"+key)
			}
			if diff := cmp.Diff(c.keys, typed); diff != "" {
				t.Error(diff)
			}
			for _, thing := range ui.Look(pad).Things {
				for _, lack := range c.lack {
					if thing.Name == "key:"+lack {
						t.Errorf("it has a key %s", lack)
					}
				}
			}
		})
	}
}

func TestCodePad(t *testing.T) {
	app(t)
	typed := ""
	finger := hand(t, ui.NewCodePad(theme.Look{}, padWords, func(key string) { typed += key }), 968, 700)
	for _, sign := range "91350100M000100Y43" {
		finger.TapOn(t, "key:"+string(sign))
	}
	if typed != "91350100M000100Y43" {
		t.Errorf("typed %s", typed)
	}
}

func TestGroups(t *testing.T) {
	for _, c := range []struct {
		group func(string) string
		text  string
		want  string
	}{
		{ui.GroupPhone, "13805312764", "138 0531 2764"},
		{ui.GroupPhone, "1380", "138 0"},
		{ui.GroupPhone, "138", "138"},
		{ui.GroupPhone, "", ""},
		{ui.GroupPhone, "138053127649", "138 0531 27649"},
		{ui.GroupID, "620000194803150019", "620000 19480315 0019"},
		{ui.GroupSecret, "1234", "●●●●"},
		{ui.Groups(1), "王秀兰", "王 秀兰"},
	} {
		if got := c.group(c.text); got != c.want {
			t.Errorf("%s: %q, want %q", c.text, got, c.want)
		}
	}
}

func TestInputBox(t *testing.T) {
	app(t)
	box := ui.NewInputBox(theme.Look{}, "手机号码", ui.GroupPhone)
	hand(t, ui.NewColumn(0, box, ui.NewSpring()), 968, 900)
	box.SetText("13805312764")
	if box.Text() != "13805312764" {
		t.Errorf("it holds %q", box.Text())
	}
	words := ui.Look(box).Words
	if len(words) != 1 || words[0].Text != "138 0531 2764" {
		t.Errorf("it shows %+v", words)
	}
	low := box.HeightAt(968)
	long := ui.NewInputBox(theme.Look{}, "住址", nil)
	long.SetText(strings.Repeat("柳树沟村三组十二号", 6))
	if high := long.HeightAt(968); high <= low {
		t.Errorf("a long address in %v px", high)
	}
	box.SetText("")
	if words := ui.Look(box).Words; len(words) != 1 || words[0].Text != "手机号码" {
		t.Errorf("empty it shows %+v", words)
	}
	opened := false
	search := ui.NewSearchBox(theme.Look{}, "查找", func() { opened = true })
	hand(t, search, 968, 112).TapOn(t, "查找")
	if !opened {
		t.Error("the search does not open")
	}
}

var keyboardWords = ui.KeyboardWords{
	Space: "空格", Delete: "删除", Done: "完成", Digits: "123", Letters: "字母", Chinese: "中文", English: "英文",
	Shift: "大写", More: "▶", Fewer: "◀",
}

// pinyin is a small engine with many candidates and partial ones.
type pinyin struct{}

func (pinyin) Candidates(keys string, page int) []string {
	all := map[string][]string{
		"wangxiulan": {"王秀兰", "汪", "王", "望", "往", "忘", "网", "亡", "旺", "妄", "枉", "惘", "辋", "魍", "罔"},
		"xiulan":     {"秀兰", "修"}, "lan": {"兰"}, "w": {"我", "为"},
	}[keys]
	const size = 5
	if page*size >= len(all) {
		return nil
	}
	return all[page*size : min(len(all), (page+1)*size)]
}

func (pinyin) Taken(keys, candidate string) int {
	if n := map[string]int{"王": 4, "旺": 4, "秀兰": 6}[candidate]; n != 0 {
		return n
	}
	return len(keys)
}

func newKeyboard(t *testing.T, mode ui.KeyboardMode, engine ui.Engine) (*ui.Keyboard, *[]string, func(names ...string)) {
	t.Helper()
	app(t)
	typed := &[]string{}
	keyboard := ui.NewKeyboard(theme.Look{}, keyboardWords, engine, mode, func(text string) { *typed = append(*typed, text) })
	finger := hand(t, keyboard, 968, 620)
	return keyboard, typed, func(names ...string) {
		t.Helper()
		for _, name := range names {
			finger.TapOn(t, name)
		}
	}
}

func letters(word string) []string {
	var names []string
	for _, letter := range word {
		names = append(names, "key:"+string(letter))
	}
	return names
}

func TestKeyboardPinyin(t *testing.T) {
	keyboard, typed, tap := newKeyboard(t, ui.ModePinyin, pinyin{})
	tap(letters("wangxiulan")...)
	if keyboard.Composing() != "wangxiulan" || len(*typed) != 0 {
		t.Fatalf("composing %q, typed %v", keyboard.Composing(), *typed)
	}
	tap("pick:王秀兰")
	tap(letters("wangxiulan")...)
	tap("pick:王")
	if keyboard.Composing() != "xiulan" {
		t.Fatalf("after one character %q is left", keyboard.Composing())
	}
	tap("pick:秀兰")
	tap("key:w", "key: ") // the space takes the first candidate
	tap("key: ", "key:w", "key:a", "key:delete", "key:delete", "key:delete")
	want := []string{"王秀兰", "王", "秀兰", "我", " ", ui.KeyDelete}
	if diff := cmp.Diff(want, *typed); diff != "" {
		t.Error(diff)
	}
}

func TestKeyboardPages(t *testing.T) {
	_, typed, tap := newKeyboard(t, ui.ModePinyin, pinyin{})
	tap(letters("wangxiulan")...)
	tap("key:more", "pick:旺")
	tap(letters("")...)
	if diff := cmp.Diff([]string{"旺"}, *typed); diff != "" {
		t.Error(diff)
	}
	keyboard, typed, tap := newKeyboard(t, ui.ModePinyin, pinyin{})
	tap(letters("wangxiulan")...)
	tap("key:more", "key:fewer", "pick:汪")
	if keyboard.Composing() != "" || (*typed)[0] != "汪" {
		t.Errorf("typed %v, left %q", *typed, keyboard.Composing())
	}
}

func TestKeyboardModes(t *testing.T) {
	keyboard, typed, tap := newKeyboard(t, ui.ModePinyin, pinyin{})
	tap("key:w", "key:english", "key:a", "key:shift", "key:B", "key:c", "key:signs", "key:1", "key:。", "key:letters", "key:d", "key:chinese", "key:w", "key:done")
	want := []string{"a", "B", "c", "1", "。", "d", "w", ui.KeyDone}
	if diff := cmp.Diff(want, *typed); diff != "" {
		t.Error(diff)
	}
	if keyboard.Mode() != ui.ModePinyin {
		t.Errorf("mode %v", keyboard.Mode())
	}
	tap("key:w")
	keyboard.Reset()
	if keyboard.Composing() != "" {
		t.Error("the reset left keys")
	}
	plain, typed, tap := newKeyboard(t, ui.ModePinyin, nil)
	if plain.Mode() != ui.ModeLetters {
		t.Error("Chinese without an engine")
	}
	tap("key:a", "key:signs", "key:@", "key:delete", "key:done")
	if diff := cmp.Diff([]string{"a", "@", ui.KeyDelete, ui.KeyDone}, *typed); diff != "" {
		t.Error(diff)
	}
}

func TestDatePicker(t *testing.T) {
	app(t)
	words := ui.DateWords{
		Decade: func(y int) string { return itoa(y) + "年代" },
		Year:   func(y int) string { return itoa(y) + "年" },
		Month:  func(m int) string { return itoa(m) + "月" },
		Day:    func(d int) string { return itoa(d) + "日" },
	}
	var dates []string
	picker := ui.NewDatePicker(theme.Look{}, words, day(1936, 11, 25), day(2026, 11, 22), func(date string) { dates = append(dates, date) })
	finger := hand(t, picker, 968, 1300)
	finger.TapOn(t, "1940年代")
	finger.TapOn(t, "1948年")
	finger.TapOn(t, "2月")
	finger.TapOn(t, "29日")
	if picker.Date() != "1948-02-29" {
		t.Errorf("date %q", picker.Date())
	}
	finger.TapOn(t, "2月") // the month above the days
	finger.TapOn(t, "3月")
	if picker.Date() != "" {
		t.Errorf("a date without a day: %q", picker.Date())
	}
	finger.TapOn(t, "1日")
	if diff := cmp.Diff([]string{"1948-02-29", "", "1948-03-01"}, dates); diff != "" {
		t.Error(diff)
	}
	picker.SetDate("2026-11-20")
	if shows(picker, "23日") || !shows(picker, "22日") || len(dates) != 3 {
		t.Error("days behind the last are offered")
	}
	finger.TapOn(t, "2026年")
	if shows(picker, "2027年") || !shows(picker, "2026年") {
		t.Error("years behind the last are offered")
	}
	picker.SetDate("1936-11-26")
	if shows(picker, "24日") || !shows(picker, "25日") {
		t.Error("days before the first are offered")
	}
	picker.SetDate("nonsense")
	if picker.Date() != "" || !shows(picker, "1930年代") {
		t.Error("nonsense is a date")
	}
	near := ui.NewDatePicker(theme.Look{}, words, day(2026, 2, 1), day(2026, 11, 22), nil)
	hand(t, near, 968, 1300)
	if shows(near, "1月") || !shows(near, "2月") || shows(near, "12月") {
		t.Error("a range of one year does not begin with its months")
	}
}

func day(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 15, 0, 0, 0, time.UTC)
}

func shows(object fyne.CanvasObject, name string) bool {
	for _, thing := range ui.Look(object).Things {
		if thing.Name == name {
			return true
		}
	}
	return false
}

func TestChoiceList(t *testing.T) {
	app(t)
	options := []ui.Option{{Code: "1", Title: "本人"}, {Code: "2", Title: "配偶"}, {Code: "3", Title: "子女", Note: "包括养子女"}}
	var got []string
	one := ui.NewChoiceList(theme.Look{}, options, []string{"2"}, false, func(codes []string) { got = codes })
	finger := hand(t, one, 968, 600)
	if diff := cmp.Diff([]string{"2"}, one.Chosen()); diff != "" {
		t.Error(diff)
	}
	finger.TapOn(t, "子女")
	if diff := cmp.Diff([]string{"3"}, got); diff != "" {
		t.Error(diff)
	}
	many := ui.NewChoiceList(theme.Look{}, options, nil, true, func(codes []string) { got = codes })
	finger = hand(t, many, 968, 600)
	finger.TapOn(t, "子女")
	finger.TapOn(t, "本人")
	if diff := cmp.Diff([]string{"1", "3"}, got); diff != "" {
		t.Error(diff)
	}
	finger.TapOn(t, "子女")
	if diff := cmp.Diff([]string{"1"}, many.Chosen()); diff != "" {
		t.Error(diff)
	}
	finger.TapOn(t, "本人")
	if got == nil || len(got) != 0 {
		t.Errorf("none chosen is %v", got)
	}
}

func TestFaces(t *testing.T) {
	app(t)
	var levels []int
	faces := ui.NewFaces(theme.Look{}, [5]string{"非常满意", "满意", "基本满意", "不满意", "非常不满意"}, func(level int) { levels = append(levels, level) })
	finger := hand(t, faces, 968, 260)
	for _, name := range []string{"非常满意", "非常不满意", "基本满意"} {
		finger.TapOn(t, name)
	}
	if diff := cmp.Diff([]int{5, 1, 3}, levels); diff != "" {
		t.Error(diff)
	}
	faces.SetEnabled(false)
	finger.Tap(50, 50)
	if len(levels) != 3 {
		t.Error("tapped while out of use")
	}
}
