package play

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
)

// Keyboard is a keyboard and the wheel of a mouse. A Hand may have one.
type Keyboard interface {
	// Stroke presses and releases a key with its modifiers: "Tab", "ctrl+Return".
	Stroke(ctx context.Context, combo string) error
	// Write types signs, whatever the keyboard's layout.
	Write(ctx context.Context, text string) error
	// Wheel turns the wheel by one notch where the pointer is.
	Wheel(down bool) error
}

// hanKeys is how many presses a Chinese character counts as.
const hanKeys = 4

var errNoKeyboard = errors.New("this hand has no keyboard")

// keysyms are X's numbers of the keys that write nothing, by their names here.
var keysyms = map[string]uint32{
	"tab": 0xFF09, "return": 0xFF0D, "enter": 0xFF0D, "escape": 0xFF1B, "esc": 0xFF1B, "backspace": 0xFF08, "delete": 0xFFFF, "space": 0x20,
	"home": 0xFF50, "left": 0xFF51, "up": 0xFF52, "right": 0xFF53, "down": 0xFF54, "pageup": 0xFF55, "pagedown": 0xFF56, "end": 0xFF57,
	"f1": 0xFFBE, "f2": 0xFFBF, "f3": 0xFFC0, "f4": 0xFFC1, "f5": 0xFFC2, "f6": 0xFFC3, "f7": 0xFFC4, "f8": 0xFFC5, "f9": 0xFFC6, "f10": 0xFFC7,
	"f11": 0xFFC8, "f12": 0xFFC9,
	"shift": 0xFFE1, "ctrl": 0xFFE3, "alt": 0xFFE9,
}

// parseCombo gives the keys of a combination, modifiers first.
func parseCombo(combo string) (keys []uint32, ok bool) {
	parts := strings.Split(strings.ToLower(combo), "+")
	for i, part := range parts {
		sym, known := keysyms[part]
		if signs := []rune(part); !known && len(signs) == 1 && signs[0] > ' ' && signs[0] < 0x7F {
			sym, known = uint32(signs[0]), true //nolint:gosec // ASCII
		}
		modifier := part == "shift" || part == "ctrl" || part == "alt"
		if !known || modifier != (i < len(parts)-1) {
			return nil, false
		}
		keys = append(keys, sym)
	}
	return keys, true
}

func knownKey(combo string) bool {
	_, ok := parseCombo(combo)
	return ok
}

// key presses a key, and waits for an effect after the last time.
func (p *player) key(ctx context.Context, combo string, times int) error {
	keyboard, ok := p.Hand.(Keyboard)
	if !ok {
		return errNoKeyboard
	}
	before, err := p.watch(ctx, "key "+combo, func(s Sight) bool { return !s.Guarding && s.Screen != "" })
	if err != nil {
		return err
	}
	for range times {
		if err := keyboard.Stroke(ctx, combo); err != nil {
			return err
		}
		p.pressed++
		if err := p.Pause(ctx, glanceTime); err != nil {
			return err
		}
	}
	return p.settle(ctx, before)
}

// write types a text.
func (p *player) write(ctx context.Context, text string) error {
	keyboard, ok := p.Hand.(Keyboard)
	if !ok {
		return errNoKeyboard
	}
	before, err := p.look(ctx)
	if err != nil {
		return err
	}
	if err := keyboard.Write(ctx, text); err != nil {
		return err
	}
	for _, r := range text {
		if unicode.Is(unicode.Han, r) {
			p.pressed += hanKeys
		} else {
			p.pressed++
		}
	}
	return p.settle(ctx, before)
}

// count begins counting, or judges what was pressed.
func (p *player) count(keys KeyCount) error {
	if keys.Begin {
		p.pressed, p.clicked = 0, 0
		return nil
	}
	p.note = fmt.Sprintf("%d keys, %d clicks", p.pressed, p.clicked)
	if p.pressed > keys.Most || p.clicked > keys.Clicks {
		return fmt.Errorf("it took %d keys and %d clicks, more than %d and %d", p.pressed, p.clicked, keys.Most, keys.Clicks)
	}
	return nil
}

// wheelTime is how long a turn of the wheel takes to be drawn.
const wheelTime = 60 * time.Millisecond

// wheel turns the wheel over the scroll that something lies in, towards it; false when it lies in none that follows the wheel.
func (p *player) wheel(ctx context.Context, sight Sight, thing Thing) (bool, error) {
	keyboard, ok := p.Hand.(Keyboard)
	if !ok {
		return false, nil
	}
	x := thing.Whole.X + thing.Whole.W/2
	scrolls := sight.all(func(t Thing) bool {
		return t.Name == "scroll" && t.Scrolls == thing.Scrolls && !t.Seen.Empty() && x >= t.Whole.X && x <= t.Whole.X+t.Whole.W
	})
	if len(scrolls) == 0 {
		return false, nil
	}
	_, at := scrolls[0].Seen.Centre()
	if err := p.Hand.Move(sight.Window, x, at); err != nil {
		return false, err
	}
	down := thing.Whole.Y+thing.Whole.H/2 > at
	if err := keyboard.Wheel(down); err != nil {
		return false, err
	}
	return true, p.Pause(ctx, wheelTime)
}
