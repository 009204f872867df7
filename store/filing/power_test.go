//go:build powercut

package filing_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"bianmin/internal/chance"
)

// TestPowerCut cuts the power under a terminal that files: its data lies on an
// ext4 in an image; the image is copied while the terminal stands still, so
// that nothing unsynced is in the copy, and the copy must hold every case whose
// receipt was printed, with its attachments. Needs root and loop devices:
//
//	go test -tags powercut -run PowerCut ./store/filing
func TestPowerCut(t *testing.T) {
	random := chance.Random(t)
	source, authority := realPoint(t)
	work := t.TempDir()
	run(t, "mount", "-t", "tmpfs", "-o", "size=1500m", "tmpfs", work)
	t.Cleanup(func() { _ = exec.Command("umount", "-l", work).Run() })
	image, disk := filepath.Join(work, "image"), filepath.Join(work, "disk")
	makeImage(t, image, disk)
	folder := filepath.Join(disk, "data")
	if err := os.CopyFS(folder, os.DirFS(source)); err != nil {
		t.Fatal(err)
	}
	run(t, "sync", "-f", disk)
	seen := filepath.Join(t.TempDir(), "world") // the world's own paper: no power cut touches it
	for i := range chance.Count(t, 12, 100) {
		cmd, output := startChild(t.Context(), t, "life "+folder+" "+seen+" never:0 30ms")
		wait(time.Duration(300+random.IntN(900)) * time.Millisecond)
		signal(t, cmd, syscall.SIGSTOP)
		after := filepath.Join(work, fmt.Sprintf("image-%d", i))
		run(t, "cp", "--sparse=always", image, after)
		signal(t, cmd, syscall.SIGKILL)
		if err := cmd.Wait(); !wasKilled(err) {
			t.Fatalf("%v: %s", err, output)
		}
		run(t, "umount", disk)
		if err := os.Rename(after, image); err != nil {
			t.Fatal(err)
		}
		run(t, "mount", "-o", "loop", image, disk)
		checkWorld(t, fmt.Sprintf("cut %d", i), folder, seen, authority)
	}
	run(t, "umount", disk)
	world, err := os.ReadFile(seen)
	if err != nil || len(world) < 1000 {
		t.Errorf("hardly anything was filed: %d bytes, %v", len(world), err)
	}
}

func makeImage(t *testing.T, image, disk string) {
	t.Helper()
	if err := os.Mkdir(disk, 0o700); err != nil {
		t.Fatal(err)
	}
	file, err := os.Create(image)
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Truncate(512 << 20); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	run(t, "mkfs.ext4", "-q", image)
	run(t, "mount", "-o", "loop", image, disk)
	t.Cleanup(func() { _ = exec.Command("umount", "-l", disk).Run() })
}

func run(t *testing.T, name string, args ...string) {
	t.Helper()
	if output, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", name, err, output)
	}
}

func signal(t *testing.T, cmd *exec.Cmd, s syscall.Signal) {
	t.Helper()
	if err := cmd.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

func wait(d time.Duration) { <-time.NewTimer(d).C }
