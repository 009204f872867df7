// Package bianmin_test holds the tests of the whole module: who may import whom, and why.
package bianmin_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

type listed struct {
	ImportPath   string
	Imports      []string
	TestImports  []string
	XTestImports []string
	Deps         []string
	Name         string
}

func packages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,TestImports,XTestImports,Deps,Name", "-tags", "x11,gles", "./...").Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("go list: %v\n%s", err, exit.Stderr)
		}
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func under(path string, folders ...string) bool {
	for _, folder := range folders {
		if path == folder || strings.HasPrefix(path, folder+"/") {
			return true
		}
	}
	return false
}

// rule forbids imports: packages under From (but not under Except) may not import anything under To.
type rule struct {
	from, except, to []string
	allow            []string // exceptions below To
	why              string
}

var rules = []rule{
	{
		from: []string{"bianmin/core"}, to: []string{"bianmin"}, allow: []string{"bianmin/core"},
		why: "core is the service in the field's own terms; it must be usable without screen, wire, disk or device",
	},
	{
		from: []string{"bianmin"}, to: []string{"fyne.io"},
		except: []string{"bianmin/ui", "bianmin/kiosk/screen", "bianmin/kiosk/gallery", "bianmin/agent/view", "bianmin/agent/gallery", "bianmin/packaging/setup", "bianmin/packaging/setup/view", "bianmin/packaging/setup/gallery", "bianmin/drivers/sim/bench", "bianmin/kiosk", "bianmin/agent"},
		why:    "only what draws may know the toolkit, so that everything else is tested without a window and can change its face",
	},
	{
		from: []string{"bianmin/packaging/setup"}, to: []string{"bianmin/packaging", "bianmin/store", "bianmin/sync", "bianmin/kiosk", "bianmin/agent"},
		allow: []string{"bianmin/packaging/setup", "bianmin/packaging/version", "bianmin/packaging/stick"},
		why:   "the setup's window runs without rights and only shows what provision does: logic that it linked would exist twice; what a stick is it asks packaging/stick, as all do",
	},
	{
		from: []string{"bianmin/kiosk/journey", "bianmin/agent/desk", "bianmin/kiosk/wiring", "bianmin/agent/wiring"}, to: []string{"fyne.io", "bianmin/ui"},
		why: "the session decides, the screen draws: a session that knows widgets cannot be tested in virtual time",
	},
	{
		from: []string{"bianmin"}, except: []string{"bianmin/store", "bianmin/platform"}, to: []string{"database/sql", "modernc.org/sqlite"},
		why: "all SQL stands in store (the platform keeps its own), so that durability is decided in one place",
	},
	{
		from: []string{"bianmin"}, except: []string{"bianmin/drivers/link", "bianmin/drivers/sim"}, to: []string{"github.com/tarm/serial", "github.com/google/gousb", "github.com/ElMostafaIdrassi/goscard", "github.com/blackjack/webcam"},
		why: "the operating system's devices are opened only under drivers/link, where their traps are handled once",
	},
	{
		from: []string{"bianmin/kiosk", "bianmin/core", "bianmin/store", "bianmin/sync", "bianmin/platform", "bianmin/packaging", "bianmin/ui", "bianmin/assets", "bianmin/agent"},
		to:   []string{"bianmin/drivers/sim", "bianmin/drivers/drivertest"},
		why:  "simulators sit at the far end of the wire and never inside a program that is shipped",
	},
	{
		from: []string{"bianmin/drivers"}, except: []string{"bianmin/drivers/sim", "bianmin/drivers/drivertest"}, to: []string{"bianmin/drivers/sim", "bianmin/drivers/drivertest"},
		why: "a driver that knows its simulator proves nothing",
	},
	{
		from: []string{"bianmin"}, except: []string{"bianmin/drivers/drivertest", "bianmin/internal/brittle"}, to: []string{"bianmin/internal/chance"},
		why: "chance that can be repeated is for tests; a program that took it would not be random",
	},
	{
		from: []string{"bianmin"}, to: []string{"bianmin/internal/smalldisk"},
		why: "file systems of their own are for tests; a program must never mount",
	},
	{
		from: []string{"bianmin"}, to: []string{"bianmin/internal/brittle"},
		why: "a line that breaks on purpose is for tests",
	},
	{
		from: []string{"bianmin"}, to: []string{"bianmin/internal/baddisk"},
		why: "a disk that fails on purpose is for tests",
	},
	{
		from: []string{"bianmin"}, except: []string{"bianmin/internal/powercut"}, to: []string{"bianmin/internal/powercut"},
		why: "a disk that forgets is for tests",
	},
	{
		from: []string{"bianmin/kiosk"}, to: []string{"bianmin/agent"},
		why: "the two front-ends meet in core, never in each other",
	},
	{
		from: []string{"bianmin/agent"}, to: []string{"bianmin/kiosk"},
		why: "the two front-ends meet in core, never in each other",
	},
	{
		from: []string{"bianmin/kiosk/journey", "bianmin/agent/desk"}, to: []string{"bianmin/store", "bianmin/sync"},
		why: "journey and desk declare the small interfaces they need; main hands them what fits",
	},
	{
		from: []string{"bianmin/assets"}, to: []string{"bianmin"}, allow: []string{"bianmin/assets"},
		why: "assets are data",
	},
	{
		from: []string{"bianmin/store", "bianmin/sync", "bianmin/drivers", "bianmin/platform"}, except: []string{"bianmin/drivers/sim"}, to: []string{"bianmin/kiosk", "bianmin/agent", "bianmin/ui"},
		why: "what lies below does not know who stands on it",
	},
}

