package trial_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bianmin/packaging/update/trial"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func running(t *testing.T, folder, programs string) *trial.Trial {
	t.Helper()
	must(t, trial.Prepare(folder, t.TempDir()))
	tried := &trial.Trial{ID: trial.NewID(), From: "1", To: "2", Programs: programs, Stage: trial.Running}
	must(t, tried.Write(folder))
	return tried
}

// TestLook: programs hold still from the note of a trial until that trial, and no other one, was passed.
func TestLook(t *testing.T) {
	folder := t.TempDir()
	if v := trial.Look(folder); v.On || v.Mine {
		t.Fatalf("without a trial: %+v", v)
	}
	if v := trial.Look(filepath.Join(folder, "none")); v.On {
		t.Fatalf("where no updater is: %+v", v)
	}
	program, err := os.Executable()
	must(t, err)
	for mine, programs := range map[bool]string{true: filepath.Dir(program), false: t.TempDir()} {
		tried := running(t, folder, programs)
		if v := trial.Look(folder); !v.On || v.Mine != mine || v.Trial.ID != tried.ID {
			t.Errorf("on trial: %+v", v)
		}
		must(t, (&trial.Trial{ID: "another"}).Pass(folder, time.Now()))
		if v := trial.Look(folder); !v.On {
			t.Errorf("another trial was passed: %+v", v)
		}
		must(t, tried.Pass(folder, time.Now()))
		if v := trial.Look(folder); v.On {
			t.Errorf("passed: %+v", v)
		}
		tried.Stage = trial.GoingBack
		must(t, errors.Join(trial.Forget(folder), tried.Write(folder)))
		if v := trial.Look(folder); !v.On || v.Mine {
			t.Errorf("going back: %+v", v)
		}
		must(t, trial.End(folder))
		if v := trial.Look(folder); v.On {
			t.Errorf("over: %+v", v)
		}
	}
}

// TestInDoubt: what cannot be read, or is no plain file, lets every program hold still; root follows no link a program left.
func TestInDoubt(t *testing.T) {
	for name, damage := range map[string]func(path string) error{
		"empty": func(path string) error { return os.WriteFile(path, nil, 0o644) },
		"half":  func(path string) error { return os.WriteFile(path, []byte(`{"id":"x"`), 0o644) },
		"long": func(path string) error {
			return os.WriteFile(path, append([]byte(`{"id":"`), make([]byte, 1<<20)...), 0o644)
		},
		"a link":  func(path string) error { return os.Symlink("/etc/hostname", path) },
		"folder":  func(path string) error { return os.Mkdir(path, 0o755) },
		"nothing": func(path string) error { return os.WriteFile(path, []byte(`{}`), 0o644) },
	} {
		folder := t.TempDir()
		must(t, damage(filepath.Join(folder, "trial.json")))
		if v := trial.Look(folder); !v.On || v.Mine {
			t.Errorf("%s: %+v", name, v)
		}
	}
	folder := t.TempDir()
	tried := running(t, folder, "x")
	other := filepath.Join(t.TempDir(), "passed")
	must(t, os.WriteFile(other, []byte(`{"id":"`+tried.ID+`"}`), 0o644))
	must(t, os.Symlink(other, filepath.Join(folder, "health", "passed.json")))
	if tried.Passed(folder) {
		t.Error("a link was followed")
	}
}

// TestWish: a program steps aside for a wish that came after its start, once.
func TestWish(t *testing.T) {
	folder := t.TempDir()
	before := time.Now().Add(-time.Second)
	if trial.Wished(folder, before) {
		t.Error("a wish without one")
	}
	must(t, trial.Ask(folder, trial.Asked{Version: "2"}))
	if !trial.Wished(folder, before) || trial.Wished(folder, time.Now().Add(time.Second)) {
		t.Error("a wish is met by whoever was there before it")
	}
	must(t, errors.Join(trial.Unask(folder), trial.Unask(folder)))
	if trial.Wished(folder, before) {
		t.Error("a wish stays")
	}
}

// TestReader: what the last program said of its card reader is known to the next trial; without an updater nothing is written.
func TestReader(t *testing.T) {
	folder := t.TempDir()
	must(t, trial.NoteReader(folder, true))
	if entries, err := os.ReadDir(folder); err != nil || len(entries) > 0 {
		t.Fatalf("%v, %v", entries, err)
	}
	must(t, trial.Prepare(folder, folder))
	for _, silent := range []bool{true, true, false} {
		must(t, trial.NoteReader(folder, silent))
		if trial.ReaderWasSilent(folder) != silent {
			t.Errorf("not noted: %t", silent)
		}
	}
}

