package rig

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
)

// builds are the programs of this test run, each built once for each set of tags.
var builds struct {
	sync.Mutex
	top  string
	done map[string][]string // packages by tags
}

func TestMain(m *testing.M) {
	top, err := os.MkdirTemp("", "rig-programs")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	builds.top, builds.done = top, map[string][]string{}
	code := m.Run()
	_ = os.RemoveAll(top)
	os.Exit(code)
}

// built builds the programs with extra tags into a folder of this test run, unless they are there.
func built(t *testing.T, tags string, packages ...string) string {
	t.Helper()
	builds.Lock()
	defer builds.Unlock()
	dir := filepath.Join(builds.top, tags)
	var missing []string
	for _, p := range packages {
		if !slices.Contains(builds.done[tags], p) {
			missing = append(missing, p)
		}
	}
	if len(missing) == 0 {
		return dir
	}
	build := exec.CommandContext(t.Context(), "go", append([]string{"build", "-tags", tags, "-o", dir + "/"}, missing...)...)
	build.Dir = root(t)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	builds.done[tags] = append(builds.done[tags], missing...)
	return dir
}
