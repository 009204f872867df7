package scan

import (
	"bytes"
	"strings"
	"sync"
)

// tail keeps the end of what a tool says while it runs, and counts how often it waits to be told to go on.
type tail struct {
	mutex   sync.Mutex
	kept    []byte
	waiting int
}

// tailBytes is enough for the last words.
const tailBytes = 4 << 10

var prompt = []byte("Press <RETURN> to continue.\n")

func (t *tail) Write(p []byte) (int, error) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	before := bytes.Count(t.kept, prompt)
	t.kept = append(t.kept, p...)
	t.waiting += bytes.Count(t.kept, prompt) - before
	if over := len(t.kept) - tailBytes; over > 0 {
		line := max(over, bytes.IndexByte(t.kept[over:], '\n')+over+1) // from the beginning of a line
		t.kept = append(t.kept[:0], t.kept[min(line, len(t.kept)):]...)
	}
	return len(p), nil
}

// String is what was said last, without what it says before every page.
func (t *tail) String() string {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	var out strings.Builder
	for line := range strings.Lines(string(t.kept)) {
		if !chatter(line) {
			out.WriteString(line)
		}
	}
	return out.String()
}

func chatter(line string) bool {
	for _, begins := range []string{"Scanning ", "Scanned page", "Place document", "Press ", "Batch terminated"} {
		if strings.HasPrefix(line, begins) {
			return true
		}
	}
	return false
}

// prompts is how often the tool has waited.
func (t *tail) prompts() int {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return t.waiting
}
