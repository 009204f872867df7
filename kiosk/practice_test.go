package main

import (
	"slices"
	"testing"

	"bianmin/kiosk/journey"
)

// TestArgsFor: practice is one session long, whatever ends it.
func TestArgsFor(t *testing.T) {
	real := []string{"-config", "/etc/practice/terminal.yaml"}
	practising := append([]string{"-practice"}, real...)
	for _, c := range []struct {
		end        journey.End
		from, want []string
	}{
		{journey.EndPractise, real, practising},
		{journey.EndPractise, practising, practising},
		{journey.Replace, practising, real},
		{journey.Restart, append([]string{"--practice=true"}, real...), real},
		{journey.Replace, real, real},
	} {
		if got := argsFor(c.end, c.from); !slices.Equal(got, c.want) {
			t.Errorf("%s from %q: %q", c.end, c.from, got)
		}
	}
}
