package printer

import (
	"golang.org/x/text/encoding/charmap"

	"bianmin/drivers/dots"
)

// pages are the code pages of ESC t by number, as most printers count them.
var pages = map[byte]*charmap.Charmap{
	0: charmap.CodePage437, 2: charmap.CodePage850, 3: charmap.CodePage860, 4: charmap.CodePage863, 5: charmap.CodePage865,
	16: charmap.Windows1252, 17: charmap.CodePage866, 18: charmap.CodePage852, 19: charmap.CodePage858,
}

// lines are the ruling characters of page 1, whose others are Japanese, from 0x80 on.
var lines = []rune("▁▂▃▄▅▆▇█▏▎▍▌▋▊▉┼┴┬┤├▔─│▕┌┐└┘╭╮╰╯")

// single is the character of one byte in the code page that is chosen.
func (h *head) single(b byte) rune {
	page, known := pages[h.page]
	switch {
	case b < 0x80:
		return rune(b)
	case known:
		return page.DecodeByte(b)
	case h.page == 1 && int(b) < 0x80+len(lines):
		return lines[b-0x80]
	}
	return '\uFFFD'
}

// columns puts a picture into the line: ESC * with 8 or 24 dots in each column, each drawn as high and wide as 24 dots need.
func (h *head) columns(b []byte) {
	deep, zx, zy := 1, 2, 3
	if b[2] >= 32 {
		deep, zy = 3, 1
	}
	if b[2]&1 == 1 {
		zx = 1
	}
	wide := number(b[3:])
	picture := dots.New(wide*zx, deep*8*zy)
	for x := range wide {
		for bit := range deep * 8 {
			if b[5+x*deep+bit/8]>>(7-bit%8)&1 == 1 {
				picture.Fill(x*zx, bit*zy, zx, zy)
			}
		}
	}
	h.line = append(h.line, glyph{x: h.x, zy: 1, picture: picture})
	h.x += picture.Width
}
