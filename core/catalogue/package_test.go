package catalogue_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"bianmin/assets"
	"bianmin/core/catalogue"
)

// TestPackages: what is wrong with a package is told, with its place.
func TestPackages(t *testing.T) {
	const (
		birth   = `"11990301MB301185674992030009001"`
		newborn = `"11990301MB3011485G4992030008001"`
		both    = birth + ", " + newborn
	)
	for _, c := range []struct{ name, file, old, with, pointer, reason string }{
		{"one item", "catalogue.json", both, birth, "/packages/0/items", "at least two"},
		{"unknown item", "catalogue.json", both, birth + `, "nothing"`, "/packages/0/items/1", "no item"},
		{"the same item twice", "catalogue.json", both, birth + ", " + birth, "/packages/0/items/1", "already"},
		{"no name", "catalogue.json", `"name": {"zh": "新生儿出生一件事", "en": "A child is born"},`, `"name": {"en": "A child is born"},`, "/packages/0/name", "Chinese"},
		{"forms that differ", "items/newborn-insurance.json", `"kind": "phone"`, `"kind": "credit-code"`, "/packages/0/items", "differs in kind"},
		{"too late", "items/newborn-insurance.json", `"later": 10`, `"later": 99`, "/materials/1/later", "not between"},
		{"later from the card", "items/newborn-insurance.json", `"later": 10`, `"later": 10, "optional": true`, "/materials/1/later", "must hand in"},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := fstest.MapFS{}
			err := fs.WalkDir(assets.Catalogue(), ".", func(name string, entry fs.DirEntry, err error) error {
				if err != nil || entry.IsDir() {
					return err
				}
				content, err := fs.ReadFile(assets.Catalogue(), name)
				folder[name] = &fstest.MapFile{Data: content}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			before := string(folder[c.file].Data)
			after := strings.Replace(before, c.old, c.with, 1)
			if after == before {
				t.Fatalf("%s does not stand in %s", c.old, c.file)
			}
			folder[c.file] = &fstest.MapFile{Data: []byte(after)}
			_, err = catalogue.Load(folder)
			if err == nil || !strings.Contains(err.Error(), c.pointer+": ") || !strings.Contains(err.Error(), c.reason) {
				t.Errorf("%v", err)
			}
		})
	}
	set, err := catalogue.Load(assets.Catalogue())
	if err != nil || len(set.Packages) == 0 {
		t.Errorf("the demo region has %d packages, %v", len(set.Packages), err)
	}
}
