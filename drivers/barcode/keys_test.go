package barcode

import (
	"errors"
	"strings"
	"testing"
	"time"

	"bianmin/drivers/link/evdev"
)

// script makes keys of words: "a" is key 30 down and up, "+x" and "-x" down and up alone, "..." a silence.
type script struct {
	at   time.Duration
	keys []evdev.Key
}

// numbers are keys by their names in the scripts below, as linux/input-event-codes.h has them.
var numbers = map[string]uint16{
	"1": 2, "2": 3, "9": 10, "0": 11, "minus": 12, "equal": 13, "tab": 15, "q": 16, "b": 48, "m": 50, "[": 26, "]": 27, "enter": 28, "ctrl": 29, "a": 30,
	"semicolon": 39, "grave": 41, "shift": 42, "backslash": 43, "z": 44, "comma": 51, "slash": 53, "rshift": 54, "alt": 56, "space": 57,
	"caps": 58, "f1": 59, "num": 69, "kp0": 82, "kp1": 79, "kp3": 81, "kp5": 76, "kp6": 77, "kp9": 73, "kpenter": 96, "ralt": 100, "j": 36, "abroad": 86,
}

func (s *script) write(t *testing.T, words string) {
	t.Helper()
	for _, word := range strings.Fields(words) {
		s.at += 8 * time.Millisecond
		name, down, up := word, true, true
		switch {
		case word == "...":
			s.at += 2 * gap
			continue
		case word == "lost":
			s.keys = append(s.keys, evdev.Key{At: s.at, Lost: true})
			continue
		case word[0] == '+':
			name, up = word[1:], false
		case word[0] == '-':
			name, down = word[1:], false
		}
		number, ok := numbers[name]
		if !ok {
			t.Fatalf("no key %q", name)
		}
		if down {
			s.keys = append(s.keys, evdev.Key{Number: number, Down: true, At: s.at})
		}
		if up {
			s.keys = append(s.keys, evdev.Key{Number: number, At: s.at + 4*time.Millisecond})
		}
	}
}

func TestKeys(t *testing.T) {
	for name, c := range map[string]struct {
		words string
		codes []string // an error by its words
	}{
		"plain":                      {"q 1 a enter", []string{"q1a"}},
		"shift":                      {"+shift q 1 -shift q +rshift a -rshift enter", []string{"Q!qA"}},
		"two shifts":                 {"+shift +rshift q -shift q -rshift q enter", []string{"QQq"}},
		"signs":                      {"minus equal semicolon grave backslash comma slash space +shift minus equal semicolon grave backslash comma slash -shift enter", []string{"-=;`\\,/ _+:~|<?"}},
		"capitals locked":            {"caps q 1 +shift a -shift caps q enter", []string{"Q1aq"}},
		"an identifier":              {"] +shift q -shift 1 b m enter", []string{"]Q1 bm"}},
		"the number pad":             {"num kp1 kp0 num kpenter", []string{"10"}},
		"two codes":                  {"a enter b enter", []string{"a", "b"}},
		"no end":                     {"a b ... q", []string{"ab", "q"}},
		"a tab for an end":           {"a b tab ... q tab enter", []string{"ab", "q"}},
		"a tab within":               {"a tab b enter", []string{"a\tb"}},
		"only ends":                  {"enter tab ... tab enter enter", nil},
		"a group separator":          {"a +ctrl ] -ctrl b enter", []string{"a\x1db"}},
		"frames":                     {"+ctrl b -ctrl a enter", []string{"a"}},
		"a line feed by its letter":  {"a +ctrl j -ctrl b enter", []string{"a", "b"}},
		"bytes by number":            {"num +alt kp0 kp6 kp5 -alt +alt kp0 kp6 kp6 -alt enter", []string{"AB"}},
		"a carriage return likewise": {"a +alt kp0 kp1 kp3 -alt b enter", []string{"a", "b"}},
		"Unicode by number":          {"a +ralt kp9 kp9 kp9 -ralt q enter b enter", []string{ErrLayout.Error(), "b"}},
		"no character":               {"a f1 b enter q enter", []string{ErrLayout.Error(), "q"}},
		"another country's key":      {"abroad enter", []string{ErrLayout.Error()}},
		"letters under Alt":          {"+alt a -alt enter", []string{ErrLayout.Error()}},
		"keys lost":                  {"a lost b enter q enter", []string{ErrLost.Error(), "q"}},
		"lost and silent":            {"a lost ... q enter", []string{ErrLost.Error(), "q"}},
	} {
		var s script
		s.write(t, c.words)
		var k typist
		var ended []raw
		for _, key := range s.keys {
			ended = append(ended, k.key(key)...)
		}
		ended = k.finish(ended)
		var got []string
		for _, one := range ended {
			code, err := one.code()
			text := code.Symbology + map[bool]string{true: " "}[code.Symbology != ""] + code.Text
			if err != nil {
				text = errors.Unwrap(err).Error()
			}
			got = append(got, text)
		}
		if strings.Join(got, "|") != strings.Join(c.codes, "|") {
			t.Errorf("%s: %q, want %q", name, got, c.codes)
		}
	}
}

// TestEndlessKeys: a key for ever fills no memory.
func TestEndlessKeys(t *testing.T) {
	var k typist
	for i := range 3 * longest {
		if ended := k.key(evdev.Key{Number: 30, Down: true, At: time.Duration(i) * time.Millisecond}); ended != nil || len(k.pending) > longest {
			t.Fatalf("%d: %d codes, %d bytes", i, len(ended), len(k.pending))
		}
	}
	if ended := k.key(evdev.Key{Number: keyEnter, Down: true, At: time.Hour}); len(ended) != 1 || !errors.Is(ended[0].err, ErrTooLong) {
		t.Errorf("%+v", ended)
	}
}

// FuzzKeys: whatever keys come, no more is kept than a code can hold, and one that ended says nothing of what follows it.
func FuzzKeys(f *testing.F) {
	f.Add([]byte{42, 1, 1, 30, 1, 1, 30, 0, 1, 42, 0, 1, 28, 1, 1})
	f.Add([]byte{56, 1, 1, 82, 1, 1, 76, 1, 1, 56, 0, 1, 28, 1, 1})
	f.Add([]byte{0, 3, 200, 30, 1, 200})
	f.Fuzz(func(t *testing.T, steps []byte) {
		var k typist
		at := time.Duration(0)
		feed := func(key evdev.Key) (n int) {
			key.At = at
			for _, one := range k.key(key) {
				n++
				if code, err := one.code(); err == nil && strings.ContainsAny(code.Text, "\x00\x1b\r\n") {
					t.Fatalf("text %q", code.Text)
				}
			}
			if len(k.pending) > longest || len(k.number) > 6 {
				t.Fatalf("keeps %d bytes", len(k.pending)+len(k.number))
			}
			return n
		}
		for ; len(steps) >= 3; steps = steps[3:] {
			at += time.Duration(steps[2]) * time.Millisecond
			feed(evdev.Key{Number: uint16(steps[0]), Down: steps[1]&1 == 1, Lost: steps[1] == 3})
		}
		for _, modifier := range []uint16{keyLeftShift, keyRightShif, keyLeftCtrl, keyRightCtrl, keyLeftAlt, keyRightAlt} {
			feed(evdev.Key{Number: modifier})
		}
		at += time.Hour
		feed(evdev.Key{Number: keyEnter, Down: true})
		feed(evdev.Key{Number: 2, Down: true})
		if ended := k.finish(nil); len(ended) != 1 || string(ended[0].bytes) != "1" {
			t.Fatalf("afterwards %+v", ended)
		}
	})
}
