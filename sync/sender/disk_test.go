package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os/exec"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"bianmin/internal/baddisk"
	"bianmin/internal/chance"
)

// TestPlatformsBadDisk lets the platform's disk fail at a change of a file while it takes packets in: once, then it goes on
// by itself; or from then on, full or broken, until somebody mends it. Nothing is acknowledged that it does not hold, and
// in the end it holds every case once.
func TestPlatformsBadDisk(t *testing.T) {
	t.Parallel()
	random := chance.Random(t)
	w := newWorld(t)
	platform := w.startPlatform("")
	w.enrol()
	platform.kill()
	for range chance.Count(t, 2, 60) {
		f := baddisk.Fault{Folder: w.platform, Error: []unix.Errno{unix.EIO, unix.ENOSPC, unix.EROFS}[random.IntN(3)], Ever: random.IntN(2) == 0}
		f.First = 20 + random.IntN(120) // the first are of its start
		for !w.onBadDisk(f, random) {   // it was drained before
			f.First /= 2
		}
	}
	w.mustHold(w.all)
}

// onBadDisk files and sends to a platform on a bad disk, and tells whether its disk failed.
func (w *world) onBadDisk(f baddisk.Fault, random *rand.Rand) bool {
	w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	command := exec.CommandContext(ctx, filepath.Join(w.bin, "platform"), "-listen", w.address, "-data", w.platform)
	var words said
	command.Stderr = &words
	failing := make(chan struct{})
	f.Met = func() { close(failing) }
	ended := make(chan []string, 1)
	go func() {
		changes, _ := baddisk.Run(command, f) // it is killed
		ended <- changes
	}()
	over := false
	listens := func() bool {
		select {
		case changes := <-ended: // its disk failed before it could serve
			ended <- changes
			over = true
			return true
		default:
		}
		connection, err := net.Dial("tcp", w.address)
		return err == nil && connection.Close() == nil
	}
	await(w.t, "the platform to listen", listens)
	sender := w.startSender("")
	for range 3 {
		w.all = append(w.all, w.file(random.IntN(150_000)))
	}
	met := func() bool {
		select {
		case <-failing:
			return true
		default:
			return false
		}
	}
	await(w.t, fmt.Sprintf("the queue or the fault %+v", f.Error), func() bool { return over || met() && f.Ever || w.drained() })
	cancel() // the platform's process
	<-ended
	platform := w.startPlatform("")
	if err := w.desk.Store().RetryNow(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	await(w.t, "the queue to drain", w.drained)
	sender.kill()
	platform.kill()
	return met()
}
