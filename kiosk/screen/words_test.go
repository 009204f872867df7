package screen

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"bianmin/assets"
	"bianmin/core/text"
	"bianmin/kiosk/journey"
)

func load(t *testing.T) *text.Catalog {
	t.Helper()
	c, err := text.Load(assets.Words())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestJourneyHasItsWords(t *testing.T) {
	c := load(t)
	for _, key := range journey.Keys() {
		if !c.Has(text.Chinese, key) {
			t.Errorf("the journey asks for %s, which has no words", key)
		}
	}
}

// keyLike is what a key, or the beginning of one, looks like in the code.
var keyLike = regexp.MustCompile(`^[a-z][a-z-]*(\.[a-z0-9-]+)*\.?[a-z-]*$`)

// TestEveryKeyIsUsedAndThere reads the code: a key named there must have
// words, and words nobody names are dead.
func TestEveryKeyIsUsedAndThere(t *testing.T) {
	c := load(t)
	named := map[string]bool{}
	for _, folder := range []string{".", "../journey", "../../core/receipt", "../../drivers/selftest", "../../packaging/readiness/paper.go", "../../packaging/provision/devicetest"} {
		for _, literal := range literals(t, folder) {
			named[literal] = true
		}
	}
	asked := 0
	for literal := range named {
		group, _, ok := strings.Cut(literal, ".")
		if !ok || !keyLike.MatchString(literal) || len(c.Templates(text.Chinese, literal)) > 0 {
			continue
		}
		if begins(c, literal) || !groups(c)[group] {
			continue
		}
		asked++
		t.Errorf("the code names %q, which has no words", literal)
	}
	for _, key := range c.Keys(text.Chinese) {
		group, _, _ := strings.Cut(key, ".")
		if !slices.Contains([]string{"desk", "provision", "update", "setup", "settings", "selftest", "editions", "courier", "queue", "keys", "clock", "still", "stick"}, group) && !used(key, named) { // the desk, the tool and the setup window have tests of their own
			t.Errorf("nobody uses the words of %s", key)
		}
	}
	if len(named) < 100 {
		t.Fatalf("only %d literals found: the test reads the wrong folder", len(named))
	}
}

func begins(c *text.Catalog, literal string) bool {
	for _, key := range c.Keys(text.Chinese) {
		if strings.HasPrefix(key, literal) {
			return true
		}
	}
	return false
}

func groups(c *text.Catalog) map[string]bool {
	all := map[string]bool{}
	for _, key := range c.Keys(text.Chinese) {
		group, _, _ := strings.Cut(key, ".")
		all[group] = true
	}
	return all
}

// used tells whether a key, or a beginning of it that ends at a dot or dash, stands in the code.
func used(key string, named map[string]bool) bool {
	if named[key] {
		return true
	}
	for i := range key {
		if (key[i] == '.' || key[i] == '-') && named[key[:i+1]] {
			return true
		}
		if key[i] == '.' && named[key[i:]] && strings.Count(key[i:], ".") == 1 { // prefix + role + ".means"
			return true
		}
	}
	for _, ending := range []string{"-more", "-nobody"} { // a key with its companion
		if base, ok := strings.CutSuffix(key, ending); ok && (named[base] || used(base, named)) && named[ending] {
			return true
		}
	}
	return false
}

func literals(t *testing.T, folder string) []string {
	t.Helper()
	var all []string
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
					all = append(all, s)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
