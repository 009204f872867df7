package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"bianmin/assets"
	"bianmin/core/text"
)

// TestToolsUseTheirWords: of the words that only the technician's tools say, each is named in their code, by its last part at least, and
// has an English one beside it.
func TestToolsUseTheirWords(t *testing.T) {
	c, err := text.Load(assets.Words())
	if err != nil {
		t.Fatal(err)
	}
	english := map[string]bool{}
	for _, key := range c.Keys(text.English) {
		english[key] = true
	}
	for group, folders := range map[string][]string{
		"editions": {"catalogue"}, "courier": {"courier", "../../core/casefile"}, "stick": {"../../core/casefile", "../../kiosk/screen"}, "queue": {"queue"}, "keys": {"keys"}, "clock": {"clock", "../../core/casefile"}, "still": {"queue", "../../core/casefile", "../../store/terminal", "../../sync/uplink", "../../sync/wire"}, "selftest": {"../../drivers", "../../packaging", "../../kiosk/journey", "../../kiosk/screen"},
	} {
		named := map[string]bool{}
		for _, folder := range folders {
			literals(t, folder, named)
		}
		n := 0
		for _, key := range c.Keys(text.Chinese) {
			rest, ok := strings.CutPrefix(key, group+".")
			if !ok {
				continue
			}
			n++
			if last := rest[strings.LastIndex(rest, ".")+1:]; !named[rest] && !named[last] && !named[key] {
				t.Errorf("nobody uses the words of %s", key)
			}
			if !english[key] {
				t.Errorf("%s has no English words", key)
			}
		}
		if n < 5 {
			t.Errorf("%s has only %d words: the test looks for another group", group, n)
		}
	}
}

func literals(t *testing.T, folder string, named map[string]bool) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if s, err := strconv.Unquote(lit.Value); err == nil {
					named[s] = true
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
