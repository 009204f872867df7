package main

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"bianmin/core/text"
	"bianmin/drivers/selftest"
	"bianmin/internal/chance"
	"bianmin/kiosk/gallery/states"
	"bianmin/kiosk/journey"
	"bianmin/kiosk/screen"
	"bianmin/ui"
	"bianmin/ui/theme"
	"bianmin/ui/uitest"
)

// hand is a window with a finger on it and what the window sent.
type hand struct {
	*uitest.Finger
	window *screen.Window
	sent   []journey.Event
	now    time.Time
}

func touch(t *testing.T, words *text.Catalog, s journey.State) *hand {
	t.Helper()
	h := &hand{now: time.Unix(1000, 0)}
	h.window = screen.New(screen.Options{
		Catalog: words, Engine: canned{}, Size: upright,
		Emit: func(event journey.Event) { h.sent = append(h.sent, event) },
		Now:  func() time.Time { return h.now },
	})
	h.window.Root().Resize(upright)
	h.window.Show(s)
	h.Finger = uitest.New(h.window.Root)
	return h
}

func (h *hand) last() journey.Event {
	if len(h.sent) == 0 {
		return nil
	}
	return h.sent[len(h.sent)-1]
}

func setUp(t *testing.T) *text.Catalog {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(theme.Toolkit(theme.Look{}))
	words, err := catalog()
	if err != nil {
		t.Fatal(err)
	}
	return words
}

func state(t *testing.T, name string) journey.State {
	t.Helper()
	s, ok := states.Find(name)
	if !ok {
		t.Fatalf("no state %s", name)
	}
	return s
}

// TestNoButtonDoesNothing taps everything that can be tapped in every state:
// each tap sends an event or changes what is seen.
func TestNoButtonDoesNothing(t *testing.T) {
	words := setUp(t)
	tapped := 0
	for _, named := range states.All() {
		for _, thing := range ui.Look(touch(t, words, named.State).window.Root()).Things {
			if !thing.Enabled || thing.Seen.Empty() || idle(thing.Name) || !chance.Long() && alike(thing.Name) {
				continue
			}
			h := touch(t, words, named.State)
			before := ui.Look(h.window.Root())
			h.Tap(thing.Seen.X+thing.Seen.Width/2, thing.Seen.Y+min(thing.Seen.Height/2, 40))
			tapped++
			if len(h.sent) == 0 && reflect.DeepEqual(before, ui.Look(h.window.Root())) {
				t.Errorf("%s: %q does nothing", named.Name, thing.Name)
			}
		}
	}
	if tapped < 800 {
		t.Errorf("only %d taps", tapped)
	}
}

// alike are keys of which one stands for all the others: 1 and q.
func alike(name string) bool {
	sign, ok := strings.CutPrefix(name, "key:")
	return ok && len(sign) == 1 && sign != "1" && sign != "q" && sign != "X" && sign != "." && sign != " "
}

// idle are things whose tap has no effect by itself: the staff's spot, which
// counts, the pad, which is written on, and the box that only shows what is typed.
func idle(name string) bool {
	switch name {
	case "corner", "signature":
		return true
	}
	for _, box := range []string{"请用下面的键盘填写", "请点数字", "打名称", "再填门牌", "密码"} {
		if strings.HasPrefix(name, box) {
			return true
		}
	}
	return false
}

