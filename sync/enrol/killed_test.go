package enrol_test

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"bianmin/internal/smalldisk"
	"bianmin/platform/platformtest"
	"bianmin/sync/enrol"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// TestKilled kills an enrolment at each of its points, and one that makes the next generation: the same call again ends
// it, with one generation for one code and the secrets that cases open with.
func TestKilled(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	for i, point := range enrol.Points {
		t.Run(point, func(t *testing.T) {
			t.Parallel()
			terminal := fmt.Sprintf("QH%04d", 7000+i)
			data := t.TempDir()
			o := options(p.Ticket(terminal, p.URL), data)
			if point != enrol.PointAside { // nothing is set aside then
				killed(t, data, point, "new", o.Ticket)
			}
			first, err := seal.LoadIdentity(filepath.Join(data, "keys"))
			if err != nil {
				if first, err = enrol.Enrol(t.Context(), o); err != nil || first.Generation != "A" {
					t.Fatalf("after it: %+v, %v", first, err)
				}
			}
			inherited := [32]byte{1, 2, 3}
			if err := seal.AddInherited(filepath.Join(data, "keys"), inherited); err != nil {
				t.Fatal(err)
			}
			o.Ticket, o.Replace = p.Ticket(terminal, p.URL), true
			killed(t, data, point, "replace", o.Ticket)
			second, err := seal.LoadIdentity(filepath.Join(data, "keys"))
			if err != nil || second.Generation == "A" {
				if point != enrol.PointAside && err != nil {
					t.Errorf("the generation before is gone: %v", err)
				}
				if second, err = enrol.Enrol(t.Context(), o); err != nil {
					t.Fatal(err)
				}
			}
			if second.Generation != "B" || second.Keys.Secret != first.Keys.Secret || len(second.Keys.Inherited) != 1 || second.Keys.Inherited[0] != inherited {
				t.Errorf("it became %+v, and its secrets are not those before", second.Terminal)
			}
			if err := nothingHalf(data); err != nil {
				t.Error(err)
			}
			mustKnow(t, p, terminal, "B")
		})
	}
}

func killed(t *testing.T, data, point, how string, ticket wire.Ticket) {
	t.Helper()
	out, err := self(t, "kill "+data+" "+point+" "+how, ticket).CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() && status.Signal() == syscall.SIGKILL {
			return
		}
	}
	t.Fatalf("%s was not killed at %s: %v\n%s", how, point, err, out)
}

// TestFullDisk enrols on real file systems that have room for ever more pages, so that each write is once the first that
// finds none.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	var tickets []wire.Ticket
	for i := range 50 {
		for range 2 {
			tickets = append(tickets, p.Ticket(fmt.Sprintf("QH%04d", 6000+i), p.URL))
		}
	}
	cmd := self(t, "full "+t.TempDir(), tickets...)
	smalldisk.Alone(cmd)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "refused") {
		t.Fatalf("%v: %s", err, out)
	}
	t.Logf("%s", out)
}
