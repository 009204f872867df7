// Command print writes sheets for the printer: print OUT FILE… makes OUT/NAME.html of each Markdown file.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"bianmin/packaging/leaflet"
)

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: print OUT FILE…")
		os.Exit(2)
	}
	for _, file := range os.Args[2:] {
		if err := write(os.Args[1], file); err != nil {
			fmt.Fprintln(os.Stderr, "print:", err)
			os.Exit(1)
		}
	}
}

func write(out, file string) error {
	sheet, err := leaflet.HTML(os.DirFS(filepath.Dir(file)), filepath.Base(file))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	name := filepath.Join(out, strings.TrimSuffix(filepath.Base(file), ".md")+".html")
	fmt.Println(name)
	return os.WriteFile(name, sheet, 0o644)
}