func TestFrameSends(t *testing.T) {
	words := setUp(t)
	for _, c := range []struct {
		state, tap string
		want       journey.Event
	}{
		{"attract", "点这里开始", journey.Begin{}},
		{"attract", "大字", journey.ToggleLarge{}},
		{"home", "English", journey.ToggleLanguage{}},
		{"home", "求助", journey.Help{Open: true}},
		{"home", "离开", journey.Leave{}},
		{"home", "养老退休", journey.OpenCategory{Code: "pension"}},
		{"home", "全部事项", journey.OpenCategory{}},
		{"home", "刷身份证，看我的办件", journey.OpenMyCases{}},
		{"category", "高龄津贴申请", journey.OpenItem{Code: "elder-allowance"}},
		{"guide", "开始办理", journey.Onward{}},
		{"guide", "打印指南", journey.PrintGuide{}},
		{"card", "返回", journey.Back{}},
		{"confirm", "不是我", journey.NotMe{}},
		{"confirm", "是我，继续", journey.Onward{}},
		{"question-choice", "在养老院", journey.Answer{Value: "care"}},
		{"question-many", "洗澡", journey.Answer{Value: []any{"meal", "bath", "clinic"}}},
		{"question-yesno", "否", journey.Answer{Value: false}},
		{"question-region-deep", "上河村", journey.Answer{Value: "b"}},
		{"question-region-deep", "回到上一级", journey.RegionUp{}},
		{"question-address-detail", "换一个村", journey.RegionUp{}},
		{"question-table", "加一条", journey.AddRow{}},
		{"promise", "我看过了，同意", journey.AcceptPromise{Accepted: true}},
		{"materials", "扫描这份材料", journey.ScanPage{Material: "hukou"}},
		{"materials", "先承诺，以后补上", journey.PromiseMaterial{Material: "hukou", Promised: true}},
		{"materials-promised", "不承诺了，现在扫描", journey.PromiseMaterial{Material: "hukou"}},
		{"materials-blurred", "重扫这一页", journey.RetakePage{Material: "hukou", Page: "a"}},
		{"materials-pages", "删掉这一页", journey.RemovePage{Material: "hukou", Page: "d"}},
		{"review-signed", "签好了，提交", journey.Onward{}},
		{"done-offline", "补打回执", journey.Reprint{}},
		{"done-offline", "不满意", journey.Evaluate{Level: 2}},
		{"print-unknown", "出来了，我拿到了", journey.PrintAnswer{CameOut: true}},
		{"print-unknown", "没有出来，再打一张", journey.PrintAnswer{}},
		{"evaluate-more", "太慢，等得久", journey.EvaluateReason{Code: "slow", Chosen: true}},
		{"cases", "高龄津贴申请", journey.OpenCase{Number: "QH0301A-261103-0007-T"}},
		{"cases", "回到首页", journey.GoHome{}},
		{"fault-printer", "再试一次", journey.Retry{}},
		{"fault-printer", "不等它，继续", journey.Skip{}},
		{"staff-sign-in", "孙维护", journey.StaffPick{Account: "t2"}},
		{"staff", "退出登录", journey.StaffDo{Action: journey.StaffSignOut}},
		{"staff-tests", "动作检测", journey.StaffTest{Level: selftest.External}},
		{"staff-tests", "打印体检报告", journey.StaffReport{}},
		{"staff-tests-asks", "对，没问题", journey.StaffTestAnswer{Right: true}},
		{"staff-tests-asks", "不对", journey.StaffTestAnswer{}},
		{"staff-tests-prompts", "跳过这个", journey.StaffTestSkip{}},
		{"overlay-help", "知道了，接着办", journey.Help{}},
		{"overlay-leave", "不离开，接着办", journey.Stay{}},
		{"overlay-leave", "离开", journey.LeaveNow{}},
		{"overlay-idle", "我还在", journey.Stay{}},
	} {
		t.Run(c.state+" "+c.tap, func(t *testing.T) {
			h := touch(t, words, state(t, c.state))
			h.TapOn(t, c.tap)
			if !reflect.DeepEqual(h.last(), c.want) {
				t.Errorf("sent %#v, want %#v", h.sent, c.want)
			}
		})
	}
}

// TestFastFingers types faster than the session answers: nothing is lost, and
// late states change nothing.
func TestFastFingers(t *testing.T) {
	words := setUp(t)
	s := state(t, "question-phone-empty")
	h := touch(t, words, s)
	for _, digit := range "13805312764" {
		h.TapOn(t, "key:"+string(digit))
	}
	if want := (journey.Answer{Value: "13805312764"}); h.last() != want {
		t.Errorf("sent %v, want %v", h.last(), want)
	}
	late := s
	question := *s.Question
	question.Value = "138"
	late.Question = &question
	h.window.Show(late) // the session's answer to the third key
	h.TapOn(t, "key:delete")
	if want := (journey.Answer{Value: "1380531276"}); h.last() != want {
		t.Errorf("after a late state: sent %v, want %v", h.last(), want)
	}
}

// TestNextQuestionBeginsAnew asks another question of the same kind.
func TestNextQuestionBeginsAnew(t *testing.T) {
	words := setUp(t)
	s := state(t, "question-text-empty")
	h := touch(t, words, s)
	h.TapOn(t, "key:x")
	h.TapOn(t, "pick:王秀兰")
	if want := (journey.Answer{Value: "王秀兰"}); h.last() != want {
		t.Fatalf("sent %v, want %v", h.last(), want)
	}
	h.TapOn(t, "key:w") // a letter that is never turned into Chinese
	other := s
	question := *s.Question
	question.Field.Name = "another"
	other.Question, other.Serial = &question, s.Serial+1
	h.window.Show(other)
	h.TapOn(t, "key:x")
	h.TapOn(t, "pick:王")
	if want := (journey.Answer{Value: "王"}); h.last() != want {
		t.Errorf("sent %v, want %v", h.last(), want)
	}
}

func TestTyped(t *testing.T) {
	words := setUp(t)
	for _, c := range []struct {
		state, keys string
		want        any
	}{
		{"question-number", "5", 133.55},
		{"question-number", "..7", 133.57},
		{"question-id", "0312003X9", "99030119480312003X"},
		{"question-credit", "ABC", "92990301MA3DABC"},
		{"question-address-detail", "", map[string]any{"region": "990301101201", "detail": "二组18"}},
		{"question-table-number", "860", 860.0},
	} {
		t.Run(c.state+c.keys, func(t *testing.T) {
			h := touch(t, words, state(t, c.state))
			for _, key := range c.keys {
				h.TapOn(t, "key:"+string(key))
			}
			if c.keys == "" {
				h.TapOn(t, "key:delete")
			}
			got, ok := h.last().(journey.Answer)
			for i := len(h.sent) - 1; i >= 0 && !ok; i-- { // keys that change nothing send a touch
				got, ok = h.sent[i].(journey.Answer)
			}
			if !ok || !reflect.DeepEqual(got.Value, c.want) {
				t.Errorf("sent %#v, want %#v", h.sent, c.want)
			}
		})
	}
}

