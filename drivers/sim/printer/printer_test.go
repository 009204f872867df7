package printer

import (
	"bytes"
	"context"
	"encoding/hex"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"go.uber.org/goleak"

	"bianmin/drivers/dots"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bench is a printer with a plain program at the other end of the cable.
type bench struct {
	*testing.T
	*Printer
	program *os.File
	ctx     context.Context
}

func newBench(t *testing.T, options Options) *bench {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	p, err := New(ctx, filepath.Join(t.TempDir(), "printer"), options)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{T: t, Printer: p, ctx: ctx}
	b.program, err = os.OpenFile(p.Path(), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = p.Close()
		_ = b.program.Close()
		cancel()
	})
	return b
}

func (b *bench) send(data string) {
	b.Helper()
	if _, err := b.program.WriteString(data); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) expect(reply string) {
	b.Helper()
	got := make([]byte, len(reply))
	n := 0
	for n < len(got) {
		m, err := b.program.Read(got[n:])
		if err != nil {
			b.Fatal(err)
		}
		n += m
	}
	if string(got) != reply {
		b.Errorf("answered %x, want %x", got, reply)
	}
}

func (b *bench) done(what string, condition func(State) bool) {
	b.Helper()
	if err := b.Wait(b.ctx, what, condition); err != nil {
		b.Fatalf("%v: %+v", err, b.State())
	}
}

func TestAnswers(t *testing.T) {
	b := newBench(t, Options{})
	for n, want := range map[string]string{"\x01": "\x12", "\x02": "\x12", "\x03": "\x12", "\x04": "\x12"} {
		b.send("\x10\x04" + n)
		b.expect(want)
	}
	b.send("\x1dr\x01")
	b.expect("\x00")
	b.send("\x1dI\x01\x1dIA\x1dIB\x1dIC\x1dID")
	b.expect("\x20_1.04\x00_BIANMIN\x00_SIM-80\x00_SIM0000042\x00")
	b.SetRows(100)
	b.send("\x10\x04\x04\x1dr\x01")
	b.expect("\x1e\x03")
	b.SetPaper(false)
	b.send("\x10\x04\x01\x10\x04\x02\x10\x04\x04")
	b.expect("\x1a\x32\x7e")
	b.SetCover(true)
	b.send("\x10\x04\x02")
	b.expect("\x36")
	b.send("\x1dr\x01") // in order: not answered while it has stopped
	b.SetCover(false)
	b.SetPaper(true)
	b.expect("\x00")
	b.SetOverheated(true)
	b.send("\x10\x04\x03")
	b.expect("\x52")
	b.SetOverheated(false)
	b.SetBroken(true)
	b.send("\x10\x04\x03")
	b.expect("\x32")
}

func TestAutomaticStatus(t *testing.T) {
	b := newBench(t, Options{})
	b.send("\x1da\xff")
	b.expect("\x10\x00\x00\x00")
	b.SetCover(true)
	b.expect("\x38\x00\x00\x00")
	b.SetCover(false)
	b.expect("\x10\x00\x00\x00")
	b.SetPaper(false)
	b.expect("\x18\x00\x0f\x00")
}

func TestCutterRecovers(t *testing.T) {
	b := newBench(t, Options{})
	b.SetCutterJams(true)
	b.send("x\n\x1dVB\x00")
	b.done("jam", func(State) bool {
		b.mutex.Lock()
		defer b.mutex.Unlock()
		return b.faults.cutter
	})
	b.send("\x10\x04\x03")
	b.expect("\x1a")
	b.send("\x10\x05\x02\x10\x04\x03")
	b.expect("\x12")
}

func TestPaperEndsInTheMiddleAndGoesOn(t *testing.T) {
	b := newBench(t, Options{})
	b.SetRows(65) // two lines and a bit
	b.send("1\n2\n3\n4\n\x1dVB\x00")
	b.done("paper out", func(s State) bool { return s.PaperOut })
	if got := b.Hanging().Lines; !slices.Equal(got, []string{"1", "2"}) {
		t.Errorf("printed %q", got)
	}
	b.SetPaper(true)
	b.done("finished", func(s State) bool { return s.Strips == 1 })
	if got := b.Strips()[0].Lines; !slices.Equal(got, []string{"1", "2", "3", "4"}) {
		t.Errorf("printed %q", got)
	}
}

// A command that the cable was pulled in goes on with whatever comes next, and swallows it.
func TestHalfCommandSwallows(t *testing.T) {
	for realTime, want := range map[bool]string{false: "", true: "\x12"} {
		b := newBench(t, Options{RealTime: realTime})
		b.send("\x1dv0\x00\x10\x00\x10\x00")
		b.send("\x10\x04\x01")
		if want != "" {
			b.expect(want)
		}
		b.send(strings.Repeat("\x00", 16*16) + "\x10\x04\x01")
		b.expect("\x12")
	}
}

