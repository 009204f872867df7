package assets

import (
	"embed"
	"io/fs"
)

//go:embed devices
var devices embed.FS

// DevicePacks returns the folder of the device packs that are built in: schema.json, and one YAML file per pack.
func DevicePacks() fs.FS {
	sub, err := fs.Sub(devices, "devices")
	if err != nil {
		panic("assets: devices folder not embedded: " + err.Error()) // a constant valid path: cannot happen
	}
	return sub
}
