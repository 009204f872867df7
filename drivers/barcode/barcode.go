// Package barcode reads code readers (扫码器): what they send over a serial line
// (also USB CDC), the reports of the HID point-of-sale class, and the keys of
// readers that play keyboard. It gives the text of one code at a time and nothing of
// what the text means; it must not log any of it, for codes hold people's numbers.
package barcode

import (
	"bytes"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"bianmin/drivers"
)

// longest is how much one code can hold: the largest QR code of digits.
const longest = 7089

// Code is what was read.
type Code = drivers.Code

// Errors of a code; test with errors.Is. None holds what was read.
var (
	ErrTooLong  = errors.New("the code is longer than any code can be: two codes without an end between them")
	ErrEncoding = errors.New("the code is neither UTF-8 nor GB18030")
	ErrReport   = errors.New("the report makes no sense")
)

// splitter cuts what comes over a line into codes: at CR, LF or both, or where the reader of the line says that it was quiet.
type splitter struct {
	pending []byte
	bad     error // why the code is none: nothing counts until its end
}

// feed takes bytes and gives the codes that they end, each as it came. An error stands in the place of a code.
func (s *splitter) feed(data []byte) (ended []raw) {
	for _, b := range data {
		if b == '\r' || b == '\n' {
			if one, ok := s.end(); ok {
				ended = append(ended, one)
			}
			continue
		}
		if len(s.pending) == longest {
			s.pending, s.bad = s.pending[:0], ErrTooLong
		}
		if s.bad == nil {
			s.pending = append(s.pending, b)
		}
	}
	return ended
}

// raw is one code as it came.
type raw struct {
	bytes []byte
	err   error
}

// code is what it says; what makes no sense is an *drivers.Error.
func (r raw) code() (Code, error) {
	err := r.err
	var code Code
	if err == nil {
		code, err = decode(r.bytes)
	}
	if err != nil {
		return Code{}, failure(drivers.FaultProtocol, err)
	}
	return code, nil
}

// end says that the code which is coming in is whole. There may be none.
func (s *splitter) end() (raw, bool) {
	defer func() { s.pending, s.bad = nil, nil }()
	switch {
	case s.bad != nil:
		return raw{err: s.bad}, true
	case len(s.pending) == 0:
		return raw{}, false
	}
	return raw{bytes: s.pending}, true
}

// begun tells whether a code is coming in.
func (s *splitter) begun() bool { return len(s.pending) > 0 || s.bad != nil }

// decode makes text of a code: frames of the line (STX, ETX) and the AIM identifier go, what is not UTF-8 is GB18030.
func decode(data []byte) (Code, error) {
	const startOfText, endOfText = 0x02, 0x03
	data = bytes.TrimSuffix(bytes.TrimPrefix(data, []byte{startOfText}), []byte{endOfText})
	symbology, data := identifier(data)
	text := string(data)
	if !utf8.Valid(data) {
		decoded, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
		if err != nil || bytes.ContainsRune(decoded, utf8.RuneError) {
			return Code{}, ErrEncoding
		}
		text = string(decoded)
	}
	return Code{Text: clean(text), Symbology: symbology}, nil
}

// identifier cuts an AIM identifier off: "]", a letter, a digit or letter.
func identifier(data []byte) (symbology string, rest []byte) {
	letter := func(b byte) bool { return 'a' <= b|0x20 && b|0x20 <= 'z' }
	if len(data) < 3 || data[0] != ']' || !letter(data[1]) || !letter(data[2]) && (data[2] < '0' || '9' < data[2]) {
		return "", data
	}
	return string(data[:3]), data[3:]
}

// clean leaves control characters out but for the tab and GS, which parts the fields of some codes.
func clean(text string) string {
	const groupSeparator = '\x1D'
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\t' && r != groupSeparator {
			return -1
		}
		return r
	}, text)
}
