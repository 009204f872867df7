package settings

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"syscall"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"bianmin/packaging/settings/schema"
	"bianmin/sync/seal"
)

// Errors of an edit; the file is as it was.
var (
	ErrByHand  = errors.New("the file is written in a way that only a person should change; edit it by hand")
	ErrNotSaid = errors.New("the file does not say it")
	ErrMoved   = errors.New("somebody else changed the file meanwhile; try again")
)

// Edit is a change of one line of a configuration file, before it is written.
type Edit struct {
	Before, After     []byte
	Settings, Changed Settings // what counts before and after

	path string
}

// Change makes the edit that lets the file at path say value for a setting, or with "" say nothing. Everything else,
// comments and order, stays as it is. Nothing is written.
func Change(path string, key schema.Key, value string) (*Edit, error) {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	e := &Edit{path: path}
	if e.Before, err = os.ReadFile(path); err != nil { // #nosec G304 -- the terminal's configuration
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	if e.Settings, err = readContent(path, e.Before); err != nil {
		return nil, err
	}
	if e.After, err = edited(e.Before, strings.Split(key.Name, "."), value); err != nil {
		return nil, err
	}
	if e.Changed, err = readContent(path, e.After); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrByHand, err)
	}
	return e, nil
}

// Write puts the edited file in the other's place at once, with its mode and owner.
func (e *Edit) Write() error {
	if bytes.Equal(e.Before, e.After) {
		return nil
	}
	info, err := os.Stat(e.path)
	if err != nil {
		return fmt.Errorf("write the configuration: %w", err)
	}
	fresh := e.path + ".new"
	if err := seal.WriteFile(fresh, e.After); err != nil {
		return fmt.Errorf("write the configuration: %w", err)
	}
	if err := e.swap(fresh, info); err != nil {
		return errors.Join(err, os.Remove(fresh))
	}
	return seal.SyncFolder(filepath.Dir(e.path))
}

func (e *Edit) swap(fresh string, info os.FileInfo) error {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && (int(stat.Uid) != os.Geteuid() || int(stat.Gid) != os.Getegid()) {
		if err := os.Chown(fresh, int(stat.Uid), int(stat.Gid)); err != nil {
			return fmt.Errorf("write the configuration: %w", err)
		}
	}
	if err := os.Chmod(fresh, info.Mode().Perm()); err != nil {
		return fmt.Errorf("write the configuration: %w", err)
	}
	now, err := os.ReadFile(e.path)
	if err != nil || !bytes.Equal(now, e.Before) {
		return errors.Join(ErrMoved, err)
	}
	if err := os.Rename(fresh, e.path); err != nil {
		return fmt.Errorf("write the configuration: %w", err)
	}
	return nil
}

// edited changes the text, and believes the change only when the result says exactly what it should.
func edited(before []byte, path []string, value string) ([]byte, error) {
	var said map[string]any
	if err := yaml.Unmarshal(before, &said); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrByHand, err)
	}
	want, there := wanted(said, path, value)
	if value == "" && !there {
		return nil, ErrNotSaid
	}
	file, err := parser.ParseBytes(before, parser.ParseComments)
	if err != nil || len(file.Docs) != 1 {
		return nil, ErrByHand
	}
	t := &text{lines: strings.SplitAfter(string(before), "\n")}
	if value == "" {
		err = t.unset(file.Docs[0].Body, path)
	} else {
		err = t.set(file.Docs[0].Body, path, quoted(value))
	}
	if err != nil {
		return nil, err
	}
	after := []byte(strings.Join(t.lines, ""))
	var says map[string]any
	if err := yaml.Unmarshal(after, &says); err != nil || !reflect.DeepEqual(says, want) {
		return nil, ErrByHand
	}
	return after, nil
}

// wanted is what the file must say afterwards, and whether it said something of the setting before.
func wanted(said map[string]any, path []string, value string) (want map[string]any, there bool) {
	if want = maps.Clone(said); want == nil {
		want = map[string]any{}
	}
	in := want
	if len(path) == 2 {
		below, _ := want[path[0]].(map[string]any)
		if in = maps.Clone(below); in == nil {
			in = map[string]any{}
		}
		want[path[0]] = in
	}
	name := path[len(path)-1]
	_, there = in[name]
	if value != "" {
		in[name] = value
		return want, there
	}
	if delete(in, name); len(path) == 2 && len(in) == 0 {
		delete(want, path[0])
	}
	return want, there
}

var plain = regexp.MustCompile(`^[0-9]+[sm]$|^[a-z]+$`)

// quoted writes a value, which the schema has read, so that no reader of YAML takes it for something else.
func quoted(value string) string {
	if plain.MatchString(value) {
		return value
	}
	return strconv.Quote(value)
}

// text is a file's lines, each with its end.
type text struct{ lines []string }

// entries are a mapping's; nil when the node is none.
func entries(node ast.Node) []*ast.MappingValueNode {
	switch n := node.(type) {
	case *ast.MappingNode:
		return n.Values
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}
	}
	return nil
}

func find(node ast.Node, name string) *ast.MappingValueNode {
	for _, entry := range entries(node) {
		if entry.Key.GetToken().Value == name {
			return entry
		}
	}
	return nil
}

// flow gives where a mapping in braces opens; false for one in lines.
func flow(node ast.Node) (line, column int, is bool) {
	m, ok := node.(*ast.MappingNode)
	if !ok || !m.IsFlowStyle || m.Start == nil {
		return 0, 0, false
	}
	return m.Start.Position.Line - 1, m.Start.Position.Column - 1, true
}

