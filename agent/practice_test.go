package main

import (
	"slices"
	"testing"

	"bianmin/agent/desk"
)

// TestArgsFor: practice mode is entered and left with everything else the program was started with.
func TestArgsFor(t *testing.T) {
	real := []string{"-config", "/etc/practice/terminal.yaml", "-probe", "p.sock"}
	practising := append([]string{"-practice"}, real...)
	for _, c := range []struct {
		to         desk.Leaving
		args, want []string
	}{
		{desk.ToPractice, real, practising},
		{desk.ToPractice, practising, practising},
		{desk.ToWork, practising, real},
		{desk.ToWork, append([]string{"--practice=true"}, real...), real},
		{desk.ToWork, real, real},
		{"", practising, practising},
		{"", nil, []string{}},
	} {
		before := slices.Clone(c.args)
		if got := argsFor(c.to, c.args); !slices.Equal(got, c.want) || got == nil {
			t.Errorf("to %q from %q: %q", c.to, c.args, got)
		}
		if !slices.Equal(before, c.args) {
			t.Errorf("the arguments were changed: %q", c.args)
		}
	}
}
