//go:build install

package rig

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// planted is somebody who is written everywhere before the search, to show that it sees. Her words share nothing with the canary's.
var planted = []Canary{
	{Name: "name", Text: "欧阳梅影"},
	{Name: "ID number", Text: "990301196307150028"},
	{Name: "address", Text: "白杨镇试笔巷二十三号"},
	{Name: "phone", Text: "13655840917"},
}

// forms are the words of canaries as something might have written them, by the form's name: their bytes, and those bytes
// in hexadecimal and in base64. Bytes that a line of a log cannot hold stand in the latter two alone.
func forms(canaries []Canary) map[string][]string {
	all := map[string][]string{}
	for _, n := range needles(canaries) {
		if !bytes.ContainsAny(n.bytes, "\x00\n") {
			all[strings.ToLower(n.form)] = append(all[strings.ToLower(n.form)], string(n.bytes))
		}
		digits := hex.EncodeToString(n.bytes)
		all["hex"] = append(all["hex"], digits)
		if upper := strings.ToUpper(digits); upper != digits {
			all["hex"] = append(all["hex"], upper)
		}
		for _, coding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			for before := range 3 {
				all["base64"] = append(all["base64"], inside(coding, n.bytes, before))
			}
		}
	}
	for form, lines := range all {
		seen, once := map[string]bool{}, []string(nil)
		for _, line := range lines {
			if !seen[line] {
				once = append(once, line)
			}
			seen[line] = true
		}
		all[form] = once
	}
	return all
}

// inside is what of some bytes is seen in base64 whatever stands around them, behind so many other bytes (modulo 3).
func inside(coding *base64.Encoding, content []byte, before int) string {
	text := coding.EncodeToString(append(make([]byte, before), content...))
	return text[(before*8+5)/6 : (before+len(content))*8/6]
}

// traces writes for the machine what to look for: traces/FORM and planted/FORM, a line each, and plant, the lines to log.
func (i *installing) traces(folder string) {
	i.t.Helper()
	plant := ""
	for who, canaries := range map[string][]Canary{"traces": canaries, "planted": planted} {
		if err := os.Mkdir(filepath.Join(folder, who), 0o755); err != nil {
			i.t.Fatal(err)
		}
		for form, lines := range forms(canaries) {
			if err := os.WriteFile(filepath.Join(folder, who, form), []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
				i.t.Fatal(err)
			}
			if who == "planted" {
				plant += "planted: " + strings.Join(lines, " :\nplanted: ") + " :\n"
			}
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "plant"), []byte(plant), 0o644); err != nil {
		i.t.Fatal(err)
	}
}

// searchOutside looks for the citizen in what the machine leaves outside of it, when it is off: all that it ever wrote on
// its disk, deleted or not, and what it said on its consoles. Who was planted must be seen in both.
func (i *installing) searchOutside() {
	i.t.Helper()
	var consoles []string
	err := filepath.WalkDir(i.out, func(path string, _ fs.DirEntry, err error) error {
		if filepath.Base(path) == "console.log" {
			consoles = append(consoles, path)
		}
		return err
	})
	if err != nil {
		i.t.Fatal(err)
	}
	for where, paths := range map[string][]string{"disk": {i.disk}, "consoles": consoles} {
		sees := false
		for _, path := range paths {
			hits, err := SearchFiles(canaries, path)
			if err != nil {
				i.t.Fatal(err)
			}
			for _, hit := range hits {
				i.t.Errorf("after a citizen's case: %s", hit)
			}
			hits, err = SearchFiles(planted[:1], path)
			if err != nil {
				i.t.Fatal(err)
			}
			sees = sees || len(hits) > 0
		}
		if !sees {
			i.t.Errorf("the search of the %s does not see who was planted", where)
		}
	}
}
