//go:build install

package rig

import (
	"context"
	"strings"
	"testing"
	"time"

	"bianmin/drivers/sim/machine"
)

// TestInstallRights has a technician without rights log in at a machine with polkit and set it up: at the console, where the
// password is typed, and in the setup's window.
func TestInstallRights(t *testing.T) {
	i := newInstalling(t, "rights")
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Minute)
	defer cancel()
	m := i.boot("rights")
	defer m.Stop()
	for _, typed := range []struct{ stage, line string }{
		{"login", "clerk"}, {"password-1", "clerk-2846"}, {"shell", "sh /stick/ask"}, {"password-2", "wrong-0000"}, {"password-3", "admin-7391"},
	} {
		i.stage(ctx, m, typed.stage)
		i.enter(ctx, m, typed.line)
	}
	i.picture(m, "1-passwords")
	i.stage(ctx, m, "window-asks")
	asked := i.settled(ctx, m, "2-window-asks")
	i.looked(m, "one")
	i.stage(ctx, m, "window-refused")
	refused := i.changed(ctx, m, "3-window-refused", asked)
	if err := m.Press("ret"); err != nil { // try again
		t.Fatal(err)
	}
	i.stage(ctx, m, "window-began")
	i.changed(ctx, m, "4-window-began", refused, asked)
	i.looked(m, "two")
	i.stage(ctx, m, "asked")
	i.judge(m.Console(), asks)
}

// looked tells the scripts in the machine that the screen was looked at: it paints slowly, nobody knows how slowly.
func (i *installing) looked(m *machine.Machine, stick string) {
	i.t.Helper()
	if err := m.PlugStick(stick, i.stick); err != nil {
		i.t.Fatal(err)
	}
}

// enter types a line at the console.
func (i *installing) enter(ctx context.Context, m *machine.Machine, line string) {
	i.t.Helper()
	pause(ctx, 3*time.Second)
	names := map[rune]string{' ': "spc", '-': "minus", '/': "slash", '\n': "ret"}
	for _, sign := range line + "\n" {
		key := names[sign]
		if key == "" {
			key = strings.ToLower(string(sign))
		}
		if err := m.Press(key); err != nil {
			i.t.Fatal(err)
		}
		pause(ctx, 300*time.Millisecond)
	}
}