func (t *text) set(root ast.Node, path []string, value string) error {
	in, entry := root, find(root, path[0])
	if len(path) == 2 && entry != nil {
		in = entry.Value
		if _, empty := in.(*ast.NullNode); empty {
			return t.insert(entry.Key.GetToken().Position.Line, "  "+path[1]+": "+value)
		}
		entry = find(in, path[1])
	} else if len(path) == 2 {
		_, _, braces := flow(root)
		if braces {
			return t.add(root, path[0]+": {"+path[1]+": "+value+"}")
		}
		return t.add(root, path[0]+":\n  "+path[1]+": "+value)
	}
	if entry == nil {
		return t.add(in, path[len(path)-1]+": "+value)
	}
	line, from, until, err := t.scalar(entry.Value)
	if err != nil {
		return err
	}
	t.lines[line] = t.lines[line][:from] + value + t.lines[line][until:]
	return nil
}

// add adds an entry to a mapping: behind its brace, or below its last line.
func (t *text) add(node ast.Node, entry string) error {
	if line, column, braces := flow(node); braces {
		at, err := t.offset(line, column, "{")
		if err != nil {
			return err
		}
		if len(entries(node)) > 0 {
			entry += ", "
		}
		t.lines[line] = t.lines[line][:at+1] + entry + t.lines[line][at+1:]
		return nil
	}
	all := entries(node)
	if len(all) == 0 {
		return ErrByHand
	}
	position := all[0].Key.GetToken().Position
	if position.Column == 1 {
		return t.insert(len(t.lines), entry)
	}
	last, _, _, err := t.scalar(all[len(all)-1].Value)
	if err != nil {
		return err
	}
	return t.insert(last+1, strings.Repeat(" ", position.Column-1)+entry)
}

// insert puts lines before the line of that index.
func (t *text) insert(at int, entry string) error {
	if n := len(t.lines); at >= n {
		at = n
		if last := t.lines[n-1]; last == "" {
			at = n - 1
		} else if !strings.HasSuffix(last, "\n") {
			t.lines[n-1] += "\n"
		}
	}
	t.lines = append(t.lines[:at:at], append([]string{entry + "\n"}, t.lines[at:]...)...)
	return nil
}

func (t *text) unset(root ast.Node, path []string) error {
	in, entry := root, find(root, path[0])
	if len(path) == 2 && entry != nil {
		if below := entries(entry.Value); len(below) != 1 { // else the whole mapping goes
			in, entry = entry.Value, find(entry.Value, path[1])
		} else if _, _, braces := flow(entry.Value); !braces {
			if err := t.cut(entry.Value, below[0]); err != nil {
				return err
			}
		}
	}
	if entry == nil {
		return ErrByHand
	}
	return t.cut(in, entry)
}

// cut takes an entry out of a mapping: its line, or what stands between the commas.
func (t *text) cut(in ast.Node, entry *ast.MappingValueNode) error {
	key := entry.Key.GetToken()
	line := key.Position.Line - 1
	from, err := t.offset(line, key.Position.Column-1, key.Value)
	if err != nil {
		return err
	}
	if _, _, braces := flow(in); !braces {
		if strings.TrimSpace(t.lines[line][:from]) != "" {
			return ErrByHand
		}
		t.lines[line] = ""
		return nil
	}
	until := 0
	if m, ok := entry.Value.(*ast.MappingNode); ok && m.IsFlowStyle && m.End != nil && m.End.Position.Line-1 == line {
		until, err = t.offset(line, m.End.Position.Column-1, "}")
		until++
	} else {
		var at int
		if at, _, until, err = t.scalar(entry.Value); err == nil && at != line {
			err = ErrByHand
		}
	}
	if err != nil {
		return err
	}
	head, tail := t.lines[line][:from], t.lines[line][until:]
	if rest := strings.TrimLeft(tail, " "); strings.HasPrefix(rest, ",") {
		tail = strings.TrimLeft(rest[1:], " ")
	} else if before := strings.TrimRight(head, " "); strings.HasSuffix(before, ",") {
		head = before[:len(before)-1]
	}
	t.lines[line] = head + tail
	return nil
}

// scalar finds a value that stands in one line: the line and its bytes from, until.
func (t *text) scalar(node ast.Node) (line, from, until int, err error) {
	if node == nil || len(entries(node)) > 0 {
		return 0, 0, 0, ErrByHand
	}
	token := node.GetToken()
	line = token.Position.Line - 1
	if from, err = t.offset(line, token.Position.Column-1, ""); err != nil {
		return 0, 0, 0, err
	}
	rest := t.lines[line][from:]
	switch {
	case strings.HasPrefix(rest, token.Value) && token.Value != "":
		return line, from, from + len(token.Value), nil
	case len(rest) > 1 && (rest[0] == '"' || rest[0] == '\''):
		if end := strings.IndexByte(rest[1:], rest[0]); end >= 0 && rest[1:end+1] == token.Value {
			return line, from, from + end + 2, nil
		}
	}
	return 0, 0, 0, ErrByHand
}

// offset turns a column of characters into one of bytes, and makes sure that what should stand there does.
func (t *text) offset(line, column int, what string) (int, error) {
	if line < 0 || line >= len(t.lines) {
		return 0, ErrByHand
	}
	at, left := 0, column
	for i := range t.lines[line] {
		if at = i; left == 0 {
			break
		}
		left--
	}
	if left != 0 || !strings.HasPrefix(t.lines[line][at:], what) {
		return 0, ErrByHand
	}
	return at, nil
}
