package printer

// token is one whole command or one character, as it stands in the stream.
type token struct {
	bytes []byte
	kind  kind
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
		'@': 2, '2': 2, 'i': 2, 'm': 2, 'S': 2, '!': 3, '-': 3, 'E': 3, 'G': 3, 'J': 3, 'M': 3, 'R': 3, 't': 3,
		'a': 3, 'd': 3, '3': 3, ' ': 3, '{': 3, 'V': 3, '$': 4, '\\': 4, 'B': 4, 'c': 4, 'p': 5, '=': 3,
	},
	gs: {
		'!': 3, 'B': 3, 'L': 4, 'W': 4, 'a': 3, 'r': 3, 'I': 3, 'h': 3, 'w': 3, 'H': 3, 'f': 3,
	},
	fs: {'&': 2, '.': 2, '!': 3, '-': 3, 'S': 4, 'W': 3, 'C': 3},
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
	if s[0] != gs {
		return 2, unknown
	}
	at := func(i int) int { return int(s[i]) }
	switch s[1] {
	case 'V':
		if len(s) < 3 {
			return 0, command
		}
		if s[2] >= 65 {
			return 4, command
		}
		return 3, command
	case '(':
		if len(s) < 5 {
			return 0, command
		}
		return 5 + at(3) + at(4)<<8, command
	case 'v':
		if len(s) < 8 {
			return 0, command
		}
		return 8 + (at(4)+at(5)<<8)*(at(6)+at(7)<<8), command
	}
	return 2, unknown
}
