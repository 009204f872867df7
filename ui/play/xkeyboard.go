package play

import (
	"context"
	"fmt"
	"time"

	"github.com/jezek/xgb/xproto"
)

// Times of the X server's keyboard.
const (
	strokeTime  = 8 * time.Millisecond   // a key is down
	mappingTime = 120 * time.Millisecond // until programs have heard of a changed layout
)

const (
	symShift  = 0xFFE1
	unicodeAt = 0x01000000 // X's number of a sign that no key has: this plus the sign
)

var _ Keyboard = (*xHand)(nil)

// layout is what the keys of the X server write: per key its first two columns.
type layout struct {
	first xproto.Keycode
	per   int
	syms  []xproto.Keysym
}

func (h *xHand) layout() (layout, error) {
	setup := xproto.Setup(h.conn)
	got, err := xproto.GetKeyboardMapping(h.conn, setup.MinKeycode, byte(setup.MaxKeycode-setup.MinKeycode+1)).Reply()
	if err != nil {
		return layout{}, fmt.Errorf("ask the X server for its keys: %w", err)
	}
	return layout{first: setup.MinKeycode, per: int(got.KeysymsPerKeycode), syms: got.Keysyms}, nil
}

// find is the key that writes a sign, and whether with Shift.
func (l layout) find(sym uint32) (code xproto.Keycode, shift, ok bool) {
	for i := 0; i+l.per <= len(l.syms); i += l.per {
		for column := range min(2, l.per) {
			if uint32(l.syms[i+column]) == sym {
				return l.first + xproto.Keycode(i/l.per), column == 1, true //nolint:gosec // at most 255 keys
			}
		}
	}
	return 0, false, false
}

// spare are the keys that write nothing.
func (l layout) spare() (codes []xproto.Keycode) {
	for i := 0; i+l.per <= len(l.syms); i += l.per {
		empty := true
		for _, sym := range l.syms[i : i+l.per] {
			empty = empty && sym == 0
		}
		if empty {
			codes = append(codes, l.first+xproto.Keycode(i/l.per)) //nolint:gosec // at most 255 keys
		}
	}
	return codes
}

// Stroke presses and releases a key with its modifiers.
func (h *xHand) Stroke(ctx context.Context, combo string) error {
	syms, ok := parseCombo(combo)
	if !ok {
		return fmt.Errorf("there is no key %q", combo)
	}
	keys, err := h.layout()
	if err != nil {
		return err
	}
	var codes []xproto.Keycode
	for _, sym := range syms {
		code, _, ok := keys.find(sym)
		if !ok {
			return fmt.Errorf("this keyboard has no %q", combo)
		}
		codes = append(codes, code)
	}
	return h.chord(ctx, codes)
}

// chord presses keys in order and releases them backwards.
func (h *xHand) chord(ctx context.Context, codes []xproto.Keycode) error {
	for _, code := range codes {
		if err := h.fake(xproto.KeyPress, byte(code), 0, 0); err != nil {
			return err
		}
	}
	waited := pause(ctx, strokeTime)
	for i := len(codes) - 1; i >= 0; i-- {
		if err := h.fake(xproto.KeyRelease, byte(codes[i]), 0, 0); err != nil {
			return err
		}
	}
	if waited != nil {
		return waited
	}
	return pause(ctx, strokeTime)
}

// Write types signs. Those that no key writes are given to spare keys first, all
// that fit at once, so that no program sees a key change its sign under it.
func (h *xHand) Write(ctx context.Context, text string) error {
	rest := []rune(text)
	for len(rest) > 0 {
		n, err := h.writeSome(ctx, rest)
		if err != nil {
			return err
		}
		rest = rest[n:]
	}
	return nil
}

func (h *xHand) writeSome(ctx context.Context, signs []rune) (n int, err error) {
	keys, err := h.layout()
	if err != nil {
		return 0, err
	}
	spare := keys.spare()
	lent := map[rune]xproto.Keycode{}
	for n < len(signs) {
		sym := symOf(signs[n])
		if _, _, has := keys.find(sym); !has && lent[signs[n]] == 0 {
			if len(lent) == len(spare) {
				break
			}
			code := spare[len(lent)]
			if err := h.lend(code, sym); err != nil {
				return 0, err
			}
			lent[signs[n]] = code
		}
		n++
	}
	if n == 0 {
		return 0, fmt.Errorf("this keyboard has no key to spare")
	}
	if len(lent) > 0 {
		if err := pause(ctx, mappingTime); err != nil {
			return 0, err
		}
	}
	shift, _, _ := keys.find(symShift)
	for _, sign := range signs[:n] {
		codes := []xproto.Keycode{lent[sign]}
		if code, shifted, has := keys.find(symOf(sign)); has {
			codes = []xproto.Keycode{code}
			if shifted {
				codes = []xproto.Keycode{shift, code}
			}
		}
		if err := h.chord(ctx, codes); err != nil {
			return 0, err
		}
	}
	return n, h.takeBack(ctx, lent)
}

// takeBack makes lent keys write nothing again, once programs have read what they wrote.
func (h *xHand) takeBack(ctx context.Context, lent map[rune]xproto.Keycode) error {
	if len(lent) == 0 {
		return nil
	}
	if err := pause(ctx, mappingTime); err != nil {
		return err
	}
	for _, code := range lent {
		if err := h.lend(code, 0); err != nil {
			return err
		}
	}
	return pause(ctx, mappingTime)
}

// lend has a key write a sign, with and without Shift.
func (h *xHand) lend(code xproto.Keycode, sym uint32) error {
	syms := []xproto.Keysym{xproto.Keysym(sym), xproto.Keysym(sym)}
	if err := xproto.ChangeKeyboardMappingChecked(h.conn, 1, code, 2, syms).Check(); err != nil {
		return fmt.Errorf("give a key another sign: %w", err)
	}
	return nil
}

// symOf is X's number of a sign.
func symOf(sign rune) uint32 {
	if sign >= ' ' && sign < 0x7F || sign >= 0xA0 && sign <= 0xFF {
		return uint32(sign) //nolint:gosec // Latin 1
	}
	return unicodeAt + uint32(sign) //nolint:gosec // a valid rune
}

// Wheel turns the wheel by one notch: buttons 4 and 5.
func (h *xHand) Wheel(down bool) error {
	button := byte(4)
	if down {
		button = 5
	}
	if err := h.fake(xproto.ButtonPress, button, 0, 0); err != nil {
		return err
	}
	return h.fake(xproto.ButtonRelease, button, 0, 0)
}
