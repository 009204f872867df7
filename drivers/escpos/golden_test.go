package escpos_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"bianmin/core/receipt"
	"bianmin/core/text"
	"bianmin/drivers"
	"bianmin/drivers/drivertest"
	"bianmin/drivers/escpos"
	"bianmin/drivers/sim/printer"
)

// slip is a receipt with everything on it. Its person is invented.
func slip() receipt.Slip {
	china := time.FixedZone("CST", 8*3600)
	return receipt.Slip{
		Lang: text.Chinese, Words: escpos.Words(), Point: "柳树沟村便民服务点", Phone: "0970-5550188", Item: "城乡居民养老保险待遇资格认证",
		Person: "李小芳", Number: "QH0301A-261122-0042-X", Department: "青河县人力资源和社会保障局", Days: 3,
		Filed: time.Date(2026, 11, 22, 9, 42, 0, 0, china), Inquiry: "0970-5550123", Complaint: "12345",
		QR: "BM1:" + strings.Repeat("%69 VD92EX0", 36),
	}
}

func again() receipt.Slip {
	s := slip()
	s.Reprint, s.Printed, s.Official = true, s.Filed.Add(time.Hour), "11630000-2026-0007731"
	return s
}

func english() receipt.Slip {
	s := slip()
	s.Lang, s.Item, s.Department, s.Days = text.English, "Pension certification", "Qinghe County Social Security Bureau", 0
	return s
}

func rare() receipt.Document {
	return receipt.Document{Blocks: []receipt.Block{
		{Kind: receipt.Text, Text: "王㛃 Zoë", Size: 2, Align: receipt.Center},
		{Kind: receipt.Pair, Label: "姓名", Text: "𠮷\uE188·㛃", Bold: true},
		{Kind: receipt.Text, Text: "\x1b@普通的一行\x00", Align: receipt.Right},
	}}
}

func code(data string) receipt.Document {
	return receipt.Document{Blocks: []receipt.Block{{Kind: receipt.QR, Data: data}}}
}

var goldens = map[string]struct {
	document receipt.Document
	profile  escpos.Profile
}{
	"receipt-80":        {receipt.Receipt(slip()), escpos.Profile{}},
	"receipt-58":        {receipt.Receipt(slip()), escpos.Profile{Paper: 58}},
	"receipt-clone":     {receipt.Receipt(slip()), escpos.Profile{RasterQR: true, Charset: escpos.GB2312, NoCutter: true}},
	"reprint-80":        {receipt.Receipt(again()), escpos.Profile{}},
	"receipt-english":   {receipt.Receipt(english()), escpos.Profile{}},
	"rare-characters":   {rare(), escpos.Profile{}},
	"rare-gb18030":      {rare(), escpos.Profile{Charset: escpos.GB18030}},
	"no-chinese-font":   {rare(), escpos.Profile{Charset: escpos.ASCII}},
	"code-of-two-bytes": {code("OK"), escpos.Profile{Paper: 58}},
}

