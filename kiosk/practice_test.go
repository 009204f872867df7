package main

import (
	"slices"
	"testing"

	"bianmin/kiosk/journey"
)

// TestArgsFor: practice is one session long, whatever ends it, and a card is left behind once.
func TestArgsFor(t *testing.T) {
	real := []string{"-config", "/etc/practice/terminal.yaml"}
	practising := append([]string{"-practice"}, real...)
	for _, c := range []struct {
		end        journey.End
		left       bool
		from, want []string
	}{
		{journey.EndPractise, false, real, practising},
		{journey.EndPractise, false, practising, practising},
		{journey.Replace, false, practising, real},
		{journey.Restart, false, append([]string{"--practice=true"}, real...), real},
		{journey.Replace, false, real, real},
		{journey.Replace, true, real, append([]string{"-card-left"}, real...)},
		{journey.Replace, true, append([]string{"-card-left"}, real...), append([]string{"-card-left"}, real...)},
		{journey.Replace, false, append([]string{"-card-left"}, real...), real},
	} {
		if got := argsFor(c.end, c.left, c.from); !slices.Equal(got, c.want) {
			t.Errorf("%s from %q: %q", c.end, c.from, got)
		}
	}
}
