package play

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

// Journey is what one person does, step by step.
type Journey struct {
	Name    string        `yaml:"name" json:"name"`
	Timeout time.Duration `yaml:"timeout" json:"-"` // for a step that waits; 20 s when not given
	Steps   []Step        `yaml:"steps" json:"-"`
}

// Step is one thing a person does, sees or waits for. Exactly one of the first
// group is set. As names what was entered or read, for who checks it afterwards.
type Step struct {
	Tap        string        `yaml:"tap"`         // taps what has this name or these words, scrolling to it
	Choose     string        `yaml:"choose"`      // the same, and remembers it as an answer
	Type       string        `yaml:"type"`        // taps the keys on the screen
	TypePinyin *Pinyin       `yaml:"type-pinyin"` // taps letters, then picks the Chinese
	Click      string        `yaml:"click"`       // the same as tap, with a mouse
	Key        string        `yaml:"key"`         // presses a key of the keyboard: Tab, F2, ctrl+Return
	Write      string        `yaml:"write"`       // types on the keyboard, into what has the keys
	Keys       *KeyCount     `yaml:"keys"`        // counts what was pressed
	Sign       string        `yaml:"sign"`        // writes on the signature pad of this name
	Drag       *Drag         `yaml:"drag"`        // moves a finger over something
	Device     string        `yaml:"device"`      // one line to the bench: "card place 3"
	Wait       *Condition    `yaml:"wait"`        // until it is so, or the time is up
	Expect     *Condition    `yaml:"expect"`      // it must be so within two seconds
	Read       *Reading      `yaml:"read"`        // remembers words that are on the screen
	Shot       string        `yaml:"shot"`        // a picture of the whole screen
	Sleep      time.Duration `yaml:"sleep"`       // at most 30 s
	Kill       string        `yaml:"kill"`        // ends a program of the test at once

	As      string        `yaml:"as"`      // the name of what was entered
	Value   any           `yaml:"value"`   // what it counts as, where that is not what was typed
	Times   int           `yaml:"times"`   // of a tap or key: how often, quickly
	Timeout time.Duration `yaml:"timeout"` // instead of the journey's
}

// Pinyin is Chinese typed by sound.
type Pinyin struct {
	Keys string `yaml:"keys"`
	Pick string `yaml:"pick"`
}

// KeyCount begins counting, or says how much was pressed at most since it was begun.
type KeyCount struct {
	Begin  bool `yaml:"begin"`
	Most   int  `yaml:"most"`   // presses of keys; a Chinese character counts as hanKeys
	Clicks int  `yaml:"clicks"` // clicks of the mouse
}

// Drag moves a finger from the middle of something by pixels.
type Drag struct {
	On string `yaml:"on"`
	X  int    `yaml:"x"`
	Y  int    `yaml:"y"`
}

// Condition is something that can be seen. All given parts must hold.
type Condition struct {
	Screen   string `yaml:"screen"`
	Text     string `yaml:"text"`     // is somewhere on the screen
	Gone     string `yaml:"gone"`     // is nowhere on the screen
	Enabled  string `yaml:"enabled"`  // can be tapped
	Disabled string `yaml:"disabled"` // is there and cannot be tapped
	Focus    string `yaml:"focus"`    // has the keys: what is typed goes there
}

// Reading takes words from the screen that match an expression.
type Reading struct {
	Like string `yaml:"like"`
}

// Bounds of a journey.
const (
	DefaultTimeout = 20 * time.Second
	expectTime     = 2 * time.Second
	maxSleep       = 30 * time.Second
)

// ParseJourney reads a journey file. Unknown or contradicting entries are errors that name the step.
func ParseJourney(source io.Reader) (*Journey, error) {
	var journey Journey
	if err := yaml.NewDecoder(source, yaml.Strict()).Decode(&journey); err != nil {
		return nil, fmt.Errorf("read the journey: %s", sentence(err))
	}
	if journey.Timeout <= 0 {
		journey.Timeout = DefaultTimeout
	}
	if len(journey.Steps) == 0 {
		return nil, errors.New("read the journey: it has no steps")
	}
	for i, step := range journey.Steps {
		if err := step.check(); err != nil {
			return nil, fmt.Errorf("read the journey: step %d: %w", i+1, err)
		}
	}
	return &journey, nil
}

