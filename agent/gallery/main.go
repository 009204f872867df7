// Gallery paints every state of every page of the desk with canned data, in every
// language and size, without any display: for the eye, and for goldens. It is
// never shipped.
package main

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

	"fyne.io/fyne/v2/test"

	"bianmin/agent/gallery/states"
	"bianmin/ui/theme"
)

func main() {
	out := flag.String("out", "build/gallery-desk", "folder for the pictures")
	only := flag.String("only", "", "only states whose name begins so; several with commas")
	in := flag.String("in", "", "only these variants, with commas")
	flag.Parse()
	if err := run(*out, *only, *in); err != nil {
		fmt.Fprintln(os.Stderr, "gallery:", err)
		os.Exit(1)
	}
}

func run(out, only, in string) error {
	test.NewApp().Settings().SetTheme(theme.DeskToolkit())
	words, err := catalog()
	if err != nil {
		return err
	}
	painted := 0
	err = all(variants, func(v variant, named states.Named) error {
		if !chosen(only, named.Name, strings.HasPrefix) || !chosen(in, v.name, func(a, b string) bool { return a == b }) {
			return nil
		}
		painted++
		return save(filepath.Join(out, v.name, named.Name+".png"), v.picture(v.draw(words, named.State)))
	})
	if err != nil {
		return err
	}
	if missing := words.Missing(); len(missing) > 0 {
		return fmt.Errorf("no words for %s", strings.Join(missing, ", "))
	}
	if err := index(filepath.Join(out, "index.html")); err != nil {
		return err
	}
	fmt.Printf("gallery: %d pictures, open %s\n", painted, filepath.Join(out, "index.html"))
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
figure{display:inline-block;margin:0 1em 1.5em 0;vertical-align:top}img{width:480px;border:1px solid #d5dbe3}
figcaption{font-size:14px}</style>
<nav>{{range .Variants}}<a href="#{{.Name}}">{{.Title}}</a>{{end}}</nav>
{{range $v := .Variants}}<h2 id="{{$v.Name}}">{{$v.Title}}</h2><div class="{{$v.Name}}">
{{range $.States}}<figure><a href="{{$v.Name}}/{{.}}.png"><img loading="lazy" src="{{$v.Name}}/{{.}}.png" alt="{{.}}"></a><figcaption>{{.}}</figcaption></figure>
{{end}}</div>{{end}}`))

func index(path string) error {
	type shown struct{ Name, Title string }
	data := struct {
		Variants []shown
		States   []string
	}{}
	for _, v := range variants {
		data.Variants = append(data.Variants, shown{v.name, v.title})
	}
	named, err := states.All()
	if err != nil {
		return err
	}
	for _, one := range named {
		data.States = append(data.States, one.Name)
	}
	return write(path, func(w io.Writer) error { return page.Execute(w, data) })
}
