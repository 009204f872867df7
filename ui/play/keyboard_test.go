package play

import (
	"slices"
	"testing"
)

func TestParseCombo(t *testing.T) {
	for combo, want := range map[string][]uint32{
		"Tab": {0xFF09}, "ctrl+Return": {0xFFE3, 0xFF0D}, "alt+1": {0xFFE9, '1'}, "F12": {0xFFC9}, "ctrl+shift+Tab": {0xFFE3, 0xFFE1, 0xFF09}, "space": {' '},
		"Return+ctrl": nil, "ctrl": nil, "F13": nil, "": nil, "中": nil, "ctrl+": nil,
	} {
		if got, ok := parseCombo(combo); ok != (want != nil) || !slices.Equal(got, want) {
			t.Errorf("%q is %x, %v", combo, got, ok)
		}
	}
}

// TestCountOfKeys fails one press above what is allowed.
func TestCountOfKeys(t *testing.T) {
	p := &player{pressed: 61}
	if err := p.count(KeyCount{Most: 61}); err != nil {
		t.Error(err)
	}
	if err := p.count(KeyCount{Most: 60}); err == nil {
		t.Error("61 presses are not too many for 60")
	}
	p.clicked = 1
	if err := p.count(KeyCount{Most: 61}); err == nil {
		t.Error("a click is not one too many")
	}
	if err := p.count(KeyCount{Begin: true}); err != nil || p.pressed+p.clicked != 0 {
		t.Errorf("after the beginning there are %d, %v", p.pressed+p.clicked, err)
	}
}

// TestInnermost finds the row and not the table round it.
func TestInnermost(t *testing.T) {
	s := Sight{Things: []Thing{
		{Name: "cases", Words: "王秀兰 李强", Enabled: true, Whole: Rect{0, 0, 100, 100}},
		{Name: "row:1", Words: "王秀兰", Enabled: true, Whole: Rect{0, 0, 100, 40}},
		{Name: "row:2", Words: "李强 王", Enabled: true, Whole: Rect{0, 40, 100, 40}},
	}}
	if found, ok := s.find("李强"); !ok || found.Name != "row:2" {
		t.Errorf("found %q, %v", found.Name, ok)
	}
	if found, ok := s.find("王"); ok {
		t.Errorf("two rows hold it, found %q", found.Name)
	}
}

// TestWaitForFocus: it is not enough that the field is there.
func TestWaitForFocus(t *testing.T) {
	s := Sight{Things: []Thing{{Name: "child", Enabled: true}, {Name: "phone", Enabled: true, Keys: true}}}
	for field, want := range map[string]bool{"child": false, "phone": true, "none": false} {
		if got := (Condition{Focus: field}).holds(s); got != want {
			t.Errorf("%s has the keys: %v", field, got)
		}
	}
	before := s.fingerprint()
	s.Things[1].Keys = false
	if s.fingerprint() != before {
		t.Error("that the keys go elsewhere counts as the effect of a click")
	}
}
