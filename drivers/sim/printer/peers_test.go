//go:build peers

package printer

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"bianmin/drivers/sim/printer/peers"
)

// atPort puts the printer on the network, where receiptio looks for it, and gives the address.
func atPort(b *bench) string {
	b.Helper()
	pid := os.Getpid()
	address := fmt.Sprintf("127.%d.%d.%d", 1+pid>>14&127, 1+pid>>7&127, 1+pid&127)
	listener, err := net.Listen("tcp", address+":9100")
	if err != nil {
		b.Fatal(err)
	}
	var work sync.WaitGroup
	var mutex sync.Mutex
	var caller net.Conn
	work.Go(func() { // what the printer says goes to whoever is connected
		buffer := make([]byte, 512)
		for {
			n, err := b.program.Read(buffer)
			if err != nil {
				return
			}
			mutex.Lock()
			if caller != nil {
				_, _ = caller.Write(buffer[:n])
			}
			mutex.Unlock()
		}
	})
	work.Go(func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			mutex.Lock()
			caller = connection
			mutex.Unlock()
			_, _ = io.Copy(b.program, connection)
			_ = connection.Close()
		}
	})
	b.Cleanup(func() {
		_ = listener.Close()
		_ = b.Close() // ends the reading at the program's end
		mutex.Lock()
		if caller != nil {
			_ = caller.Close()
		}
		mutex.Unlock()
		work.Wait()
	})
	return address
}

// TestForeignSpooler: receiptio finds every state of the printer, prints, and says what became of it.
func TestForeignSpooler(t *testing.T) {
	b := newBench(t, Options{})
	address := atPort(b)
	ask := func(input string, words ...string) string {
		t.Helper()
		out, err := peers.Run(b.ctx, []byte(input), "receiptio", strings.Join(append([]string{"-d", address, "-l", "zh-hans"}, words...), " "))
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	const text = "^^^办事回执\n柳树沟村便民服务点\n"
	for _, c := range []struct {
		want string
		set  func(on bool)
	}{
		{"coveropen", b.SetCover},
		{"paperempty", func(on bool) { b.SetPaper(!on) }},
		{"error", b.SetOverheated},
		{"error", b.SetBroken},
		{"offline", b.SetSilent},
	} {
		c.set(true)
		if got := ask("", "-q"); got != c.want {
			t.Errorf("asked, receiptio says %q, want %q", got, c.want)
		}
		if c.want != "offline" { // the same after ten seconds more
			if got := ask(text); got != c.want {
				t.Errorf("printing, receiptio says %q, want %q", got, c.want)
			}
		}
		c.set(false)
		if got := ask("", "-q"); got != "online" {
			t.Errorf("after %s: %q", c.want, got)
		}
	}
	strips := len(b.Tear())
	if strips != 0 {
		t.Errorf("%d strips came out of a printer in trouble", strips)
	}
	if got := ask(text); got != "success" {
		t.Errorf("a job: %q", got)
	}
	b.done("a strip", func(s State) bool { return s.Strips == 1 })
	if got := strings.Join(b.Tear()[0].Lines, "\n"); !strings.Contains(got, "办事回执") || !strings.Contains(got, "柳树沟村便民服务点") {
		t.Errorf("printed %q", got)
	}
}

// TestForeignSpoolerLosesPaper: the fault comes in the middle of the job.
func TestForeignSpoolerLosesPaper(t *testing.T) {
	b := newBench(t, Options{})
	address := atPort(b)
	b.SetRows(200)
	out, err := peers.Run(b.ctx, []byte(strings.Repeat("一行字\n", 40)+"\n"), "receiptio", "-d "+address+" -l zh-hans -t 10")
	if err != nil || string(out) != "paperempty" {
		t.Errorf("%q, %v", out, err)
	}
}

// squeeze takes out what layout puts between the words.
func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }

