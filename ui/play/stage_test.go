package play

import (
	"fmt"
	"image"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"bianmin/ui"
	"bianmin/ui/theme"
	"bianmin/ui/uitest"
)

// stage is a small program on a canvas in memory: real widgets, the real probe
// on a real socket, and a hand that taps the canvas where the player says.
type stage struct {
	t      *testing.T
	mu     sync.Mutex // the UI thread
	window fyne.Window
	finger *uitest.Finger
	guard  *ui.TapGuard
	screen string
	serial int
	body   *ui.Stack
	seen   map[string]string
	path   string
	probe  *Probe
}

func newStage(t *testing.T) *stage {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(theme.Toolkit(theme.Look{}))
	s := &stage{t: t, seen: map[string]string{}, body: ui.NewStack(), path: filepath.Join(t.TempDir(), "probe")}
	s.guard = ui.NewTapGuard(func(d time.Duration, do func()) {
		time.AfterFunc(d, func() { s.onUI(do) })
	})
	s.window = test.NewTempWindow(t, ui.NewRoot(ui.NewStack(s.body, s.guard)))
	s.window.SetPadded(false)
	s.window.Resize(fyne.NewSize(1080, 1920))
	s.finger = uitest.New(s.window.Content)
	s.home()
	s.listen()
	t.Cleanup(func() { _ = s.probe.Close() })
	return s
}

func (s *stage) onUI(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do()
}

func (s *stage) listen() {
	probe, err := ListenProbe(s.path, Source{
		Window: func() fyne.Window { return s.window },
		Screen: func() (string, int) { return s.screen, s.serial },
		Wait:   s.onUI,
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.probe = probe
}

func (s *stage) show(screen string, parts ui.Parts) {
	s.screen = screen
	s.serial++
	frame := ui.NewFrame(theme.Look{}, ui.NewHeader(theme.Look{}, "柳树沟村便民服务点"))
	s.body.Set(frame)
	frame.Set(parts)
	s.guard.Page(s.serial)
}

func (s *stage) home() {
	look := theme.Look{}
	var rows []fyne.CanvasObject
	for i := range 30 {
		rows = append(rows, ui.NewListRow(look, fmt.Sprintf("事项%02d", i+1), "县民政局", func() { s.question(fmt.Sprintf("事项%02d", i+1)) }))
	}
	s.show("home", ui.Parts{Head: ui.NewTitle(look, "您好，要办什么事？"), Body: ui.NewColumn(12, rows...)})
}

type dictionary map[string][]string

func (d dictionary) Candidates(keys string, page int) []string {
	if page == 0 {
		return d[keys]
	}
	return nil
}

func (d dictionary) Taken(keys, candidate string) int {
	return map[string]int{"王": 4, "秀兰": 6}[candidate]
}

func (s *stage) question(item string) {
	look := theme.Look{}
	s.seen["item"] = item
	box := ui.NewInputBox(look, "姓名和电话", nil)
	next := ui.NewBigButton(look, "下一题", ui.Primary, s.signing)
	next.SetEnabled(false)
	typed := func(text string) {
		switch text {
		case ui.KeyDelete:
			runes := []rune(box.Text())
			box.SetText(string(runes[:max(0, len(runes)-1)]))
		case ui.KeyDone:
		default:
			box.SetText(box.Text() + text)
		}
		s.seen["typed"] = box.Text()
		next.SetEnabled(box.Text() != "")
	}
	words := ui.KeyboardWords{Space: "空格", Delete: "删除", Done: "完成", Digits: "123", Letters: "拼音", Chinese: "中文", English: "英文", Shift: "大写", More: "▶", Fewer: "◀"}
	filler := []string{"汪", "望", "往", "忘", "网", "亡", "旺", "妄", "枉", "惘", "辋", "魍"}
	keyboard := ui.NewKeyboard(look, words, dictionary{
		"wangxiulan": append(filler, "王"), "xiulan": {"修兰", "秀兰"},
	}, ui.ModePinyin, typed)
	s.show("question", ui.Parts{
		Head: ui.NewColumn(12, ui.NewTitle(look, item), box), Body: keyboard,
		Foot: ui.NewFoot(look, ui.NewBigButton(look, "返回", ui.Secondary, s.home), next),
	})
}

func (s *stage) signing() {
	look := theme.Look{}
	next := ui.NewBigButton(look, "签好了，提交", ui.Primary, func() {
		s.show("done", ui.Parts{Head: ui.NewTitle(look, "您的申请已存好"), Body: ui.NewText(look, theme.NumberText, theme.Ink, "QH0301A-261122-0042-X")})
	})
	next.SetEnabled(false)
	pad := ui.NewSignaturePad(look, "签名", "重写", func(strokes []ui.Stroke) {
		s.seen["strokes"] = fmt.Sprint(len(strokes))
		next.SetEnabled(len(strokes) >= 2)
	})
	s.show("sign", ui.Parts{Head: ui.NewTitle(look, "请签名"), Body: pad, Foot: ui.NewFoot(look, nil, next)})
}

// Move, Press and Release are the hand.
func (s *stage) Move(_ uint32, x, y int) error {
	s.onUI(func() { s.finger.Move(float32(x), float32(y)) })
	return nil
}

func (s *stage) Press() error {
	s.onUI(s.finger.Press)
	return nil
}

func (s *stage) Release() error {
	s.onUI(s.finger.Release)
	return nil
}

func (s *stage) Picture() (image.Image, error) {
	var img image.Image
	s.onUI(func() { img = s.window.Canvas().Capture() })
	return img, nil
}

func (s *stage) Close() {}

func (s *stage) play(t *testing.T, text string, change func(*Options)) (*Result, error) {
	t.Helper()
	journey, err := ParseJourney(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	options := Options{Journey: journey, Probe: s.path, Hand: s, Now: time.Now, Shots: t.TempDir()}
	if change != nil {
		change(&options)
	}
	return Play(t.Context(), options)
}
