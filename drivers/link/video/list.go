package video

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"bianmin/drivers/link/bus"
	"bianmin/drivers/link/channel"
)

// Node is a camera on USB as the kernel shows it.
type Node struct {
	Path            string // "/dev/video0"
	Vendor, Product uint16
	Name, Serial    string
	Port            string // the socket, "1-1.2"
}

// List gives the cameras on USB that are there, without opening any. A camera's further nodes (what it says beside its pictures) are
// left out. root is the folder in which "sys" lies, "/" but for tests.
func List(root string) ([]Node, error) {
	folder := filepath.Join(root, "sys/class/video4linux")
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list cameras: %w", err)
	}
	var all []Node
	for _, e := range entries {
		if n, ok := read(filepath.Join(folder, e.Name())); ok {
			n.Path = "/dev/" + e.Name()
			all = append(all, n)
		}
	}
	return all, nil
}

// read takes one node; false where it is gone, at no USB device, or not a camera's first.
func read(folder string) (n Node, ok bool) {
	said := func(name string) string {
		content, err := os.ReadFile(name) // #nosec G304 -- below /sys
		if err != nil {
			return ""
		}
		return bus.Clean(string(content))
	}
	if !strings.HasPrefix(filepath.Base(folder), "video") || said(filepath.Join(folder, "index")) != "0" {
		return Node{}, false
	}
	real, err := filepath.EvalSymlinks(filepath.Join(folder, "device"))
	if err != nil {
		return Node{}, false
	}
	n.Name, n.Port = said(filepath.Join(folder, "name")), bus.SocketIn(real)
	for device := real; n.Port != "" && device != filepath.Dir(device); device = filepath.Dir(device) {
		if filepath.Base(device) != n.Port {
			continue
		}
		vendor, err1 := strconv.ParseUint(said(filepath.Join(device, "idVendor")), 16, 16)
		product, err2 := strconv.ParseUint(said(filepath.Join(device, "idProduct")), 16, 16)
		n.Vendor, n.Product, n.Serial = uint16(vendor), uint16(product), said(filepath.Join(device, "serial"))
		return n, err1 == nil && err2 == nil
	}
	return Node{}, false
}

// ErrLink says that a link names no camera.
var ErrLink = errors.New(`the link must be "video:VENDOR:PRODUCT", with :SERIAL or @SOCKET behind it where there are several, or "video:/dev/…"`)

// parse gives the place or the file that a link names.
func parse(link string) (place bus.Place, file string, err error) {
	rest, ok := strings.CutPrefix(link, "video:")
	if !ok {
		return place, "", ErrLink
	}
	if strings.HasPrefix(rest, "/dev/") && filepath.Clean(rest) == rest {
		return place, rest, nil
	}
	place, err = bus.ParsePlace(rest)
	if err != nil || place.Printer {
		return place, "", ErrLink
	}
	return place, "", nil
}

// CheckLink tells whether a link can name a camera.
func CheckLink(link string) error {
	_, _, err := parse(link)
	return err
}

// find gives the file of the one camera that a link names.
func find(link string) (string, error) {
	place, file, err := parse(link)
	if err != nil || file != "" {
		return file, err
	}
	all, err := List("/")
	if err != nil {
		return "", err
	}
	all = slices.DeleteFunc(all, func(n Node) bool {
		return !place.Is(n.Vendor, n.Product, false, n.Port) || place.Serial != "" && place.Serial != n.Serial
	})
	switch len(all) {
	case 0:
		return "", fmt.Errorf("find camera %s: %w", place, channel.ErrUnplugged)
	case 1:
		return all[0].Path, nil
	}
	return "", fmt.Errorf("find camera %s: %w", place, channel.ErrAmbiguous)
}