// TestGoldens compares the exact bytes; BIANMIN_ACCEPT=1 takes them as they are now.
func TestGoldens(t *testing.T) {
	for name, g := range goldens {
		t.Run(name, func(t *testing.T) {
			pieces, err := escpos.Encode(g.document, g.profile, face(t))
			if err != nil {
				t.Fatal(err)
			}
			got, path := dump(pieces), filepath.Join("testdata", name+".hex")
			if os.Getenv("BIANMIN_ACCEPT") != "" {
				if err := os.WriteFile(path, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("bytes differ from %s (%v); look at the strip, then accept with BIANMIN_ACCEPT=1\n%s", path, err, firstDifference(got, want))
			}
		})
	}
}

// dump writes one command run per line, so that a change shows as a line.
func dump(pieces [][]byte) []byte {
	var out bytes.Buffer
	for _, p := range pieces {
		for len(p) > 64 {
			fmt.Fprintf(&out, "%s\\\n", hex.EncodeToString(p[:64]))
			p = p[64:]
		}
		fmt.Fprintf(&out, "%s\n", hex.EncodeToString(p))
	}
	return out.Bytes()
}

func firstDifference(got, want []byte) string {
	g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("line %d\n got %s\nwant %s", i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(g), len(w))
}

// strip prints on a simulated printer and gives the paper.
func strip(t *testing.T, document receipt.Document, profile escpos.Profile) printer.Strip {
	t.Helper()
	sim, err := printer.New(t.Context(), filepath.Join(t.TempDir(), "printer"), printer.Options{Paper: profile.Paper})
	if err != nil {
		t.Fatal(err)
	}
	options := impatient(face(t))
	options.Profile = profile
	p, err := opener(options)(t.Context(), sim.Path(), false)
	if err != nil {
		t.Fatal(err)
	}
	report, err := p.Print(t.Context(), document)
	if err != nil || report.Outcome != drivers.Printed {
		t.Fatalf("%+v, %v", report, err)
	}
	state := sim.State()
	strips := sim.Tear()
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if err := sim.Close(); err != nil {
		t.Error(err)
	}
	if len(strips) != 1 || state.Unknown != 0 {
		t.Fatalf("%d strips, %d unknown commands", len(strips), state.Unknown)
	}
	return strips[0]
}

// scanQR reads the code off the picture of the paper, with a decoder that knows nothing of us.
func scanQR(t *testing.T, picture image.Image) string {
	t.Helper()
	bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
	if err != nil {
		t.Fatal(err)
	}
	hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, hints)
	if err != nil {
		t.Fatalf("no code found on the strip: %v", err)
	}
	return result.GetText()
}

func TestQRDecodes(t *testing.T) {
	real := slip().QR
	for name, profile := range map[string]escpos.Profile{
		"80 mm": {}, "58 mm": {Paper: 58}, "80 mm raster": {RasterQR: true}, "58 mm raster": {Paper: 58, RasterQR: true},
	} {
		t.Run(name, func(t *testing.T) {
			for _, data := range []string{real, "BM1:", "便民服务", strings.Repeat("0", 600)} {
				if got := scanQR(t, strip(t, code(data), profile).Image()); got != data {
					t.Errorf("the paper says %q, want %q", got, data)
				}
			}
			if got := scanQR(t, strip(t, receipt.Receipt(slip()), profile).Image()); got != real {
				t.Errorf("the receipt says %q", got)
			}
		})
	}
}

func TestReceiptOnPaper(t *testing.T) {
	for _, paper := range []int{80, 58} {
		words := drivertest.Words(strip(t, receipt.Receipt(again()), escpos.Profile{Paper: paper}))
		joined := strings.Join(strings.Fields(words), "")
		for _, part := range []string{
			"办事回执", "【补打】", "QH0301A-261122-0042-X", "李*芳", "城乡居民养老保险待遇资格认证", "2026年11月22日上午9:42",
			"送达后3个工作日", "0970-5550123", "12345", "0970-5550188", "补打于2026年11月22日上午10:42", "11630000-2026-0007731",
		} {
			if !strings.Contains(joined, part) {
				t.Errorf("%d mm: %q is missing in\n%s", paper, part, words)
			}
		}
		if strings.Contains(joined, "李小芳") {
			t.Errorf("%d mm: the full name is on paper", paper)
		}
	}
	if words := drivertest.Words(strip(t, receipt.Receipt(slip()), escpos.Profile{})); strings.Contains(words, "补打") {
		t.Error("the first print is marked as a reprint")
	}
}

// Names made of commands print as the harmless text that is in them, on one strip.
func TestEvilNamesOnPaper(t *testing.T) {
	for name, want := range map[string]string{
		"李\x1b@小芳":                 "李@小芳",
		"\x1dV\x00王五":              "V王五",
		"张\x10\x04\x01三":           "张三",
		"\x10\x14\x08\x01\x03赵六":   "赵六",
		"孙\x1c.七\x00":              "孙.七",
		"周\x1d(k\x03\x001Q0八":      "周(k1Q0八",
		"\u202e吴九\u200b":           "吴九",
		"郑\x1bp\x00\x19\x19十\r\n.": "郑p十 .",
	} {
		s := strip(t, receipt.Document{Blocks: []receipt.Block{
			{Kind: receipt.Text, Text: name}, {Kind: receipt.Pair, Label: name, Text: "尾"}, {Kind: receipt.Text, Text: "后面的一行"},
		}}, escpos.Profile{})
		if len(s.Lines) != 3 || strings.TrimRight(s.Lines[0], " ") != want || !strings.HasPrefix(s.Lines[1], want) || s.Lines[2] != "后面的一行" {
			t.Errorf("%q printed as %q", name, s.Lines)
		}
	}
}