// TestLocks: programs share, the updater waits for them and they for it.
func TestLocks(t *testing.T) {
	data := t.TempDir()
	short := func() context.Context {
		ctx, cancel := context.WithTimeout(t.Context(), 150*time.Millisecond)
		t.Cleanup(cancel)
		return ctx
	}
	first, err := trial.Hold(short(), data)
	must(t, err)
	second, err := trial.Hold(short(), data)
	must(t, err)
	if _, err := trial.HoldAlone(short(), data, trial.ProgramLock); !errors.Is(err, trial.ErrHeld) {
		t.Fatalf("beside two programs: %v", err)
	}
	must(t, errors.Join(first(), second()))
	alone, err := trial.HoldAlone(short(), data, trial.ProgramLock)
	must(t, err)
	if _, err := trial.Hold(short(), data); !errors.Is(err, trial.ErrHeld) {
		t.Fatalf("beside an updater: %v", err)
	}
	time.AfterFunc(50*time.Millisecond, func() { _ = alone() })
	third, err := trial.Hold(t.Context(), data)
	must(t, err)
	must(t, third())
}

// TestReplaced: a program of a version that is not current any more ends; one that was never installed does not.
func TestReplaced(t *testing.T) {
	program, err := os.Executable()
	must(t, err)
	prefix := t.TempDir()
	if trial.Replaced(prefix) {
		t.Error("without versions")
	}
	must(t, os.MkdirAll(filepath.Join(prefix, "versions", "2"), 0o755))
	must(t, os.Symlink("versions/2", filepath.Join(prefix, "current")))
	if trial.Replaced(prefix) {
		t.Error("a program from elsewhere was replaced")
	}
	own := filepath.Dir(program)
	installed := t.TempDir()
	must(t, os.Symlink(filepath.Dir(own), filepath.Join(installed, "versions")))
	must(t, os.Symlink("versions/"+filepath.Base(own), filepath.Join(installed, "current")))
	if trial.Replaced(installed) {
		t.Error("the current version was replaced")
	}
	must(t, os.Remove(filepath.Join(installed, "current")))
	must(t, os.Symlink(prefix, filepath.Join(installed, "current")))
	if !trial.Replaced(installed) {
		t.Error("another version is current")
	}
}

// TestEnter: a tool works beside programs, keeps an updater away, and stays away itself while a version is on trial.
func TestEnter(t *testing.T) {
	const soon = 150 * time.Millisecond
	data := t.TempDir()
	folder := trial.StateOf(data)
	must(t, os.Mkdir(folder, 0o755))
	program, err := trial.Hold(t.Context(), data)
	must(t, err)
	tool, err := trial.Enter(t.Context(), folder, data, soon)
	must(t, err)
	must(t, program())
	short, stop := context.WithTimeout(t.Context(), soon)
	defer stop()
	if _, err := trial.HoldAlone(short, data, trial.ProgramLock); !errors.Is(err, trial.ErrHeld) {
		t.Errorf("an updater beside a tool: %v", err)
	}
	must(t, tool())
	updater, err := trial.HoldAlone(t.Context(), data, trial.ProgramLock)
	must(t, err)
	if _, err := trial.Enter(t.Context(), folder, data, soon); !errors.Is(err, trial.ErrAtWork) {
		t.Errorf("a tool beside an updater: %v", err)
	}
	must(t, updater())
	tried := running(t, folder, t.TempDir())
	for _, data := range []string{data, filepath.Join(t.TempDir(), "none")} {
		if _, err := trial.Enter(t.Context(), folder, data, soon); !errors.Is(err, trial.ErrOn) {
			t.Errorf("on trial: %v", err)
		}
	}
	updater, err = trial.HoldAlone(t.Context(), data, trial.ProgramLock) // what was refused holds nothing
	must(t, errors.Join(err, updater(), tried.Pass(folder, time.Now())))
	none := filepath.Join(t.TempDir(), "none")
	for _, data := range []string{data, none} {
		tool, err = trial.Enter(t.Context(), folder, data, soon)
		must(t, err)
		must(t, tool())
	}
	if _, err := os.Stat(none); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a data folder was made: %v", err)
	}
}
