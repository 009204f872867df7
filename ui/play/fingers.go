package play

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode"
)

// tap taps something once it can be tapped, scrolling to it, and waits until
// the tap shows an effect.
func (p *player) tap(ctx context.Context, name string, times int) error {
	before, thing, err := p.reach(ctx, name)
	if err != nil {
		return err
	}
	x, y := thing.Seen.Centre()
	for range times {
		if err := p.touch(ctx, before.Window, x, y); err != nil {
			return err
		}
	}
	return p.settle(ctx, before)
}

// patience is how long a person waits, after the moment in which a tap shows an
// effect, until tapping again.
const patience = 3 * time.Second

// press taps, and once more when nothing at all has changed after a while, as a person does; it notes that.
func (p *player) press(ctx context.Context, name string, times int) error {
	before, err := p.look(ctx)
	if err != nil {
		return err
	}
	if err := p.tap(ctx, name, times); err != nil || p.note == "" || times > 1 {
		return err
	}
	old := before.fingerprint()
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if _, err := p.watch(limited, "an effect", func(s Sight) bool { return s.fingerprint() != old }); err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	err = p.tap(ctx, name, times)
	p.note = strings.TrimSpace("tapped twice " + p.note)
	return err
}

// reach waits until something is there, in use and in sight, turning the page of a scroll where needed.
func (p *player) reach(ctx context.Context, name string) (Sight, Thing, error) {
	for {
		var thing Thing
		sight, err := p.watch(ctx, "tap "+name, func(s Sight) bool {
			found, ok := s.find(name)
			thing = found
			return ok && found.Enabled && !s.Guarding
		})
		if err != nil || thing.tappable() {
			return sight, thing, err
		}
		if turned, err := p.wheel(ctx, sight, thing); err != nil || turned {
			if err != nil {
				return sight, thing, err
			}
			continue
		}
		key, ok := sight.turnTowards(thing)
		if !ok {
			return sight, thing, fmt.Errorf("tap %s: it is not in sight and cannot be scrolled to", name)
		}
		x, y := key.Seen.Centre()
		if err := p.touch(ctx, sight.Window, x, y); err != nil {
			return sight, thing, err
		}
		if err := p.settle(ctx, sight); err != nil {
			return sight, thing, err
		}
	}
}

// turnTowards is the key that turns the page towards something out of sight: of
// the scroll it lies in, else of one further out.
func (s Sight) turnTowards(thing Thing) (Thing, bool) {
	for scrolls := thing.Scrolls; scrolls > 0; scrolls-- {
		keys := func(name string) (Thing, bool) {
			found := s.all(func(t Thing) bool { return t.Name == name && t.Scrolls == scrolls && !t.Seen.Empty() })
			if len(found) == 0 {
				return Thing{}, false
			}
			return found[0], true
		}
		up, hasUp := keys("page-up")
		down, hasDown := keys("page-down")
		if !hasUp || !hasDown {
			continue
		}
		middle := (up.Seen.Y + down.Seen.Y + down.Seen.H) / 2
		turn := down
		if thing.Whole.Y+thing.Whole.H/2 < middle {
			turn = up
		}
		if turn.Enabled {
			return turn, true
		}
	}
	return Thing{}, false
}

// touch puts the finger down and up again.
func (p *player) touch(ctx context.Context, window uint32, x, y int) error {
	p.clicked++
	if err := p.Hand.Move(window, x, y); err != nil {
		return err
	}
	if err := p.Hand.Press(); err != nil {
		return err
	}
	if err := p.Pause(ctx, pressTime); err != nil {
		return err
	}
	return p.Hand.Release()
}

// settle waits until something changed. Nothing may change: that is noted, not an error.
func (p *player) settle(ctx context.Context, before Sight) error {
	old := before.fingerprint()
	limited, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	_, err := p.watch(limited, "an effect", func(s Sight) bool { return s.fingerprint() != old })
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		p.note = "the tap showed no effect"
	}
	return nil
}

// typeText taps a key for each sign, changing the page of keys where needed.
func (p *player) typeText(ctx context.Context, text string) error {
	for _, sign := range text {
		if err := p.typeSign(ctx, string(sign)); err != nil {
			return err
		}
	}
	return nil
}

// typeSign taps the key of one sign.
func (p *player) typeSign(ctx context.Context, sign string) error {
	for range 4 {
		sight, err := p.watch(ctx, "a keyboard", func(s Sight) bool { return s.hasKeys() && !s.Guarding })
		if err != nil {
			return err
		}
		pinyin := sight.hasKey("english") && isLetter(sign)
		if !pinyin && sight.hasKey(sign) {
			return p.tap(ctx, "key:"+sign, 1)
		}
		other := sight.otherKeys(sign)
		if other == "" {
			return fmt.Errorf("there is no key for %q", sign)
		}
		if err := p.tap(ctx, "key:"+other, 1); err != nil {
			return err
		}
	}
	return fmt.Errorf("there is no key for %q", sign)
}

func isLetter(sign string) bool {
	for _, r := range sign {
		return r < unicode.MaxASCII && unicode.IsLetter(r)
	}
	return false
}

