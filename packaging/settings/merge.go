package settings

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Merge gives a configuration that says exactly want, and what is left of before: what says the same already stands as it
// stood, with comments and order; the same file comes back when there is nothing to change. ErrByHand when before is
// written in a way that cannot be changed in its places.
func Merge(before []byte, want map[string]any) ([]byte, error) {
	content, err := yaml.Marshal(want)
	if err != nil {
		return nil, err
	}
	var wanted map[string]any // in the types of what is read
	if err := yaml.Unmarshal(content, &wanted); err != nil {
		return nil, err
	}
	const most = 1000 // changes; each is one step nearer
	for range most {
		var said map[string]any
		if err := yaml.Unmarshal(before, &said); err != nil {
			return nil, ErrByHand
		}
		if reflect.DeepEqual(said, wanted) || len(said)+len(wanted) == 0 {
			return before, nil
		}
		file, err := parser.ParseBytes(before, parser.ParseComments)
		if err != nil || len(file.Docs) > 1 {
			return nil, ErrByHand
		}
		t := &text{lines: strings.SplitAfter(string(before), "\n")}
		var root ast.Node
		if len(file.Docs) == 1 {
			root = file.Docs[0].Body
		}
		if _, _, braces := flow(root); len(said) == 0 && len(entries(root)) == 0 && !braces {
			root = nil
		}
		if err := t.step(root, said, wanted); err != nil {
			return nil, err
		}
		before = []byte(strings.Join(t.lines, ""))
	}
	return nil, ErrByHand
}

// step makes the first change that a mapping needs.
func (t *text) step(node ast.Node, said, want map[string]any) error {
	for _, name := range slices.Sorted(maps.Keys(said)) {
		is, wanted := said[name], want[name]
		_, keep := want[name]
		if keep && reflect.DeepEqual(is, wanted) {
			continue
		}
		entry := find(node, name)
		if entry == nil {
			return ErrByHand
		}
		below, mapping := is.(map[string]any)
		fresh, toMapping := wanted.(map[string]any)
		switch {
		case keep && mapping && toMapping && len(below) > 0:
			return t.step(entry.Value, below, fresh)
		case keep && !mapping && !toMapping && is != nil:
			if line, from, until, err := t.scalar(entry.Value); err == nil {
				value, err := inline(wanted)
				t.lines[line] = t.lines[line][:from] + value + t.lines[line][until:]
				return err
			}
		}
		return t.drop(node, entry) // what is wanted is added at the next step
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if _, there := said[name]; !there {
			return t.put(node, name, want[name])
		}
	}
	return ErrByHand
}

func inline(value any) (string, error) {
	content, err := yaml.MarshalWithOptions(value, yaml.Flow(true))
	if text := strings.TrimSuffix(string(content), "\n"); err == nil && !strings.Contains(text, "\n") {
		return text, nil
	}
	return "", ErrByHand
}

// drop takes an entry out with all its lines; comments above what follows stay.
func (t *text) drop(in ast.Node, entry *ast.MappingValueNode) error {
	if _, _, braces := flow(in); braces {
		return t.cut(in, entry)
	}
	first := entry.Key.GetToken().Position.Line - 1
	last, err := t.end(entry)
	if err != nil {
		return err
	}
	t.lines = slices.Delete(t.lines, first, last)
	return nil
}

// end is the index behind the last line of an entry of a mapping in lines.
func (t *text) end(entry *ast.MappingValueNode) (int, error) {
	position := entry.Key.GetToken().Position
	first, indent := position.Line-1, position.Column-1
	if first >= len(t.lines) || strings.TrimLeft(t.lines[first][:min(indent, len(t.lines[first]))], " ") != "" {
		return 0, ErrByHand
	}
	last := first + 1
	for i := first + 1; i < len(t.lines); i++ {
		line := strings.TrimRight(t.lines[i], "\r\n")
		content := strings.TrimLeft(line, " ")
		if content == "" || content[0] == '#' {
			continue
		}
		if deep := len(line) - len(content); deep < indent || (deep == indent && !strings.HasPrefix(content, "- ")) {
			break
		}
		last = i + 1
	}
	return last, nil
}

// put adds an entry to a mapping, below its last one or behind its brace; to a file that says nothing when the node is nil.
func (t *text) put(node ast.Node, name string, value any) error {
	all := entries(node)
	if _, _, braces := flow(node); braces {
		content, err := inline(value)
		if err != nil {
			return err
		}
		return t.add(node, name+": "+content)
	}
	at, indent := len(t.lines), ""
	switch {
	case len(all) > 0:
		position := all[0].Key.GetToken().Position
		indent = strings.Repeat(" ", position.Column-1)
		if position.Column > 1 {
			var err error
			if at, err = t.end(all[len(all)-1]); err != nil {
				return err
			}
		}
	case node != nil:
		return ErrByHand
	}
	content, err := yaml.MarshalWithOptions(map[string]any{name: value}, yaml.Indent(2))
	if err != nil {
		return err
	}
	text := indent + strings.ReplaceAll(strings.TrimSuffix(string(content), "\n"), "\n", "\n"+indent)
	return t.insert(at, text)
}
