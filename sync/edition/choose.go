package edition

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
)

// Choice is the catalogue that a terminal's programs work by.
type Choice struct {
	Files fs.FS
	From  string // for logs: "edition N", the folder's name, or "built in"
	Held  *Held  // the province's edition; nil for a folder, or the built-in one
	// Passed is what is wrong with newer editions here, which do not serve; nil for nothing.
	Passed error
}

// Choose gives the province's newest edition under the data folder; else the configured folder, which serves until the first
// one comes; else what is built in.
func Choose(ctx context.Context, data, configured string, builtIn fs.FS) Choice {
	held, ok, passed := InForce(ctx, data)
	switch {
	case ok:
		return Choice{os.DirFS(held.Content), nameOf(held.Catalogue), &held, passed}
	case configured != "":
		return Choice{os.DirFS(configured), configured, nil, passed}
	}
	return Choice{builtIn, "built in", nil, passed}
}

// Latest names the newest edition under a data folder without reading it, so that a program can tell that another one came; "" for none.
func Latest(data string) string {
	names, err := sets(filepath.Join(data, FolderName))
	if err != nil || len(names) == 0 {
		return ""
	}
	return names[0]
}
