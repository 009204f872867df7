package machine

import (
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
)

// axis is the far end of a touch panel's axis, as QEMU counts.
const axis = 0x7FFF

// Finger is one finger on the machine's panel (a USB tablet, which tells where it is touched), and an eye on its screen.
// It must not be used while something else gives the machine orders.
type Finger struct{ machine *Machine }

// Finger touches the machine's panel.
func (m *Machine) Finger() *Finger { return &Finger{m} }

type input struct {
	Type string `json:"type"`
	Data any    `json:"data"`
}

func (f *Finger) send(events ...input) error {
	return f.machine.Do("input-send-event", map[string]any{"events": events})
}

// Move puts the finger over a place in pixels of the panel; the window, which fills it, does not matter.
func (f *Finger) Move(_ uint32, x, y int) error {
	o := f.machine.options
	if x < 0 || y < 0 || x >= o.Width || y >= o.Height {
		return fmt.Errorf("%d,%d is outside of the panel of %dx%d", x, y, o.Width, o.Height)
	}
	at := func(name string, n, of int) input {
		return input{"abs", map[string]any{"axis": name, "value": (2*n + 1) * axis / (2 * of)}}
	}
	return f.send(at("x", x, o.Width), at("y", y, o.Height))
}

// Press puts the finger down.
func (f *Finger) Press() error { return f.button(true) }

// Release takes the finger up.
func (f *Finger) Release() error { return f.button(false) }

func (f *Finger) button(down bool) error {
	return f.send(input{"btn", map[string]any{"button": "left", "down": down}})
}

// Picture is what the screen shows.
func (f *Finger) Picture() (image.Image, error) {
	path := filepath.Join(f.machine.options.Dir, "eye.png")
	if err := f.machine.Picture(path); err != nil {
		return nil, err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("look at the screen: %w", err)
	}
	defer func() { _ = file.Close() }()
	picture, err := png.Decode(file)
	if err != nil {
		return nil, fmt.Errorf("look at the screen: %w", err)
	}
	return picture, nil
}

// Close has nothing to do: the finger is the machine's.
func (f *Finger) Close() {}
