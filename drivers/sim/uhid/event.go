package uhid

import (
	"os"
	"path/filepath"
	"strings"
)

// Event is the input device that the kernel made of it, "/dev/input/event3"; "" while there is none, or what is sent
// would be lost.
func (d *Device) Event() string {
	if !d.ready() {
		return ""
	}
	all, _ := filepath.Glob("/sys/class/input/event*/device/name") // the pattern is well formed
	for _, path := range all {
		said, err := os.ReadFile(path)
		if err == nil && strings.TrimSpace(string(said)) == d.name {
			node := "/dev/input/" + filepath.Base(filepath.Dir(filepath.Dir(path)))
			if _, err := os.Stat(node); err == nil {
				return node
			}
		}
	}
	return ""
}