func (r rule) applies(path string) bool { return under(path, r.from...) && !r.excepted(path) }

// mains are the folders of programs with a window: what lies below them is no part of their main.
var mains = []string{"bianmin/kiosk", "bianmin/agent", "bianmin/packaging/setup"}

// excepted takes the programs' own folders exactly, and every other exception with all below it.
func (r rule) excepted(path string) bool {
	for _, e := range r.except {
		if path == e || (!slices.Contains(mains, e) && under(path, e)) {
			return true
		}
	}
	return false
}

func TestImportRules(t *testing.T) {
	all := packages(t)
	if len(all) < 10 {
		t.Fatalf("only %d packages listed: the test looks at the wrong tree", len(all))
	}
	for _, p := range all {
		for _, r := range rules {
			if !r.applies(p.ImportPath) {
				continue
			}
			for _, imported := range p.Imports {
				if under(imported, r.to...) && !under(imported, r.allow...) {
					t.Errorf("%s imports %s\n\twhy not: %s", p.ImportPath, imported, r.why)
				}
			}
		}
	}
}

// TestShippedProgramsHoldNoSimulators looks at everything a shipped program links, not only at what it names.
func TestShippedProgramsHoldNoSimulators(t *testing.T) {
	shipped := map[string]bool{"bianmin/kiosk": true, "bianmin/agent": true, "bianmin/sync/sender": true, "bianmin/packaging/provision": true, "bianmin/packaging/setup": true, "bianmin/platform": true}
	for _, p := range packages(t) {
		if !shipped[p.ImportPath] {
			continue
		}
		for _, dep := range p.Deps {
			if under(dep, "bianmin/drivers/sim", "bianmin/drivers/drivertest", "bianmin/internal") {
				t.Errorf("%s links %s: simulators and repeatable chance are never shipped", p.ImportPath, dep)
			}
		}
	}
}

// TestProvisionHasNoWindow: it runs on machines without X, where nothing of one is installed.
func TestProvisionHasNoWindow(t *testing.T) {
	for _, p := range packages(t) {
		if p.ImportPath != "bianmin/packaging/provision" {
			continue
		}
		for _, dep := range p.Deps {
			if under(dep, "fyne.io", "github.com/go-gl", "bianmin/ui") {
				t.Errorf("provision links %s", dep)
			}
		}
	}
}

// TestRulesCatch proves that the rules can fail.
func TestRulesCatch(t *testing.T) {
	caught := func(from, to string) bool {
		for _, r := range rules {
			if r.applies(from) && under(to, r.to...) && !under(to, r.allow...) {
				return true
			}
		}
		return false
	}
	for _, c := range [][2]string{
		{"bianmin/core/form", "bianmin/store"},
		{"bianmin/kiosk/journey", "fyne.io/fyne/v2"},
		{"bianmin/store/filing", "bianmin/kiosk/journey"},
		{"bianmin/sync/uplink", "database/sql"},
		{"bianmin/kiosk/screen", "bianmin/drivers/sim/reader"},
		{"bianmin/drivers/idcard", "bianmin/drivers/sim/reader"},
		{"bianmin/drivers/escpos", "github.com/tarm/serial"},
		{"bianmin/kiosk/journey", "bianmin/store"},
		{"bianmin/store", "fyne.io/fyne/v2/widget"},
		{"bianmin/sync/seal", "bianmin/internal/chance"},
		{"bianmin/packaging/update", "bianmin/internal/smalldisk"},
		{"bianmin/sync/enrol", "bianmin/internal/brittle"},
		{"bianmin/store", "bianmin/internal/powercut"},
		{"bianmin/store", "bianmin/internal/baddisk"},
		{"bianmin/packaging/setup/stage", "fyne.io/fyne/v2"},
		{"bianmin/packaging/setup", "bianmin/packaging/commission"},
		{"bianmin/packaging/provision", "fyne.io/fyne/v2"},
	} {
		if !caught(c[0], c[1]) {
			t.Errorf("no rule stops %s from importing %s", c[0], c[1])
		}
	}
	if caught("bianmin/kiosk", "fyne.io/fyne/v2/app") {
		t.Error("the kiosk's main may open a window")
	}
}
