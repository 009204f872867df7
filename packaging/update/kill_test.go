package update_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bianmin/internal/chance"
	"bianmin/packaging/update"
	"bianmin/packaging/update/trial"
	"bianmin/platform/publish"
)

// ready is a world with version 1.1.0 staged and a store of 1.0.0.
func ready(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.publish("1.1.0")
	must(t, w.bring(w.stick()))
	must(t, os.WriteFile(w.in("data", "bianmin.db"), []byte("1.0.0|c0\n"), 0o600))
	return w
}

// atEveryStep kills a run at each step and each passing of it, then lets after look.
func atEveryStep(t *testing.T, points []string, most int, prepare func(t *testing.T) (what string, w *world), after func(t *testing.T, w *world)) {
	if !chance.Long() {
		most = 1
	}
	var met atomic.Int64
	t.Run("steps", func(t *testing.T) {
		for _, point := range points {
			t.Run(point, func(t *testing.T) {
				t.Parallel()
				for passing := 1; passing <= most; passing++ {
					what, w := prepare(t)
					killed := runChild(t, what, w.folder, point, passing)
					after(t, w)
					if !killed {
						break
					}
					met.Add(1)
				}
			})
		}
	})
	if n := met.Load(); n < int64(len(points)/2) {
		t.Errorf("killed %d times only", n)
	}
}

// whole makes sure that the links lead to complete versions.
func (w *world) whole() {
	w.t.Helper()
	for _, name := range []string{"current", "keeper"} {
		to, err := os.Readlink(w.in("prefix", name))
		must(w.t, err)
		for _, program := range []string{"provision", "kiosk", "sender"} {
			if _, err := os.Stat(w.in("prefix", to, program)); err != nil {
				w.t.Fatalf("%s leads to %s: %v", name, to, err)
			}
		}
	}
}

// TestKilledWhileFetching: a fetch that died at any step goes on, and nothing that runs was touched.
func TestKilledWhileFetching(t *testing.T) {
	t.Parallel()
	atEveryStep(t, update.Points[:7], 4, func(t *testing.T) (string, *world) {
		w := newWorld(t)
		w.publish("1.1.0")
		return "fetch", w
	}, func(t *testing.T, w *world) {
		w.t = t
		w.whole()
		if v, err := w.terminal.Running(); v != "1.0.0" || err != nil {
			t.Fatalf("%s runs, %v", v, err)
		}
		if s, err := w.terminal.Staged(); err != nil {
			t.Fatal(err)
		} else if s != nil {
			must(t, s.Verify(w.in("prefix", "versions", s.Version)))
		}
		if runChild(t, "fetch", w.folder, "none", 1) {
			t.Fatal("killed at no point")
		}
		w.staged("1.1.0")
		for _, folder := range []string{w.in("state", "archive"), w.in("prefix", "versions", ".new"), w.in("state", "lists.work")} {
			if _, err := os.Stat(folder); err == nil {
				t.Errorf("%s was left", folder)
			}
		}
	})
}

// TestKilledWhileSwitching: whenever the power goes, the old or the new version runs afterwards with a store of its own,
// what was accepted stays, and the terminal ends where it would have without the cut.
func TestKilledWhileSwitching(t *testing.T) {
	t.Parallel()
	points := append(append([]string{}, update.Points[7:]...), "program-ended")
	for what, want := range map[string]string{"switch": "1.1.0", "switch-sick": "1.0.0"} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			atEveryStep(t, points, 3, func(t *testing.T) (string, *world) { return what, ready(t) }, func(t *testing.T, w *world) {
				w.t = t
				w.whole()
				before := w.cases()
				if runChild(t, what, w.folder, "none", 1) {
					t.Fatal("killed at no point")
				}
				w.whole()
				if v, err := w.terminal.Running(); v != want || err != nil {
					t.Fatalf("%s runs, want %s, %v", v, want, err)
				}
				w.decided(want)
				if after := w.cases(); !strings.HasPrefix(after, before) {
					t.Errorf("the cases were %s and are %s", before, after)
				}
			})
		})
	}
}

