package bianmin_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// few are the calls the design keeps to few places.
var few = []struct {
	pkg, call string
	allowed   func(path, pkg string) bool
	why       string
}{
	{"fyne", "Do", inUI, "widgets are touched from one place, ui/onui, so that every crossing of goroutines can be seen"},
	{"fyne", "DoAndWait", inUI, "waiting for the toolkit's goroutine from itself is a dead lock"},
	{"time", "Sleep", nowhere, "a sleep cannot be cancelled; wait on a timer and the context"},
	{"time", "Tick", nowhere, "nobody can stop it"},
	{"log", "Fatal", inMain, "it ends the program without closing store and devices"},
	{"log", "Fatalf", inMain, "it ends the program without closing store and devices"},
	{"context", "Background", inMain, "work without an owner's context cannot be stopped"},
	{"context", "TODO", nowhere, "it marks something unfinished"},
}

func inUI(path, _ string) bool    { return strings.HasPrefix(path, "ui/onui/") }
func inMain(_, pkg string) bool   { return pkg == "main" }
func nowhere(string, string) bool { return false }

func TestCallsKeptToFewPlaces(t *testing.T) {
	files := 0
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "build" || entry.Name() == "bin" || (strings.HasPrefix(entry.Name(), ".") && path != ".")) {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(filepath.Dir(path), "test") {
			return nil // tests, and packages that only tests import: drivertest, platformtest, sealtest
		}
		files++
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			selector, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			pkg, ok := selector.X.(*ast.Ident)
			if !ok {
				return true
			}
			for _, f := range few {
				if pkg.Name == f.pkg && selector.Sel.Name == f.call && !f.allowed(filepath.ToSlash(path), file.Name.Name) {
					t.Errorf("%s: %s.%s\n\twhy not: %s", set.Position(n.Pos()), f.pkg, f.call, f.why)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 10 {
		t.Fatalf("only %d files read", files)
	}
}
