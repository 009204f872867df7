//go:build install

package rig

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// moments are where the power is cut while a new version comes, as packaging/build/vm/update knows them.
var moments = []string{"part", "unpacking", "staged", "noted", "switched", "checking", "passed", "kept"}

// shown is the share of them that is tried unless BIANMIN_CUTS names others, or "all".
var shown = []string{"unpacking", "staged", "noted", "switched", "passed"}

func chosen() []string {
	switch named := os.Getenv("BIANMIN_CUTS"); named {
	case "":
		return shown
	case "all":
		return moments
	default:
		return strings.Fields(named)
	}
}

// cuts is the list of moments for the machine, a line each.
func cuts() []byte { return []byte(strings.Join(chosen(), "\n") + "\n") }

// publish lays two repositories of new versions on the stick: newer holds one that works, broken beside it one whose kiosk
// ends at once; and the root file that the province hands out.
func (i *installing) publish(folder string) {
	t := i.t
	t.Helper()
	platform := filepath.Join(built(t, "x11,gles", "./packaging/provision", "./platform"), "platform")
	newer, keys, repository := filepath.Join(root(t), "build/newer"), filepath.Join(t.TempDir(), "keys"), filepath.Join(folder, "broken")
	working, failing := t.TempDir(), t.TempDir()
	for _, program := range []string{"provision", "sender", "kiosk", "agent"} {
		i.run("cp", filepath.Join(newer, program), working)
		i.run("cp", filepath.Join(newer, program), failing)
	}
	version := "-X bianmin/packaging/version.Version=0.5.1"
	i.run("env", "CGO_ENABLED=0", "GOAMD64=v1", "go", "build", "-C", root(t), "-ldflags", "-s -w "+version, "-o", filepath.Join(failing, "provision"), "./packaging/provision")
	if err := os.WriteFile(filepath.Join(failing, "kiosk"), []byte("#!/bin/sh\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	i.run(platform, "publish", "keys", "--keys", keys)
	i.run(platform, "publish", "new", "--repository", repository, "--keys", keys)
	add := func(version, programs string) {
		i.run(platform, "publish", "add", "--repository", repository, "--keys", keys, "--version", version, "--arch", runtime.GOARCH, "--programs", programs)
	}
	add("0.5.0", working)
	i.run("cp", "-al", repository, filepath.Join(folder, "newer"))
	add("0.5.1", failing)
	i.run("cp", filepath.Join(repository, "metadata", "1.root.json"), filepath.Join(folder, "root.json"))
}

// update lets the installed machine take a newer version, cuts its power at each chosen moment, and offers it one at last
// that cannot start. It returns what the machine said.
func (i *installing) update(ctx context.Context) string {
	i.t.Helper()
	m := i.boot("update")
	defer m.Stop()
	for n := range len(chosen()) + 1 { // each start after the first shows that the power was cut: the machine has no time for a word
		i.stage(ctx, m, fmt.Sprintf("shown-%d", n))
		i.settled(ctx, m, fmt.Sprintf("6-update-%d", n))
	}
	i.stage(ctx, m, "newer")
	i.stage(ctx, m, "updated")
	i.settled(ctx, m, "7-after-a-version-that-cannot-start")
	return m.Console()
}