// cases are the cases in the store that are there for good: a version on trial has added none.
func (w *world) cases() string {
	w.t.Helper()
	content, err := os.ReadFile(w.in("data", "bianmin.db"))
	if err != nil { // in the middle of putting back: the copy is the store
		content, err = os.ReadFile(w.in("state", "store-before", "bianmin.db"))
	}
	must(w.t, err)
	_, cases, ok := strings.Cut(strings.TrimSpace(string(content)), "|")
	if !ok {
		w.t.Fatalf("the store is %q", content)
	}
	return cases
}

// decided makes sure that nothing of a trial is left.
func (w *world) decided(version string) {
	w.t.Helper()
	s, err := w.terminal.Status()
	must(w.t, err)
	if s.Trial != nil || s.Wished || s.Running != version || s.Keeper != version {
		w.t.Errorf("status %+v", s)
	}
	for _, name := range []string{"store-before", "store-before.new", "reserve", "trial.json", "asked.json", "health/passed.json"} {
		if _, err := os.Stat(w.in("state", name)); err == nil {
			w.t.Errorf("%s was left", name)
		}
	}
	content, err := os.ReadFile(w.in("data", "bianmin.db"))
	must(w.t, err)
	if !strings.HasPrefix(string(content), version+"|") {
		w.t.Errorf("version %s has the store %q", version, content)
	}
}

// TestKilledWhilePublishing: a repository that died at any step is one that terminals can use, before and after it is gone on with.
func TestKilledWhilePublishing(t *testing.T) {
	t.Parallel()
	atEveryStep(t, publish.Points, 2, func(t *testing.T) (string, *world) {
		w := newWorld(t)
		w.publish("1.1.0")
		w.programs(w.in("built", "1.2.0"), "1.2.0")
		return "publish", w
	}, func(t *testing.T, w *world) {
		w.t = t
		offer, err := w.terminal.Check(t.Context(), w.stick())
		must(t, err)
		if offer.Version == "1.1.0" {
			if runChild(t, "publish", w.folder, "none", 1) {
				t.Fatal("killed at no point")
			}
		}
		must(t, w.bring(w.stick()))
		w.staged("1.2.0")
	})
}

// TestKilledWhileCreating: an unfinished repository is made anew.
func TestKilledWhileCreating(t *testing.T) {
	t.Parallel()
	atEveryStep(t, publish.Points[1:], 1, func(t *testing.T) (string, *world) {
		w := newWorld(t)
		must(t, os.RemoveAll(w.in("repository")))
		return "create", w
	}, func(t *testing.T, w *world) {
		w.t = t
		if _, err := os.Stat(w.in("repository", "metadata", "timestamp.json")); err != nil && runChild(t, "create", w.folder, "none", 1) {
			t.Fatal("killed at no point")
		}
		must(t, copyFile(w.in("repository", "metadata", "1.root.json"), w.in("update-root.json")))
		w.publish("1.1.0")
		must(t, w.bring(w.stick()))
	})
}

// TestStatesOfFiles: what a power cut can leave of files that were being written, and what an operator's hand can.
func TestStatesOfFiles(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func(w *world){
		"nothing":             func(*world) {},
		"empty timestamp":     func(w *world) { w.leave("", "state", "lists", "timestamp.json") },
		"half snapshot":       func(w *world) { w.leave(`{"signed": {"_type"`, "state", "lists", "snapshot.json") },
		"another's targets":   func(w *world) { w.leave(`{"signed":{},"signatures":[]}`, "state", "lists", "targets.json") },
		"empty root":          func(w *world) { w.leave("", "state", "lists", "root.json") },
		"empty reference":     func(w *world) { w.leave("", "state", "reference") },
		"empty staged":        func(w *world) { w.leave("", "state", "staged.json") },
		"staged, no version":  func(w *world) { must(w.t, os.RemoveAll(w.in("prefix", "versions", "1.1.0"))) },
		"half a version":      func(w *world) { must(w.t, os.Remove(w.in("prefix", "versions", "1.1.0", "kiosk"))) },
		"an empty program":    func(w *world) { w.leave("", "prefix", "versions", "1.1.0", "sender") },
		"unfinished version":  func(w *world) { w.leave("x", "prefix", "versions", ".new", "kiosk") },
		"half a copy":         func(w *world) { w.leave("x", "state", "store-before.new", "bianmin.db") },
		"an old copy":         func(w *world) { w.leave("0.9.0|\n", "state", "store-before", "bianmin.db") },
		"a new link":          func(w *world) { must(w.t, os.Symlink("versions/1.1.0", w.in("prefix", "current.new"))) },
		"trial half written":  func(w *world) { w.leave(`{"id":`, "state", "trial.json") },
		"trial of nobody":     func(w *world) { w.leave(`{}`, "state", "trial.json") },
		"an empty wish":       func(w *world) { w.leave("", "state", "asked.json") },
		"passed earlier":      func(w *world) { w.leave(`{"id":"another"}`, "state", "health", "passed.json") },
		"last trial's wish":   func(w *world) { w.leave(`{"version":"0.9.0","sha256":"00"}`, "state", "asked.json") },
		"garbage in failures": func(w *world) { w.leave("{", "state", "failed.json") },
		"garbage in archive":  func(w *world) { w.leave("xxxxxxxx", "state", "archive", "some") },
	} {
		t.Run(name, func(t *testing.T) {
			w := ready(t)
			must(t, trial.Prepare(w.in("state"), w.in("data")))
			damage(w)
			if _, err := w.terminal.Launch(t.Context()); err != nil {
				t.Fatalf("the version that is there was not let start: %v", err)
			}
			w.whole()
			must(t, kiosk(w.terminal, w.folder, true))
			must(t, w.bring(w.stick()))
			must(t, live(t.Context(), w.terminal, w.folder, true))
			w.decided("1.1.0")
		})
	}
}