// TestForeignLayout: what receiptline prints stands on the strip line for line as receiptline itself lays it out as text.
func TestForeignLayout(t *testing.T) {
	const document = "^^^办事回执\n柳树沟村便民服务点\n--\n办件编号|QH0301A-261122-0042-X\n|左边的字\n右边的字|\n\"加粗\" `反白` _下划线_\n" +
		"{border:line;width:10,*}\n品名 | 数量\n苹果 | 12\n{border:space;width:auto}\n^^高\n^宽\n~~~\n-\n{code:BM1:%69VD92EX0TEST;option:qrcode,5,M}\n完\n"
	for columns, paper := range map[string]int{"48": 80, "32": 58} {
		bytes, err := peers.Run(t.Context(), []byte(document), "receiptline", "escpos", columns)
		if err != nil {
			t.Fatal(err)
		}
		text, err := peers.Run(t.Context(), []byte(document), "receiptline", "text", columns)
		if err != nil {
			t.Fatal(err)
		}
		b := newBench(t, Options{Paper: paper})
		b.send(string(bytes))
		b.done("printed", func(s State) bool { return s.Strips == 1 && s.Waiting == 0 })
		if n := b.State().Unknown; n != 0 {
			t.Errorf("%d commands were not understood", n)
		}
		s := b.Strips()[0]
		var want []string
		for _, line := range strings.Split(string(text), "\n") {
			if line = squeeze(line); line != "" {
				want = append(want, line)
			}
		}
		var got []string
		ruling := strings.NewReplacer("─", "-", "│", "|", "╭", "+", "╮", "+", "╰", "+", "╯", "+", "┬", "+", "┴", "+")
		for _, line := range s.Lines {
			if line = squeeze(ruling.Replace(line)); line != "" {
				got = append(got, line)
			}
		}
		if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
			t.Errorf("printed\n%s\nas text\n%s", g, w)
		}
		readers(t, s.Image(), "BM1:%69VD92EX0TEST")
	}
}

// readers has both foreign readers read the code on a strip.
func readers(t *testing.T, strip image.Image, want string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "strip.png")
	save(t, file, strip)
	for _, reader := range []string{"jsqr", "zxing"} {
		if got, err := peers.Run(context.WithoutCancel(t.Context()), nil, reader, file); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", reader, got, err)
		}
	}
}

func save(t *testing.T, name string, picture image.Image) {
	t.Helper()
	file, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	if err := png.Encode(file, picture); err != nil {
		t.Fatal(err)
	}
}

// TestForeignEncoder: text with rules, boxes and tables in a code page, a code, and a picture in both of its forms.
func TestForeignEncoder(t *testing.T) {
	picture := image.NewGray(image.Rect(0, 0, 48, 48))
	for y := range 48 {
		for x := range 48 {
			if x < 24 && y < 24 { // the upper left quarter is black
				continue
			}
			picture.Set(x, y, color.White)
		}
	}
	file := filepath.Join(t.TempDir(), "quarter.png")
	save(t, file, picture)
	script := `[["initialize"],["codepage","cp437"],["line","Hello"],["rule",{"width":8}],["box",{"width":8},"Box"],` +
		`["table",[{"width":10},{"width":10,"align":"right"}],[["a","b"],["c","d"]]],["bold",true],["line","é"],["bold",false],["image","` + file + `"],["qrcode","BM1:X"],["cut"]]`
	for _, mode := range []string{"column", "raster"} {
		t.Run(mode, func(t *testing.T) {
			bytes, err := peers.Run(t.Context(), []byte(script), "encoder", mode)
			if err != nil {
				t.Fatal(err)
			}
			b := newBench(t, Options{})
			b.send(string(bytes))
			b.done("printed", func(s State) bool { return s.Strips == 1 && s.Waiting == 0 })
			if n := b.State().Unknown; n != 0 {
				t.Errorf("%d commands were not understood", n)
			}
			s := b.Strips()[0]
			var got []string
			for _, line := range s.Lines {
				if line = squeeze(line); line != "" {
					got = append(got, line)
				}
			}
			if g, w := strings.Join(got, "|"), "Hello|────────|┌──────┐|│Box│|└──────┘|ab|cd|é"; g != w {
				t.Errorf("printed %s, want %s", g, w)
			}
			if !quarter(s) {
				t.Error("the picture is not on the strip")
			}
			readers(t, s.Image(), "BM1:X")
		})
	}
}

// quarter looks for the black square of 24 dots with white beside and under it.
func quarter(s Strip) bool {
	dark := func(x, y, w, h int) (n int) {
		for j := y; j < y+h; j++ {
			for i := x; i < x+w; i++ {
				if j < s.Dots.Height && s.Dots.Black(i, j) {
					n++
				}
			}
		}
		return n
	}
	for y := 0; y+48 <= s.Dots.Height; y++ {
		if dark(0, y, 24, 24) == 24*24 && dark(24, y, 24, 48) == 0 && dark(0, y+24, 24, 24) == 0 {
			return true
		}
	}
	return false
}
