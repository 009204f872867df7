package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/internal/chance"
	"bianmin/platform/intake"
	"bianmin/store"
	"bianmin/sync/enrol"
)

// TestKilledAtCommitPoints kills sender or platform at each named point, once
// per point and passing, starts it again, and finds every case exactly once.
func TestKilledAtCommitPoints(t *testing.T) {
	points := map[string]bool{store.PointAckBefore: true, store.PointAckAfter: true} // in the sender
	for _, name := range intake.Points {
		points[name] = false // in the platform
	}
	for name, inSender := range points {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			for passing := range chance.Count(t, 2, 8) {
				at := fmt.Sprintf("%s:%d", name, passing%3+1) // three cases pass each point in each round
				platformAt, senderAt := at, ""
				if inSender {
					platformAt, senderAt = "", at
				}
				w.killAndGoOn(platformAt, senderAt, passing == 0)
			}
		})
	}
}

// killAndGoOn files cases, lets one program die at its point, starts both anew and waits for the end.
func (w *world) killAndGoOn(platformAt, senderAt string, first bool) {
	w.t.Helper()
	platform := w.startPlatform(platformAt)
	if first {
		w.enrol()
	}
	var filed []casefile.Filed
	for _, size := range []int{0, 70_000, 200_000} {
		filed = append(filed, w.file(size))
	}
	sender := w.startSender(senderAt)
	victim := platform
	if senderAt != "" {
		victim = sender
	}
	if status := victim.wait(); status != -1 {
		w.t.Fatalf("the victim ended with %d before its point: %s", status, victim.err.String())
	}
	if victim == platform {
		platform = w.startPlatform("")
	} else {
		sender = w.startSender("")
	}
	await(w.t, "the queue to drain", w.drained)
	sender.kill()
	platform.kill()
	w.all = append(w.all, filed...)
	w.mustHold(w.all)
}

// TestKilledAnywhere kills sender and platform at random moments of a long upload.
func TestKilledAnywhere(t *testing.T) {
	random := chance.Random(t)
	w := newWorld(t)
	platform := w.startPlatform("")
	w.enrol()
	sender := w.startSender("")
	for range chance.Count(t, 8, 190) {
		w.all = append(w.all, w.file(random.IntN(300_000)))
		time.Sleep(time.Duration(random.IntN(300)) * time.Millisecond)
		if random.IntN(3) == 0 {
			platform.kill()
			platform = w.startPlatform("")
		} else {
			sender.kill()
			sender = w.startSender("")
		}
	}
	await(t, "the queue to drain", w.drained)
	w.mustHold(w.all)
}

// TestLife: waits for the enrolment, is alone, takes over technicians and a new generation, and ends cleanly.
func TestLife(t *testing.T) {
	w := newWorld(t)
	sender := w.startSender("")
	platform := w.startPlatform("")
	time.Sleep(300 * time.Millisecond)
	if !sender.running() {
		t.Fatalf("the sender did not wait for the enrolment: %s", sender.err.String())
	}
	w.enrol()
	w.all = append(w.all, w.file(1000))
	await(t, "the first case", w.drained)

	second := w.startSender("")
	if status := second.wait(); status != 1 || !strings.Contains(second.err.String(), "another sender") {
		t.Errorf("a second sender ended with %d: %s", status, second.err.String())
	}

	// The technician enrols anew while the sender runs: it goes on as the next generation.
	w.enrolAs("--replace")
	w.all = append(w.all, w.file(2000))
	await(t, "the next generation's case", w.drained)
	w.mustHold(w.all)
	if !strings.HasPrefix(string(w.all[1].Number), "QH0301B-") {
		t.Errorf("the case of the second generation is %s", w.all[1].Number)
	}
	link, err := w.desk.Store().Link(t.Context())
	if err != nil || !link.Online || link.LastContact.IsZero() {
		t.Errorf("the link is shown as %+v, %v", link, err)
	}
	if err := sender.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if status := sender.wait(); status != 0 {
		t.Errorf("after SIGTERM status %d: %s", status, sender.err.String())
	}
	if err := platform.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if status := platform.wait(); status != 0 {
		t.Errorf("the platform after SIGTERM: status %d: %s", status, platform.err.String())
	}
}

// TestStaffComesWithHeartbeats: an account made after the enrolment reaches the terminal.
func TestStaffComesWithHeartbeats(t *testing.T) {
	w := newWorld(t)
	w.startPlatform("")
	w.enrol()
	var made struct{ ID, PIN string }
	if err := json.Unmarshal(w.run("staff", "new", "--name", "韩技术员"), &made); err != nil {
		t.Fatal(err)
	}
	w.startSender("")
	keys := filepath.Join(w.terminal, "keys")
	await(t, "the account", func() bool {
		staff, err := enrol.LoadStaff(keys)
		return err == nil && len(staff) == 1 && staff[0].ID == made.ID
	})
	if accounts, err := w.desk.StaffAccounts(t.Context()); err != nil || len(accounts) != 1 {
		t.Fatalf("the desk knows %+v, %v", accounts, err)
	}
	if ok, _, err := w.desk.StaffSignIn(t.Context(), made.ID, made.PIN); err != nil || !ok {
		t.Errorf("the PIN does not open the account: %v", err)
	}
}

// TestArguments: mistakes are one clear sentence and status 1.
func TestArguments(t *testing.T) {
	for _, args := range [][]string{{}, {"-config", "a", "-data", "b"}, {"-config", "no-such-file"}, {"-data", "x", "more"}, {"-data", "x", "-log", "loud"}} {
		err := start(t.Context(), args)
		if err == nil || errors.Is(err, context.Canceled) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v: %v", args, err)
		}
	}
}
