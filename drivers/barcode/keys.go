package barcode

import (
	"errors"
	"strings"
	"time"

	"bianmin/drivers/link/evdev"
)

// Errors of readers that play keyboard, ErrLost also of others; test with errors.Is.
var (
	ErrLayout = errors.New("the reader sends keys that are no characters: set it to a US keyboard, or better to HID-POS or a serial line")
	ErrLost   = errors.New("a part of the code was lost")
)

// Numbers of keys (linux/input-event-codes.h).
const (
	keyTab, keyEnter           = 15, 28
	keyLeftCtrl, keyRightCtrl  = 29, 97
	keyLeftShift, keyRightShif = 42, 54
	keyLeftAlt, keyRightAlt    = 56, 100
	keyLeftMeta, keyRightMeta  = 125, 126
	keySpace, keyCaps, keyNum  = 57, 58, 69
	keyPadEnter, keyPadMinus   = 96, 74
)

// rows are the rows of a US keyboard: the number of the first key, what it and its neighbours are, and what they are with Shift.
var rows = []struct {
	first        uint16
	plain, shift string
}{
	{2, "1234567890-=", "!@#$%^&*()_+"},
	{16, "qwertyuiop[]", "QWERTYUIOP{}"},
	{30, "asdfghjkl;'`", "ASDFGHJKL:\"~"},
	{43, "\\zxcvbnm,./", "|ZXCVBNM<>?"},
	{keySpace, " ", " "},
}

// pad are the keys of the number pad, whatever NumLock says: readers mean the digits.
var pad = map[uint16]byte{
	82: '0', 79: '1', 80: '2', 81: '3', 75: '4', 76: '5', 77: '6', 71: '7', 72: '8', 73: '9',
	83: '.', 78: '+', keyPadMinus: '-', 55: '*', 98: '/',
}

// character is what a key is on a US keyboard; 0 for none.
func character(key uint16, shift, caps bool) byte {
	for _, row := range rows {
		at := int(key) - int(row.first)
		if at < 0 || at >= len(row.plain) {
			continue
		}
		plain := row.plain[at]
		if caps && 'a' <= plain && plain <= 'z' {
			shift = !shift
		}
		if shift {
			return row.shift[at]
		}
		return plain
	}
	return pad[key]
}

// typist turns keys into codes.
type typist struct {
	splitter
	shift, ctrl, alt [2]bool // left and right
	caps             bool
	number           string // typed on the number pad while Alt is held
	last             time.Duration
}

// key takes one key and gives the code that it ends: at Enter, or where the reader was silent before it.
func (k *typist) key(key evdev.Key) (ended []raw) {
	if k.begun() && key.At-k.last > gap {
		ended = k.finish(ended)
	}
	k.last = key.At
	switch {
	case key.Lost:
		*k = typist{splitter: splitter{bad: ErrLost}, last: key.At}
	case k.modifier(key):
		if !key.Down && !held(k.alt) {
			ended = append(ended, k.compose()...)
		}
	case key.Down:
		ended = append(ended, k.press(key.Number)...)
	}
	return ended
}

// finish ends the code because of the silence after it. A tab that stands last is an end as Enter is.
func (k *typist) finish(ended []raw) []raw {
	one, ok := k.end()
	if !ok {
		return ended
	}
	for n := len(one.bytes); n > 0 && one.bytes[n-1] == '\t'; n-- {
		one.bytes = one.bytes[:n-1]
	}
	if one.err == nil && len(one.bytes) == 0 {
		return ended
	}
	return append(ended, one)
}

// modifier takes the keys that only change others.
func (k *typist) modifier(key evdev.Key) bool {
	switch key.Number {
	case keyLeftShift, keyRightShif:
		k.shift[side(key.Number == keyRightShif)] = key.Down
	case keyLeftCtrl, keyRightCtrl:
		k.ctrl[side(key.Number == keyRightCtrl)] = key.Down
	case keyLeftAlt, keyRightAlt:
		k.alt[side(key.Number == keyRightAlt)] = key.Down
	case keyCaps:
		k.caps = k.caps != key.Down
	case keyNum, keyLeftMeta, keyRightMeta:
	default:
		return false
	}
	return true
}

func side(right bool) int {
	if right {
		return 1
	}
	return 0
}

// compose takes what was typed on the number pad under Alt: the decimal number of one byte. Larger numbers mean Unicode for some
// programs and GB18030 for others: nothing says which.
func (k *typist) compose() []raw {
	if k.number == "" {
		return nil
	}
	value := 0
	for _, digit := range k.number {
		value = min(10*value+int(digit-'0'), 1<<16)
	}
	k.number = ""
	if value == 0 || value > 255 {
		k.bad = ErrLayout
		return nil
	}
	return k.feed([]byte{byte(value)})
}

func held(both [2]bool) bool { return both[0] || both[1] }

func (k *typist) press(number uint16) []raw {
	if held(k.alt) {
		if digit := pad[number]; '0' <= digit && digit <= '9' && len(k.number) < 6 {
			k.number += string(rune(digit))
		} else {
			k.bad = ErrLayout
		}
		return nil
	}
	typed := character(number, held(k.shift), k.caps)
	switch {
	case number == keyEnter, number == keyPadEnter:
		return k.finish(nil)
	case number == keyTab:
		typed = '\t'
	case typed == 0:
		k.bad = ErrLayout
		return nil
	case held(k.ctrl):
		if !strings.ContainsRune("@[\\]^_", rune(typed)) && (typed|0x20 < 'a' || 'z' < typed|0x20) {
			k.bad = ErrLayout
			return nil
		}
		typed &= 0x1f
	}
	return k.feed([]byte{typed})
}
