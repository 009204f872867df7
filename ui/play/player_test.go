package play

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"go.uber.org/goleak"

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

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestPlayWholeJourney(t *testing.T) {
	s := newStage(t)
	bench := fakeBench(t, map[string]string{"card place 3": "ok card 3 lies on the reader"})
	result, err := s.play(t, `
name: 养老
timeout: 10s
steps:
  - wait: {screen: home, text: 要办什么事}
  - device: card place 3
  - tap: 事项27
  - expect: {screen: question, disabled: 下一题}
  - type-pinyin: {keys: wangxiulan, pick: 王秀兰}
    as: name
  - type: 13805312764Ab。
    as: phone
    value: "13805312764"
  - tap: 下一题
  - sign: 签名
  - shot: 01-sign
  - tap: 签好了，提交
  - wait: {text: 已存好, gone: 请签名}
  - read: {like: '[A-Z0-9]{7}-[0-9]{6}-[0-9]{4,}-[0-9A-Z]'}
    as: number
`, func(o *Options) { o.Bench = bench })
	if err != nil {
		t.Fatalf("%v\n%+v", err, result.Steps)
	}
	if got := s.seen["item"]; got != "事项27" {
		t.Errorf("tapped %q", got)
	}
	if got := s.seen["typed"]; got != "王秀兰13805312764Ab。" {
		t.Errorf("typed %q", got)
	}
	if got := s.seen["strokes"]; got != "4" {
		t.Errorf("strokes: %s", got)
	}
	if result.Entered["name"] != "王秀兰" || result.Entered["phone"] != "13805312764" {
		t.Errorf("entered: %v", result.Entered)
	}
	if result.Seen["number"] != "QH0301A-261122-0042-X" {
		t.Errorf("seen: %v", result.Seen)
	}
	if len(result.Shots) != 1 {
		t.Fatalf("shots: %v", result.Shots)
	}
	if info, err := os.Stat(result.Shots[0]); err != nil || info.Size() < 1000 {
		t.Errorf("the picture: %v", err)
	}
	checkFile(t, result)
}

func checkFile(t *testing.T, result *Result) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "journey.json")
	if err := result.Write(path); err != nil {
		t.Fatal(err)
	}
	bytes, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var back struct {
		Steps []struct {
			Step   int
			What   string
			Took   float64
			Screen string
		}
	}
	if err := json.Unmarshal(bytes, &back); err != nil {
		t.Fatal(err)
	}
	if len(back.Steps) != 12 || back.Steps[11].Screen != "done" {
		t.Errorf("the file holds %+v", back.Steps)
	}
}

// TestPlaySurvivesReplacement closes the probe in the middle, as a program that
// replaces its own process does, and opens it again later.
func TestPlaySurvivesReplacement(t *testing.T) {
	s := newStage(t)
	done := make(chan struct{})
	var once sync.Once
	_, err := s.play(t, `
steps:
  - tap: 事项01
  - kill: kiosk
  - wait: {screen: home}
  - tap: 事项02
  - expect: {screen: question}
`, func(o *Options) {
		o.Kill = func(program string) error {
			if program != "kiosk" {
				t.Errorf("killed %s", program)
			}
			once.Do(func() {
				_ = s.probe.Close()
				go func() {
					defer close(done)
					<-time.After(300 * time.Millisecond)
					s.onUI(s.home)
					s.listen()
				}()
			})
			return nil
		}
	})
	<-done
	if err != nil {
		t.Fatal(err)
	}
	if s.seen["item"] != "事项02" {
		t.Errorf("tapped %q", s.seen["item"])
	}
}

func TestPlayTellsWhatIsMissing(t *testing.T) {
	s := newStage(t)
	for name, c := range map[string]struct{ steps, want string }{
		"no such thing":  {"- tap: 登月申请\n    timeout: 200ms", "tap 登月申请: it did not happen in time; screen home shows to tap: 事项01"},
		"not so":         {"- expect: {text: 已存好}", "did not happen in time"},
		"no bench":       {"- device: card place 1", "there is no bench"},
		"no killing":     {"- kill: sender", "nothing here may be killed"},
		"no keyboard":    {"- type: abc\n    timeout: 200ms", "a keyboard"},
		"nothing to see": {"- read: {like: 'ZZ[0-9]+'}\n    as: x\n    timeout: 200ms", "words like"},
	} {
		t.Run(name, func(t *testing.T) {
			result, err := s.play(t, "steps:\n  "+c.steps+"\n", nil)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if result.Error == "" || len(result.Steps) != 1 {
				t.Errorf("the result does not tell: %+v", result)
			}
		})
	}
}

func TestPlayRepeatsTapsAndDrags(t *testing.T) {
	s := newStage(t)
	var opened int
	var now time.Time
	s.onUI(func() {
		corner := ui.NewCornerButton(120, 5, time.Second, func() time.Time { return now }, func() { opened++ })
		s.show("attract", ui.Parts{Body: corner})
	})
	if _, err := s.play(t, "steps:\n  - tap: corner\n    times: 5\n", nil); err != nil {
		t.Fatal(err)
	}
	if opened != 1 {
		t.Errorf("opened %d times", opened)
	}
	s.onUI(s.home)
	if _, err := s.play(t, "steps:\n  - drag: {on: 事项05, y: -400}\n  - expect: {screen: home}\n", nil); err != nil {
		t.Fatal(err)
	}
	if s.seen["item"] != "" {
		t.Errorf("the drag tapped %s", s.seen["item"])
	}
	var view ui.View
	s.onUI(func() { view = ui.Look(s.window.Content()) })
	for _, thing := range view.Things {
		if thing.Name == "事项01" && !thing.Seen.Empty() {
			t.Error("the drag did not scroll")
		}
	}
}

// TestProbeCloses closes a probe whose toolkit has ended and never answers.
func TestProbeCloses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "probe")
	asked, release := make(chan struct{}), make(chan struct{})
	probe, err := ListenProbe(path, Source{Wait: func(func()) {
		close(asked)
		<-release
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer close(release)
	conn, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("see\n")); err != nil {
		t.Fatal(err)
	}
	<-asked
	if err := probe.Close(); err != nil {
		t.Error(err)
	}
	if _, err := ListenProbe(filepath.Join(path, "no such folder"), Source{}); err == nil {
		t.Error("it listens where it cannot")
	}
}

func TestPlayStopsWithItsContext(t *testing.T) {
	s := newStage(t)
	journey, err := ParseJourney(strings.NewReader("steps:\n  - wait: {screen: never}\n    timeout: 1h\n"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	if _, err := Play(ctx, Options{Journey: journey, Probe: s.path, Hand: s, Now: time.Now}); err == nil {
		t.Error("it went on")
	}
}

// fakeBench answers like the bench's control socket.
func fakeBench(t *testing.T, answers map[string]string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bench")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	group.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			line, _ := bufio.NewReader(conn).ReadString('\n')
			answer, ok := answers[strings.TrimSpace(line)]
			if !ok {
				answer = "error unknown command"
			}
			_, _ = fmt.Fprintln(conn, answer)
			_ = conn.Close()
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		group.Wait()
	})
	return path
}
