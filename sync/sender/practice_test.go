package main

import (
	"strings"
	"testing"
	"time"

	"bianmin/sync/enrol/practice"
)

// TestPracticeIsNeverSent: the real sender, pointed at a folder of practice mode, ends and says why.
func TestPracticeIsNeverSent(t *testing.T) {
	w := newWorld(t)
	w.terminal = practice.Folder(t.TempDir())
	if _, err := practice.Begin(w.terminal, practice.Place{}, time.Now()); err != nil {
		t.Fatal(err)
	}
	p := w.startSender("")
	if status := p.wait(); status == 0 || !strings.Contains(p.err.String(), practice.ErrNeverSent.Error()) {
		t.Errorf("ended with %d: %s", status, p.err.String())
	}
}
