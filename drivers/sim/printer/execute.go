package printer

import (
	"github.com/boombuler/barcode/qr"

	"bianmin/drivers/dots"
)

// need is how many rows of paper the token will take.
func (h *head) need(t token) int {
	b := t.bytes
	switch {
	case t.kind != command:
		return 0
	case b[0] == '\n':
		return h.pitch()
	case t.is(esc, 'd'):
		return int(b[2]) * h.spacing
	case t.is(esc, 'J'):
		return int(b[2])
	case t.is(gs, 'V'):
		return cutterGap
	case t.is(gs, 'k'):
		return h.barHeight
	case t.is(gs, 'v'):
		return number(b[6:]) * (1 + int(b[3]>>1&1))
	case t.is(gs, '('):
		return h.needExtended(b[2], b[5:])
	default:
		return 0
	}
}

// needExtended is need of the commands GS ( letter.
func (h *head) needExtended(letter byte, b []byte) int {
	if letter == 'L' && h.graphics != nil {
		return h.graphics.Height
	}
	if letter == 'k' && len(b) >= 3 && b[1] == 81 {
		if picture := h.code.draw(); picture != nil {
			return picture.Height * h.code.module
		}
	}
	return 0
}

// execute carries out one token in order. It reports a cut and what the printer answers.
func (h *head) execute(t token, paper byte) (cut bool, answer []byte) {
	b := t.bytes
	if t.kind == character {
		if h.gather(b) {
			h.print()
			h.gather(b)
		}
		return false, nil
	}
	switch b[0] {
	case '\n':
		h.print()
	case esc:
		h.escape(b)
	case fs:
		h.wide(b)
	case gs:
		return h.group(b, paper)
	}
	return false, nil
}

func (h *head) escape(b []byte) {
	switch b[1] {
	case '@':
		h.reset()
	case 'a':
		h.align = b[2] % 48
	case 'E':
		h.bold = b[2]&1 == 1
	case '-':
		h.underline = b[2]%48 != 0
	case '!':
		h.bold, h.underline = b[2]&8 != 0, b[2]&0x80 != 0
		h.zx, h.zy = 1+int(b[2]>>5&1), 1+int(b[2]>>4&1)
	case 't':
		h.page = b[2]
	case '*':
		h.columns(b)
	case '2':
		h.spacing = lineSpacing
	case '3':
		h.spacing = int(b[2])
	case '$':
		h.x = number(b[2:])
	case '\\':
		h.x = max(0, h.x+int(int16(number(b[2:]))))
	case 'd':
		if len(h.line) > 0 {
			h.print()
		}
		h.feed(int(b[2]) * h.spacing)
	case 'J':
		h.feed(int(b[2]))
	}
}

func number(b []byte) int { return int(b[0]) + int(b[1])<<8 }

func (h *head) wide(b []byte) {
	switch b[1] {
	case '!':
		h.zx, h.zy = 1+int(b[2]>>2&1), 1+int(b[2]>>3&1)
	case '-':
		h.underline = b[2]%48 != 0
	}
}

func (h *head) group(b []byte, paper byte) (cut bool, answer []byte) {
	switch b[1] {
	case '!':
		h.zx, h.zy = 1+int(b[2]>>4&7), 1+int(b[2]&7)
	case 'B':
		h.reverse = b[2]&1 == 1
	case 'L':
		h.margin = min(number(b[2:]), h.width)
	case 'W':
		h.area = number(b[2:])
	case 'h':
		h.barHeight = int(b[2])
	case 'k':
		h.feed(h.barHeight) // bar codes are left white
	case 'V':
		h.feed(cutterGap)
		return true, nil
	case 'r':
		return false, []byte{paper}
	case 'I':
		return false, h.identity(b[2])
	case 'v':
		h.raster(b)
	case '8':
		h.store(b[7:])
	case '(':
		h.extended(b[2], b[5:])
	}
	return false, nil
}

// extended are the commands GS ( letter.
func (h *head) extended(letter byte, b []byte) {
	switch {
	case letter == 'k' && len(b) >= 3 && b[0] == 49:
		h.qr(b[1], b[2:])
	case letter == 'L' && len(b) == 2 && b[1]%48 == 2 && h.graphics != nil:
		h.paste(h.graphics, 1, 1)
		h.graphics = nil
	case letter == 'L':
		h.store(b)
	}
}

// store keeps a picture for printing later: function 112.
func (h *head) store(b []byte) {
	if len(b) < 10 || b[1] != 112 {
		return
	}
	width, rows := number(b[6:]), number(b[8:])
	if stride := (width + 7) / 8; len(b)-10 == stride*rows {
		h.graphics = &dots.Bitmap{Width: width, Height: rows, Stride: stride, Pix: b[10:]}
	}
}

// identity answers GS I. A clone that does not know it takes the parameter for a character.
func (h *head) identity(n byte) []byte {
	if h.nameless {
		if n >= ' ' {
			h.gather([]byte{n})
		}
		return nil
	}
	if n == 1 {
		return []byte{0x20}
	}
	text := map[byte]string{65: "1.04", 66: "BIANMIN", 67: "SIM-80", 68: "SIM0000042"}[n]
	if text == "" {
		return nil
	}
	return append(append([]byte{'_'}, text...), 0)
}

func (h *head) raster(b []byte) {
	stride, rows := int(b[4])+int(b[5])<<8, int(b[6])+int(b[7])<<8
	picture := &dots.Bitmap{Width: stride * 8, Height: rows, Stride: stride, Pix: b[8:]}
	h.paste(picture, 1+int(b[3]&1), 1+int(b[3]>>1&1))
}

func (h *head) qr(function byte, data []byte) {
	switch function {
	case 67:
		h.code.module = min(max(int(data[0]), 1), 16)
	case 69:
		h.code.level = data[0]
	case 80:
		h.code.data = string(data[1:])
	case 81:
		if picture := h.code.draw(); picture != nil {
			h.paste(picture, h.code.module, h.code.module)
		}
	}
}

// draw makes the stored code, one dot per module; nil when it holds nothing that fits.
func (q qrState) draw() *dots.Bitmap {
	levels := map[byte]qr.ErrorCorrectionLevel{48: qr.L, 49: qr.M, 50: qr.Q, 51: qr.H}
	code, err := qr.Encode(q.data, levels[q.level], qr.Auto)
	if err != nil || q.data == "" {
		return nil
	}
	side := code.Bounds().Dx()
	picture := dots.New(side, side)
	for y := range side {
		for x := range side {
			if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
				picture.Set(x, y)
			}
		}
	}
	return picture
}
