package setup

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bianmin/assets"
	"bianmin/core/text"
	"bianmin/drivers"
	"bianmin/internal/smalldisk"
	"bianmin/packaging/commission"
	"bianmin/sync/wire"
)

func speaking(t *testing.T) (speaker, *bytes.Buffer) {
	t.Helper()
	words, err := text.Load(assets.Words())
	if err != nil {
		t.Fatal(err)
	}
	said := &bytes.Buffer{}
	return speaker{words: words, out: said}, said
}

var printers = []commission.Finding{
	{Role: drivers.RoleDocument, Name: "ipp://127.0.0.1:631/printers/a", Model: "Lenovo M7206", State: commission.StateReady},
	{Role: drivers.RoleDocument, Name: "ipp://127.0.0.1:60000/ipp/print", Model: "Pantum M7160DW", State: "paper-out", Second: true},
	{Role: drivers.RoleDocument, Name: "ipp://127.0.0.1:60001/ipp/print", Model: "Canon G3000", State: commission.StateReady, Second: true, Command: "sudo lpadmin -p a4 -v x"},
}

// TestWizardDevices: printers are shown with model and state; a number takes another one, but for one that cannot be used yet.
func TestWizardDevices(t *testing.T) {
	s, said := speaking(t)
	corrections, err := newWizard(t.Context(), s, strings.NewReader("3\n9\n2\nbutton=\n\n")).Devices(printers)
	if err != nil || !maps.Equal(corrections, map[string]string{"document": printers[1].Name, "button": ""}) {
		t.Errorf("%v, %v", corrections, err)
	}
	for _, want := range []string{"Lenovo M7206", "ready", "There is no A4 paper", "sudo lpadmin -p a4 -v x", "Pantum M7160DW"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("without %q:\n%s", want, said)
		}
	}
	if n := strings.Count(said.String(), "not understood"); n != 2 {
		t.Errorf("%d lines were not understood", n)
	}
}

// TestWizardPress: Enter says that there is no button; one that was heard ends the question, and what is typed then answers
// the next one.
func TestWizardPress(t *testing.T) {
	s, _ := speaking(t)
	in, typing := io.Pipe()
	w := newWizard(t.Context(), s, in)
	go func() { _, _ = typing.Write([]byte("\n")) }()
	if err := w.Press(t.Context(), nil, time.Minute); err != nil {
		t.Error(err)
	}
	heard, press := context.WithCancel(t.Context())
	press()
	if err := w.Press(heard, nil, time.Minute); err != nil {
		t.Error(err)
	}
	go func() { _, _ = typing.Write([]byte("1\n\n")); _ = typing.Close() }()
	corrections, err := w.Devices(printers)
	if err != nil || corrections["document"] != printers[0].Name {
		t.Errorf("%v, %v", corrections, err)
	}
	if _, err := w.Devices(printers); !errors.Is(err, errNobody) {
		t.Errorf("nobody there: %v", err)
	}
}

// TestAnsweredPrinters: without a person, one printer is taken, or the default; among several others none.
func TestAnsweredPrinters(t *testing.T) {
	s, _ := speaking(t)
	preferred := append([]commission.Finding{}, printers...)
	preferred[0].Preferred = true
	for name, c := range map[string]struct {
		found []commission.Finding
		want  map[string]string
	}{
		"one and one that cannot be used": {[]commission.Finding{printers[0], printers[2]}, nil},
		"several":                         {printers, map[string]string{"document": ""}},
		"with a default":                  {preferred, nil},
	} {
		if got, err := (answered{speaker: s}).Devices(c.found); err != nil || !maps.Equal(got, c.want) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

// TestWizardAccept: who signs says that papers came out, unless that was denied before.
func TestWizardAccept(t *testing.T) {
	staff := []wire.Staff{{ID: "300101", Name: "陈师傅"}}
	unseen := []drivers.Role{drivers.RolePrinter}
	for typed, want := range map[string]commission.Signer{
		"300101\n":    {ID: "300101", Papers: commission.Passed},
		"n\n300101\n": {ID: "300101", Papers: commission.Failed},
		"没有\n\n":      {Papers: commission.Failed},
		"1\n300101\n": {ID: "300101", Papers: commission.Passed},
		"\n":          {},
	} {
		s, said := speaking(t)
		got, err := newWizard(t.Context(), s, strings.NewReader(typed)).Accept(staff, unseen)
		if err != nil || got != want || !strings.Contains(said.String(), "signing says that it came out") {
			t.Errorf("%q: %+v, %v", typed, got, err)
		}
	}
}

// TestWizardBrokenOff: who breaks the setup off at a question is not asked on, and no read is left behind.
func TestWizardBrokenOff(t *testing.T) {
	s, _ := speaking(t)
	in, typing, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = errors.Join(in.Close(), typing.Close()) }()
	ctx, breakOff := context.WithCancel(t.Context())
	w := newWizard(ctx, s, in)
	time.AfterFunc(50*time.Millisecond, breakOff)
	answered := make(chan error, 1)
	go func() {
		_, err := w.Enrolment()
		answered <- err
	}()
	select {
	case err := <-answered:
		if !errors.Is(err, errBroken) {
			t.Errorf("broken off: %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("still asking")
	}
	if err := w.Close(); err != nil || w.pending == nil {
		t.Fatalf("closing: %v", err)
	}
	if _, err := typing.WriteString("kept for whoever reads next\n"); err != nil {
		t.Fatal(err)
	}
	if got, err := bufio.NewReader(in).ReadString('\n'); err != nil || got != "kept for whoever reads next\n" {
		t.Errorf("a read was left behind: %q, %v", got, err)
	}
}

// TestWizardFile: answers may come from a file, whose reads never wait.
func TestWizardFile(t *testing.T) {
	s, _ := speaking(t)
	path := filepath.Join(t.TempDir(), "typed")
	if err := os.WriteFile(path, []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	in, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = in.Close() }()
	w := newWizard(t.Context(), s, in)
	if _, err := w.Devices(nil); err != nil {
		t.Error(err)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
}

// TestWizardEmptyMountPoint: the mount point of a stick that is not there is said, and asked for again. It runs itself in a
// mount namespace of its own, where /media is its own.
func TestWizardEmptyMountPoint(t *testing.T) {
	const alone = "BIANMIN_TEST_ALONE"
	if os.Getenv(alone) == "" {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestWizardEmptyMountPoint$")
		cmd.Env = append(os.Environ(), alone+"=1")
		smalldisk.Alone(cmd)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return
	}
	if err := errors.Join(smalldisk.Private(), smalldisk.Mount("/media", "1m"), os.MkdirAll("/media/technician/BIANMIN", 0o700)); err != nil {
		t.Fatal(err)
	}
	defer smalldisk.Unmount("/media")
	s, said := speaking(t)
	from, err := newWizard(t.Context(), s, strings.NewReader("/media/technician/BIANMIN\nlater\n")).Replace("QH0301A", nil)
	if err != nil || from != "" || !strings.Contains(said.String(), "plug the stick in") {
		t.Errorf("took %q, %v\n%s", from, err, said)
	}
}
