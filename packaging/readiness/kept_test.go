package readiness

import (
	"bufio"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRemembers: what CUPS does with a file of settings, its own defaults included.
func TestRemembers(t *testing.T) {
	for content, want := range map[string]struct {
		files   bool
		history int
	}{
		"":                       {true, 1 << 30},
		"PreserveJobFiles No\n":  {false, 1 << 30},
		"#PreserveJobFiles No\n": {true, 1 << 30},
		"PreserveJobFiles No\nPreserveJobHistory 300":           {false, 300},
		"preservejobfiles off\n PreserveJobHistory No\n":        {false, 0},
		"PreserveJobFiles No\nPreserveJobFiles Yes\n":           {true, 1 << 30},
		"PreserveJobFiles 1d\nPreserveJobHistory 5m\n":          {true, 1 << 30},
		"PreserveJobFiles Yes\nPreserveJobFiles 0\nOther 3 4\n": {false, 1 << 30},
	} {
		files, history := remembers(bufio.NewScanner(strings.NewReader(content)))
		if files != want.files || history != want.history {
			t.Errorf("%q: %t, %d", content, files, history)
		}
	}
}

// TestListens: lines as the kernel writes them.
func TestListens(t *testing.T) {
	for _, c := range []struct {
		table, line, port string
		beyond            bool
	}{
		{"tcp", "   0: 0100007F:0277 00000000:0000 0A 00000000:00000000", "631", false},
		{"tcp", "   1: 00000000:0016 00000000:0000 0A 00000000:00000000", "22", true},
		{"tcp", "   2: 0A00000A:C350 0A00000B:01BB 01 00000000:00000000", "", false},
		{"tcp6", "   0: 00000000000000000000000001000000:0277 00000000000000000000000000000000:0000 0A", "631", false},
		{"tcp6", "   0: 00000000000000000000000000000000:0016 00000000000000000000000000000000:0000 0A", "22", true},
		{"udp", "  9: 00000000:14E9 00000000:0000 07 00000000:00000000", "5353/udp", true},
		{"udp", "  9: 0100007F:0143 00000000:0000 07 00000000:00000000", "323/udp", false},
		{"udp", "  9: 0A00000A:0044 00000000:0000 07 00000000:00000000", "68/udp", false},
		{"udp", "  9: 0A00000A:C350 0A00000B:007B 01 00000000:00000000", "", false},
		{"udp", "   sl  local_address rem_address   st", "", false},
	} {
		if port, beyond := listens(c.table, c.line); port != c.port || beyond != c.beyond {
			t.Errorf("%s %s: %q, %t", c.table, c.line, port, beyond)
		}
	}
}

// TestRoots: only what root alone can change says whose versions count.
func TestRoots(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "root.json")
	if err := roots(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without the file: %v", err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	want := errOpen // unless root tests
	if os.Geteuid() == 0 {
		want = nil
	}
	if err := roots(path); !errors.Is(err, want) {
		t.Errorf("closed: %v", err)
	}
	for _, open := range []string{path, folder} {
		if err := os.Chmod(open, 0o777); err != nil {
			t.Fatal(err)
		}
		if err := roots(path); !errors.Is(err, errOpen) {
			t.Errorf("%s is open: %v", filepath.Base(open), err)
		}
		if err := os.Chmod(open, 0o700); err != nil {
			t.Fatal(err)
		}
	}
}