// sentence says in one line what is wrong where; the library would show an excerpt of the file.
func sentence(err error) string {
	var unknown *yaml.UnknownFieldError
	var known yaml.Error
	switch {
	case errors.As(err, &unknown):
		return fmt.Sprintf("line %d: the key %q is not known", unknown.Token.Position.Line, unknown.Token.Value)
	case errors.As(err, &known) && known.GetToken() != nil:
		return fmt.Sprintf("line %d: %s", known.GetToken().Position.Line, strings.ReplaceAll(known.GetMessage(), "\n", " "))
	}
	return strings.Join(strings.Fields(err.Error()), " ")
}

// kinds are the ways a step can be set.
func (s Step) kinds() []string {
	var kinds []string
	for _, each := range []struct {
		name string
		set  bool
	}{
		{"tap", s.Tap != ""},
		{"choose", s.Choose != ""},
		{"type", s.Type != ""},
		{"type-pinyin", s.TypePinyin != nil},
		{"click", s.Click != ""},
		{"key", s.Key != ""},
		{"write", s.Write != ""},
		{"keys", s.Keys != nil},
		{"sign", s.Sign != ""},
		{"drag", s.Drag != nil},
		{"device", s.Device != ""},
		{"wait", s.Wait != nil},
		{"expect", s.Expect != nil},
		{"read", s.Read != nil},
		{"shot", s.Shot != ""},
		{"sleep", s.Sleep != 0},
		{"kill", s.Kill != ""},
	} {
		if each.set {
			kinds = append(kinds, each.name)
		}
	}
	return kinds
}

func (s Step) check() error {
	kinds := s.kinds()
	if len(kinds) != 1 {
		return fmt.Errorf("it must do exactly one thing, not %d (%s)", len(kinds), strings.Join(kinds, ", "))
	}
	switch {
	case s.Sleep < 0 || s.Sleep > maxSleep:
		return fmt.Errorf("sleep must be between 0 and %s", maxSleep)
	case s.TypePinyin != nil && (s.TypePinyin.Keys == "" || s.TypePinyin.Pick == ""):
		return errors.New("type-pinyin needs keys and pick")
	case s.Keys != nil && s.Keys.Begin == (s.Keys.Most > 0):
		return errors.New("keys either begins or has most")
	case s.Key != "" && !knownKey(s.Key):
		return fmt.Errorf("there is no key %q", s.Key)
	case s.Drag != nil && s.Drag.On == "":
		return errors.New("drag needs on")
	case s.Wait != nil && *s.Wait == (Condition{}), s.Expect != nil && *s.Expect == (Condition{}):
		return errors.New("there is no condition")
	case s.Shot != "" && strings.ContainsAny(s.Shot, "/\\"):
		return errors.New("shot is a plain name without a folder")
	case s.Times < 0 || s.Times > 20:
		return errors.New("times must be between 1 and 20")
	}
	if s.Read != nil {
		if _, err := regexp.Compile(s.Read.Like); err != nil {
			return fmt.Errorf("read: %w", err)
		}
		if s.As == "" {
			return errors.New("read needs as")
		}
	}
	return nil
}

// String says the step in one line.
func (s Step) String() string {
	kinds := s.kinds()
	if len(kinds) != 1 {
		return "?"
	}
	switch kinds[0] {
	case "tap":
		return "tap " + s.Tap
	case "choose":
		return "choose " + s.Choose
	case "type":
		return "type " + s.Type
	case "type-pinyin":
		return "type-pinyin " + s.TypePinyin.Keys + " " + s.TypePinyin.Pick
	case "click":
		return "click " + s.Click
	case "key":
		return "key " + s.Key
	case "write":
		return "write " + s.Write
	case "keys":
		if s.Keys.Begin {
			return "keys begin"
		}
		return fmt.Sprintf("keys at most %d, clicks at most %d", s.Keys.Most, s.Keys.Clicks)
	case "sign":
		return "sign " + s.Sign
	case "drag":
		return fmt.Sprintf("drag %s by %d,%d", s.Drag.On, s.Drag.X, s.Drag.Y)
	case "device":
		return "device " + s.Device
	case "wait":
		return "wait " + s.Wait.String()
	case "expect":
		return "expect " + s.Expect.String()
	case "read":
		return "read " + s.Read.Like
	case "shot":
		return "shot " + s.Shot
	case "sleep":
		return "sleep " + s.Sleep.String()
	}
	return "kill " + s.Kill
}

// String says the condition in one line.
func (c Condition) String() string {
	var parts []string
	for _, each := range [][2]string{{"screen", c.Screen}, {"text", c.Text}, {"gone", c.Gone}, {"enabled", c.Enabled}, {"disabled", c.Disabled}, {"focus", c.Focus}} {
		if each[1] != "" {
			parts = append(parts, each[0]+" "+each[1])
		}
	}
	return strings.Join(parts, ", ")
}
