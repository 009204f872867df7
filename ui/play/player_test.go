package play

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"bianmin/ui"
)

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
    as: card
    value: "3"
  - tap: 事项27
    as: item
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
	if result.Entered["card"] != "3" || result.Entered["item"] != "事项27" {
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

// TestPlayTapsAgain: a tap that is lost is tapped again, once, and noted.
func TestPlayTapsAgain(t *testing.T) {
	s := newStage(t)
	var taps int
	var now time.Time
	s.onUI(func() {
		s.show("attract", ui.Parts{Body: ui.NewCornerButton(120, 2, time.Minute, func() time.Time { return now }, func() { taps++ })})
	})
	result, err := s.play(t, "steps:\n  - tap: corner\n", nil)
	if err != nil {
		t.Fatal(err)
	}
	if taps != 1 || !strings.Contains(result.Steps[0].Note, "tapped twice") {
		t.Errorf("a corner that opens at the second tap opened %d times, note %q", taps, result.Steps[0].Note)
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
