package escpos

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/encoding/simplifiedchinese"

	"bianmin/core/receipt"
)

// code gives r as the printer's charset writes it, nil when it cannot.
func (c Charset) code(r rune) []byte {
	if c == NoText {
		return nil
	}
	if r < 0x80 {
		if r < 0x20 || r == 0x7F {
			return nil
		}
		return []byte{byte(r)}
	}
	if c == ASCII || unicode.Is(unicode.Co, r) {
		return nil
	}
	code, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(string(r)))
	if err != nil {
		return nil
	}
	switch {
	case len(code) == 4 && c == GB18030, len(code) == 2 && c.holds(code[0], code[1]):
		return code
	default:
		return nil
	}
}

// holds tells whether the two-byte code is in the charset: GB18030's two-byte
// user-defined areas and the characters it added to GBK's symbols are in no older font.
func (c Charset) holds(lead, trail byte) bool {
	switch c {
	case GB18030:
		return true
	case GB2312:
		return inGB2312(lead, trail)
	default:
		return inGB2312(lead, trail) || lead >= 0x81 && lead <= 0xA0 || trail <= 0xA0 && lead >= 0xA8
	}
}

func inGB2312(lead, trail byte) bool {
	if lead == 0xA2 && trail == 0xE3 { // the euro sign came with GB18030
		return false
	}
	return trail >= 0xA1 && (lead >= 0xA1 && lead <= 0xA9 || lead >= 0xB0 && lead <= 0xF7)
}

// width is the number of cells r takes on paper.
func width(r rune) int {
	switch {
	case unicode.Is(unicode.Mn, r), unicode.Is(unicode.Me, r):
		return 0
	case r < 0x80:
		return 1
	default:
		return 2
	}
}

func cells(s string) int {
	n := 0
	for _, r := range s {
		n += width(r)
	}
	return n
}

// readable makes people's text safe and printable: control bytes go, and a
// character that neither printer nor font can show becomes □ with its code.
func (e *encoder) readable(s string) string {
	s = receipt.Clean(s)
	if strings.IndexFunc(s, e.unprintable) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if e.unprintable(r) {
			fmt.Fprintf(&b, "□(U+%04X)", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func (e *encoder) unprintable(r rune) bool {
	return e.profile.Charset.code(r) == nil && (e.raster == nil || !e.raster.Has(r)) && width(r) > 0 && r != '□' && r != ' '
}
