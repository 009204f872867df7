package catalogue

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"bianmin/core/text"
)

const maxDepth = 64

// parse reads one JSON document, keeping numbers as written and refusing what
// encoding/json lets pass: the same name twice, and a second document behind the first.
func parse(content []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber()
	value, err := node(decoder, 0)
	if err != nil {
		return nil, place(content, decoder, err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, place(content, decoder, errors.New("more follows after the end of the document"))
	}
	return value, nil
}

// place says in which line and column reading stopped.
func place(content []byte, decoder *json.Decoder, err error) error {
	at := decoder.InputOffset()
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		at = syntax.Offset
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("the file ends too early: a bracket or quote is not closed")
		at = int64(len(content))
	}
	before := content[:min(at, int64(len(content)))]
	line := bytes.Count(before, []byte{'\n'}) + 1
	column := len([]rune(string(before[bytes.LastIndexByte(before, '\n')+1:])))
	return fmt.Errorf("line %d, column %d: %w", line, column, err)
}

func node(decoder *json.Decoder, depth int) (any, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	if depth > maxDepth {
		return nil, fmt.Errorf("nested more than %d deep", maxDepth)
	}
	switch token {
	case json.Delim('{'):
		return object(decoder, depth)
	case json.Delim('['):
		list := []any{}
		for decoder.More() {
			value, err := node(decoder, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, value)
		}
		_, err := decoder.Token()
		return list, err
	}
	return token, nil
}

func object(decoder *json.Decoder, depth int) (any, error) {
	members := map[string]any{}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		name := key.(string)
		if _, twice := members[name]; twice {
			return nil, fmt.Errorf("%q is there twice in one object", name)
		}
		if members[name], err = node(decoder, depth+1); err != nil {
			return nil, err
		}
	}
	_, err := decoder.Token()
	return members, err
}

var escapes = strings.NewReplacer("~", "~0", "/", "~1")

func escape(name string) string { return escapes.Replace(name) }

// shape compares a document with the type it is to become: every name known
// and spelt exactly, every value of the right type.
func shape(value any, t reflect.Type, at string, tell func(at, format string, args ...any)) {
	if t == reflect.TypeFor[json.RawMessage]() || t.Kind() == reflect.Interface {
		return
	}
	if value == nil {
		tell(at, "is null: leave it out instead")
		return
	}
	switch t.Kind() {
	case reflect.Pointer:
		shape(value, t.Elem(), at, tell)
	case reflect.Struct:
		shapeObject(value, t, at, tell)
	case reflect.Map:
		shapeText(value, at, tell)
	case reflect.Slice:
		shapeList(value, t, at, tell)
	case reflect.String:
		shapeString(value, at, tell)
	case reflect.Bool:
		if _, ok := value.(bool); !ok {
			tell(at, "must be true or false")
		}
	case reflect.Int, reflect.Int64:
		n, ok := value.(json.Number)
		if !ok {
			tell(at, "must be a number")
		} else if _, err := n.Int64(); err != nil {
			tell(at, "must be a whole number")
		}
	default:
		tell(at, "has a type nobody reads (%s)", t)
	}
}

func shapeList(value any, t reflect.Type, at string, tell func(at, format string, args ...any)) {
	list, ok := value.([]any)
	if !ok {
		tell(at, "must be a list")
		return
	}
	for i, inner := range list {
		shape(inner, t.Elem(), fmt.Sprintf("%s/%d", at, i), tell)
	}
}

func shapeObject(value any, t reflect.Type, at string, tell func(at, format string, args ...any)) {
	members, ok := value.(map[string]any)
	if !ok {
		tell(at, "must be an object")
		return
	}
	known, names := membersOf(t)
	for _, name := range keys(members) {
		inner, ok := known[name]
		if !ok {
			tell(at+"/"+escape(name), "is unknown here%s", meant(name, names))
			continue
		}
		shape(members[name], inner, at+"/"+name, tell)
	}
}

// membersOf are the JSON names of a struct with their types, and in order.
func membersOf(t reflect.Type) (map[string]reflect.Type, []string) {
	known := map[string]reflect.Type{}
	var names []string
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name != "" && name != "-" {
			known[name] = t.Field(i).Type
			names = append(names, name)
		}
	}
	return known, names
}

// shapeText checks a text in several languages.
func shapeText(value any, at string, tell func(at, format string, args ...any)) {
	object, ok := value.(map[string]any)
	if !ok {
		tell(at, "must be a text in languages, like {\"zh\": \"…\", \"en\": \"…\"}")
		return
	}
	for _, lang := range keys(object) {
		if text.Lang(lang) != text.Chinese && text.Lang(lang) != text.English {
			tell(at+"/"+escape(lang), "is no language; languages are zh and en")
			continue
		}
		shapeString(object[lang], at+"/"+lang, tell)
	}
}

// shapeString refuses control characters too: they would reach screens and printers.
func shapeString(value any, at string, tell func(at, format string, args ...any)) {
	s, ok := value.(string)
	if !ok {
		tell(at, "must be a string")
		return
	}
	if i := strings.IndexFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }); i >= 0 {
		tell(at, "holds a control character after %q", tail(s[:i]))
	}
}

// tail is the last few characters of a text, enough to find the place.
func tail(s string) string {
	runes := []rune(s)
	return string(runes[max(0, len(runes)-10):])
}

func keys(object map[string]any) []string {
	names := make([]string, 0, len(object))
	for name := range object {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// meant proposes the known name nearest to a wrong one.
func meant(name string, known []string) string {
	best, least := "", 3
	for _, candidate := range known {
		if d := distance(strings.ToLower(name), strings.ToLower(candidate)); d < least {
			best, least = candidate, d
		}
	}
	if best == "" {
		return "; known are " + strings.Join(known, ", ")
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

// distance counts the letters to change from a to b (Levenshtein).
func distance(a, b string) int {
	previous := make([]int, len(b)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := range len(a) {
		current := make([]int, len(b)+1)
		current[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			current[j+1] = min(previous[j+1]+1, current[j]+1, previous[j]+cost)
		}
		previous = current
	}
	return previous[len(b)]
}