func (w *world) leave(content string, parts ...string) {
	w.t.Helper()
	must(w.t, os.MkdirAll(filepath.Dir(w.in(parts...)), 0o755))
	must(w.t, os.WriteFile(w.in(parts...), []byte(content), 0o644))
}

// TestTrialNoteLost: with the note of a trial unreadable, the links and what the new version said decide.
func TestTrialNoteLost(t *testing.T) {
	for name, passed := range map[string]bool{"not passed": false, "passed": true} {
		t.Run(name, func(t *testing.T) {
			w := ready(t)
			_, err := w.terminal.Ask(false)
			must(t, err)
			outcome, err := w.terminal.Launch(t.Context())
			if outcome != update.Switched || err != nil {
				t.Fatalf("%s, %v", outcome, err)
			}
			must(t, kiosk(w.terminal, w.folder, passed))
			w.leave("{", "state", "trial.json")
			if !trial.Look(w.in("state")).On {
				t.Error("a program in doubt does not hold still")
			}
			want := map[bool]string{true: "1.1.0", false: "1.0.0"}[passed]
			_, err = w.terminal.Launch(t.Context())
			must(t, err)
			w.decided(want)
		})
	}
}

// TestKilledAnywhere kills fetch and switch at random moments, several times in a row, and lets them go on.
func TestKilledAnywhere(t *testing.T) {
	t.Parallel()
	random := chance.Random(t)
	for range chance.Count(t, 4, 150) {
		w := newWorld(t)
		w.publish("1.1.0")
		must(t, os.WriteFile(w.in("data", "bianmin.db"), []byte("1.0.0|c0\n"), 0o600))
		for _, what := range []string{"fetch", "switch"} {
			for range 1 + random.IntN(3) {
				before := w.cases()
				killChild(t, what, w.folder, time.Duration(random.IntN(60))*time.Millisecond)
				w.whole()
				if after := w.cases(); !strings.HasPrefix(after, before) {
					t.Fatalf("the cases were %s and are %s", before, after)
				}
			}
			if v, err := w.terminal.Running(); err != nil || (what == "fetch" && v != "1.0.0") {
				t.Fatalf("%s runs, %v", v, err)
			}
			if offer, err := w.terminal.Check(t.Context(), w.stick()); what == "fetch" || err != nil || offer != nil {
				must(t, err)
				must(t, w.terminal.Fetch(t.Context(), w.stick(), offer))
			}
		}
		if runChild(t, "switch", w.folder, "none", 1) {
			t.Fatal("killed at no point")
		}
		w.decided("1.1.0")
	}
}

// killChild starts a child and kills it after a while.
func killChild(t *testing.T, what, folder string, after time.Duration) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %s none 1", childVariable, what, folder))
	must(t, cmd.Start())
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	_ = cmd.Wait() // killed, or done
}
