package printer

// token is one whole command or one character, as it stands in the stream.
type token struct {
	bytes []byte
	kind  kind
}

// is tells whether the token is the command lead letter.
func (t token) is(lead, letter byte) bool {
	return t.kind == command && len(t.bytes) > 1 && t.bytes[0] == lead && t.bytes[1] == letter
}

type kind int

const (
	character kind = iota // one character, one to four bytes
	command               // executed in order
	realTime              // DLE sequences: executed on arrival
	unknown               // not in any table: a strict printer would print garbage
)

const (
	esc = 0x1B
	gs  = 0x1D
	fs  = 0x1C
	dle = 0x10
)

// lengths are the whole lengths of commands with a fixed length, by lead byte and letter.
var lengths = map[byte]map[byte]int{
	esc: {
		'@': 2, '2': 2, 'i': 2, 'm': 2, 'S': 2, 'L': 2, '\f': 2, '!': 3, '-': 3, 'E': 3, 'G': 3, 'J': 3, 'K': 3, 'M': 3, 'R': 3, 't': 3,
		'a': 3, 'd': 3, 'e': 3, 'r': 3, '3': 3, ' ': 3, '{': 3, 'V': 3, 'T': 3, 'U': 3, '=': 3, '$': 4, '\\': 4, 'B': 4, 'c': 4, 'p': 5, 'W': 10,
	},
	gs: {
		'!': 3, 'B': 3, 'T': 3, 'a': 3, 'r': 3, 'I': 3, 'h': 3, 'w': 3, 'H': 3, 'f': 3, 'b': 3, 'L': 4, 'W': 4, 'P': 4, '$': 4, '\\': 4,
	},
	fs: {'&': 2, '.': 2, '!': 3, '-': 3, 'W': 3, 'C': 3, 'S': 4},
}

// next takes one token off the front of stream; ok is false while it is incomplete.
// kanji tells whether bytes from 0x81 begin two-byte characters.
func next(stream []byte, kanji bool) (t token, ok bool) {
	if len(stream) == 0 {
		return token{}, false
	}
	length, k := 1, command
	switch lead := stream[0]; {
	case lead == dle:
		length, k = dleLength(stream)
	case lead == esc || lead == fs || lead == gs:
		length, k = controlLength(stream)
	case lead >= 0x81 && kanji:
		length, k = wideLength(stream), character
	case lead >= 0x20 && lead != 0x7F:
		k = character
	}
	if length == 0 || length > len(stream) {
		return token{}, false
	}
	return token{bytes: append([]byte(nil), stream[:length]...), kind: k}, true
}

// The length functions give 0 while it cannot be told yet.

func wideLength(s []byte) int {
	switch {
	case len(s) < 2:
		return 0
	case s[1] >= 0x30 && s[1] <= 0x39:
		return 4
	default:
		return 2
	}
}

func dleLength(s []byte) (int, kind) {
	if len(s) < 3 {
		return 0, realTime
	}
	switch {
	case s[1] == 4 || s[1] == 5:
		return 3, realTime
	case s[1] == 0x14 && s[2] == 8:
		return 10, realTime
	case s[1] == 0x14:
		return 5, realTime
	default:
		return 1, unknown
	}
}

func controlLength(s []byte) (int, kind) {
	if len(s) < 2 {
		return 0, command
	}
	if n, ok := lengths[s[0]][s[1]]; ok {
		return n, command
	}
	measure, ok := measures[string(s[:2])]
	if !ok {
		return 2, unknown
	}
	return measure(s), command
}

// measures are the lengths of commands that carry their own.
var measures = map[string]func(s []byte) int{
	"\x1bD": func(s []byte) int { return until(s, 2) },
	"\x1b*": func(s []byte) int {
		return count(s, 5, func() int { return (int(s[3]) + int(s[4])<<8) * (1 + 2*int(s[2]>>5&1)) })
	},
	"\x1d(": func(s []byte) int { return count(s, 5, func() int { return int(s[3]) + int(s[4])<<8 }) },
	"\x1c(": func(s []byte) int { return count(s, 5, func() int { return int(s[3]) + int(s[4])<<8 }) },
	"\x1d8": func(s []byte) int {
		return count(s, 7, func() int { return int(s[3]) + int(s[4])<<8 + int(s[5])<<16 + int(s[6])<<24 })
	},
	"\x1dv": func(s []byte) int {
		return count(s, 8, func() int { return (int(s[4]) + int(s[5])<<8) * (int(s[6]) + int(s[7])<<8) })
	},
	"\x1dV": func(s []byte) int { return count(s, 3, func() int { return int(s[2]>>6) & 1 }) }, // 65 and 66 bring a length
	"\x1dk": func(s []byte) int {
		if len(s) > 2 && s[2] < 65 {
			return until(s, 3)
		}
		return count(s, 4, func() int { return int(s[3]) })
	},
}

// count is the length of a command whose head of n bytes tells how many follow.
func count(s []byte, n int, more func() int) int {
	if len(s) < n {
		return 0
	}
	return n + more()
}

// until is the length of a command that ends with a zero.
func until(s []byte, from int) int {
	for i := from; i < len(s); i++ {
		if s[i] == 0 {
			return i + 1
		}
	}
	return 0
}
