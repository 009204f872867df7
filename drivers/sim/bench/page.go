package main

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"os/exec"
	"path/filepath"

	"bianmin/drivers/sim/rig"
)

func lastOf(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return names[len(names)-1]
}

// firstPage is the picture of a document's first page; nil where there is none that can be shown.
func firstPage(ctx context.Context, r *rig.Rig, name string) image.Image {
	all, err := r.Stand.Documents()
	if err != nil || name == "" {
		return nil
	}
	for _, path := range all {
		if filepath.Base(path) != name {
			continue
		}
		out, err := exec.CommandContext(ctx, "pdftoppm", "-png", "-r", "60", "-f", "1", "-l", "1", "-singlefile", path).Output()
		if err != nil {
			return nil
		}
		page, err := png.Decode(bytes.NewReader(out))
		if err != nil {
			return nil
		}
		return page
	}
	return nil
}
