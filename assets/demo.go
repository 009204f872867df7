package assets

import (
	"embed"
	"io/fs"
)

//go:embed demo
var demo embed.FS

// Catalogue returns the catalogue folder of the demo region, the invented
// county 青禾县, as core/catalogue loads it.
func Catalogue() fs.FS {
	sub, err := fs.Sub(demo, "demo")
	if err != nil {
		panic("assets: demo folder not embedded: " + err.Error()) // a constant valid path: cannot happen
	}
	return sub
}
