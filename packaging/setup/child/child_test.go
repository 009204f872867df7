package child_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bianmin/packaging/setup/child"
	"bianmin/packaging/setup/lines"
	"bianmin/packaging/setup/stage"
)

func TestCommand(t *testing.T) {
	t.Parallel()
	has := func(name string) (string, error) { return "/usr/bin/" + name, nil }
	lacks := func(string) (string, error) { return "", exec.ErrNotFound }
	for _, c := range []struct {
		machine child.Machine
		want    string
	}{
		{child.Machine{Root: true, Provision: "/p", Find: lacks}, "/p setup --lines"},
		{child.Machine{Provision: "/p", Find: has}, "/usr/bin/pkexec --disable-internal-agent " + child.Runner},
		{child.Machine{Provision: "/p", Folder: "/", Find: has}, "/usr/bin/pkexec --disable-internal-agent " + child.Runner},
		{child.Machine{Provision: "/p", Folder: "/image", Find: has}, "/p setup --lines --root /image"},
	} {
		got, err := c.machine.Command()
		if err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("%+v: %q, %v", c.machine, got, err)
		}
	}
	var refusal *stage.Refusal
	if _, err := (child.Machine{Provision: "/p", Find: lacks}).Command(); !errors.As(err, &refusal) || refusal.Code != lines.NotAllowed {
		t.Errorf("without pkexec: %v", err)
	}
}

// program is a script in the place of provision or pkexec.
func program(t *testing.T, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestConversation(t *testing.T) {
	t.Parallel()
	c, err := child.Start(t.Context(), child.Machine{Root: true, Provision: program(t, `
echo '{"ask":{"what":"enrolment"}}'
read -r answer
case "$answer" in *'"enrolment":"BIANMIN1'*) echo '{"say":{"key":"enrolled","args":{"terminal":"QH0301A"}}}' ;; esac
cat >/dev/null
`)})
	if err != nil {
		t.Fatal(err)
	}
	if l := <-c.Lines(); l.Ask == nil || l.Ask.What != lines.Enrolment {
		t.Errorf("%+v", l)
	}
	code := "BIANMIN1|x"
	if err := c.Answer(lines.Answer{Enrolment: &code}); err != nil {
		t.Error(err)
	}
	if l := <-c.Lines(); l.Say == nil || l.Say.Args["terminal"] != "QH0301A" {
		t.Errorf("%+v", l)
	}
	if err := errors.Join(c.Close(), c.Close()); err != nil {
		t.Error(err)
	}
}

// TestEnds: rights that were refused or cannot be asked for, a setup that dies, one that says something else.
func TestEnds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ script, code, says string }{
		{"exit 126", lines.Refused, ""},
		{"echo 'no agent found' >&2; exit 127", lines.NotAllowed, "no agent found"},
		{"echo 'Error executing command as another user: Not authorized' >&2; echo >&2; echo 'This incident has been reported.' >&2; exit 127", lines.Refused, ""},
		{"echo 'out of memory' >&2; exit 2", "", "out of memory"},
		{"echo 'not JSON'; exit 0", "", "not a line of setup"},
	} {
		fake := program(t, c.script)
		running, err := child.Start(t.Context(), child.Machine{Find: func(string) (string, error) { return fake, nil }})
		if err != nil {
			t.Fatal(err)
		}
		for l := range running.Lines() {
			t.Errorf("%s: said %+v", c.script, l)
		}
		err = running.Close()
		var refusal *stage.Refusal
		if errors.As(err, &refusal) != (c.code != "") || refusal != nil && refusal.Code != c.code || err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.script, err)
		}
	}
}

func TestOwn(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	if got := child.Own(home); got != filepath.Join(home, "便民验收") {
		t.Errorf("without documents: %q", got)
	}
	if err := errors.Join(os.Mkdir(filepath.Join(home, ".config"), 0o700),
		os.WriteFile(filepath.Join(home, ".config/user-dirs.dirs"), []byte("# made by the desktop\nXDG_DOCUMENTS_DIR=\"$HOME/文档\"\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if got := child.Own(home); got != filepath.Join(home, "文档", "便民验收") {
		t.Errorf("with documents: %q", got)
	}
}

// TestSave takes the first stick that can be written, else the user's own folder, and leaves no half files.
func TestSave(t *testing.T) {
	t.Parallel()
	away, stick, own := filepath.Join(t.TempDir(), "away"), t.TempDir(), filepath.Join(t.TempDir(), "便民验收")
	for want, sticks := range map[string][]string{stick: {away, stick}, own: {away}} {
		where, err := child.Save(sticks, own, "QH0301A-1", []byte("P"), []byte("S"))
		if err != nil || where != want {
			t.Errorf("saved in %q, %v", where, err)
		}
		var names []string
		entries, err := os.ReadDir(want)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			names = append(names, e.Name())
		}
		if !slices.Equal(names, []string{"QH0301A-1.json", "QH0301A-1.pdf"}) {
			t.Errorf("%s holds %q", want, names)
		}
	}
	if err := os.WriteFile(away, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := child.Save(nil, filepath.Join(away, "below"), "x", nil, nil); err == nil {
		t.Error("saved in a folder that cannot be")
	}
}
