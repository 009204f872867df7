// Package gallery paints every state of a program's pages in every variant, without any display: for the eye. What the
// states are and how they are drawn is the program's; it is never shipped.
package gallery

import (
	"errors"
	"flag"
	"fmt"
	"html/template"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"

	"bianmin/core/text"
)

// Variant is one way all states are shown.
type Variant struct {
	Name  string // of the folder its pictures lie in
	Title string
	Wide  bool // its pictures are wider than high
}

// Gallery is what is painted.
type Gallery struct {
	Words    *text.Catalog
	Variants []Variant
	States   []string // by name, one picture each
	// Picture paints a state in a variant, both by their index.
	Picture func(variant, state int) (image.Image, error)
}

// Choice is where the pictures go, and which are painted.
type Choice struct {
	Out  string // folder
	Only string // states whose name begins so; several with commas; "" for all
	In   string // variants; several with commas; "" for all
}

// Flags reads the choice from the command line; out is the folder when none is named.
func Flags(out string) Choice {
	var c Choice
	flag.StringVar(&c.Out, "out", out, "folder for the pictures")
	flag.StringVar(&c.Only, "only", "", "only states whose name begins so; several with commas")
	flag.StringVar(&c.In, "in", "", "only these variants, with commas")
	flag.Parse()
	return c
}

// Paint writes the chosen pictures and a page that shows all, and says how many there are. Words that are missing are an error.
func (g Gallery) Paint(c Choice) error {
	painted := 0
	for v, variant := range g.Variants {
		if !chosen(c.In, variant.Name, func(a, b string) bool { return a == b }) {
			continue
		}
		for s, state := range g.States {
			if !chosen(c.Only, state, strings.HasPrefix) {
				continue
			}
			picture, err := g.Picture(v, s)
			if err != nil {
				return fmt.Errorf("%s of %s: %w", state, variant.Name, err)
			}
			if err := save(filepath.Join(c.Out, variant.Name, state+".png"), picture); err != nil {
				return err
			}
			painted++
		}
	}
	if missing := g.Words.Missing(); len(missing) > 0 {
		return fmt.Errorf("no words for %s", strings.Join(missing, ", "))
	}
	index := filepath.Join(c.Out, "index.html")
	if err := write(index, func(w io.Writer) error { return page.Execute(w, g) }); err != nil {
		return err
	}
	fmt.Printf("gallery: %d pictures, open %s\n", painted, index)
	return nil
}

func chosen(list, name string, fits func(name, choice string) bool) bool {
	if list == "" {
		return true
	}
	for _, choice := range strings.Split(list, ",") {
		if fits(name, choice) {
			return true
		}
	}
	return false
}

func save(path string, img image.Image) error {
	return write(path, func(w io.Writer) error {
		encoder := png.Encoder{CompressionLevel: png.BestSpeed}
		return encoder.Encode(w, img)
	})
}

func write(path string, content func(io.Writer) error) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // pictures for everyone
		return fmt.Errorf("make folder: %w", err)
	}
	file, err := os.Create(path) //nolint:gosec // the path is the caller's
	if err != nil {
		return fmt.Errorf("create file: %w", err)
	}
	if err := errors.Join(content(file), file.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

var page = template.Must(template.New("index").Parse(`<!doctype html><meta charset="utf-8"><title>便民 · 画面</title>
<style>body{font:16px sans-serif;margin:2em;background:#f6f7f9;color:#16202c}nav a{margin-right:1em}
figure{display:inline-block;margin:0 1em 1.5em 0;vertical-align:top}img{width:300px;border:1px solid #d5dbe3}
.wide img{width:480px}figcaption{font-size:14px}</style>
<nav>{{range .Variants}}<a href="#{{.Name}}">{{.Title}}</a>{{end}}</nav>
{{range $v := .Variants}}<h2 id="{{$v.Name}}">{{$v.Title}}</h2><div{{if $v.Wide}} class="wide"{{end}}>
{{range $.States}}<figure><a href="{{$v.Name}}/{{.}}.png"><img loading="lazy" src="{{$v.Name}}/{{.}}.png" alt="{{.}}"></a><figcaption>{{.}}</figcaption></figure>
{{end}}</div>{{end}}`))
