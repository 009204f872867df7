package toolkit

import (
	"log"
	"log/slog"
	"strings"
	"sync"
)

// expected are complaints about what Environment took away on purpose.
var expected = []string{"failed to watch theme settings"}

// bridge takes the toolkit's complaints, each of several lines, into the program's own log.
type bridge struct {
	log *slog.Logger

	mu    sync.Mutex
	quiet bool // the complaint that is being written is an expected one
}

// Log sends what the toolkit writes to package log into l; expected complaints only at level debug.
func Log(l *slog.Logger) {
	log.SetFlags(0)
	log.SetOutput(&bridge{log: l})
}

// Write takes one line.
func (b *bridge) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	words := strings.TrimSpace(string(line))
	if reason, begins := strings.CutPrefix(words, "Fyne error:"); begins {
		b.quiet = false
		for _, e := range expected {
			b.quiet = b.quiet || strings.Contains(reason, e)
		}
	}
	say := b.log.Warn
	if b.quiet {
		say = b.log.Debug
	}
	say("window toolkit", "says", words)
	return len(line), nil
}
