package barcode

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

func gb18030(t testing.TB, text string) []byte {
	t.Helper()
	data, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestDecode(t *testing.T) {
	for name, c := range map[string]struct {
		data []byte
		want Code
		err  error
	}{
		"plain":              {data: []byte("QH0301A-261126-0001-4"), want: Code{Text: "QH0301A-261126-0001-4"}},
		"with an identifier": {data: []byte("]Q1BM1:养老"), want: Code{Text: "BM1:养老", Symbology: "]Q1"}},
		"only an identifier": {data: []byte("]C0"), want: Code{Symbology: "]C0"}},
		"a bracket":          {data: []byte("]1"), want: Code{Text: "]1"}},
		"framed":             {data: []byte("\x02]E06901234567892\x03"), want: Code{Text: "6901234567892", Symbology: "]E0"}},
		"GB18030":            {data: gb18030(t, "]Q1高龄津贴𠮷"), want: Code{Text: "高龄津贴𠮷", Symbology: "]Q1"}},
		"neither":            {data: []byte{0xFF, 0xFF, 0x31}, err: ErrEncoding},
		"commands":           {data: []byte("a\x1b@b\x00c\tд\x1d10"), want: Code{Text: "a@bc\tд\x1d10"}},
	} {
		if got, err := decode(c.data); got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// report is an input report as the class has it: the number, the length, the identifier, the data, the tail.
func report(symbology, data string, more bool) []byte {
	r := make([]byte, 64)
	r[0], r[1] = 2, byte(len(data))
	copy(r[2:], symbology)
	copy(r[5:], data)
	r[61] = 0x73
	if more {
		r[63] = 1
	}
	return r
}

func TestReports(t *testing.T) {
	long := strings.Repeat("养老资格认证", 12) // 216 bytes, cut in the middle of characters
	var cut [][]byte
	for rest := long; rest != ""; {
		part := rest[:min(posData, len(rest))]
		rest = rest[len(part):]
		cut = append(cut, report("]Q1", part, rest != ""))
	}
	for name, c := range map[string]struct {
		reports [][]byte
		want    Code
		err     error
	}{
		"one":                {reports: [][]byte{report("]Q1", "hello", false)}, want: Code{Text: "hello", Symbology: "]Q1"}},
		"several":            {reports: cut, want: Code{Text: long, Symbology: "]Q1"}},
		"without its number": {reports: [][]byte{report("]Q1", "hello", false)[1:]}, want: Code{Text: "hello", Symbology: "]Q1"}},
		"shifted once more":  {reports: [][]byte{append([]byte{2}, report("]C0", "hello", false)...)}, want: Code{Text: "hello", Symbology: "]C0"}},
		"no identifier":      {reports: [][]byte{report("\x00\x00\x00", "hello", false)}, want: Code{Text: "hello"}},
		"cut short":          {reports: [][]byte{report("]Q1", "hello", false)[:12]}, want: Code{Text: "hello", Symbology: "]Q1"}},
		"a length too large": {reports: [][]byte{append([]byte{2, 57, ']', 'Q', '1'}, make([]byte, 59)...)}, err: ErrReport},
		"hardly anything":    {reports: [][]byte{{2, 1}}, err: ErrReport},
		"nothing":            {reports: [][]byte{{}}, err: ErrReport},
	} {
		var a assembler
		var got Code
		var whole bool
		var err error
		for i, r := range c.reports {
			if whole || err != nil {
				t.Errorf("%s: ended before report %d", name, i)
			}
			got, whole, err = a.report(r)
		}
		if got != c.want || !errors.Is(err, c.err) || whole != (c.err == nil) {
			t.Errorf("%s: %+v, %v, %v", name, got, whole, err)
		}
	}
}

// TestEndless: reports that never end do not fill the memory, and what follows is read.
func TestEndless(t *testing.T) {
	var a assembler
	for i := range 1000 {
		if _, whole, err := a.report(report("]Q1", strings.Repeat("x", posData), true)); errors.Is(err, ErrTooLong) {
			if code, whole, err := a.report(report("]Q1", "next", false)); code.Text != "next" || !whole || err != nil {
				t.Errorf("afterwards: %+v, %v, %v", code, whole, err)
			}
			return
		} else if whole || err != nil || len(a.data) > longest {
			t.Fatalf("report %d: %v, %v, %d bytes", i, whole, err, len(a.data))
		}
	}
	t.Error("never too long")
}

// FuzzSplitter: whatever comes, in whatever pieces, the codes are those of the whole, and no more is kept than one can hold.
func FuzzSplitter(f *testing.F) {
	f.Add([]byte("one\r\ntwo\rthree\nfour"), 3)
	f.Add([]byte("\x02]Q1\xb8\xdf\xc1\xe4\x03\r"), 1)
	f.Add(bytes.Repeat([]byte("7"), longest+2), 64)
	f.Fuzz(func(t *testing.T, stream []byte, size int) {
		size = max(1, min(size, 4096))
		var s, whole splitter
		var got []raw
		for rest := stream; len(rest) > 0; rest = rest[min(size, len(rest)):] {
			got = append(got, s.feed(rest[:min(size, len(rest))])...)
			if len(s.pending) > longest {
				t.Fatalf("keeps %d bytes", len(s.pending))
			}
		}
		want := whole.feed(stream)
		if len(got) != len(want) {
			t.Fatalf("%d codes in pieces, %d at once", len(got), len(want))
		}
		for i, one := range want {
			if !bytes.Equal(got[i].bytes, one.bytes) || got[i].err != one.err {
				t.Fatalf("code %d differs", i)
			}
			if code, err := decode(one.bytes); err == nil && (!utf8.ValidString(code.Text) || strings.ContainsAny(code.Text, "\x00\x1b\r\n")) {
				t.Fatalf("text %q", code.Text)
			}
		}
	})
}

// FuzzReport: no report makes more of itself than it holds.
func FuzzReport(f *testing.F) {
	f.Add(report("]Q1", "hello", false))
	f.Add(report("]Q1", "hello", true))
	f.Add([]byte{2, 56, ']'})
	f.Fuzz(func(t *testing.T, data []byte) {
		var a assembler
		if code, _, err := a.report(data); err == nil && len(code.Text) > 2*len(data)+posSize {
			t.Fatalf("%d bytes of %d", len(code.Text), len(data))
		}
		if len(a.data) > longest {
			t.Fatalf("keeps %d bytes", len(a.data))
		}
	})
}
