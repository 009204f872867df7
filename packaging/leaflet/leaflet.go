// Package leaflet makes a page of the documentation one sheet of A4 to print and lay beside a terminal: one HTML file
// that needs nothing else, neither network nor fonts. It must not change the words.
package leaflet

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html/template"
	"io/fs"
	"mime"
	"path"
	"regexp"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"

	"bianmin/assets"
)

// sheet is A4 with two columns of words; pictures stand in the column.
var sheet = template.Must(template.New("sheet").Parse(`<!doctype html>
<html><head><meta charset="utf-8"><title>{{.Title}}</title><style>
@font-face { font-family: Sheet; src: url(data:font/ttf;base64,{{.Regular}}); }
@font-face { font-family: Sheet; font-weight: bold; src: url(data:font/ttf;base64,{{.Bold}}); }
@page { size: A4; margin: 11mm 12mm; }
* { box-sizing: border-box; }
body { font: 8.6pt/1.42 Sheet, sans-serif; color: #12243c; margin: 0; }
main { columns: 2; column-gap: 8mm; }
h1 { font-size: 15pt; line-height: 1.2; margin: 0 0 2.5mm; column-span: all; border-bottom: 0.6mm solid #0b4aa2; padding-bottom: 1.5mm; }
h2 { font-size: 10.5pt; line-height: 1.25; margin: 2.6mm 0 0.8mm; break-after: avoid; color: #0b4aa2; }
p, ul, ol { margin: 0 0 1.3mm; } ul, ol { padding-left: 5mm; } li { margin: 0 0 0.5mm; } li > p { margin: 0; }
img { display: block; max-width: 100%; max-height: 41mm; margin: 0.8mm 0; border: 0.2mm solid #c8d2df; break-inside: avoid; }
code { font: 0.94em/1.3 ui-monospace, "DejaVu Sans Mono", monospace; background: #eef2f7; padding: 0 0.6mm; }
pre { background: #eef2f7; padding: 1mm 1.5mm; margin: 0 0 1.3mm; white-space: pre-wrap; break-inside: avoid; } pre code { padding: 0; }
table { border-collapse: collapse; width: 100%; margin: 0 0 1.3mm; } tr { break-inside: avoid; }
td, th { border: 0.2mm solid #c8d2df; padding: 0.4mm 1mm; text-align: left; vertical-align: top; }
a { color: inherit; text-decoration: none; }
</style></head><body><main>{{.Body}}</main></body></html>
`))

var (
	picture = regexp.MustCompile(`<img src="([^"]+)"`)
	heading = regexp.MustCompile(`(?m)^# (.+)$`)
)

// HTML makes the sheet of a Markdown file; pictures are read from the file's folder. A picture that is missing is an error.
func HTML(folder fs.FS, name string) ([]byte, error) {
	text, err := fs.ReadFile(folder, name)
	if err != nil {
		return nil, fmt.Errorf("make a sheet: %w", err)
	}
	title := heading.FindSubmatch(text)
	if title == nil {
		return nil, fmt.Errorf("make a sheet of %s: it has no title", name)
	}
	var body bytes.Buffer
	if err := goldmark.New(goldmark.WithExtensions(extension.Table)).Convert(text, &body); err != nil {
		return nil, fmt.Errorf("make a sheet of %s: %w", name, err)
	}
	whole, err := withPictures(folder, path.Dir(name), body.Bytes())
	if err != nil {
		return nil, fmt.Errorf("make a sheet of %s: %w", name, err)
	}
	var out bytes.Buffer
	err = sheet.Execute(&out, map[string]any{
		"Title": string(title[1]), "Body": template.HTML(whole), //nolint:gosec // our own documentation
		"Regular": template.CSS(base64.StdEncoding.EncodeToString(assets.FontRegular())),
		"Bold":    template.CSS(base64.StdEncoding.EncodeToString(assets.FontBold())),
	})
	return out.Bytes(), err
}

// withPictures lays every picture into the text.
func withPictures(folder fs.FS, at string, body []byte) ([]byte, error) {
	var failed error
	whole := picture.ReplaceAllFunc(body, func(tag []byte) []byte {
		source := string(picture.FindSubmatch(tag)[1])
		content, err := fs.ReadFile(folder, path.Join(at, source))
		if err != nil {
			failed = err
			return tag
		}
		return fmt.Appendf(nil, `<img src="data:%s;base64,%s"`, mime.TypeByExtension(path.Ext(source)), base64.StdEncoding.EncodeToString(content))
	})
	return whole, failed
}
