package main

import (
	"debug/buildinfo"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"github.com/google/licensecheck"
)

// part is something the release is made of that others wrote.
type part struct {
	name, version string
	kind          string // "module", "data", or "library": the system's own, and no part of the package
	sum           string // of a module, as go.sum has it
	licences      []string
	texts         []string // in full
}

// standardLibrary is how the language's own packages are named.
const standardLibrary = "Go standard library"

// linked are the modules and the standard library that the programs were linked from.
func linked(programs []string) ([]part, error) {
	versions, sums := map[string]string{}, map[string]string{}
	for _, program := range programs {
		info, err := buildinfo.ReadFile(program)
		if err != nil {
			return nil, fmt.Errorf("read what %s was built from: %w", filepath.Base(program), err)
		}
		for _, d := range info.Deps {
			if d.Replace != nil {
				d = d.Replace
			}
			versions[d.Path], sums[d.Path] = d.Version, d.Sum
		}
	}
	if len(versions) == 0 {
		return nil, errors.New("no program names a module")
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("find the standard library: %w", err)
	}
	standard, err := licensed(part{name: standardLibrary, version: runtime.Version(), kind: "module"}, strings.TrimSpace(string(root)))
	if err != nil {
		return nil, err
	}
	parts := []part{standard}
	for _, path := range slices.Sorted(maps.Keys(versions)) {
		folder, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", path).Output()
		if err != nil {
			return nil, fmt.Errorf("find module %s: %w", path, err)
		}
		p, err := licensed(part{name: path, version: versions[path], kind: "module", sum: sums[path]}, strings.TrimSpace(string(folder)))
		if err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	return parts, nil
}

// builtIn are fonts and data that lie in the programs.
func builtIn(assets string) ([]part, error) {
	var parts []part
	for _, each := range []struct{ name, version, file string }{
		{"Noto Sans SC (subset)", "0.4.3", "font/OFL.txt"},
		{"rime-pinyin-simp (dictionary)", "", "pinyin/LICENSE-rime-pinyin-simp.txt"},
		{"Unihan readings", "", "pinyin/LICENSE-unicode.txt"},
	} {
		full, err := os.ReadFile(filepath.Join(assets, each.file))
		if err != nil {
			return nil, fmt.Errorf("licence of %s: %w", each.name, err)
		}
		parts = append(parts, part{name: each.name, version: each.version, kind: "data", licences: identify(full), texts: []string{string(full)}})
	}
	return parts, nil
}

var licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents)([-._].*)?$`)

// licensed adds what the files in a folder say. A part without a licence is an error: it must not be shipped.
func licensed(p part, folder string) (part, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		return p, fmt.Errorf("licence of %s: %w", p.name, err)
	}
	below, err := filepath.Glob(filepath.Join(folder, "*", "*")) // of C sources that a module carries
	if err != nil {
		return p, fmt.Errorf("licence of %s: %w", p.name, err)
	}
	for _, file := range append(files, below...) {
		info, err := os.Stat(file)
		if err != nil || info.IsDir() || !licenceFile.MatchString(filepath.Base(file)) || p.name == standardLibrary && filepath.Dir(file) != folder {
			continue
		}
		full, err := os.ReadFile(file)
		if err != nil {
			return p, fmt.Errorf("licence of %s: %w", p.name, err)
		}
		p.texts = append(p.texts, string(full))
		for _, id := range identify(full) {
			if !slices.Contains(p.licences, id) {
				p.licences = append(p.licences, id)
			}
		}
	}
	if len(p.licences) == 0 {
		return p, fmt.Errorf("%s %s has no licence that is known", p.name, p.version)
	}
	return p, nil
}

func identify(text []byte) (ids []string) {
	for _, match := range licensecheck.Scan(text).Match {
		if !slices.Contains(ids, match.ID) {
			ids = append(ids, match.ID)
		}
	}
	return ids
}
