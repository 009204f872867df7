package main

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

// apache is the licence that every Debian system has in full; a package must not bring it again.
var apache = regexp.MustCompile(`(?s) *Apache License\s+Version 2\.0, January 2004.*?(END OF TERMS AND CONDITIONS(\s+APPENDIX: How to apply.*?limitations under the License\.)?|limitations under the License\.)`)

// copyright is Debian's machine-readable copyright file, one paragraph per part, each licence in full.
func copyright(parts []part) []byte {
	var b bytes.Buffer
	b.WriteString("Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nUpstream-Name: bianmin\n")
	comment := "Comment:"
	for _, p := range parts {
		if p.kind == "library" {
			b.WriteString(comment + " " + strings.Join(p.texts, " ") + "\n")
			comment = ""
		}
	}
	b.WriteString("\nFiles: *\nCopyright: the bianmin maintainers\nLicense: proprietary\n All rights reserved. The parts named below are under their own licences.\n")
	for _, p := range parts {
		if p.kind == "library" {
			continue // not in the package
		}
		fmt.Fprintf(&b, "\nFiles: %s\nComment: %s\nCopyright: see the licence's text\nLicense: %s\n", fileName(p), strings.TrimSpace(p.name+" "+p.version), strings.Join(p.licences, " and "))
		for _, each := range p.texts {
			full := short(each)
			for line := range strings.Lines(full) {
				if line = strings.TrimRight(line, " \t\n"); line == "" {
					line = "."
				}
				b.WriteString(" " + line + "\n")
			}
		}
	}
	return b.Bytes()
}

// short names the Apache licence instead of repeating it, alone or among others.
func short(full string) string {
	const where = "On Debian systems the full text of the Apache License 2.0 is in /usr/share/common-licenses/Apache-2.0."
	if slices.Equal(identify([]byte(full)), []string{"Apache-2.0"}) {
		return where
	}
	return apache.ReplaceAllString(strings.ReplaceAll(full, "\r", ""), where)
}

func fileName(p part) string { return strings.ReplaceAll(strings.TrimSpace(p.name), " ", "-") }

// bill is the bill of materials. It has no time and no serial number, so that equal releases have equal bills.
func bill(version string, parts []part) ([]byte, error) {
	bom := cdx.NewBOM()
	bom.Metadata = &cdx.Metadata{Component: &cdx.Component{Type: cdx.ComponentTypeApplication, Name: "bianmin", Version: version}}
	var components []cdx.Component
	for _, p := range parts {
		component := cdx.Component{Type: cdx.ComponentTypeLibrary, Name: p.name, Version: p.version}
		if p.kind == "data" {
			component.Type = cdx.ComponentTypeData
		} else if p.sum != "" {
			component.PackageURL = "pkg:golang/" + p.name + "@" + p.version
			component.Properties = &[]cdx.Property{{Name: "go.sum", Value: p.sum}}
		} else if p.kind == "library" {
			component.Description = strings.Join(p.texts, " ")
		}
		var licences cdx.Licenses
		for _, id := range p.licences {
			licences = append(licences, cdx.LicenseChoice{License: &cdx.License{ID: id}})
		}
		component.Licenses = &licences
		components = append(components, component)
	}
	bom.Components = &components
	var b bytes.Buffer
	encoder := cdx.NewBOMEncoder(&b, cdx.BOMFileFormatJSON)
	encoder.SetPretty(true)
	if err := encoder.Encode(bom); err != nil {
		return nil, fmt.Errorf("encode the bill of materials: %w", err)
	}
	return b.Bytes(), nil
}
