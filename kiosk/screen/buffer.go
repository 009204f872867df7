package screen

import "reflect"

// buffer is what is being typed. The session owns the value; the buffer is
// ahead of it by the keys whose answer has not come back yet, so that fast
// fingers lose nothing.
type buffer struct {
	key     string // which field is being typed
	text    string
	sent    any // last value sent, or taken over
	waiting bool
}

// sync takes the session's value over where it is newer than the fingers.
// It tells whether the text changed.
func (b *buffer) sync(key string, value any, write func(any) string) bool {
	same := reflect.DeepEqual(value, b.sent)
	switch {
	case key != b.key:
		b.key = key
	case b.waiting:
		b.waiting = !same
		return false
	case same:
		return false
	}
	b.sent, b.waiting = value, false
	before := b.text
	b.text = write(value)
	return b.text != before
}

// typed keeps new text and the value that is sent for it.
func (b *buffer) typed(text string, value any) {
	b.text = text
	b.waiting = !reflect.DeepEqual(value, b.sent)
	b.sent = value
}

// erase returns the text without its last character.
func erase(text string) string {
	runes := []rune(text)
	if len(runes) == 0 {
		return ""
	}
	return string(runes[:len(runes)-1])
}

// asText writes a value that is text.
func asText(value any) string {
	s, _ := value.(string)
	return s
}
