package view

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

// TestEveryWordIsUsed reads the code of page and logic: words nobody names are
// dead. A group may be named by its beginning ("state."), a button by its name.
func TestEveryWordIsUsed(t *testing.T) {
	c, err := text.Load(assets.Words())
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for _, folder := range []string{".", "../desk"} {
		literals(t, folder, named)
	}
	if len(named) < 300 {
		t.Fatalf("only %d literals found: the test reads the wrong folder", len(named))
	}
	desk := 0
	for _, key := range c.Keys(text.Chinese) {
		rest, ok := strings.CutPrefix(key, "desk.")
		if !ok {
			continue
		}
		desk++
		if !used(rest, named) {
			t.Errorf("nobody uses the words of %s", key)
		}
	}
	if desk < 300 {
		t.Fatalf("only %d keys of the desk", desk)
	}
}

func used(key string, named map[string]bool) bool {
	group, name, _ := strings.Cut(key, ".")
	if named[key] || named["desk."+key] || named[group] || group == "button" && named[name] {
		return true
	}
	for i := range key {
		if (key[i] == '.' || key[i] == '-') && (named[key[:i+1]] || named["desk."+key[:i+1]]) {
			return true
		}
	}
	return false
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
