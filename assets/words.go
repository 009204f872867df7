package assets

import (
	"embed"
	"io/fs"
)

//go:embed words/*.json
var words embed.FS

// Words returns the folder with the words people read, one JSON file per
// language (zh.json, en.json), as core/text loads them.
func Words() fs.FS {
	sub, err := fs.Sub(words, "words")
	if err != nil {
		panic("assets: words folder not embedded: " + err.Error()) // a constant valid path: cannot happen
	}
	return sub
}
