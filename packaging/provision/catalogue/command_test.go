package catalogue_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bianmin/assets"
	"bianmin/packaging/provision/catalogue"
)

// copied writes the demo catalogue into a folder.
func copied(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, assets.Catalogue()); err != nil {
		t.Fatal(err)
	}
	return dir
}

func run(t *testing.T, args ...string) (out, problems string, err error) {
	t.Helper()
	var o, p bytes.Buffer
	command := catalogue.Command()
	command.SetArgs(append([]string{"check"}, args...))
	command.SetOut(&o)
	command.SetErr(&p)
	command.SilenceErrors = true
	err = command.ExecuteContext(t.Context())
	return o.String(), p.String(), err
}

func replace(t *testing.T, path, old, with string) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(content), old, with, 1)
	if changed == string(content) {
		t.Fatalf("%s does not hold %s", path, old)
	}
	if err := os.WriteFile(path, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestGoodCatalogue(t *testing.T) {
	dir := copied(t)
	items, err := fs.Glob(assets.Catalogue(), "items/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{dir, filepath.Join(dir, "catalogue.json"), filepath.Join(dir, items[0])} {
		out, problems, err := run(t, path)
		if err != nil || problems != "" || !strings.Contains(out, "in order") {
			t.Errorf("%s: %v\n%s%s", path, err, out, problems)
		}
	}
}

func TestFaultsNameFilePointerAndReason(t *testing.T) {
	dir := copied(t)
	item := filepath.Join(dir, "items", "pension-certification.json")
	replace(t, item, `"kind": "phone"`, `"kind": "telephone"`)
	replace(t, item, `"categories": ["elderly"]`, `"categories": ["elders"]`)
	for _, path := range []string{dir, item} {
		_, problems, err := run(t, path)
		if err == nil || err.Error() != "2 faults in 1 files" {
			t.Errorf("%s: %v", path, err)
		}
		for _, want := range []string{
			item + `: /form/pages/1/fields/1/kind: "telephone" is no kind of field`,
			item + `: /categories/0: "elders" is no category of catalogue.json`,
		} {
			if !strings.Contains(problems, want) {
				t.Errorf("%s: want %s in\n%s", path, want, problems)
			}
		}
	}
}

func TestItemAlone(t *testing.T) {
	dir := copied(t)
	path := filepath.Join(t.TempDir(), "one.json")
	if err := os.Rename(filepath.Join(dir, "items", "pension-certification.json"), path); err != nil {
		t.Fatal(err)
	}
	if _, problems, err := run(t, path); err != nil {
		t.Errorf("%v\n%s", err, problems)
	}
	replace(t, path, `"kind": "phone"`, `"kind": "telephone"`)
	if _, problems, err := run(t, path); err == nil || !strings.Contains(problems, path+": /form/pages/1/fields/1/kind") {
		t.Errorf("%v\n%s", err, problems)
	}
}

func TestWarningsAloneAreNoFailure(t *testing.T) {
	dir := copied(t)
	item := filepath.Join(dir, "items", "pension-certification.json")
	content, err := os.ReadFile(item)
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(content), `"creditCode": "`)
	code := after[:18]
	other := "0"
	if code[17] == '0' {
		other = "1"
	}
	replace(t, item, `"creditCode": "`+code, `"creditCode": "`+code[:17]+other)
	_, problems, err := run(t, dir)
	if err != nil || !strings.HasPrefix(problems, "warning: "+item+": /department/creditCode: ") {
		t.Errorf("%v\n%s", err, problems)
	}
}

func TestBadArguments(t *testing.T) {
	empty := t.TempDir()
	notJSON := filepath.Join(empty, "x.json")
	if err := os.WriteFile(notJSON, []byte(`{"code": `), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		filepath.Join(empty, "none"): "does not exist: name a catalogue",
		t.TempDir():                  "catalogue.json: cannot be read",
		notJSON:                      "is not JSON: line 1, column 9: the file ends too early",
	} {
		_, problems, err := run(t, path)
		if err == nil || !strings.Contains(problems+err.Error(), want) {
			t.Errorf("%s: %v\n%s", path, err, problems)
		}
	}
	if _, _, err := run(t); err == nil {
		t.Error("no argument is no fault")
	}
}

func TestJSON(t *testing.T) {
	dir := copied(t)
	replace(t, filepath.Join(dir, "catalogue.json"), `"format": 1`, `"format": 2`)
	out, _, err := run(t, "--json", dir)
	if err == nil {
		t.Error("a newer format is accepted")
	}
	var lines []struct{ File, Pointer, Reason string }
	if err := json.Unmarshal([]byte(out), &lines); err != nil {
		t.Fatal(err)
	}
	found := false
	for _, l := range lines {
		found = found || l.Pointer == "/format" && strings.Contains(l.Reason, "reads formats up to 1")
	}
	if !found {
		t.Errorf("the newer format is not named in %s", out)
	}
}
