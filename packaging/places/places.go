// Package places says where the devices of a machine may be, and what models of
// them are known: its serial ports, where its print spooler listens, and the
// device packs. It asks no device anything.
package places

import (
	"os"
	"path/filepath"

	"bianmin/assets"
	"bianmin/drivers/pack"
)

// Serial are the serial ports by the most lasting name that the system has for them. root is where the machine's file system is.
func Serial(root string) []string {
	for _, pattern := range []string{"dev/serial/by-id/*", "dev/bianmin/*", "dev/ttyUSB*", "dev/ttyACM*"} {
		if found, err := filepath.Glob(filepath.Join(root, pattern)); err == nil && len(found) > 0 {
			return found
		}
	}
	return nil
}

// OwnPacks is the folder for device packs of a machine's own, below its root.
const OwnPacks = "etc/bianmin/devices"

// Packs are the device packs: the machine's own before those that are built in. An error names what in its folder is no pack; the others are there
// beside it.
func Packs(root string) (pack.Packs, error) {
	return pack.Read(assets.DevicePacks(), os.DirFS(filepath.Join(root, OwnPacks)), assets.DevicePacks())
}
