// Gallery paints every state of the setup window with canned data, in both languages, across and upright, without any
// display: for the eye, and for goldens. It is never shipped.
package main

import (
	"errors"
	"flag"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2/test"

	"bianmin/packaging/setup/gallery/states"
	"bianmin/ui/theme"
)

func main() {
	out := flag.String("out", "build/gallery-setup", "folder for the pictures")
	only := flag.String("only", "", "only states whose name begins so")
	in := flag.String("in", "", "only this variant")
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
		if !strings.HasPrefix(named.Name, only) || in != "" && in != v.name {
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
	fmt.Printf("gallery: %d pictures in %s\n", painted, out)
	return nil
}

func save(path string, img image.Image) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // pictures for everyone
		return fmt.Errorf("make folder: %w", err)
	}
	file, err := os.Create(path) //nolint:gosec // the path is the caller's
	if err != nil {
		return fmt.Errorf("create file: %w", err)
	}
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := errors.Join(encoder.Encode(file, img), file.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
