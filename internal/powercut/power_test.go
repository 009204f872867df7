//go:build powercut

package powercut_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/internal/chance"
	"bianmin/internal/powercut"
)

// The machine's parts: packaging/build/vm/power makes them.
const built = "../../build/power"

// made are the first file systems by tag, in a folder that goes in the end.
var made struct {
	folder  string
	initrds map[string]string
}

func TestMain(m *testing.M) {
	var err error
	if made.folder, err = os.MkdirTemp("", "powercut"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	made.initrds = map[string]string{}
	status := m.Run()
	_ = os.RemoveAll(made.folder)
	os.Exit(status)
}

// programs builds desk and sender, with a tag or without, and puts them beside the machine's first file system.
func programs(t *testing.T, tag string) (initrd string) {
	t.Helper()
	if made.initrds[tag] != "" {
		return made.initrds[tag]
	}
	root := t.TempDir()
	for name, path := range map[string]string{"desk": "bianmin/internal/powercut/desk", "sender": "bianmin/sync/sender"} {
		build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-ldflags=-s -w", "-tags", tag, "-o", filepath.Join(root, "bin", name), path)
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if output, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, output)
		}
	}
	first, err := os.ReadFile(filepath.Join(built, "initrd"))
	if err != nil {
		t.Fatalf("packaging/build/vm/power makes it: %v", err)
	}
	pack := exec.CommandContext(t.Context(), "sh", "-c", "find . | cpio -o -H newc --quiet -R 0:0")
	pack.Dir = root
	second, err := pack.Output()
	if err != nil {
		t.Fatal(err)
	}
	initrd = filepath.Join(made.folder, "initrd-"+tag)
	if err := os.WriteFile(initrd, append(first, second...), 0o600); err != nil {
		t.Fatal(err)
	}
	made.initrds[tag] = initrd
	return initrd
}

const (
	cutsOfAWorld = 60 // then another terminal begins with another platform
	cutsForOne   = 20 // of them the machine really goes on from one
)

// TestPowerCuts cuts the power under a terminal that files and sends, and looks at what is left; some of the cuts it is
// started again from, and goes on. In the end the platform holds each case once.
func TestPowerCuts(t *testing.T) {
	random := chance.Random(t)
	initrd := programs(t, "")
	sum := tally{}
	for left := chance.Count(t, 30, 120); left > 0; left -= cutsOfAWorld {
		w := newWorld(t, initrd, random)
		last := w.live(min(left, cutsOfAWorld))
		t.Logf("this terminal: %v", w.tally)
		if sum.add(w.tally); t.Failed() {
			return
		}
		if left <= cutsOfAWorld {
			w.seesALie(last)
		}
	}
	t.Logf("%v", sum)
	if sum.cuts == 0 || sum.filed < 20 || sum.delivered < 10 || sum.unflushed == 0 {
		t.Error("too little happened for the cuts to mean anything")
	}
}

// TestSeesAStoreThatDoesNotWait: the same terminal with synchronous=OFF loses cases, and the same look finds that.
func TestSeesAStoreThatDoesNotWait(t *testing.T) {
	w := newWorld(t, programs(t, "careless"), chance.Random(t))
	disk := w.run(20)
	wrong := w.cut(disk, 12, (*powercut.Disk).Cuts)
	t.Logf("%d of %d cuts found something, for instance: %v", len(wrong), w.tally.cuts, first(wrong))
	if len(wrong) == 0 {
		t.Error("a store that never waits for its disk lost nothing: the cuts are not seen")
	}
}

// TestClockLost starts the machine with a clock of 1970 and of 2036, as after a dead battery: its terminal takes nothing
// until the real sender has the platform's signed time, and then goes on. Nothing is lost and nothing comes twice.
func TestClockLost(t *testing.T) {
	w := newWorld(t, programs(t, ""), chance.Random(t))
	w.clock = "1970-01-01T00:00:05"
	disk := w.run(3)
	w.report(w.cutAt(disk, []int{disk.Length()}, (*powercut.Disk).Cuts, true))
	w.clock = "2036-02-07T06:28:10"
	w.end()
	for _, words := range []string{"doubt 1970", "doubt 2036"} {
		if !slices.Contains(w.said, words) {
			t.Errorf("the terminal never said %q", words)
		}
	}
	for _, c := range w.platform.Cases() { // the number holds the business date
		if today := time.Now().In(casefile.Zone); !strings.Contains(c.Case, today.Format("-060102-")) && !strings.Contains(c.Case, today.AddDate(0, 0, -1).Format("-060102-")) {
			t.Errorf("case %s has a wrong date", c.Case)
		}
	}
	t.Logf("%v", w.tally)
}

// TestReadOnlyInTheMiddle makes the file system read-only under a terminal that files and sends, as the kernel does when a disk fails:
// what was told stays, nothing is told that is not there, and the terminal goes on when the disk may be written again.
func TestReadOnlyInTheMiddle(t *testing.T) {
	w := newWorld(t, programs(t, ""), chance.Random(t))
	disk, machine := w.boot(",-remount")
	w.await(machine, "again", 1)
	w.await(machine, "filed", machine.Heard("filed")+3)
	if err := machine.Cut(); err != nil {
		t.Fatal(err)
	}
	w.report(w.cutAt(disk, []int{disk.Length()}, (*powercut.Disk).Cuts, true))
	w.end()
	for _, words := range []string{"read-only", "refused read-only", "out-of-service read-only"} {
		if !slices.Contains(w.said, words) {
			t.Errorf("the terminal never said %q", words)
		}
	}
	t.Logf("%v", w.tally)
}

// seesALie: had the last disk lied when it said flushed, the same look would have found damage.
func (w *world) seesALie(disk *powercut.Disk) {
	w.t.Helper()
	wrong := w.cut(disk, 12, (*powercut.Disk).LyingCuts)
	w.t.Logf("a disk that lies: %d of 12 cuts found something, for instance: %v", len(wrong), first(wrong))
	if len(wrong) == 0 {
		w.t.Error("a disk that lies did no harm: the cuts are not seen")
	}
}

func first(errs []error) error {
	if len(errs) == 0 {
		return nil
	}
	return errs[0]
}

// tally says how much a run showed.
type tally struct {
	boots, cuts, filed, delivered, unflushed int
	booted                                   time.Duration
}

func (t *tally) add(u tally) {
	t.boots, t.cuts, t.filed, t.delivered = t.boots+u.boots, t.cuts+u.cuts, t.filed+u.filed, t.delivered+u.delivered
	t.unflushed, t.booted = t.unflushed+u.unflushed, t.booted+u.booted
}

func (t tally) String() string {
	return fmt.Sprintf("%d cuts, %d of them with writes that were not flushed; the machine started %d times, %.1f s each; %d cases filed, %d delivered",
		t.cuts, t.unflushed, t.boots, t.booted.Seconds()/float64(max(1, t.boots)), t.filed, t.delivered)
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

func places(random *rand.Rand, count, most int) []int {
	all := make([]int, count)
	for i := range all {
		all[i] = random.IntN(most + 1)
	}
	return all
}