func TestUnplugIsExact(t *testing.T) {
	b := newBench(t, Options{})
	b.PullAfter(5)
	_, _ = b.program.WriteString("12345678\n")
	b.done("unplugged", func(s State) bool { return !s.Plugged })
	if got := b.State().Received; got != 5 {
		t.Errorf("%d bytes arrived, want 5", got)
	}
	if _, err := os.Stat(b.Path()); err == nil {
		t.Error("the name is still there")
	}
	if err := b.Plug(); err != nil {
		t.Fatal(err)
	}
	program, err := os.OpenFile(b.Path(), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	_ = b.program.Close()
	b.program = program
	b.send("abc\n\x1dr\x01")
	b.expect("\x00")
	if got := b.Hanging().Lines; !slices.Equal(got, []string{"12345abc"}) {
		t.Errorf("printed %q: the printer keeps its power and what it had", got)
	}
}

func TestStalledTakesNothing(t *testing.T) {
	b := newBench(t, Options{})
	b.SetStalled(true)
	b.send("x")
	before := b.State().Received
	b.send("y\n\x1dr\x01")
	b.SetStalled(false)
	b.expect("\x00")
	if before > 1 || b.State().Received != 6 {
		t.Errorf("%d bytes while stalled, %d in all", before, b.State().Received)
	}
}

func fixture(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	data, err := hex.DecodeString(strings.Join(strings.Fields(string(content)), ""))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// The simulated printer understands encoders it was not written for.
func TestForeignEncoders(t *testing.T) {
	for name, want := range map[string]struct {
		lines []string
		code  string
	}{
		"receiptline.hex":             {[]string{"办事回执", "柳树沟村便民服务点", "办件编号QH0301A-261122-0042-X", "加粗  反白 下划线"}, "BM1:%69VD92EX0TESTTESTTEST"},
		"receipt-printer-encoder.hex": {[]string{"QH0301A-261122-0042-X"}, "BM1:TESTTEST"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, Options{})
			b.send(fixture(t, name))
			b.done("printed", func(s State) bool { return s.Strips > 0 && s.Waiting == 0 })
			if n := b.State().Unknown; n != 0 {
				t.Errorf("%d commands were not understood", n)
			}
			strip := b.Strips()[0]
			for _, line := range want.lines {
				if !slices.Contains(strip.Lines, line) {
					t.Errorf("%q is not among %q", line, strip.Lines)
				}
			}
			if got := readQR(t, strip.Image()); got != want.code {
				t.Errorf("code %q, want %q", got, want.code)
			}
		})
	}
}

// Single bytes are of a code page, pictures may come in columns, and a line reads from left to right however it was sent.
func TestCodePagesColumnsAndOrder(t *testing.T) {
	b := newBench(t, Options{})
	b.send("\x1bt\x00\xc4\xda\x82\n\x1bt\x01\x95\n\x1c&\xd6\xd0\x1c.\x1bt\x13\xd5\n\x1b$\x30\x00B\x1b$\x00\x00A\n\x1b3\x18\x1b*!\x02\x00\xff\xff\xff\x80\x00\x01\n\x1dVB\x00")
	b.done("printed", func(s State) bool { return s.Strips == 1 })
	s := b.Strips()[0]
	if want := []string{"─┌é", "─", "中€", "AB", ""}; !slices.Equal(s.Lines, want) {
		t.Errorf("printed %q, want %q", s.Lines, want)
	}
	const y = 4 * lineSpacing
	for at, want := range map[image.Point]bool{{X: 0, Y: y}: true, {X: 0, Y: y + 23}: true, {X: 1, Y: y}: true, {X: 1, Y: y + 12}: false, {X: 1, Y: y + 23}: true, {X: 2, Y: y}: false, {X: 0, Y: y + 24}: false} {
		if s.Dots.Black(at.X, at.Y) != want {
			t.Errorf("dot %v is %v", at, !want)
		}
	}
}

func readQR(t *testing.T, picture image.Image) string {
	t.Helper()
	bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
	if err != nil {
		t.Fatal(err)
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
	if err != nil {
		t.Fatal(err)
	}
	return result.GetText()
}

type noFace struct{}

func (noFace) Draw(*dots.Bitmap, int, int, int, int, rune, bool) {}

// Any bytes at all: no panic, no token that loses or invents a byte, and the mechanism survives every token.
func FuzzTokens(f *testing.F) {
	for _, s := range []string{"\x1b@", "\x1d(k\x00\x00", "\x1d(L\x02\x000\x02", "\x1dV\x42", "\x1dk\x04AB\x00", "\x1d8L\xff\xff\xff\xff", "民\xc3\xf1\x81\x30\x81\x30", "\x10\x04\x01\x10\x14\x08"} {
		f.Add([]byte(s), true)
	}
	f.Fuzz(func(t *testing.T, stream []byte, kanji bool) {
		h := newHead(384, noFace{})
		rest := stream
		var seen []byte
		for {
			token, ok := next(rest, kanji)
			if !ok {
				break
			}
			seen, rest = append(seen, token.bytes...), rest[len(token.bytes):]
			if rows := h.need(token); rows < 0 || rows > 1<<20 {
				t.Fatalf("%x needs %d rows", token.bytes, rows)
			} else if rows > 4096 {
				continue
			}
			if token.kind == character || token.kind == command {
				h.execute(token, 0)
			}
			if h.y > 100_000 {
				h.fresh()
			}
		}
		if !bytes.HasPrefix(stream, seen) {
			t.Fatalf("%x became %x", stream, seen)
		}
	})
}

// TestLying: a printer that lies says that all is well with its cover open, and the truth again afterwards.
func TestLying(t *testing.T) {
	f := faults{rows: 0, cover: true, lying: true}
	well := faults{rows: fullRoll}
	for n := byte(1); n <= 4; n++ {
		if got, want := f.said().status(n), well.status(n); got != want {
			t.Errorf("status %d is %#x, a well printer's %#x", n, got, want)
		}
	}
	if f.said().sensor() != 0 || f.said().automatic() != well.automatic() || !f.stops() {
		t.Error("it does not lie in everything it says, or prints with its cover open")
	}
	f.lying = false
	if f.said().status(2) == well.status(2) {
		t.Error("it goes on lying")
	}
}
