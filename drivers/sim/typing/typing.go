// Package typing is what a code reader that plays keyboard sends: the reports of
// a boot keyboard (HID 1.11, appendix B) for a text, key by key. It knows US
// keyboards by the numbers of the HID usage tables and nothing of evdev.
package typing

import (
	"errors"
	"fmt"
	"strings"
)

// Descriptor is a boot keyboard's report descriptor, with its lights.
var Descriptor = []byte{
	0x05, 0x01, 0x09, 0x06, 0xA1, 0x01, 0x05, 0x07, 0x19, 0xE0, 0x29, 0xE7, 0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x08, 0x81, 0x02,
	0x95, 0x01, 0x75, 0x08, 0x81, 0x01, 0x95, 0x05, 0x75, 0x01, 0x05, 0x08, 0x19, 0x01, 0x29, 0x05, 0x91, 0x02, 0x95, 0x01, 0x75, 0x03,
	0x91, 0x01, 0x95, 0x06, 0x75, 0x08, 0x15, 0x00, 0x25, 0x65, 0x05, 0x07, 0x19, 0x00, 0x29, 0x65, 0x81, 0x00, 0xC0,
}

// Dark is the same without lights, as some readers are.
var Dark = append(append([]byte(nil), Descriptor[:28]...), Descriptor[46:]...)

const (
	ctrl, shift, alt   = 0x01, 0x02, 0x04
	enter, tab, padOne = 0x28, 0x2B, 0x59
)

// usages are the keys by what they write, and with Shift.
var usages = map[rune][2]byte{'\r': {enter}, '\n': {enter}, '\t': {tab}, ' ': {0x2C}}

func init() {
	for i, letter := range "abcdefghijklmnopqrstuvwxyz" {
		usages[letter] = [2]byte{byte(0x04 + i)}
		usages[letter-'a'+'A'] = [2]byte{byte(0x04 + i), shift}
	}
	for i, digit := range "1234567890" {
		usages[digit] = [2]byte{byte(0x1E + i)}
	}
	for i, sign := range "!@#$%^&*()" {
		usages[sign] = [2]byte{byte(0x1E + i), shift}
	}
	signs := map[byte]string{0x2D: "-_", 0x2E: "=+", 0x2F: "[{", 0x30: "]}", 0x31: "\\|", 0x33: ";:", 0x34: "'\"", 0x35: "`~", 0x36: ",<", 0x37: ".>", 0x38: "/?"}
	for usage, both := range signs {
		usages[rune(both[0])] = [2]byte{usage}
		usages[rune(both[1])] = [2]byte{usage, shift}
	}
}

// ErrNoKey says that a text has what no key writes.
var ErrNoKey = errors.New("no key writes this")

// Reports are those that type a text: for each character the key down and up again. A byte below the space is its letter with
// Ctrl; others that no key writes are ErrNoKey.
func Reports(text string) ([][]byte, error) {
	var all [][]byte
	for _, r := range text {
		key, ok := usages[r]
		if !ok && r < ' ' {
			key, ok = usages[r+'@'], true
			key[1] = ctrl
		}
		if !ok {
			return nil, fmt.Errorf("type %q: %w", r, ErrNoKey)
		}
		all = append(all, press(key[1], key[0])...)
	}
	return all, nil
}

// ByNumber are the reports that type bytes as some readers do, whatever the layout: Alt with the byte's decimal number on the
// number pad, a nought before it.
func ByNumber(data []byte) (all [][]byte) {
	for _, b := range data {
		for _, digit := range fmt.Sprintf("0%d", b) {
			usage := byte(padOne + strings.IndexRune("1234567890", digit)) // #nosec G115 -- ten keys
			all = append(all, []byte{alt, 0, usage, 0, 0, 0, 0, 0}, []byte{alt, 0, 0, 0, 0, 0, 0, 0})
		}
		all = append(all, make([]byte, 8))
	}
	return all
}

func press(modifier, usage byte) [][]byte {
	return [][]byte{{modifier, 0, usage, 0, 0, 0, 0, 0}, make([]byte, 8)}
}
