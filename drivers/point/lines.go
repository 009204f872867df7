package point

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/link/bus"
	"bianmin/drivers/pack"
)

// Line is a serial port, with the adapter that it is behind.
type Line struct {
	Link    string
	Adapter *bus.Device // nil for a port that is at no USB
	Pack    *pack.Pack  // of what stands behind such an adapter; nil where none fits
}

// Lines gives the serial ports at the paths with what is known of them, in the paths' order. It opens none. root is the folder in which "sys" lies,
// "/" but for tests. Beside an error the ports stand alone.
func Lines(root string, paths []string, packs pack.Packs) ([]Line, error) {
	adapters, err := bus.List(root)
	var all []Line
	for _, path := range paths {
		names := namesOf(path)
		line := Line{Link: "serial:" + path}
		for i, d := range adapters {
			if slices.ContainsFunc(d.Interfaces, func(i bus.Interface) bool { return i.Serial != "" && slices.Contains(names, i.Serial) }) {
				line.Adapter, line.Pack = &adapters[i], packs.OfSerial(d)
			}
		}
		all = append(all, line)
	}
	return all, err
}

// namesOf are the names of a port, which udev calls by others: its own, and those that these lead to.
func namesOf(path string) []string {
	names := []string{filepath.Base(path)}
	if next, err := os.Readlink(path); err == nil {
		names = append(names, filepath.Base(next))
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		names = append(names, filepath.Base(real))
	}
	return names
}

// AskLines asks on each line what stands at its end, as Find does; where a pack says it, it asks in that protocol only, at the pack's speed first. What only
// talks when somebody uses it (a code reader) is not even opened.
func AskLines(ctx context.Context, lines []Line, now func() time.Time) []Found {
	found := make([]Found, len(lines))
	var asking sync.WaitGroup
	for i, line := range lines {
		found[i] = Found{Link: line.Link}
		if line.Speaks() {
			continue
		}
		asking.Go(func() { found[i] = askLine(ctx, line, now) })
	}
	asking.Wait()
	return found
}

// Speaks tells whether what stands there is known to talk by itself only.
func (l Line) Speaks() bool { return l.Pack != nil && l.Pack.Role == drivers.RoleCode }

func askLine(ctx context.Context, line Line, now func() time.Time) Found {
	if line.Pack == nil {
		return find(ctx, line.Link, now)
	}
	var f Found
	first := line.Pack.Settings.Baud
	if line.Pack.Role == drivers.RolePrinter {
		f = findPrinter(ctx, line.Link, first, now)
	} else {
		f = findReader(ctx, line.Link, first, now)
	}
	if f.Role != "" {
		f.Status.Model = cmp.Or(f.Status.Model, line.Pack.Name.En)
	}
	return f
}

// from puts a speed before the others; 0 is none.
func from(first int, all []int) []int {
	if first == 0 {
		return all
	}
	return append([]int{first}, slices.DeleteFunc(slices.Clone(all), func(baud int) bool { return baud == first })...)
}
