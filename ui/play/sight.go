package play

import (
	"crypto/sha256"
	"encoding/json"
	"math"
	"slices"

	"bianmin/ui"
)

// Rect is a rectangle in pixels.
type Rect struct {
	X int `json:"x"`
	Y int `json:"y"`
	W int `json:"w"`
	H int `json:"h"`
}

// Empty tells whether nothing of it can be seen.
func (r Rect) Empty() bool { return r.W <= 0 || r.H <= 0 }

// Centre is its middle.
func (r Rect) Centre() (x, y int) { return r.X + r.W/2, r.Y + r.H/2 }

// Thing is something that can be tapped.
type Thing struct {
	Name    string `json:"name"`
	Words   string `json:"words,omitempty"`
	Enabled bool   `json:"enabled"`
	Keys    bool   `json:"keys,omitempty"` // what is typed goes there
	Whole   Rect   `json:"whole"`
	Seen    Rect   `json:"seen"`
	Scrolls int    `json:"scrolls,omitempty"`
}

// Words is text that can be read.
type Words struct {
	Text string `json:"text"`
	Box  Rect   `json:"box"`
}

// Sight is the probe's answer: what the window shows now. Rectangles are in
// pixels of the window; Window is its X identifier, 0 when it is not known.
type Sight struct {
	Screen   string  `json:"screen"`
	Serial   int     `json:"serial"`
	Guarding bool    `json:"guarding,omitempty"`
	Process  int     `json:"process"`
	Window   uint32  `json:"window,omitempty"`
	Things   []Thing `json:"things"`
	Words    []Words `json:"words"`
}

// fingerprint tells whether two sights show the same. Where the keys are does not count: a click moves them at once, and
// what it is for comes later.
func (s Sight) fingerprint() [sha256.Size]byte {
	s.Guarding = false
	s.Things = slices.Clone(s.Things)
	for i := range s.Things {
		s.Things[i].Keys = false
	}
	bytes, err := json.Marshal(s)
	if err != nil {
		return [sha256.Size]byte{}
	}
	return sha256.Sum256(bytes)
}

// Size is the size of the key the sight of a canvas is scaled by: pixels per unit.
func toPixels(box ui.Box, scale float32) Rect {
	round := func(x float32) int { return int(math.Round(float64(x * scale))) }
	r := Rect{X: round(box.X), Y: round(box.Y)}
	r.W, r.H = round(box.X+box.Width)-r.X, round(box.Y+box.Height)-r.Y
	return r
}

func sightOf(view ui.View, scale float32) Sight {
	s := Sight{Guarding: view.Guarding, Things: []Thing{}, Words: []Words{}}
	for _, thing := range view.Things {
		s.Things = append(s.Things, Thing{
			Name: thing.Name, Words: thing.Words, Enabled: thing.Enabled, Keys: thing.Keys, Scrolls: thing.Scrolls,
			Whole: toPixels(thing.Whole, scale), Seen: toPixels(thing.Seen, scale),
		})
	}
	for _, words := range view.Words {
		s.Words = append(s.Words, Words{Text: words.Text, Box: toPixels(words.Box, scale)})
	}
	return s
}
