package casefile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

// maxSafe is the largest integer that a JSON number carries through every
// reader (2^53 - 1, RFC 7493).
const maxSafe = 1<<53 - 1

// Canonical gives the bytes of an event that its digest names: JSON in the
// canonical form of RFC 8785, so that a platform in any language finds the same
// bytes. A value with a number that RFC 8785 would change is refused.
func Canonical(event Event) ([]byte, error) {
	content, err := canonical(event)
	if err != nil {
		return nil, fmt.Errorf("canonical event: %w", err)
	}
	return content, nil
}

// SignedContent gives the bytes a person's signature is bound to: the submission
// in canonical form without the signature itself.
func SignedContent(submission Submission) ([]byte, error) {
	submission.Signature = nil
	content, err := canonical(submission)
	if err != nil {
		return nil, fmt.Errorf("canonical submission: %w", err)
	}
	return content, nil
}

// ErrNewer says that an event was written by a newer version of this program.
var ErrNewer = errors.New("an event of a newer version")

// ParseEvent reads an event from its canonical bytes; one of a newer version gives ErrNewer.
func ParseEvent(content []byte) (Event, error) {
	var event Event
	if err := json.Unmarshal(content, &event); err != nil {
		return Event{}, fmt.Errorf("parse event: %w", err)
	}
	if event.Version > EventVersion {
		return Event{}, fmt.Errorf("parse event: %w: %d", ErrNewer, event.Version)
	}
	if event.Version < 1 {
		return Event{}, fmt.Errorf("parse event: version %d is not known", event.Version)
	}
	return event, nil
}

func canonical(value any) ([]byte, error) {
	plain, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(plain))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one value")
	}
	return appendValue(make([]byte, 0, len(plain)), tree)
}

func appendValue(out []byte, value any) ([]byte, error) {
	switch v := value.(type) {
	case nil:
		return append(out, "null"...), nil
	case bool:
		return strconv.AppendBool(out, v), nil
	case string:
		return appendString(out, v), nil
	case json.Number:
		return appendNumber(out, v)
	case []any:
		return appendArray(out, v)
	case map[string]any:
		return appendObject(out, v)
	}
	return nil, fmt.Errorf("no canonical form for %T", value)
}

func appendArray(out []byte, values []any) ([]byte, error) {
	out = append(out, '[')
	for i, value := range values {
		if i > 0 {
			out = append(out, ',')
		}
		var err error
		if out, err = appendValue(out, value); err != nil {
			return nil, err
		}
	}
	return append(out, ']'), nil
}

func appendObject(out []byte, object map[string]any) ([]byte, error) {
	names := make([]string, 0, len(object))
	for name := range object {
		names = append(names, name)
	}
	slices.SortFunc(names, compareUTF16)
	out = append(out, '{')
	for i, name := range names {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(appendString(out, name), ':')
		var err error
		if out, err = appendValue(out, object[name]); err != nil {
			return nil, err
		}
	}
	return append(out, '}'), nil
}

// compareUTF16 orders names by their UTF-16 code units, as RFC 8785 asks.
func compareUTF16(a, b string) int {
	return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
}

func appendString(out []byte, s string) []byte {
	out = append(out, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			out = append(out, '\\', byte(r))
		case r == '\b':
			out = append(out, `\b`...)
		case r == '\f':
			out = append(out, `\f`...)
		case r == '\n':
			out = append(out, `\n`...)
		case r == '\r':
			out = append(out, `\r`...)
		case r == '\t':
			out = append(out, `\t`...)
		case r < 0x20:
			out = fmt.Appendf(out, `\u%04x`, r)
		default:
			out = append(out, string(r)...)
		}
	}
	return append(out, '"')
}

// appendNumber writes a number as ECMAScript does. Integers that would lose
// digits are refused: they must be strings.
func appendNumber(out []byte, number json.Number) ([]byte, error) {
	text := number.String()
	if !strings.ContainsAny(text, ".eE") {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n > maxSafe || n < -maxSafe {
			return nil, errors.New("a whole number has too many digits")
		}
		return strconv.AppendInt(out, n, 10), nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(f, 0) {
		return nil, errors.New("a number is out of range")
	}
	if f == 0 {
		return append(out, '0'), nil
	}
	shortest, err := json.Marshal(f) // encoding/json writes floats as ECMAScript does
	if err != nil {
		return nil, err
	}
	if bytes.ContainsAny(shortest, "e") && !bytes.Contains(shortest, []byte("e-")) && !bytes.Contains(shortest, []byte("e+")) {
		shortest = bytes.Replace(shortest, []byte("e"), []byte("e+"), 1)
	}
	return append(out, shortest...), nil
}
