package toolkit

import (
	"bytes"
	"log"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestMain plays the pinned program when it is started as one.
func TestMain(m *testing.M) {
	folder := os.Getenv("TOOLKIT_TEST_FOLDER")
	if folder == "" {
		os.Exit(m.Run())
	}
	if _, err := os.Stdout.WriteString("started\n"); err != nil {
		os.Exit(3)
	}
	if err := Pin(folder, 0.5); err != nil {
		os.Exit(2)
	}
	_, _ = os.Stdout.WriteString(strings.Join(os.Environ(), "\n") + "\n")
}

// TestPin: whatever the caller set, the program runs in the pinned environment, replaced once, and dead caches are swept.
func TestPin(t *testing.T) {
	folder := t.TempDir()
	dead := filepath.Join(folder, "cache", "fyne", "missing-id-1")
	if err := os.MkdirAll(dead, 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "TOOLKIT_TEST_FOLDER="+folder, "FYNE_SCALE=7", "DBUS_SESSION_BUS_ADDRESS=unix:path=/nowhere", "FYNE_CACHE=1h", "FYNE_THEME=dark", "FYNE_FONT=/x")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range Environment(folder, 0.5) {
		if line := "\n" + name + "=" + value + "\n"; strings.Count(string(out), line) != 1 {
			t.Errorf("%q is not in the program's environment", line)
		}
	}
	if n := strings.Count(string(out), "started\n"); n != 2 {
		t.Errorf("the program started %d times, want 2", n)
	}
	if _, err := os.Stat(dead); !os.IsNotExist(err) {
		t.Errorf("the dead cache is still there: %v", err)
	}
}

// TestPinWithoutRoom: where no cache can be made the window still opens, for it must say why the terminal cannot serve.
func TestPinWithoutRoom(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "occupied")
	if err := os.WriteFile(folder, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "TOOLKIT_TEST_FOLDER="+folder)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	if err := cmd.Run(); err != nil {
		t.Errorf("%v: %s", err, complaints.String())
	}
	if n := strings.Count(complaints.String(), "toolkit's folder"); n != 1 {
		t.Errorf("said %d times that there is no folder for caches: %s", n, complaints.String())
	}
}

func TestCheckDisplay(t *testing.T) {
	for _, name := range []string{"", ":4711", "nonsense"} {
		if err := CheckDisplay(name); err == nil || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), "DISPLAY") {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestLog(t *testing.T) {
	var out bytes.Buffer
	Log(slog.New(slog.NewTextHandler(&out, nil)))
	t.Cleanup(func() { log.SetOutput(os.Stderr); log.SetFlags(log.LstdFlags) })
	for _, line := range []string{
		"Fyne error:  failed to watch theme settings", "  Cause: no bus", "  At: app.go:1",
		"Fyne error:  window creation error", "  Cause: no driver",
	} {
		log.Println(line)
	}
	if got := out.String(); strings.Contains(got, "theme") || strings.Contains(got, "no bus") ||
		!strings.Contains(got, "window creation error") || !strings.Contains(got, "no driver") || strings.Count(got, "\n") != 2 {
		t.Errorf("the log is\n%s", got)
	}
}
