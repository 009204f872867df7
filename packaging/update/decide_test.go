package update_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"bianmin/packaging/update"
	"bianmin/packaging/update/trial"
)

func (w *world) launch(want update.Outcome) {
	w.t.Helper()
	outcome, err := w.terminal.Launch(w.t.Context())
	if outcome != want || err != nil {
		w.t.Fatalf("a launch came to %q, want %q: %v", outcome, want, err)
	}
}

// onTrial is a world whose terminal has just switched to 1.1.0.
func onTrial(t *testing.T) *world {
	t.Helper()
	w := ready(t)
	_, err := w.terminal.Ask(false)
	must(t, err)
	w.launch(update.Switched)
	return w
}

// TestForwardOnly: once a version was healthy nothing brings the one before back, whatever happens to the new one.
func TestForwardOnly(t *testing.T) {
	w := onTrial(t)
	must(t, kiosk(w.terminal, w.folder, true))
	w.launch(update.Confirmed)
	for range 5 {
		w.launch(update.Unchanged) // starts that fail
	}
	w.decided("1.1.0")
	if _, err := w.terminal.Ask(true); update.CodeOf(err) != update.Nothing {
		t.Errorf("the same version was wished for again: %v", err)
	}
	if _, err := os.Stat(w.in("prefix", "versions", "1.0.0", "provision")); err != nil {
		t.Errorf("the version before is gone: %v", err)
	}
}

// TestPassedInTheLastMoment: a version that was healthy at its last start stays.
func TestPassedInTheLastMoment(t *testing.T) {
	w := onTrial(t)
	w.launch(update.Again)
	w.launch(update.Again)
	must(t, kiosk(w.terminal, w.folder, true))
	w.launch(update.Confirmed)
	w.decided("1.1.0")
}

// TestSick: after three starts the version before is back with its store; the version is not tried again by itself, but by
// hand, and a newer one is tried.
func TestSick(t *testing.T) {
	w := onTrial(t)
	for range 2 {
		must(t, kiosk(w.terminal, w.folder, false))
		w.launch(update.Again)
	}
	tried, err := trial.Read(w.in("state"))
	must(t, err)
	must(t, tried.Complain(w.in("state"), "no frame appeared"))
	w.launch(update.WentBack)
	w.decided("1.0.0")
	s, err := w.terminal.Status()
	must(t, err)
	if len(s.Failures) != 1 || s.Failures[0].Why != "not healthy after 3 starts: no frame appeared" || s.Last.Code != update.Unhealthy {
		t.Errorf("%+v, %+v", s.Failures, s.Last)
	}
	must(t, w.bring(w.stick()))
	_, err = w.terminal.Ask(false)
	wantCode(t, err, update.FailedBefore)
	_, err = w.terminal.Ask(true)
	must(t, err)
	w.publish("1.1.1")
	must(t, w.bring(w.stick()))
	w.launch(update.Unchanged) // what was wished for does not lie ready any more
	_, err = w.terminal.Ask(false)
	must(t, err)
	w.launch(update.Switched)
	must(t, kiosk(w.terminal, w.folder, true))
	w.launch(update.Confirmed)
	w.decided("1.1.1")
}

// TestServing: while a program serves, an apply only wishes, and nothing is noted that would hold others up.
func TestServing(t *testing.T) {
	w := ready(t)
	release, err := trial.Hold(t.Context(), w.in("data"))
	must(t, err)
	_, err = w.terminal.Ask(false)
	must(t, err)
	outcome, err := w.terminal.Apply(t.Context())
	if outcome != update.Later || err != nil || trial.Look(w.in("state")).On {
		t.Fatalf("%s, %v", outcome, err)
	}
	must(t, release())
	outcome, err = w.terminal.Apply(t.Context())
	if outcome != update.Switched || err != nil {
		t.Fatalf("%s, %v", outcome, err)
	}
}

// TestSenderInTheWay: a sender that does not let go keeps the version before, for this time.
func TestSenderInTheWay(t *testing.T) {
	w := ready(t)
	release, err := trial.HoldAlone(t.Context(), w.in("data"), trial.SenderLock)
	must(t, err)
	_, err = w.terminal.Ask(false)
	must(t, err)
	w.launch(update.Unchanged)
	w.decidedWith("1.0.0")
	must(t, release())
}

func (w *world) decidedWith(version string) {
	w.t.Helper()
	if v, err := w.terminal.Running(); v != version || err != nil || trial.Look(w.in("state")).On {
		w.t.Fatalf("%s runs, %v", v, err)
	}
}

// TestPackageBetween: a technician installs the package while a version is on trial: the package's version runs.
func TestPackageBetween(t *testing.T) {
	w := onTrial(t)
	w.programs(w.in("prefix", "versions", "1.3.0"), "1.3.0")
	must(t, os.Remove(w.in("prefix", "current")))
	must(t, os.Symlink("versions/1.3.0", w.in("prefix", "current")))
	w.launch(update.Unchanged)
	must(t, kiosk(w.terminal, w.folder, true))
	s, err := w.terminal.Status()
	must(t, err)
	if s.Running != "1.3.0" || s.Keeper != "1.3.0" || s.Trial != nil {
		t.Errorf("%+v", s)
	}
}

// TestFetchedDuringATrial: a still newer version that came meanwhile is not lost when the one on trial is confirmed.
func TestFetchedDuringATrial(t *testing.T) {
	w := onTrial(t)
	w.publish("1.2.0")
	must(t, w.bring(w.stick()))
	must(t, kiosk(w.terminal, w.folder, true))
	w.launch(update.Confirmed)
	w.staged("1.2.0")
	_, err := w.terminal.Ask(false)
	must(t, err)
	w.launch(update.Switched)
}

// TestLinksOnly: the links are relative, so that the folder can be looked at from outside, and their rename leaves no half one.
func TestLinksOnly(t *testing.T) {
	w := onTrial(t)
	for name, want := range map[string]string{"current": "versions/1.1.0", "keeper": "versions/1.0.0"} {
		if to, err := os.Readlink(w.in("prefix", name)); to != want || err != nil {
			t.Errorf("%s leads to %q, %v", name, to, err)
		}
	}
	out, err := exec.Command(filepath.Join(w.in("prefix"), "current", "provision")).Output()
	if err != nil || !strings.Contains(string(out), "1.1.0") {
		t.Errorf("%s, %v", out, err)
	}
}
