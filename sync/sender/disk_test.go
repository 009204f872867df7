package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"bianmin/internal/baddisk"
	"bianmin/internal/chance"
)

// TestPlatformsBadDisk lets the platform's disk fail at a change of a file while it takes packets in: once, then it goes on
// by itself; or from then on, full or broken, until somebody mends it. Nothing is acknowledged that it does not hold, and
// in the end it holds every case once.
func TestPlatformsBadDisk(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	platform := w.startPlatform("")
	w.enrol()
	platform.kill()
	w.onBadDisks(t, w.platform, "platform", "-listen", w.address, "-data", w.platform)
}

// TestSendersBadDisk is the same for the sender: what it could not note is asked again, and comes to the same.
func TestSendersBadDisk(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.startPlatform("")
	w.enrol()
	w.onBadDisks(t, w.terminal, "sender", "-data", w.terminal)
}

func (w *world) onBadDisks(t *testing.T, folder, program string, args ...string) {
	random := chance.Random(t)
	for range chance.Count(t, 2, 40) {
		f := baddisk.Fault{Folder: folder, Error: []unix.Errno{unix.EIO, unix.ENOSPC, unix.EROFS}[random.IntN(3)], Ever: random.IntN(2) == 0}
		for f.First = 20 + random.IntN(120); !w.onBadDisk(f, random, program, args...); f.First /= 2 { // halved when all was delivered before
			if f.First < 2 {
				t.Fatal("the disk never failed")
			}
		}
	}
	w.mustHold(w.all)
}

// onBadDisk files and lets a program send or take in on a bad disk, and tells whether its disk failed.
func (w *world) onBadDisk(f baddisk.Fault, random *rand.Rand, program string, args ...string) bool {
	w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	command := exec.CommandContext(ctx, filepath.Join(w.bin, program), args...)
	var words said
	command.Stderr = &words
	failing, ended := make(chan struct{}), make(chan struct{})
	f.Met = func() { close(failing) }
	for range 3 {
		w.all = append(w.all, w.file(random.IntN(150_000)))
	}
	go func() {
		defer close(ended)
		_, _ = baddisk.Run(command, f) // it is killed, or ends by what it met
	}()
	var sender *process
	if program != "sender" {
		sender = w.startSender("")
	}
	await(w.t, fmt.Sprintf("the queue, the end or the fault %v", f.Error), func() bool { return is(ended) || is(failing) && f.Ever || w.drainedSoon() })
	cancel() // the program's process
	<-ended
	if program == "sender" {
		sender = w.startSender("")
	} else {
		defer w.startPlatform("").kill()
	}
	await(w.t, "the queue to drain", w.drainedSoon)
	sender.kill()
	return is(failing)
}

// drainedSoon is drained for somebody who presses "send now" all the time.
func (w *world) drainedSoon() bool {
	w.t.Helper()
	if err := w.desk.Store().RetryNow(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	time.Sleep(200 * time.Millisecond)
	return w.drained()
}

// is tells whether something has happened.
func is(happened <-chan struct{}) bool {
	select {
	case <-happened:
		return true
	default:
		return false
	}
}
