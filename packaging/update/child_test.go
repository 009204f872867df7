package update_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"bianmin/packaging/update"
	"bianmin/packaging/update/trial"
	"bianmin/platform/publish"
)

// A child is this test's program started anew, so that it can be killed: "WHAT FOLDER POINT PASSING".
const childVariable = "UPDATE_TEST_CHILD"

func TestMain(m *testing.M) {
	words := strings.Fields(os.Getenv(childVariable))
	if len(words) == 0 {
		os.Exit(m.Run())
	}
	if err := child(words); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

var when = time.Date(2026, 11, 26, 2, 0, 0, 0, time.UTC)

func child(words []string) error {
	if words[0] == "room" {
		return room(words[1])
	}
	passing, err := strconv.Atoi(words[3])
	if err != nil {
		return err
	}
	point := func(name string) {
		if name != words[2] {
			return
		}
		if passing--; passing == 0 {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}
	return play(context.Background(), words[0], words[1], point)
}

// terminalIn is the updater of a world's terminal.
func terminalIn(folder string, point func(string)) *update.Updater {
	return update.New(update.Updater{
		Prefix: folder + "/prefix", State: folder + "/state", Data: folder + "/data", Root: folder + "/update-root.json", Arch: arch,
		Now: func() time.Time { return when }, Margin: 1, Wait: 2 * time.Second, Point: point,
	})
}

// play does one thing that can be interrupted.
func play(ctx context.Context, what, folder string, point func(string)) error {
	u := terminalIn(folder, point)
	switch what {
	case "publish":
		r := publish.Repository{
			Folder: folder + "/repository", Keys: folder + "/keys", Lives: publish.DefaultLives, Now: func() time.Time { return when }, Point: point,
		}
		_, err := r.Add(folder+"/built/1.2.0", "1.2.0", arch)
		return err
	case "create":
		return publish.Repository{
			Folder: folder + "/repository", Keys: folder + "/keys", Lives: publish.DefaultLives, Now: func() time.Time { return when }, Point: point,
		}.Create()
	case "fetch":
		offer, err := u.Check(ctx, update.Folder(folder+"/repository"))
		if err != nil {
			return err
		}
		return u.Fetch(ctx, update.Folder(folder+"/repository"), offer)
	case "switch", "switch-sick":
		return live(ctx, u, folder, what == "switch")
	}
	return fmt.Errorf("unknown: %s", what)
}

// live is a terminal's night: the wish, then launch after launch with a program started each time, until all is decided.
func live(ctx context.Context, u *update.Updater, folder string, healthy bool) error {
	if t, err := trial.Read(u.State); err != nil || t == nil {
		if _, err := u.Ask(false); err != nil && update.CodeOf(err) != update.FailedBefore && update.CodeOf(err) != update.Older && update.CodeOf(err) != update.Nothing {
			return err
		}
	}
	for range 6 {
		if _, err := u.Launch(ctx); err != nil {
			return err
		}
		if err := kiosk(u, folder, healthy); err != nil {
			return err
		}
		if u.Point != nil {
			u.Point("program-ended")
		}
	}
	return nil
}

// kiosk does with a terminal's store what a program of the current version does: a version on trial migrates it, and
// writes a case only when no trial is on.
func kiosk(u *update.Updater, folder string, healthy bool) error {
	version, err := u.Running()
	if err != nil {
		return err
	}
	t, err := trial.Read(u.State)
	if err != nil {
		return err
	}
	on := t != nil && !t.Passed(u.State)
	database := folder + "/data/bianmin.db"
	content, err := os.ReadFile(database)
	if err != nil {
		return err
	}
	schema, cases, ok := strings.Cut(strings.TrimSpace(string(content)), "|")
	if !ok || schema > version {
		return fmt.Errorf("version %s found a store of %q", version, content)
	}
	if on && t.To != version {
		return errors.New("a version that is not on trial was started")
	}
	if !on {
		cases += "c" + strings.Split(version, ".")[1]
	}
	if err := os.WriteFile(database+"-wal.half", []byte(version+"|"+cases+"\n"), 0o600); err != nil {
		return err
	}
	if err := os.Rename(database+"-wal.half", database); err != nil { // a database is whole at any moment
		return err
	}
	if on && healthy {
		return t.Pass(u.State, when)
	}
	return nil
}

// runChild runs a child and tells whether it died at its point.
func runChild(t *testing.T, what, folder, point string, passing int) (killed bool) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %s %s %d", childVariable, what, folder, point, passing))
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return false
	case errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL:
		return true
	}
	t.Fatalf("%s at %s:%d: %v\n%s", what, point, passing, err, out)
	return false
}
