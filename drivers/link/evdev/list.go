package evdev

import (
	"errors"
	"fmt"
	"io/fs"
	"math/bits"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"bianmin/drivers/link/bus"
	"bianmin/drivers/link/channel"
)

// Node is an input device as the kernel shows it, one per interface.
type Node struct {
	Path            string // "/dev/input/event3"
	Vendor, Product uint16
	Name, Serial    string
	Port            string // its socket, "1-1.2"; "" where it is at none
	Types           bool   // it has the keys for letters, digits and Enter: it can type a code
	Lights          bool   // it has lights (Num, Caps), as keyboards for people have; many code readers have them too
}

// List gives the input devices on USB that are there, without opening any. root is the folder in which "sys" lies, "/" but for tests.
func List(root string) ([]Node, error) {
	all, err := nodes(root)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(n found) bool { return n.bus != busUSB }).plain(), nil
}

// busUSB is what the kernel calls USB as the bus of an input device.
const busUSB = 3

type found struct {
	Node
	bus uint64
}

type several []found

func (all several) plain() []Node {
	var plain []Node
	for _, one := range all {
		plain = append(plain, one.Node)
	}
	return plain
}

func nodes(root string) (several, error) {
	folder := filepath.Join(root, "sys/class/input")
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list input devices: %w", err)
	}
	var all several
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), "event") {
			continue
		}
		if n, ok := read(filepath.Join(folder, e.Name(), "device")); ok {
			n.Path = "/dev/input/" + e.Name()
			all = append(all, n)
		}
	}
	return all, nil
}

// read takes one device; false where it is gone.
func read(folder string) (found, bool) {
	var ids [3]uint64
	for i, name := range []string{"bustype", "vendor", "product"} {
		n, err := strconv.ParseUint(text(folder, "id/"+name), 16, 16)
		if err != nil {
			return found{}, false
		}
		ids[i] = n
	}
	n := found{bus: ids[0], Node: Node{
		Vendor: uint16(ids[1]), Product: uint16(ids[2]), // #nosec G115 -- parsed as 16 bits
		Name: text(folder, "name"), Serial: text(folder, "uniq"),
		Types: types(mask(text(folder, "capabilities/key"))), Lights: strings.Trim(text(folder, "capabilities/led"), "0 ") != "",
	}}
	if real, err := filepath.EvalSymlinks(folder); err == nil {
		n.Port = bus.SocketIn(real)
	}
	return n, true
}

const longest = 1024

func text(folder, name string) string {
	content, err := os.ReadFile(filepath.Join(folder, name)) // #nosec G304 -- below /sys
	if err != nil {
		return ""
	}
	return bus.Clean(string(content[:min(len(content), longest)]))
}

// mask reads a set of key numbers as /sys writes it: words in hexadecimal, the highest first. Bit n is key n.
func mask(text string) (set []byte) {
	words := strings.Fields(text)
	slices.Reverse(words)
	for _, word := range words {
		n, err := strconv.ParseUint(word, 16, 64)
		if err != nil {
			return nil
		}
		for at := range bits.UintSize / 8 {
			set = append(set, byte(n>>(8*at))) // #nosec G115 -- one byte of it
		}
	}
	return set
}

// types tells whether a set of keys has the digits, the letters and Enter.
func types(set []byte) bool {
	const key1, key0, keyQ, keyP, keyA, keyL, keyZ, keyM = 2, 11, 16, 25, 30, 38, 44, 50
	has := func(first, last int) bool {
		for key := first; key <= last; key++ {
			if key/8 >= len(set) || set[key/8]&(1<<(key%8)) == 0 {
				return false
			}
		}
		return true
	}
	return has(key1, key0) && has(keyQ, keyP) && has(keyA, keyL) && has(keyZ, keyM) && has(keyEnter, keyEnter)
}

// find gives the path of the one device that types at a place. One that looks like a keyboard for people must be named
// alone, by its serial number or its socket: ids would fit the keyboard that somebody plugs in.
func find(root string, place bus.Place) (string, error) {
	all, err := List(root)
	if err != nil {
		return "", err
	}
	all = slices.DeleteFunc(all, func(n Node) bool {
		return !n.Types || !place.Is(n.Vendor, n.Product, false, n.Port) || place.Serial != "" && place.Serial != n.Serial
	})
	switch {
	case len(all) == 0:
		return "", fmt.Errorf("find input device %s: %w", place, channel.ErrUnplugged)
	case len(all) > 1:
		return "", fmt.Errorf("find input device %s: %w", place, channel.ErrAmbiguous)
	case all[0].Lights && place.Serial == "" && place.Port == "":
		return "", fmt.Errorf("find input device %s: %w", place, ErrKeyboard)
	}
	return all[0].Path, nil
}