// otherKeys is the key that leads towards a sign not on this page of keys.
func (s Sight) otherKeys(sign string) string {
	switch {
	case s.hasKey("english") && isLetter(sign):
		return "english"
	case isLetter(sign) && s.hasKey("letters"):
		return "letters"
	case isLetter(sign) && strings.ToLower(sign) != sign && s.hasKey("shift"):
		return "shift"
	case !isLetter(sign) && s.hasKey("signs"):
		return "signs"
	}
	return ""
}

func (s Sight) hasKeys() bool {
	return len(s.all(func(t Thing) bool { return strings.HasPrefix(t.Name, "key:") })) > 0
}

func (s Sight) hasKey(key string) bool {
	found := s.all(func(t Thing) bool { return t.Name == "key:"+key })
	return len(found) > 0 && found[0].Enabled
}

// typePinyin taps letters and picks the Chinese, in as few pieces as the candidates allow.
func (p *player) typePinyin(ctx context.Context, pinyin Pinyin) error {
	if err := p.toPinyin(ctx); err != nil {
		return err
	}
	for _, letter := range pinyin.Keys {
		if err := p.tap(ctx, "key:"+string(letter), 1); err != nil {
			return err
		}
	}
	for rest := pinyin.Pick; rest != ""; {
		best := ""
		sight, err := p.watch(ctx, "candidates for "+rest, func(s Sight) bool {
			best = s.candidate(rest)
			return best != "" || s.hasKey("more") || s.hasKey("fewer")
		})
		if err != nil {
			return err
		}
		if best == "" {
			if !sight.hasKey("more") {
				return fmt.Errorf("no candidate begins %q", rest)
			}
			if err := p.tap(ctx, "key:more", 1); err != nil {
				return err
			}
			continue
		}
		if err := p.tap(ctx, "pick:"+best, 1); err != nil {
			return err
		}
		rest = strings.TrimPrefix(rest, best)
	}
	return nil
}

// toPinyin changes the page of keys to the one that makes Chinese.
func (p *player) toPinyin(ctx context.Context) error {
	for range 3 {
		sight, err := p.watch(ctx, "a keyboard", func(s Sight) bool { return s.hasKeys() && !s.Guarding })
		if err != nil {
			return err
		}
		switch {
		case sight.hasKey("english"):
			return nil
		case sight.hasKey("chinese"):
			err = p.tap(ctx, "key:chinese", 1)
		case sight.hasKey("letters"):
			err = p.tap(ctx, "key:letters", 1)
		default:
			return fmt.Errorf("this keyboard makes no Chinese")
		}
		if err != nil {
			return err
		}
	}
	return fmt.Errorf("this keyboard makes no Chinese")
}

// candidate is the longest one shown that begins a text.
func (s Sight) candidate(text string) string {
	best := ""
	for _, thing := range s.Things {
		candidate, ok := strings.CutPrefix(thing.Name, "pick:")
		if ok && candidate != "" && strings.HasPrefix(text, candidate) && len(candidate) > len(best) {
			best = candidate
		}
	}
	return best
}

// signature is what the player writes, in parts of the pad: 王, more or less.
var signature = [][][2]float64{
	{{0.30, 0.25}, {0.55, 0.24}},
	{{0.32, 0.48}, {0.53, 0.47}},
	{{0.43, 0.25}, {0.43, 0.75}},
	{{0.27, 0.76}, {0.58, 0.75}},
}

// sign writes on the signature pad.
func (p *player) sign(ctx context.Context, name string) error {
	before, pad, err := p.reach(ctx, name)
	if err != nil {
		return err
	}
	at := func(point [2]float64) (int, int) {
		return pad.Seen.X + int(point[0]*float64(pad.Seen.W)), pad.Seen.Y + int(point[1]*float64(pad.Seen.H))
	}
	for _, stroke := range signature {
		x0, y0 := at(stroke[0])
		x1, y1 := at(stroke[1])
		if err := p.slide(ctx, before.Window, x0, y0, x1, y1); err != nil {
			return err
		}
	}
	return p.settle(ctx, before)
}

// drag moves a finger from the middle of something.
func (p *player) drag(ctx context.Context, drag Drag) error {
	before, thing, err := p.reach(ctx, drag.On)
	if err != nil {
		return err
	}
	x, y := thing.Seen.Centre()
	if err := p.slide(ctx, before.Window, x, y, x+drag.X, y+drag.Y); err != nil {
		return err
	}
	return p.settle(ctx, before)
}

// slide presses, moves in small pieces and releases.
func (p *player) slide(ctx context.Context, window uint32, x0, y0, x1, y1 int) error {
	if err := p.Hand.Move(window, x0, y0); err != nil {
		return err
	}
	if err := p.Hand.Press(); err != nil {
		return err
	}
	pieces := max(4, int(math.Hypot(float64(x1-x0), float64(y1-y0))/12))
	for i := 1; i <= pieces; i++ {
		if err := p.Pause(ctx, pieceTime); err != nil {
			return err
		}
		if err := p.Hand.Move(window, x0+(x1-x0)*i/pieces, y0+(y1-y0)*i/pieces); err != nil {
			return err
		}
	}
	if err := p.Pause(ctx, pressTime); err != nil {
		return err
	}
	return p.Hand.Release()
}
