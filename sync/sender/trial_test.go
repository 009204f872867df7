package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bianmin/packaging/update/trial"
)

// TestHoldsStillDuringATrial: while a version is on trial nothing is sent, and a sender that was at work lets go of store
// and lock; what waits goes when the version was healthy.
func TestHoldsStillDuringATrial(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	platform := w.startPlatform("")
	w.enrol()
	state := t.TempDir()
	config := filepath.Join(t.TempDir(), "terminal.yaml")
	content := fmt.Sprintf("data: %q\nupdate: {state: %q, prefix: %q}\n", w.terminal, state, w.bin)
	if err := os.WriteFile(config, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(trial.Prepare(state, w.terminal))
	note := func(stage trial.Stage) *trial.Trial {
		tried := &trial.Trial{ID: trial.NewID(), From: "1", To: "2", Stage: stage, Programs: w.bin}
		must(tried.Write(state))
		return tried
	}

	tried := note(trial.Running)
	w.all = append(w.all, w.file(1000))
	sender := w.start("", "sender", "-config", config)
	time.Sleep(3 * time.Second)
	if !sender.running() || w.drained() {
		t.Fatalf("during the trial: running %t, sent %t: %s", sender.running(), w.drained(), sender.err.String())
	}
	if unlock, err := lock(filepath.Join(w.terminal, trial.SenderLock)); err != nil {
		t.Errorf("during the trial the sender holds its lock: %v", err)
	} else {
		must(unlock())
	}
	must(tried.Pass(state, time.Now()))
	await(t, "the case after the trial", w.drained)

	note(trial.Preparing)
	if status := sender.wait(); status != 0 {
		t.Errorf("the sender that was at work ended with %d: %s", status, sender.err.String())
	}
	must(trial.End(state))
	w.all = append(w.all, w.file(1000))
	sender = w.start("", "sender", "-config", config)
	await(t, "the case after the next start", w.drained)
	sender.kill()
	platform.kill()
	w.mustHold(w.all)
}