func TestStaffGesture(t *testing.T) {
	words := setUp(t)
	for _, c := range []struct {
		taps int
		each time.Duration
		want bool
	}{{5, 500 * time.Millisecond, true}, {4, 500 * time.Millisecond, false}, {5, 900 * time.Millisecond, false}, {9, 900 * time.Millisecond, false}} {
		t.Run(fmt.Sprint(c.taps, c.each), func(t *testing.T) {
			h := touch(t, words, state(t, "attract"))
			for range c.taps {
				h.now = h.now.Add(c.each)
				h.Tap(120, 80)
			}
			if got := h.last() == (journey.OpenStaff{}); got != c.want {
				t.Errorf("opened: %v, want %v (%v)", got, c.want, h.sent)
			}
		})
	}
}

// TestSignature signs, changes the language, and still sees the strokes; another visit begins empty.
func TestSignature(t *testing.T) {
	words := setUp(t)
	s := state(t, "review")
	h := touch(t, words, s)
	y := padMiddle(t, h)
	h.Drag(200, y, 500, y+40)
	sign, ok := h.last().(journey.Sign)
	if !ok || len(sign.Strokes) != 1 || len(sign.Strokes[0].Points) < 5 {
		t.Fatalf("sent %#v, want one stroke", h.last())
	}
	s.Lang = text.English
	h.window.Show(s)
	h.Drag(200, padMiddle(t, h), 500, padMiddle(t, h)+20)
	if sign, ok = h.last().(journey.Sign); !ok || len(sign.Strokes) != 2 {
		t.Errorf("after a change of language: %d strokes, want 2", len(sign.Strokes))
	}
	s.Serial++
	h.window.Show(s)
	h.Drag(200, padMiddle(t, h), 500, padMiddle(t, h)+20)
	if sign, ok = h.last().(journey.Sign); !ok || len(sign.Strokes) != 1 {
		t.Errorf("on another visit: %d strokes, want 1", len(sign.Strokes))
	}
}

func padMiddle(t *testing.T, h *hand) float32 {
	t.Helper()
	for _, thing := range ui.Look(h.window.Root()).Things {
		if thing.Name == "signature" {
			return thing.Seen.Y + thing.Seen.Height/2
		}
	}
	t.Fatal("no pad")
	return 0
}

// TestOverlayCovers finds nothing of the screen below an overlay.
func TestOverlayCovers(t *testing.T) {
	words := setUp(t)
	h := touch(t, words, state(t, "overlay-leave"))
	h.Tap(540, 1790) // where onward stands
	h.Tap(150, 1790) // where back stands
	h.Tap(1000, 90)  // where leave stands
	if len(h.sent) > 0 {
		t.Errorf("taps beside the panel sent %v", h.sent)
	}
}

// TestScrollIsASignOfLife moves a long page: the session hears of it.
func TestScrollIsASignOfLife(t *testing.T) {
	words := setUp(t)
	h := touch(t, words, state(t, "guide"))
	h.Drag(500, 1200, 500, 700)
	if h.last() != (journey.Touch{}) {
		t.Errorf("sent %v, want a touch", h.sent)
	}
}

// TestWholeJourneyOnOneWindow shows every state on one window, forth and back
// (in two languages when long): screens are built once and reused, and nothing of one
// state stays in the next.
func TestWholeJourneyOnOneWindow(t *testing.T) {
	words := setUp(t)
	all := states.All()
	h := touch(t, words, all[0].State)
	alone := map[string]string{}
	langs := []text.Lang{text.Chinese}
	if chance.Long() {
		langs = append(langs, text.English, text.Chinese)
	}
	for _, lang := range langs {
		for i := range all {
			for _, j := range []int{i, len(all) - 1 - i} {
				s := all[j].State
				s.Lang, s.Serial = lang, len(all)*j+i+1
				h.window.Show(s)
				name := string(lang) + all[j].Name
				want, known := alone[name]
				if !known {
					v := variants[0]
					v.lang = lang
					want = seen(v.draw(words, s).Root())
					alone[name] = want
				}
				if got := seen(h.window.Root()); got != want {
					t.Fatalf("%s in %s shows\n%s\nand alone\n%s", all[j].Name, lang, got, want)
				}
			}
		}
	}
}

// seen writes everything that is read on a screen.
func seen(root fyne.CanvasObject) string {
	var b strings.Builder
	for _, each := range ui.Look(root).Words {
		fmt.Fprintf(&b, "%s @%.0f,%.0f\n", each.Text, each.Box.X, each.Box.Y)
	}
	return b.String()
}