// A line with a character the printer lacks is drawn: it looks like the same line
// from a printer that has the character.
func TestDrawnLinesLookLikeText(t *testing.T) {
	for _, block := range []receipt.Block{
		{Kind: receipt.Text, Text: "王㛃，女，汉族"},
		{Kind: receipt.Text, Text: "王㛃", Size: 2},
		{Kind: receipt.Text, Text: "王㛃 A", Align: receipt.Center, Bold: true},
		{Kind: receipt.Pair, Label: "姓名", Text: "王㛃"},
	} {
		d := receipt.Document{Blocks: []receipt.Block{block}}
		drawn, written := strip(t, d, escpos.Profile{}), strip(t, d, escpos.Profile{Charset: escpos.GB18030})
		if len(drawn.Lines) != 0 || len(written.Lines) != 1 {
			t.Fatalf("%q: lines %q and %q", block.Text, drawn.Lines, written.Lines)
		}
		if !slices.Equal(ink(drawn), ink(written)) {
			t.Errorf("%q: the drawn line looks different from the written one", block.Text)
		}
	}
}

// TestOnlySuchLinesAreDrawn: beside a line that the printer lacks a character for all others go out as text, and dots go out for that line alone.
func TestOnlySuchLinesAreDrawn(t *testing.T) {
	text := func(s string) receipt.Block { return receipt.Block{Kind: receipt.Text, Text: s} }
	for _, paper := range []int{80, 58} {
		s := strip(t, receipt.Document{Blocks: []receipt.Block{text("第一行"), text("王㛃"), text("第三行")}}, escpos.Profile{Paper: paper})
		if !slices.Equal(s.Lines, []string{"第一行", "第三行"}) {
			t.Errorf("%d mm: as text %q", paper, s.Lines)
		}
		if n := bytes.Count(s.Raw, []byte{0x1D, 'v', '0'}); n != 1 {
			t.Errorf("%d mm: %d pictures", paper, n)
		}
		plain := strip(t, receipt.Document{Blocks: []receipt.Block{text("第一行"), text("王芳"), text("第三行")}}, escpos.Profile{Paper: paper})
		if bytes.Contains(plain.Raw, []byte{0x1D, 'v', '0'}) || len(plain.Lines) != 3 {
			t.Errorf("%d mm: a usual text is drawn: %q", paper, plain.Lines)
		}
	}
}

// TestCodesByCapability: a code goes out as the printer's own command where it has one, else as a picture.
func TestCodesByCapability(t *testing.T) {
	d := receipt.Document{Blocks: []receipt.Block{{Kind: receipt.QR, Data: "BM1:TEST"}}}
	for raster, want := range map[bool][2]int{false: {1, 0}, true: {0, 1}} {
		s := strip(t, d, escpos.Profile{RasterQR: raster})
		commands, pictures := bytes.Count(s.Raw, []byte("\x1d(k\x03\x001Q0")), bytes.Count(s.Raw, []byte{0x1D, 'v', '0'})
		if commands != want[0] || (pictures > 0) != (want[1] > 0) {
			t.Errorf("as a picture %v: %d commands, %d pictures", raster, commands, pictures)
		}
	}
}

// ink are the positions of all black dots of the first 48 rows.
func ink(s printer.Strip) []image.Point {
	var out []image.Point
	for y := range 48 {
		for x := range s.Dots.Width {
			if s.Dots.Black(x, y) {
				out = append(out, image.Pt(x, y))
			}
		}
	}
	return out
}

// Whatever document comes, printing ends in one of the three outcomes in time.
func TestCancelledContextBeforeOpen(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := opener(impatient(nil))(ctx, filepath.Join(t.TempDir(), "none"), false); err == nil {
		t.Error("opened with an ended context")
	}
}
