package commission

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bianmin/packaging/settings"
)

// TestConfigurationStays: the file that says everything already is not written; one that cannot be changed in its places is kept.
func TestConfigurationStays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "terminal.yaml")
	for _, c := range []struct {
		name, before string
		answers      map[string]any
		same, kept   bool
	}{
		{"the same", "# here\ndata:   data # d\n", nil, true, false},
		{"a line more", "# here\ndata:   data # d\n", map[string]any{"log": "warn"}, false, false},
		{"an anchor", "data: &d data\nexports: *d\n", map[string]any{"data": "other"}, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := os.WriteFile(path, []byte(c.before), 0o600); err != nil {
				t.Fatal(err)
			}
			was, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			made, err := openConfiguration(path, "data", c.answers)
			if err != nil {
				t.Fatal(err)
			}
			if err := made.write(); err != nil {
				t.Fatal(err)
			}
			is, err := os.Stat(path)
			if err != nil || os.SameFile(was, is) != c.same {
				t.Errorf("written: %v, %v", !os.SameFile(was, is), err)
			}
			after, err := os.ReadFile(path)
			if err != nil || !c.kept && !strings.HasPrefix(string(after), c.before) {
				t.Errorf("%v\n%s", err, after)
			}
			before, err := os.ReadFile(path + kept)
			if (err == nil) != c.kept || c.kept && string(before) != c.before {
				t.Errorf("kept %q, %v", before, err)
			}
			if _, err := settings.Read(path); err != nil {
				t.Error(err)
			}
		})
	}
}
