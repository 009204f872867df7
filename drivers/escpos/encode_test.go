package escpos

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"bianmin/assets"
	"bianmin/core/receipt"
	"bianmin/drivers/dots"
)

func testFace(t testing.TB) *dots.Face {
	t.Helper()
	f, err := dots.NewFace(assets.FontRegular())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func encodeText(t testing.TB, s string, profile Profile, raster Rasteriser) []byte {
	t.Helper()
	d := receipt.Document{Blocks: []receipt.Block{
		{Kind: receipt.Text, Text: s},
		{Kind: receipt.Pair, Label: s, Text: s},
		{Kind: receipt.Text, Text: s, Size: 2, Bold: true, Align: receipt.Center},
	}}
	pieces, err := Encode(d, profile, raster)
	if err != nil {
		t.Fatal(err)
	}
	return slices.Concat(pieces...)
}

// People's text cannot hold a command: whatever is in it, every byte below 0x20
// on the wire is one that the encoder itself put there for harmless text.
func TestTextCannotInjectCommands(t *testing.T) {
	nasty := []string{
		"\x1b@", "\x1dV\x00", "\x10\x04\x01", "\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08", "\x00", "\x1c.", "\x1bp\x00\x19\x19",
		"\x7f", "\u0085", "\u009b1m", "\u2028", "\u202e", "\ufeff", "\u200b", "\xff\xfe", "\x1d(k\x03\x001Q0", "\r\n\r\n", "\x18", "\x1b",
	}
	piece := rapid.OneOf(rapid.SampledFrom(nasty), rapid.SampledFrom([]string{"李", "小芳", "·", "A", " ", "阿依古丽"}), rapid.String())
	rapid.Check(t, func(r *rapid.T) {
		parts := rapid.SliceOfN(piece, 1, 12).Draw(r, "parts")
		evil := strings.Join(parts, "")
		got := encodeText(t, evil, Profile{}, nil)
		want := encodeText(t, receipt.Clean(strings.ToValidUTF8(evil, "")), Profile{}, nil)
		if !bytes.Equal(got, want) {
			r.Fatalf("%q changes the commands:\n%x\n%x", evil, got, want)
		}
		e := &encoder{profile: Profile{}}
		for _, line := range wrap(e.readable(evil), 48) {
			for _, c := range line {
				if c < 0x20 || c == 0x7F || !utf8.ValidRune(c) {
					r.Fatalf("%q is still in the text", c)
				}
			}
			for i, b := range codes(e, line) {
				if b < 0x20 {
					r.Fatalf("byte %d of %q is the control byte %02x", i, line, b)
				}
			}
		}
	})
}

func codes(e *encoder, line string) []byte {
	var out []byte
	for _, c := range line {
		out = append(out, e.profile.Charset.code(c)...)
	}
	return out
}

func TestQRDataCannotInjectCommands(t *testing.T) {
	pieces, err := Encode(receipt.Document{Blocks: []receipt.Block{{Kind: receipt.QR, Data: "A\x1b@\x10\x04\x01B"}}}, Profile{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(slices.Concat(pieces...), []byte("1P0A@B")) {
		t.Errorf("%q", slices.Concat(pieces...))
	}
}

// TestQRTooLong: the error names the block and its size, never what somebody wrote into it.
func TestQRTooLong(t *testing.T) {
	document := receipt.Document{Blocks: []receipt.Block{{Kind: receipt.QR, Data: strings.Repeat("王秀兰", 1000)}}}
	_, err := Encode(document, Profile{}, nil)
	if !errors.Is(err, ErrDocument) || strings.Contains(err.Error(), "王") || !strings.Contains(err.Error(), "block 1: QR code of 9000 bytes") {
		t.Errorf("%.200v", err)
	}
}

func TestCharsets(t *testing.T) {
	for r, c := range map[rune]struct{ ascii, gb2312, gbk, gb18030 string }{
		'A':      {"A", "A", "A", "A"},
		'民':      {"", "\xc3\xf1", "\xc3\xf1", "\xc3\xf1"},
		'·':      {"", "\xa1\xa4", "\xa1\xa4", "\xa1\xa4"},
		'─':      {"", "\xa9\xa4", "\xa9\xa4", "\xa9\xa4"},
		'镕':      {"", "", "\xe9F", "\xe9F"}, // in GBK, not in GB2312
		'㛃':      {"", "", "", "\x82\x30\xb7\x31"},
		'€':      {"", "", "", "\xa2\xe3"},
		'𠮷':      {"", "", "", "\x95\x34\xb2\x35"},
		'\uE188': {"", "", "", ""},
		'\uE5E5': {"", "", "", ""},
		'\x1b':   {"", "", "", ""},
		'\u00a0': {"", "", "", "\x81\x30\x84\x32"},
		'😀':      {"", "", "", "\x94\x39\xfc\x36"},
		'à':      {"", "\xa8\xa4", "\xa8\xa4", "\xa8\xa4"},
	} {
		for charset, want := range map[Charset]string{ASCII: c.ascii, GB2312: c.gb2312, GBK: c.gbk, GB18030: c.gb18030, NoText: ""} {
			if got := string(charset.code(r)); got != want {
				t.Errorf("charset %d writes %q (%U) as %x, want %x", charset, r, r, got, want)
			}
		}
	}
}

func TestReadable(t *testing.T) {
	with := &encoder{raster: testFace(t)}
	without := &encoder{}
	for in, want := range map[string][2]string{ // with and without a font
		"李小芳":             {"李小芳", "李小芳"},
		"李\x1b@芳":         {"李@芳", "李@芳"},
		"李\uE188芳":        {"李□(U+E188)芳", "李□(U+E188)芳"},
		"王㛃":              {"王㛃", "王□(U+36C3)"},
		"a\tb\nc":         {"a b c", "a b c"},
		"阿依古丽·买买提":        {"阿依古丽·买买提", "阿依古丽·买买提"},
		"𠮷":               {"□(U+20BB7)", "□(U+20BB7)"},
		"\u202eabc\u0000": {"abc", "abc"},
	} {
		for i, e := range []*encoder{with, without} {
			if got := e.readable(in); got != want[i] {
				t.Errorf("readable(%q) = %q, want %q", in, got, want[i])
			}
		}
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		in    string
		limit int
		want  []string
	}{
		{"", 10, []string{""}},
		{"   ", 10, []string{""}},
		{"abc def", 10, []string{"abc def"}},
		{"abc def ghi", 8, []string{"abc def", "ghi"}},
		{"城乡居民养老保险", 8, []string{"城乡居民", "养老保险"}},
		{"QH0301A-261122-0042-X", 16, []string{"QH0301A-261122-", "0042-X"}},
		{"您好，再见", 6, []string{"您好，", "再见"}},
		{"您好吗，再见", 6, []string{"您好", "吗，再", "见"}}, // no line begins with a comma
		{"看《办事指南》", 4, []string{"看", "《办", "事指", "南》"}},
		{"abcdefghijkl", 5, []string{"abcde", "fghij", "kl"}},
		{"1. 有网时自动送到", 9, []string{"1. 有网时", "   自动送", "   到"}},
		{"10. ab cd", 7, []string{"10. ab cd"}[:0]},
		{"  缩进的话", 8, []string{"  缩进的", "  话"}},
		{"，，，，", 4, []string{"，，", "，，"}}, // nothing but punctuation still gets out
	} {
		got := wrap(c.in, c.limit)
		if c.in == "10. ab cd" { // an indent of half the line or more is none
			c.want = []string{"10. ab", "cd"}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("wrap(%q, %d) = %q, want %q", c.in, c.limit, got, c.want)
		}
	}
}

// Whatever the text, no line is wider than the paper and no character is lost.
func TestWrapProperties(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		runes := rapid.SliceOf(rapid.SampledFrom([]rune("ab-/ ，。（）《》城乡居民1. ·\u0301"))).Draw(r, "text")
		limit := rapid.IntRange(4, 48).Draw(r, "limit")
		in := string(runes)
		var joined strings.Builder
		for _, line := range wrap(in, limit) {
			if cells(line) > limit {
				r.Fatalf("%q is %d cells wide, limit %d", line, cells(line), limit)
			}
			joined.WriteString(line)
		}
		if bare(joined.String()) != bare(in) {
			r.Fatalf("%q came out as %q", in, joined.String())
		}
	})
}

func bare(s string) string { return strings.ReplaceAll(s, " ", "") }

func TestPairLines(t *testing.T) {
	for _, c := range []struct {
		label, value string
		want         []string
	}{
		{"事项", "A", []string{"事项               A"}},
		{"办理部门", "青河县人民", []string{"办理部门  青河县人民"}},
		{"办理部门", "青河县人民政府", []string{"办理部门", "  青河县人民政府"}},
		{"", "A", []string{"                   A"}},
		{"标签", "一二三四五六七八九十", []string{"标签", "  一二三四五六七八九", "  十"}},
	} {
		if got := pairLines(c.label, c.value, 20); !slices.Equal(got, c.want) {
			t.Errorf("%q, %q: %q, want %q", c.label, c.value, got, c.want)
		}
	}
}

// A status question may go out between any two pieces, so none may end inside a command.
func TestPiecesAreWholeCommands(t *testing.T) {
	d := receipt.Document{Blocks: []receipt.Block{
		{Kind: receipt.Text, Text: "办事回执", Size: 2, Bold: true, Align: receipt.Center},
		{Kind: receipt.QR, Data: strings.Repeat("BM1:", 100)},
		{Kind: receipt.Text, Text: "王㛃"},
		{Kind: receipt.Feed, Lines: 3},
	}}
	for _, profile := range []Profile{{}, {RasterQR: true, Paper: 58}, {Charset: NoText}, {NoCutter: true, Charset: GB18030}} {
		pieces, err := Encode(d, profile, testFace(t))
		if err != nil {
			t.Fatal(err)
		}
		for i, piece := range pieces {
			if len(piece) > maxRaster+200 {
				t.Errorf("piece %d is %d bytes long: too much for a small printer's buffer", i, len(piece))
			}
			if piece[0] == gs && piece[1] == 'v' {
				want := 8 + (int(piece[4])+int(piece[5])<<8)*(int(piece[6])+int(piece[7])<<8)
				if len(piece) != want {
					t.Errorf("piece %d: picture of %d bytes, header says %d", i, len(piece), want)
				}
			}
		}
	}
}

// BenchmarkReceiptBytes reports how many bytes a typical receipt is on the wire,
// and how many times smaller that is than the same receipt sent as one picture.
func BenchmarkReceiptBytes(b *testing.B) {
	size := func(profile Profile) int {
		pieces, err := Encode(Typical(), profile, testFace(b))
		if err != nil {
			b.Fatal(err)
		}
		return len(slices.Concat(pieces...))
	}
	text, picture := size(Profile{}), size(Profile{Charset: NoText, RasterQR: true})
	face := testFace(b)
	for b.Loop() {
		if _, err := Encode(Typical(), Profile{}, face); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(text), "receipt-bytes")
	b.ReportMetric(float64(size(Profile{RasterQR: true})), "receipt-bytes-raster-qr")
	b.ReportMetric(float64(picture)/float64(text), "times-smaller-than-picture")
	b.ReportMetric(float64(text)*10/115200*1000, "ms-on-the-line")
}
